import type { Graph } from '../../graph/graph.ts';

/** Whether the mesh runs a release before `release` (`major.minor`); a release that nothing tells is a recent one. */
export function isBefore(graph: Graph, release: string): boolean {
  const { istioVersion } = graph.mesh;
  if (istioVersion === undefined) return false;
  const [major = 0, minor = 0] = numbersOf(istioVersion);
  const [wantedMajor = 0, wantedMinor = 0] = numbersOf(release);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map((part) => Number.parseInt(part, 10));
}
