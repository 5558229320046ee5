import type { Unresolved, WholeGraph } from '../graph/graph.ts';
import { compareText } from '../model/collections.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import { FLOATING } from '../model/names.ts';
import type { ClusterInput } from './analyze.ts';
import { resourceId } from './diagnose.ts';
import type { Coverage, UnresolvedReference } from './report.ts';

/** What is counted and listed of one input, whatever rules ran. */
export type InputCoverage = Omit<Coverage, 'rules' | 'clusters'>;

/** What was seen of one input. Asks the graph last for what rules could not settle, so it comes after them. */
export function coverageOf({ graph, read }: Pick<ClusterInput, 'graph' | 'read'>): InputCoverage {
  const counts = kindCounts(graph);
  const unresolved = graph.unresolved();
  const { rootNamespace, clusterDomain, trustDomain, source } = graph.mesh;
  return {
    world: graph.world,
    ...read,
    resources: Object.values(counts).reduce((total, n) => total + n, 0),
    kinds: counts,
    floating: countFloating(graph),
    variants: graph.variants(),
    unresolved: {
      count: unresolved.length,
      references: unresolved.map(unresolvedReference).sort(compareUnresolved),
    },
    mesh: { rootNamespace, clusterDomain, trustDomain, ...(source === undefined ? {} : { source }) },
  };
}

function kindCounts(graph: WholeGraph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [kind, { group }] of Object.entries(kinds) as [Kind, { group: string }][]) {
    const count = graph.list(kind).length;
    if (count > 0) counts[group === '' ? kind : `${group}/${kinds[kind].kind}`] = count;
  }
  return counts;
}

function countFloating(graph: WholeGraph): number {
  let count = 0;
  for (const kind of Object.keys(kinds) as Kind[]) count += graph.list(kind, FLOATING).length;
  return count;
}

function unresolvedReference(unresolved: Unresolved): UnresolvedReference {
  const { what, name, from, why } = unresolved;
  return { what, name, from: resourceId(from), file: from.origin.source.path, why };
}

export function compareUnresolved(a: UnresolvedReference, b: UnresolvedReference): number {
  return compareText(a.file, b.file) || compareText(a.what, b.what) || compareText(a.name, b.name);
}
