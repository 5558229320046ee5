import type { Graph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { pushTo } from '../model/collections.ts';

/**
 * What counts for `from` where several resources are merged or compete: of copies of one identity the nearest, and
 * of resources of other variants only those that nothing is nearer than (world rules 3 and 7).
 */
export function relevantCopies<T extends Resource>(
  graph: Graph,
  resources: readonly T[],
  from: Resource,
): readonly T[] {
  if (resources.length < 2) return resources;
  const copies = new Map<string, T[]>();
  for (const resource of resources) {
    pushTo(copies, `${resource.kind} ${resource.namespace}/${resource.name}`, resource);
  }
  const nearest = new Set(graph.nearest(from, resources));
  return [...copies.values()]
    .flatMap((same) => graph.nearest(from, same))
    .filter((resource) => nearest.has(resource) || graph.coexist(from, resource));
}
