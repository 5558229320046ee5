// Where a command follows a cluster.
import type { Analysis } from '../engine/analyze.ts';
import { type ClusterWatch, watchCluster } from '../load/cluster/watch.ts';
import { type LiveSource, openWatchSource } from '../load/cluster/watch-source.ts';
import type { LiveState } from '../model/live.ts';
import { reachGivenCluster, untilInterrupted } from './live.ts';
import { type AnalyzeRequest, type ClusterWish, type InputRequest, openInput } from './options.ts';
import { version } from './version.ts';

export interface FollowedCluster {
  readonly name: string;
  readonly source: LiveSource;
  readonly watch: ClusterWatch;
  /** Ends the watches and the connections. */
  close(): void;
}

/** Reads the cluster that is meant and follows it. Throws as `openGivenCluster`. */
export async function followGivenCluster({ given, environment }: ClusterWish): Promise<FollowedCluster> {
  const { access, open, request } = await reachGivenCluster(given, environment);
  const { name, namespace } = access;
  return untilInterrupted(async () => {
    const transport = open();
    try {
      const source = await openWatchSource(transport, request, namespace === undefined ? {} : { namespace });
      const watch = await watchCluster(source, {});
      const close = (): void => {
        watch.close();
        transport.close();
      };
      return { name, source, watch, close };
    } catch (error) {
      transport.close();
      throw error;
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

/** The same request, of a cluster whose state is known. */
export function withState(request: InputRequest, known: LiveState): InputRequest {
  const { live } = request;
  return live === undefined ? request : { ...request, live: { ...live, known } };
}

/** Judges one state of a cluster as `analyze` would. */
export async function analyzeState(state: LiveState, request: AnalyzeRequest): Promise<Analysis> {
  const input = await openInput(withState(request.session, state));
  return input.analyze(request.rules, version, request.analyze);
}
