import type { Graph } from '../../graph/graph.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { compareText } from '../../model/collections.ts';
import { FLOATING } from '../../model/names.ts';
import type { Scope } from '../hosts/visibility.ts';
import { workloadReads, workloads } from '../workloads/workloads.ts';
import { INJECTION_LABEL, type MeshMode, membership, membershipReads, REVISION_LABEL } from './membership.ts';

/** Where clients have, or may have, a sidecar of their own that routes their requests. */
export interface SidecarNamespaces {
  /** Namespaces with a workload that has a sidecar. */
  readonly certain: ReadonlySet<string>;
  /** Those of which it is not known: workloads whose mode is not, or a label for injection and no workloads loaded. */
  readonly possible: ReadonlySet<string>;
}

export const sidecarNamespaces = view(
  { ...workloadReads, ...membershipReads },
  (graph): SidecarNamespaces => {
    const certain = new Set<string>();
    const possible = new Set<string>();
    const inhabited = new Set<string>();
    const members = membership(graph);
    for (const workload of workloads(graph).all) {
      inhabited.add(workload.namespace);
      const mode = members.modeOf(workload);
      if (mode === 'sidecar') certain.add(workload.namespace);
      else if (mode === 'unknown') possible.add(workload.namespace);
    }
    for (const { name, metadata } of graph.list('Namespace')) {
      const { [INJECTION_LABEL]: injection, [REVISION_LABEL]: revision } = metadata.labels ?? {};
      const injects = injection === 'enabled' || (injection === undefined && revision !== undefined);
      if (injects && !inhabited.has(name)) possible.add(name);
    }
    return { certain, possible };
  },
);

/** How the workloads of a namespace take part in the mesh, as far as they are loaded. */
export function modesIn(
  graph: Graph<ReadKinds<typeof sidecarNamespaces.reads>>,
  namespace: string,
): ReadonlySet<MeshMode> {
  const members = membership(graph);
  return new Set(
    workloads(graph)
      .in(namespace)
      .map((workload) => members.modeOf(workload)),
  );
}

/** Those of the namespaces that are in the scope, certain ones and others, sorted. */
export function clientsIn({ certain, possible }: SidecarNamespaces, scope: Scope): readonly string[] {
  return [...new Set([...certain, ...possible])]
    .filter((name) => scope.everywhere || scope.namespaces.has(name))
    .sort(compareText);
}

/** Namespaces as people know them, the first few of many. */
export function showNamespaces(names: readonly string[]): string {
  const known = names.filter((name) => name !== FLOATING);
  const shown = known.slice(0, 3).join(', ');
  if (known.length === 0) return 'one that the input does not name';
  return known.length > 3 ? `${shown} and ${known.length - 3} more` : shown;
}
