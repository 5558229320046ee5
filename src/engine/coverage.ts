import type { Unresolved } from '../graph/graph.ts';
import { compareText, total } from '../model/collections.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import { FLOATING } from '../model/names.ts';
import type { ClusterInput } from './analyze.ts';
import { resourceId } from './diagnose.ts';
import type { LiveLimits } from './live.ts';
import type { Coverage, UnresolvedReference } from './report.ts';

/** What is counted and listed of one input, whatever rules ran. */
export type InputCoverage = Omit<Coverage, 'rules' | 'clusters'>;

/** What was seen of one input. Asks the graph last for what rules could not settle, so it comes after them. */
export function coverageOf(
  { graph, read }: Pick<ClusterInput, 'graph' | 'read'>,
  limits?: LiveLimits,
): InputCoverage {
  const counts = [...graph.counts()].sort(([a], [b]) => compareText(a, b));
  const unresolved = graph.unresolved();
  const { rootNamespace, clusterDomain, trustDomain, source, istioVersion } = graph.mesh;
  const release = istioVersion === undefined ? {} : { istioVersion };
  return {
    world: graph.world,
    ...read,
    ...(read.live === undefined
      ? {}
      : { live: { ...(limits?.counted(read.live, graph) ?? read.live), ...release } }),
    resources: total(counts.map(([, n]) => n)),
    kinds: countKinds(counts),
    floating: total(counts.map(([kind]) => graph.list(kind, FLOATING).length)),
    variants: graph.variants(),
    unresolved: {
      count: unresolved.length,
      references: unresolved.map(unresolvedReference).sort(compareUnresolved),
    },
    mesh: { rootNamespace, clusterDomain, trustDomain, ...(source === undefined ? {} : { source }) },
  };
}

function countKinds(counts: readonly (readonly [Kind, number])[]): Record<string, number> {
  const name = (kind: Kind): string =>
    kinds[kind].group === '' ? kind : `${kinds[kind].group}/${kinds[kind].kind}`;
  return Object.fromEntries(counts.map(([kind, n]) => [name(kind), n]));
}

function unresolvedReference(unresolved: Unresolved): UnresolvedReference {
  const { what, name, from, why } = unresolved;
  const { path, live } = from.origin.source;
  return { what, name, from: resourceId(from), file: live === undefined ? path : '', why };
}

export function compareUnresolved(a: UnresolvedReference, b: UnresolvedReference): number {
  return (
    compareText(a.file, b.file) ||
    compareText(a.what, b.what) ||
    compareText(a.name, b.name) ||
    compareText(JSON.stringify(a.from), JSON.stringify(b.from))
  );
}
