// Where a command reads several clusters: those of contexts, and those that their control planes name.
import type { ClusterAccess } from '../load/cluster/access.ts';
import { ClusterError } from '../load/cluster/cluster-error.ts';
import { findRemotes, type Remote } from '../load/cluster/remotes.ts';
import type { Transport } from '../load/cluster/transport.ts';
import type { LiveState, UnreadCluster } from '../model/live.ts';
import type { OnProgress } from '../model/progress.ts';
import { openLive } from '../session/live.ts';
import { openLiveClusters } from '../session/live-clusters.ts';
import type { Session, SessionRequest } from '../session/session.ts';
import { type Given, isOn, last, list } from './flags.ts';
import { reachGivenCluster, readTelling, TIMEOUT, untilInterrupted } from './live.ts';
import { type ClusterWish, durationOf } from './options.ts';

/** Clusters as far as they could be read; at least one was. */
export interface ReadClusters {
  readonly states: readonly LiveState[];
  readonly unread: readonly UnreadCluster[];
}

/** Reads the clusters that are meant, and opens them as clusters of one mesh. */
export async function openLiveInputs(
  wish: ClusterWish,
  { onProgress, crds, mesh, installation }: SessionRequest,
): Promise<Pick<Session, 'analyze'>> {
  const { states, unread } = await readGivenClusters(wish, onProgress);
  const request = { ...(crds === undefined ? {} : { crds }), mesh: { ...mesh, ...installation } };
  const [only, ...others] = states;
  if (only !== undefined && others.length + unread.length === 0)
    return openLive(only, { ...request, isLast: true });
  return openLiveClusters(states, unread, () => request);
}

/**
 * Reads the clusters that are meant, all at once. Throws ConfigError for flags that cannot be used, and ClusterError where
 * a kubeconfig cannot be used or no cluster could be read; of others it is told that they were not.
 */
export async function readGivenClusters(
  { given, environment }: ClusterWish,
  onProgress: OnProgress | undefined,
): Promise<ReadClusters> {
  const timeout = durationOf(given, 'timeout') ?? TIMEOUT;
  const reached = new Map<string, Reached>();
  const refused: Attempt<LiveState>[] = [];
  for (const context of contextsOf(given)) {
    try {
      const one = await reachGivenCluster(withContext(given, context), environment, timeout);
      reached.set(one.access.name, one);
    } catch (error) {
      if (!(error instanceof ClusterError) || aboutKubeconfig.has(error.code)) throw error;
      refused.push({ name: context ?? last(given, 'context') ?? 'of the current context', error });
    }
  }
  const named = [...reached.values()];
  const start = performance.now();
  return untilInterrupted(async () => {
    const own = await Promise.all(named.map((one) => read(one, one.access.name, one.access, timeout)));
    const asked = isOn(given, 'discover-remotes') === true ? named : [];
    const found = await Promise.all(
      asked.filter((_, i) => own[i] !== undefined && 'value' in own[i]).map(remotesOf),
    );
    const isOther = isOtherThan(named.map(({ access }) => access));
    const left = Math.max(1, timeout - (performance.now() - start));
    const remotes = await Promise.all(
      found.flatMap(({ from, remotes: attempt }) => {
        if ('error' in attempt) return [attempt];
        return attempt.value
          .filter(isOther)
          .map(({ name, access }) =>
            access instanceof ClusterError ? { name, error: access } : read(from, name, access, left),
          );
      }),
    );
    return summary([...refused, ...own, ...remotes]);
  });

  function read(
    from: Reached,
    name: string,
    access: ClusterAccess,
    time: number,
  ): Promise<Attempt<LiveState>> {
    return attempt(name, from.open(access), async (transport) => {
      const { namespaces: _, ...request } = from.request;
      const namespace = last(given, 'namespace') ?? access.namespace;
      const namespaces = namespace === undefined ? {} : { namespaces: [namespace] };
      const wanted = { ...request, ...namespaces, cluster: name, timeout: time };
      const state = await readTelling(
        transport,
        wanted,
        isOn(given, 'quiet') === true ? undefined : onProgress,
      );
      return access.namespace === undefined ? state : { ...state, namespace: access.namespace };
    });
  }

  async function remotesOf(from: Reached) {
    const { access, request } = from;
    const wanted = { istioNamespace: request.istioNamespace, timeout, environment };
    const find = (transport: Transport) => findRemotes(transport, wanted);
    return { from, remotes: await attempt(access.name, from.open(), find) };
  }
}

/** Whoever names a context that is not there has to mend that first. */
const aboutKubeconfig: ReadonlySet<ClusterError['code']> = new Set(['kubeconfig', 'context']);

type Reached = Awaited<ReturnType<typeof reachGivenCluster>>;

/** What came of something, or what kept it from being done. */
type Attempt<T> = { readonly value: T } | { readonly name: string; readonly error: ClusterError };

async function attempt<T>(
  name: string,
  transport: Transport,
  work: (transport: Transport) => Promise<T>,
): Promise<Attempt<T>> {
  try {
    return { value: await work(transport) };
  } catch (error) {
    if (error instanceof ClusterError) return { name, error };
    throw error;
  } finally {
    transport.close();
  }
}

function summary(attempts: readonly Attempt<LiveState>[]): ReadClusters {
  const states: LiveState[] = [];
  const unread: UnreadCluster[] = [];
  const errors: ClusterError[] = [];
  for (const one of attempts) {
    if ('value' in one) states.push(one.value);
    else {
      errors.push(one.error);
      unread.push({ name: one.name, why: one.error.message, help: one.error.help });
    }
  }
  const [first] = errors;
  if (states.length === 0 && first !== undefined) throw first;
  return { states, unread };
}

/** Remote Secrets may name a cluster that a context names too, or each other's. */
function isOtherThan(known: readonly ClusterAccess[]): (remote: Remote) => boolean {
  const names = new Set(known.map(({ name }) => name));
  const servers = new Set(known.map(({ server }) => server.href));
  return ({ name, access }) => {
    if (names.has(name)) return false;
    names.add(name);
    if (access instanceof ClusterError) return true;
    if (servers.has(access.server.href)) return false;
    servers.add(access.server.href);
    return true;
  };
}

/** The contexts to read, without a name for the one that a single cluster would be read by. */
function contextsOf(given: Given): readonly (string | undefined)[] {
  const named = list(given, 'contexts');
  if (named.length > 0) return [...new Set([...named, ...list(given, 'remote-contexts')])];
  return [undefined, ...new Set(list(given, 'remote-contexts'))];
}

function withContext(given: Given, context: string | undefined): Given {
  if (context === undefined) return given;
  return { ...given, flags: new Map([...given.flags, ['context', [context]]]) };
}
