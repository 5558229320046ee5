import type { Graph } from '../../graph/graph.ts';
import { isAtLeast } from '../../model/releases.ts';

/** Whether the mesh runs a release before `release` (`major.minor`); a release that nothing tells is a recent one. */
export function isBefore(graph: Graph, release: string): boolean {
  const { istioVersion } = graph.mesh;
  return istioVersion !== undefined && !isAtLeast(istioVersion, release);
}
