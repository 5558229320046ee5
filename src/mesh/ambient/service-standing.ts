import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, viewOf } from '../../graph/view.ts';
import {
  DATAPLANE_LABEL,
  INJECTION_LABEL,
  membership,
  type membershipReads,
  REVISION_LABEL,
} from '../membership/membership.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { waypointReads } from './waypoints.ts';

/** Whether a Service belongs to ambient mode: `other` when anything behind it is known not to. */
export type ServiceStanding = 'ambient' | 'other' | 'unknown';

/** What the labels of a namespace tell of those in it; nothing certain where they ask for sidecars as well. */
export function namespaceStanding(
  graph: Graph<ReadKinds<typeof membershipReads>>,
  namespace: string,
  from: Resource,
): ServiceStanding {
  const labels = membership(graph).namespaceLabels(namespace, from);
  if (labels === undefined) return 'unknown';
  if (labels[DATAPLANE_LABEL] !== 'ambient') return 'other';
  const injects = labels[INJECTION_LABEL] === 'enabled' || labels[REVISION_LABEL] !== undefined;
  return injects ? 'unknown' : 'ambient';
}

/**
 * What the workloads behind a Service or ServiceEntry tell; where none are loaded, the labels of its namespace. Nothing
 * is guessed: one workload whose mode is not known is enough for `unknown`.
 */
export const serviceStanding = viewOf(
  waypointReads,
  (graph, service: Resource<'Service' | 'ServiceEntry'>): ServiceStanding => {
    if (graph.changedBy(service) !== undefined) return 'unknown';
    if (isKind(service, 'Service') && service.spec.type === 'ExternalName') return 'other';
    const members = membership(graph);
    const modes = new Set(behind().map((workload) => members.modeOf(workload)));
    if (modes.size > 0) {
      if ([...modes].some((mode) => mode !== 'ambient' && mode !== 'unknown')) return 'other';
      return modes.has('unknown') ? 'unknown' : 'ambient';
    }
    return namespaceStanding(graph, service.namespace, service);

    function behind(): readonly Workload[] {
      if (isKind(service, 'Service')) return serviceWorkloads(graph).of(service);
      const selector = ('workloadSelector' in service.spec && service.spec.workloadSelector?.labels) || {};
      if (Object.keys(selector).length === 0) return [];
      return workloads(graph).matching(selector, service.namespace);
    }
  },
);
