import type { Graph } from '../../graph/graph.ts';
import { foldersAbove } from '../../graph/places.ts';
import type { Resource } from '../../graph/resource.ts';
import { pushTo } from '../../model/collections.ts';
import type { Kind } from '../../model/kinds.gen.ts';

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

/**
 * Whether one stands beside variants of the other (world rule 7). Who keeps alternatives side by side may keep a
 * further one there under another name.
 */
export function mayBeAlternative<K extends Kind>(
  graph: Graph<K>,
  one: Resource<K>,
  other: Resource<K>,
): boolean {
  return graph
    .copies(other.kind, other)
    .some(
      (copy) =>
        !graph.coexist(copy, other) &&
        graph.coexist(copy, one) &&
        sharedFolder(copy, other) === sharedFolder(one, other),
    );
}

function sharedFolder(a: Resource, b: Resource): string | undefined {
  const folders = new Set(foldersAbove(a.origin.source.path));
  return foldersAbove(b.origin.source.path).find((folder) => folders.has(folder));
}

/**
 * How much it weighs that a resource competes with others, by how surely one of them is applied along with it. What
 * stands in a file of its own may be a stage, an exercise or another way, that is never applied along with the others.
 */
export function conflictSeverity(
  graph: Graph,
  one: Resource,
  rivals: readonly Resource[],
): 'error' | 'warning' | 'info' {
  const found = new Set(rivals.map((rival) => graph.nearness(one, rival)));
  return found.has('together') ? 'error' : found.has('beside') ? 'warning' : 'info';
}
