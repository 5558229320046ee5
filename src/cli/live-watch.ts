// Where a command follows a cluster.
import type { Analysis } from '../engine/analyze.ts';
import type { ClusterErrorCode } from '../load/cluster/cluster-error.ts';
import { type ClusterWatch, watchCluster } from '../load/cluster/watch.ts';
import { type LiveSource, openWatchSource } from '../load/cluster/watch-source.ts';
import type { OnProgress } from '../model/progress.ts';
import { createLiveMemory, type LiveMemory } from '../session/live-memory.ts';
import { keepTelling, reachGivenCluster, untilInterrupted } from './live.ts';
import {
  type AnalyzeRequest,
  type ClusterWish,
  type InputRequest,
  type KnownCluster,
  openInput,
} from './options.ts';
import { version } from './version.ts';

export interface FollowedCluster {
  readonly name: string;
  readonly source: LiveSource;
  readonly watch: ClusterWatch;
  /** What is kept from one judgement to the next. */
  readonly memory: LiveMemory;
  /** Ends the watches and the connections. */
  close(): void;
}

/** Reads the cluster that is meant and follows it. Throws as `openGivenCluster`. */
export async function followGivenCluster(
  { given, environment }: ClusterWish,
  onProgress?: OnProgress,
): Promise<FollowedCluster> {
  const { access, open, request } = await reachGivenCluster(given, environment);
  const { name, namespace } = access;
  return untilInterrupted(async () => {
    const transport = open();
    const progress = keepTelling(onProgress, () => `reading cluster ${name} at ${transport.server}`);
    try {
      const source = await openWatchSource(transport, request, namespace === undefined ? {} : { namespace });
      const watch = await watchCluster(source, {});
      const close = (): void => {
        watch.close();
        transport.close();
      };
      return { name, source, watch, memory: createLiveMemory(), close };
    } catch (error) {
      transport.close();
      throw error;
    } finally {
      progress.end();
    }
  });
}

/** Tells once of kinds that may be listed and not watched; asked from time to time. */
export function createRefusalNote({ watch }: FollowedCluster, tell: (what: string) => void): () => void {
  let known = 0;
  return () => {
    const refused = watch.health.restarts.filter(({ why }) => why === 'refused');
    if (refused.length <= known) return;
    known = refused.length;
    const names = refused.map(({ resource }) => resource).join(', ');
    tell(
      `not allowed to watch ${names}: read again every minute instead ("meshlint rbac --watch" prints what it takes)`,
    );
  };
}

/** How long a cluster may keep silent before that is said, in milliseconds. */
const SILENCE = 5000;

/** Tells of a cluster that cannot be followed any more, and when it can be again; asked from time to time. */
export function createSilenceNote(
  { name, watch }: FollowedCluster,
  tell: (what: string) => void,
): () => void {
  let told = '';
  return () => {
    const { staleSince, trouble } = watch.health;
    const isSilent = staleSince !== undefined && Date.now() - staleSince > SILENCE;
    const now = !isSilent
      ? ''
      : trouble !== undefined && LASTING.has(trouble.code)
        ? `cluster ${name} is not followed any more: ${trouble.message} ${trouble.help}`
        : `cluster ${name} does not answer: it may have changed since`;
    if (now !== told) tell(now === '' ? `cluster ${name} answers again` : now);
    told = now;
  };
}

/** Trouble that does not pass by itself: somebody has to do something about credentials. */
const LASTING: ReadonlySet<ClusterErrorCode> = new Set(['unauthorized', 'exec', 'kubeconfig', 'context']);

/** The same request, of a cluster whose state is known. */
export function withState(request: InputRequest, known: KnownCluster): InputRequest {
  const { live } = request;
  return live === undefined ? request : { ...request, live: { ...live, known } };
}

/** Judges one state of a cluster as `analyze` would. */
export async function analyzeState(known: KnownCluster, request: AnalyzeRequest): Promise<Analysis> {
  const input = await openInput(withState(request.session, known));
  return input.analyze(request.rules, version, request.analyze);
}
