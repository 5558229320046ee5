import type { KindGroup } from '../../graph/evidence.ts';
import type { Graph } from '../../graph/graph.ts';
import { complete, incomplete, type Knowledge, type NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import type { Labels } from '../../model/labels.ts';
import { FLOATING, showRef } from '../../model/names.ts';
import { membership } from '../membership/membership.ts';
import { aimsAt, listTargetable, targetablePolicies, targetRefsOf } from '../policies/policies.ts';
import { anyWorkload, workloads } from '../workloads/workloads.ts';
import { classOf, findWaypoint } from './waypoint-attachment.ts';
import { waypointClaims } from './waypoint-claims.ts';
import { attachmentListener, serves, trafficType } from './waypoint-gateways.ts';
import {
  CANARY_LABEL,
  CANARY_NAMESPACE_LABEL,
  describe,
  USE_WAYPOINT_LABEL,
  USE_WAYPOINT_NAMESPACE_LABEL,
} from './waypoint-labels.ts';
import { waypointReads } from './waypoints.ts';

type WaypointGateway = Resource<'KubernetesGateway'>;

/** One of them loaded is evidence for both: a namespace without any ServiceEntry is common. */
const anyService: KindGroup<'Service' | 'ServiceEntry'> = {
  name: 'Service',
  kinds: ['Service', 'ServiceEntry'],
};

const labelPairs = [
  [USE_WAYPOINT_LABEL, USE_WAYPOINT_NAMESPACE_LABEL],
  [CANARY_LABEL, CANARY_NAMESPACE_LABEL],
] as const;

export const waypointUserReads = {
  ...waypointReads,
  ...targetablePolicies.reads,
  KubernetesGateway: 'some',
  Namespace: 'all',
  Service: 'all',
  ServiceEntry: 'all',
} as const;
type Using = Graph<ReadKinds<typeof waypointUserReads>>;

/** Waypoints that anything names, rightly or not: by `namespace/name`, and by name where the namespace is not known. */
const namedWaypoints = view(waypointUserReads, (graph): ReadonlySet<string> => {
  const named = new Set<string>();
  function add(labels: Labels, namespace: string, isSure: boolean): void {
    for (const [nameLabel, namespaceLabel] of labelPairs) {
      const name = labels[nameLabel];
      if (name === undefined) continue;
      named.add(isSure && namespace !== FLOATING ? `${labels[namespaceLabel] ?? namespace}/${name}` : name);
    }
  }
  for (const object of [...graph.list('Service'), ...graph.list('ServiceEntry'), ...workloads(graph).all]) {
    const { resource, labels } = describe(object);
    add(labels, resource.namespace, graph.changedBy(resource) === undefined);
  }
  for (const namespace of graph.list('Namespace'))
    add(namespace.metadata.labels ?? {}, namespace.name, graph.changedBy(namespace) === undefined);
  for (const policy of listTargetable(graph)) {
    for (const ref of targetRefsOf(policy)) {
      if (!aimsAt(ref, 'Gateway')) continue;
      const isSure = policy.namespace !== FLOATING && graph.changedBy(policy) === undefined;
      named.add(isSure ? `${policy.namespace}/${ref.name ?? ''}` : (ref.name ?? ''));
    }
  }
  // One that a label misses is used as soon as the label is right, which is reported there.
  for (const { attachment, elsewhere, label, wanted } of waypointClaims(graph)) {
    if (attachment.state === 'bound') continue;
    if (elsewhere !== undefined) named.add(showRef(elsewhere));
    const lookup = findWaypoint(graph, wanted, label.resource);
    if (lookup.state !== 'found' && lookup.suggestion !== undefined) named.add(lookup.suggestion);
  }
  return named;
});

/**
 * Looks for what uses a waypoint: a label that names it, for a canary too, or a policy that targets it. Undefined when
 * there is some, or when the waypoint is meant to serve nothing.
 */
export function missingUsers(graph: Using, gateway: WaypointGateway): NotFound | undefined {
  const type = trafficType(gateway, classOf(graph, gateway));
  if (!serves(type, 'service') && !serves(type, 'workload')) return undefined;
  const named = namedWaypoints(graph);
  if (named.has(gateway.name) || named.has(`${gateway.namespace}/${gateway.name}`)) return undefined;
  const sought = { what: 'what uses the waypoint', name: showRef(gateway) };
  return graph.missing({ ...sought, knowledge: knowledgeOf(graph, gateway, type) }, gateway);
}

/** Whether all who may use the waypoint are loaded. */
function knowledgeOf(graph: Using, gateway: WaypointGateway, type: string): Knowledge {
  if ([anyService, anyWorkload, 'Namespace' as const].every((group) => graph.isClosed(group)))
    return complete;
  if (graph.world === 'live') return incomplete('not all was read that may use it');
  const { namespace } = gateway;
  const { from = 'Same' } =
    attachmentListener(gateway, classOf(graph, gateway))?.allowedRoutes?.namespaces ?? {};
  if (from === 'All' || from === 'Selector') return incomplete('other namespaces may use it');
  if (membership(graph).namespaceLabels(namespace, gateway) === undefined)
    return incomplete(`Namespace ${namespace} is not loaded`);
  const services = graph.known(anyService, namespace, gateway);
  if (!services.complete && serves(type, 'service')) return services;
  return serves(type, 'workload') ? graph.known(anyWorkload, namespace, gateway) : complete;
}
