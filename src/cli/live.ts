// Where a command reads a cluster.
import { fstatSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { type ClusterAccess, readAccess } from '../load/cluster/kubeconfig.ts';
import { type ReadRequest, readCluster } from '../load/cluster/read-cluster.ts';
import { openTransport, type Transport } from '../load/cluster/transport.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { LiveObject, LiveState } from '../model/live.ts';
import { defaultMesh } from '../model/mesh.ts';
import type { OnProgress } from '../model/progress.ts';
import { openLive } from '../session/live.ts';
import type { Session, SessionRequest } from '../session/session.ts';
import { NAME_FILES } from './cluster-flags.ts';
import { namesCluster } from './combinations.ts';
import { applySettings } from './configured.ts';
import { choice, type Given, isOn, last } from './flags.ts';
import { type ClusterWish, durationOf, installationOf } from './options.ts';
import { isTerminal, printError } from './terminal.ts';

export const TIMEOUT = 60_000;
const REQUEST_TIMEOUT = 15_000;
const NAME_CLUSTER = 'A cluster is read with --kubeconfig FILE.';
/** Where no progress is seen, a cluster that takes longer is named. */
const LONG = 5000;
/** What a shell makes of a command that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Reads the cluster that is meant and opens it as an input, with files laid over it where some are named. */
export async function openLiveInput(wish: ClusterWish, request: SessionRequest): Promise<Session> {
  const { given, environment, known } = wish;
  if (request.paths.length > 0) {
    const { introducedOnly, openGivenOverlay } = await import('./overlay.ts');
    const overlay = await openGivenOverlay(wish, request);
    return isOn(given, 'changed-only') === true ? introducedOnly(overlay) : overlay;
  }
  const { crds } = request;
  const mesh = { ...request.mesh, ...request.installation };
  const how = { ...(crds === undefined ? {} : { crds }), mesh };
  if (known !== undefined) return known.memory.open(known.state, { ...how, isTrial: known.isTrial === true });
  const state = await openGivenCluster(given, environment, request.onProgress);
  return openLive(state, { ...how, isLast: true });
}

/**
 * Reads the cluster that is meant; `beside` gives what will be applied to it, by the namespace of its context, for what that
 * names is read as well. Throws ConfigError for flags that cannot be used and where nothing tells of a
 * cluster, ClusterError for one that cannot be read.
 */
export async function openGivenCluster(
  given: Given,
  environment: NodeJS.ProcessEnv,
  onProgress?: OnProgress,
  beside?: (namespace: string | undefined) => readonly LiveObject[],
): Promise<LiveState> {
  const timeout = durationOf(given, 'timeout') ?? TIMEOUT;
  const { access, open, request } = await reachGivenCluster(given, environment, timeout);
  const isQuiet = isOn(given, 'quiet') === true;
  if (!isQuiet && !namesCluster(given) && isOn(given, 'use-kube') !== true) notePipe();
  return untilInterrupted(async () => {
    const transport = open();
    try {
      const overlay = beside?.(access.namespace);
      const state = await readTelling(
        transport,
        { ...request, ...(overlay === undefined ? {} : { overlay }), timeout },
        isQuiet ? undefined : onProgress,
      );
      return access.namespace === undefined ? state : { ...state, namespace: access.namespace };
    } finally {
      transport.close();
    }
  });
}

/** Reads a cluster, and tells from the start how far that is; without `onProgress`, nothing is told. */
export async function readTelling(
  transport: Transport,
  request: ReadRequest,
  onProgress: OnProgress | undefined,
): Promise<LiveState> {
  const progress = keepTelling(
    onProgress,
    () => `reading cluster ${request.cluster}: connecting to ${transport.server}`,
  );
  const timer = setTimeout(() => {
    if (onProgress === undefined || isTerminal('stderr')) return;
    const limit = `for at most ${request.timeout / 1000} s (--timeout)`;
    printError(`note: reading cluster ${request.cluster} at ${transport.server}, ${limit}\n`);
  }, LONG);
  try {
    return await readCluster(transport, { ...request, onProgress: progress.told });
  } finally {
    clearTimeout(timer);
    progress.end();
  }
}

/** Whoever pipes manifests in means them; a shell's loop and many jobs have a pipe there, too, so it is not read. */
function notePipe(): void {
  try {
    if (!fstatSync(0).isFIFO()) return;
  } catch {
    return;
  }
  printError('note: the current cluster is read, and not standard input: that is what "-" stands for\n');
}

/** The cluster that is meant, how to talk to it and what to ask for. Nothing is sent yet; throws as `openGivenCluster`. */
export async function reachGivenCluster(
  given: Given,
  environment: NodeJS.ProcessEnv,
  timeout?: number,
): Promise<{
  readonly access: ClusterAccess;
  /** Opens a way to it, or in the same manner to another cluster. */
  readonly open: (other?: ClusterAccess) => Transport;
  readonly request: Omit<ReadRequest, 'timeout' | 'onProgress'>;
}> {
  const requestTimeout = Math.min(
    durationOf(given, 'request-timeout') ?? REQUEST_TIMEOUT,
    timeout ?? TIMEOUT,
  );
  const secrets = choice(given, 'secrets', ['referenced', 'off']) ?? 'referenced';
  if (!namesCluster(given)) requireCluster(environment, isOn(given, 'use-kube') === true);
  const kubeconfig = last(given, 'kubeconfig');
  const context = last(given, 'context');
  const access = await readAccess({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    environment,
    cwd: process.cwd(),
    // The rest of the time is for reading.
    ...(timeout !== undefined && { patience: timeout / 2 }),
  });
  // Before anything is drawn over the question, and before any time runs.
  if (access.credentials.asks === true) await access.credentials.current();
  const namespace = last(given, 'namespace') ?? access.namespace;
  return {
    access,
    open: (other = access) => openTransport(other, { requestTimeout }),
    request: {
      cluster: access.name,
      ...(namespace === undefined ? {} : { namespaces: [namespace] }),
      istioNamespace: defaultMesh.rootNamespace,
      ...installationOf(given),
      secrets,
      whole: await kindsOfOwnRules(given),
    },
  };
}

/** The kinds that rules of the configuration read: nobody else knows which fields of them. */
async function kindsOfOwnRules(given: Given): Promise<readonly Kind[]> {
  const { rules } = await applySettings(given);
  const own = await Promise.all(rules.filter(({ from }) => from !== undefined).map((head) => head.load()));
  const read = new Set(own.flatMap(({ rule }) => Object.keys(rule.reads)));
  return (Object.keys(kinds) as Kind[]).filter((kind) => read.has(kind));
}

/** Ctrl-C ends what waits for the network at once: there is nothing to put in order. */
export async function untilInterrupted<T>(work: () => Promise<T>): Promise<T> {
  const end = (): void => {
    if (isTerminal('stderr')) printError('\n');
    process.exit(INTERRUPTED);
  };
  process.once('SIGINT', end);
  try {
    return await work();
  } finally {
    process.off('SIGINT', end);
  }
}

/** Says again what was said last, so that something is shown of a cluster that keeps silent. */
export function keepTelling(
  onProgress: OnProgress | undefined,
  first: () => string,
): { readonly told: OnProgress; readonly end: () => void } {
  let latest: Parameters<OnProgress> = ['reading', 0, 1, first];
  const timer = setInterval(() => onProgress?.(...latest), 250);
  return {
    told: (...what) => {
      latest = what;
      onProgress?.(...what);
    },
    end: () => clearInterval(timer),
  };
}

/** Whoever has no cluster meant to name files. */
function requireCluster(
  { KUBECONFIG, KUBERNETES_SERVICE_HOST, HOME, USERPROFILE }: NodeJS.ProcessEnv,
  isWanted: boolean,
): void {
  if ((KUBECONFIG ?? '') !== '' || (KUBERNETES_SERVICE_HOST ?? '') !== '') return;
  const usual = join(HOME ?? USERPROFILE ?? homedir(), '.kube/config');
  if (statSync(usual, { throwIfNoEntry: false }) !== undefined) return;
  throw new ConfigError(
    `${isWanted ? 'There' : 'No path was given, and there'} is no cluster to read: KUBECONFIG is not set, and ${usual} is not there.`,
    isWanted ? NAME_CLUSTER : `${NAME_FILES}. ${NAME_CLUSTER}`,
  );
}
