// Where a command follows a cluster.
import type { Analysis } from '../engine/analyze.ts';
import { type ClusterWatch, watchCluster } from '../load/cluster/watch.ts';
import { type LiveSource, openWatchSource } from '../load/cluster/watch-source.ts';
import type { LiveState } from '../model/live.ts';
import { openLive } from '../session/live.ts';
import type { Given } from './flags.ts';
import { reachGivenCluster } from './live.ts';
import { type AnalyzeRequest, installationOf } from './options.ts';
import { version } from './version.ts';

export interface FollowedCluster {
  readonly name: string;
  readonly source: LiveSource;
  readonly watch: ClusterWatch;
  /** Ends the watches and the connections. */
  close(): void;
}

/** Reads the cluster that is meant and follows it. Throws as `openGivenCluster`. */
export async function followGivenCluster(
  given: Given,
  environment: NodeJS.ProcessEnv,
): Promise<FollowedCluster> {
  const { access, open, request } = await reachGivenCluster(given, environment);
  const transport = open();
  try {
    const source = await openWatchSource(transport, request);
    const watch = await watchCluster(source, {});
    const close = (): void => {
      watch.close();
      transport.close();
    };
    return { name: access.name, source, watch, close };
  } catch (error) {
    transport.close();
    throw error;
  }
}

/** Judges one state of a cluster as `analyze` would. */
export async function analyzeState(
  state: LiveState,
  given: Given,
  { session, rules, analyze }: AnalyzeRequest,
): Promise<Analysis> {
  const { crds, mesh } = session;
  const input = await openLive(state, {
    ...(crds === undefined ? {} : { crds }),
    mesh: { ...mesh, ...installationOf(given) },
  });
  return input.analyze(rules, version, analyze);
}
