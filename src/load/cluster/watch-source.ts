// What `watchCluster` follows: a real cluster, read as `readCluster` reads it.
import { kinds } from '../../model/kinds.gen.ts';
import type { KindOutcome, LiveObject, LiveRequests, LiveState } from '../../model/live.ts';
import { type Clock, wallClock } from './clock.ts';
import { ClusterError } from './cluster-error.ts';
import { discover, readVersion } from './discovery.ts';
import type { KindFeed } from './keep-kind.ts';
import { groupsOf, type KindRead, pathOf, planReads, resourceName, wantedKinds } from './plan.ts';
import { project } from './project.ts';
import { readKind } from './read-kind.ts';
import type { ReadRequest } from './read-request.ts';
import { namedSecrets, readSecrets } from './read-secrets.ts';
import { createAsker } from './retry.ts';
import type { Transport } from './transport.ts';
import type { NamedObjects, WatchSource } from './watch.ts';

/** What of a request matters to whom there is no end of reading. */
export type FollowRequest = Omit<ReadRequest, 'timeout' | 'onProgress'>;

/** A source that can also tell how a single object would be kept. */
export interface LiveSource extends WatchSource {
  /** An object of a kind that is followed, as reading would keep it. The object given is not to be used any more. */
  take(object: Readonly<Record<string, unknown>>): LiveObject | undefined;
}

/**
 * A cluster that can be followed; asked for nothing but its version so far. Throws a ClusterError when it does not
 * answer, or rejects the credentials.
 */
export async function openWatchSource(
  transport: Transport,
  request: FollowRequest,
  about: Pick<LiveState, 'namespace'> = {},
  clock: Clock = wallClock,
): Promise<LiveSource> {
  const { concurrency = 6, istioNamespace, signal = new AbortController().signal } = request;
  const asker = createAsker({ transport, clock, deadline: Number.POSITIVE_INFINITY, concurrency, signal });
  const kubernetesVersion = await readVersion(asker, transport.server);
  const watches = new Map<string, number>();
  let reads: ReadonlyMap<string, KindRead> = new Map();
  let secrets: { readonly names: string; readonly answer: NamedObjects } | undefined;

  function feedOf(key: string, read: KindRead): KindFeed {
    const resource = resourceName(read);
    // A later plan knows more of what is served, which stands in for the schemas of definitions.
    const take = (object: Record<string, unknown>): LiveObject | undefined => {
      const value = project(reads.get(key) ?? read, object);
      return value === undefined ? undefined : { value };
    };
    return {
      key,
      resource,
      take,
      ...(read.kind === 'CustomResourceDefinition' ? { tellsKinds: true } : {}),
      unread: (error) => [
        error instanceof UnreadError ? error.outcome : { ...aboutOf(read), ...stateOf(error) },
      ],
      async list() {
        const { objects, outcomes, resourceVersion } = await readKind(asker, read, request);
        const trouble = outcomes.find(({ state }) => passing.has(state));
        // What is known already is kept while the server is in trouble.
        if (trouble !== undefined && objects.length === 0) throw new UnreadError(trouble);
        return { objects, outcomes, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
      },
      watch({ resourceVersion, timeoutSeconds, signal: aborted, opened }) {
        watches.set(resource, (watches.get(resource) ?? 0) + 1);
        const query = new URLSearchParams({
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion,
          timeoutSeconds: String(timeoutSeconds),
          ...(read.labelSelector === undefined ? {} : { labelSelector: read.labelSelector }),
        });
        return transport.stream(`${pathOf(read, read.namespace)}?${query}`, {
          signal: aborted,
          onOpen: opened,
        });
      },
    };
  }

  return {
    about: {
      cluster: request.cluster,
      server: transport.server,
      ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
      ...about,
    },
    async plan() {
      const served = await discover(asker, groupsOf(wantedKinds(request)), transport.server);
      const plan = planReads(served, request);
      const keyed = plan.reads.map((read) => [keyOf(read, plan.reads), read] as const);
      reads = new Map(keyed);
      return { feeds: keyed.map(([key, read]) => feedOf(key, read)), absent: plan.absent };
    },
    async readNamed(objects, isAgain) {
      if (request.secrets === 'off') return { objects: [], outcomes: [] };
      const names = JSON.stringify(namedSecrets(objects, istioNamespace));
      if (!isAgain && secrets?.names === names) return secrets.answer;
      const answer = await readSecrets(asker, objects, istioNamespace);
      // What is not known for trouble on the way is asked for again the next time.
      secrets = answer.outcomes.some(({ state }) => passing.has(state)) ? undefined : { names, answer };
      return answer;
    },
    requests: () => withWatches(asker.requests(), watches),
    warnings: () => asker.warnings(),
    take(object) {
      const { apiVersion, kind } = object;
      const group = String(apiVersion).split('/').slice(0, -1).join('/');
      const read = [...reads.values()].find((one) => one.group === group && kinds[one.kind].kind === kind);
      const value = read === undefined ? undefined : project(read, { ...object });
      return value === undefined ? undefined : { value };
    },
  };
}

/** A kind that could not be read just now, though it may be a moment later. */
class UnreadError extends Error {
  readonly outcome: KindOutcome;

  constructor(outcome: KindOutcome) {
    super(outcome.detail ?? outcome.state);
    this.outcome = outcome;
  }
}

/** What says nothing of the kind, but of the server or the way to it. */
const passing: ReadonlySet<KindOutcome['state']> = new Set([
  'throttled',
  'server-error',
  'timeout',
  'network',
  'bad-body',
  'expired',
]);

/** Definitions are told by what is served, so that they are read anew when that changes. */
function keyOf(read: KindRead, all: readonly KindRead[]): string {
  const key = `${resourceName(read)} ${read.version}`;
  return read.kind === 'CustomResourceDefinition' ? `${key} ${all.map(nameOf).join()}` : key;
}

function nameOf(read: KindRead): string {
  return `${resourceName(read)}/${read.version}`;
}

function aboutOf({ kind, resource, group, version, namespace }: KindRead): Omit<KindOutcome, 'state'> {
  return {
    kind,
    resource,
    group,
    version,
    namespaces: namespace === undefined ? 'all' : [namespace],
    count: 0,
  };
}

function stateOf(error: unknown): Pick<KindOutcome, 'state' | 'detail'> {
  const state = error instanceof ClusterError && error.code === 'timeout' ? 'timeout' : 'network';
  return error instanceof Error ? { state, detail: error.message } : { state };
}

/** The requests of lists and the like, with those that began a watch. */
function withWatches(
  requests: readonly LiveRequests[],
  watches: ReadonlyMap<string, number>,
): readonly LiveRequests[] {
  return requests.map((one) => ({ ...one, count: one.count + (watches.get(one.resource) ?? 0) }));
}
