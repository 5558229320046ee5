import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { Labels } from '../../model/labels.ts';
import { type Overlap, overlapsOf, type Rivalry, rivalries } from '../conflicts/rivals.ts';
import {
  DATAPLANE_LABEL,
  INJECTION_LABEL,
  membership,
  membershipReads,
  REVISION_LABEL,
} from '../membership/membership.ts';
import { type Workload, workloadReads, workloads } from '../workloads/workloads.ts';

type Sidecar = Resource<'Sidecar'>;

/** What a declaration of reads needs that judges Sidecars. */
export const sidecarReads = { Sidecar: 'some', ...membershipReads, ...workloadReads } as const;
type Judging = Graph<keyof typeof sidecarReads>;

function labelsOf({ spec }: Sidecar): Labels {
  return spec.workloadSelector?.labels ?? {};
}

function isWide(sidecar: Sidecar): boolean {
  return Object.keys(labelsOf(sidecar)).length === 0;
}

/**
 * Sidecars for a whole namespace, by namespace. In the root namespace one without `workloadSelector` is for the whole
 * mesh, one with an empty selector for that namespace alone.
 */
const wideSidecars = view({ Sidecar: 'some' }, (graph): ReadonlyMap<string, readonly Sidecar[]> => {
  const wide = new Map<string, Sidecar[]>();
  for (const sidecar of graph.list('Sidecar')) {
    if (!isWide(sidecar)) continue;
    const isOfMesh = sidecar.namespace === graph.mesh.rootNamespace && rankOf(sidecar) > 0;
    pushTo(wide, isOfMesh ? '' : sidecar.namespace, sidecar);
  }
  return wide;
});

/**
 * Sidecars for one and the same namespace, each with its rivals. One with an empty `workloadSelector` takes part
 * among those that select, which go first (`initSidecarScopes` in pilot/pkg/model/push_context.go).
 */
export function wideSidecarRivals(graph: Judging): readonly Rivalry<Sidecar>[] {
  return [...wideSidecars(graph).values()]
    .filter(([first]) => first !== undefined && !isAmbientNamespace(graph, first))
    .flatMap((group) => rivalries(graph, group, rankOf));
}

function rankOf({ spec }: Sidecar): number {
  return spec.workloadSelector === undefined ? 1 : 0;
}

/** An overlap of Sidecars, and whether none of the workloads runs a sidecar that would read them. */
export interface SidecarOverlap extends Overlap<Sidecar> {
  readonly idle: boolean;
}

/** Sidecars that select the same workloads; proxies of gateways and ambient workloads read none. */
export function overlappingSidecars(graph: Judging): readonly SidecarOverlap[] {
  const members = membership(graph);
  const reads = (_: Sidecar, workload: Workload): boolean => {
    const mode = members.modeOf(workload);
    return mode === 'sidecar' || mode === 'unknown' || mode === 'none';
  };
  return overlapsOf(graph, graph.list('Sidecar'), labelsOf, reads).map((overlap) => ({
    ...overlap,
    idle: overlap.workloads.every((workload) => members.modeOf(workload) === 'none'),
  }));
}

/** A Sidecar that no proxy reads: all it is for is in ambient mode. */
export interface IneffectiveSidecar {
  readonly sidecar: Sidecar;
  /** The workloads that it selects; none for a Sidecar of a whole namespace. */
  readonly workloads: readonly Workload[];
}

/** Sidecars for nothing but ambient workloads; ztunnel and waypoints know no Sidecars. */
export function* ineffectiveSidecars(graph: Judging): Iterable<IneffectiveSidecar> {
  for (const sidecar of graph.list('Sidecar')) {
    if (graph.changedBy(sidecar) !== undefined) continue;
    if (isWide(sidecar)) {
      if (isAmbientNamespace(graph, sidecar)) yield { sidecar, workloads: [] };
      continue;
    }
    const selected = workloads(graph)
      .matching(labelsOf(sidecar), sidecar.namespace)
      .filter(({ resource }) => graph.coexist(sidecar, resource));
    if (selected.length > 0 && selected.every((one) => membership(graph).modeOf(one) === 'ambient')) {
      yield { sidecar, workloads: selected };
    }
  }
}

/**
 * Whether a Sidecar for its whole namespace is in one without sidecars: enrolled in ambient mode, not injected, and
 * no workload asks for a sidecar of its own. In the root namespace it is for all others too.
 */
function isAmbientNamespace(graph: Judging, sidecar: Sidecar): boolean {
  const { namespace } = sidecar;
  if (namespace === graph.mesh.rootNamespace) return false;
  const members = membership(graph);
  const labels = members.namespaceLabels(namespace, sidecar);
  if (labels?.[DATAPLANE_LABEL] !== 'ambient' || labels[INJECTION_LABEL] === 'enabled') return false;
  if ((labels[REVISION_LABEL] ?? '') !== '') return false;
  return workloads(graph)
    .in(namespace)
    .every((workload) => {
      const mode = members.modeOf(workload);
      return mode !== 'sidecar' && mode !== 'unknown';
    });
}
