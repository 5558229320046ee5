import type { Graph } from '../../graph/graph.ts';
import type { Knowledge } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { Labels } from '../../model/labels.ts';
import { waypointNameFault } from '../installation/label-values.ts';
import { DATAPLANE_LABEL, type Membership, membership } from '../membership/membership.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { anyWorkload, type Workload, workloads } from '../workloads/workloads.ts';
import { ingressUsesWaypoint } from './ingress-bypass.ts';
import { isManagedService, labelOf, USE_WAYPOINT_LABEL, type WaypointLabel } from './waypoint-labels.ts';
import { type Waypoints, waypointReads, waypoints } from './waypoints.ts';

/** A label for a waypoint before pods of which none is in ambient mode. */
export interface IdleWaypoint {
  readonly label: WaypointLabel;
  readonly namespace: string;
  /** The pods behind it; there is at least one. */
  readonly workloads: readonly Workload[];
  /** Whether others may stand there that are not loaded. */
  readonly knowledge: Knowledge;
}

interface Asked {
  readonly graph: Graph<keyof typeof waypointReads>;
  readonly members: Membership;
  readonly front: Waypoints;
}

/**
 * Labels `istio.io/use-waypoint` that no ambient workload stands behind: only ztunnel sends to a waypoint, and a gateway
 * that is asked to (`findServiceWaypoint` in pilot/pkg/xds/endpoints/endpoint_builder.go), so whoever else calls these
 * pods goes past it. Nothing is said where the waypoint itself is missing, nor about ServiceEntries, for which the
 * way out of the mesh may be meant.
 */
export const idleWaypoints = view(waypointReads, (graph): readonly IdleWaypoint[] => {
  const asked: Asked = { graph, members: membership(graph), front: waypoints(graph) };
  const selected = serviceWorkloads(graph);
  const found: (IdleWaypoint | undefined)[] = [];
  for (const namespace of graph.list('Namespace')) found.push(ofNamespace(asked, namespace));
  for (const service of graph.list('Service')) {
    const labels = service.metadata.labels ?? {};
    if (labels[USE_WAYPOINT_LABEL] === undefined || isManagedService(labels)) continue;
    if (asked.front.waypointOf(service).state === 'error') continue;
    const space = asked.members.namespaceLabels(service.namespace, service);
    if (space === undefined || ingressUsesWaypoint(graph, labels, space)) continue;
    found.push(idle(asked, service, labels, space, selected.of(service)));
  }
  for (const workload of workloads(graph).all) {
    if (workload.pod === undefined || workload.labels[USE_WAYPOINT_LABEL] === undefined) continue;
    if (asked.front.waypointOf(workload).state === 'error') continue;
    const space = asked.members.namespaceLabels(workload.namespace, workload);
    if (space !== undefined) found.push(idle(asked, workload.resource, workload.labels, space, [workload]));
  }
  return found.filter((one) => one !== undefined);
});

function ofNamespace(asked: Asked, namespace: Resource<'Namespace'>): IdleWaypoint | undefined {
  const { graph, front } = asked;
  const { name } = namespace;
  const labels = namespace.metadata.labels ?? {};
  if (labels[USE_WAYPOINT_LABEL] === undefined) return undefined;
  const inherits = ({ metadata }: Resource): boolean => metadata.labels?.[USE_WAYPOINT_LABEL] === undefined;
  if (graph.list('ServiceEntry', name).some(inherits)) return undefined;
  const services = graph.list('Service', name).filter(inherits);
  if (services.some((service) => front.waypointOf(service).state === 'error')) return undefined;
  if (ingressUsesWaypoint(graph, {}, labels)) return undefined;
  if (services.some(({ metadata }) => ingressUsesWaypoint(graph, metadata.labels ?? {}, labels)))
    return undefined;
  // Of several copies of the Namespace each has its own pods.
  const copies = graph.copies('Namespace', { namespace: '', name });
  const own = workloads(graph)
    .in(name)
    .filter((workload) => graph.nearest(workload, copies).includes(namespace));
  return idle(asked, namespace, labels, labels, own);
}

function idle(
  { graph, members }: Asked,
  resource: Resource,
  labels: Labels,
  space: Labels,
  behind: readonly Workload[],
): IdleWaypoint | undefined {
  if (graph.changedBy(resource) !== undefined || space[DATAPLANE_LABEL] === 'ambient') return undefined;
  const label = labelOf(resource.kind === 'Namespace' ? 'namespace' : 'own', resource, labels);
  if (label === undefined || label.value === 'none' || waypointNameFault(label.value) !== undefined)
    return undefined;
  const modes = new Map(behind.map((workload) => [workload, members.modeOf(workload)]));
  const pods = behind.filter((workload) => isPlain(modes.get(workload)));
  const isSure = [...modes.values()].every((mode) => mode !== 'ambient' && mode !== 'unknown');
  if (!isSure || pods.length === 0) return undefined;
  const namespace = resource.kind === 'Namespace' ? resource.name : resource.namespace;
  return { label, namespace, workloads: pods, knowledge: graph.known(anyWorkload, namespace, resource) };
}

/** Gateways and waypoints are nobody's servers here. */
function isPlain(mode: string | undefined): boolean {
  return mode === 'sidecar' || mode === 'none';
}
