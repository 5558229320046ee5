import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { ReadKinds } from '../../graph/view.ts';
import { isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import { ingressUsesWaypoint } from '../installation/label-values.ts';
import { isBefore } from '../installation/releases.ts';
import { membership, membershipReads } from '../membership/membership.ts';

/** With this label, on a Service or its Namespace, gateways send requests through the waypoint. */
export const INGRESS_USE_WAYPOINT_LABEL = 'istio.io/ingress-use-waypoint';

export const ingressUseReads = { ...istiodEnvironment.reads, ...membershipReads } as const;

/**
 * Whether gateways send requests to a Service through its waypoint; `written` where a label says no. Undefined when it
 * is not known. Mirrors `ingressUseWaypointFromLabels` in pilot/pkg/serviceregistry/ambient; Namespaces are asked since
 * 1.25.
 */
export function ingressUse(
  graph: Graph<ReadKinds<typeof ingressUseReads>>,
  service: Resource<'Service' | 'ServiceEntry'>,
): 'yes' | 'no' | 'written' | undefined {
  if (!isSwitchedOn(istiodEnvironment(graph), 'ENABLE_INGRESS_WAYPOINT_ROUTING', true)) return undefined;
  const own = service.metadata.labels?.[INGRESS_USE_WAYPOINT_LABEL];
  if (own !== undefined)
    return ingressUsesWaypoint(graph, service.metadata.labels ?? {}, {}) ? 'yes' : 'written';
  const labels = membership(graph).namespaceLabels(service.namespace, service);
  if (labels === undefined) return undefined;
  const inherited = labels[INGRESS_USE_WAYPOINT_LABEL];
  if (inherited === undefined || isBefore(graph, '1.25')) return 'no';
  return ingressUsesWaypoint(graph, {}, labels) ? 'yes' : 'written';
}
