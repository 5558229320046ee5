import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { ReadKinds } from '../../graph/view.ts';
import type { Labels } from '../../model/labels.ts';
import { isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import { isBefore } from '../installation/releases.ts';
import { membership, membershipReads } from '../membership/membership.ts';

/** With this label, on a Service or its Namespace, gateways send requests through the waypoint. */
export const INGRESS_USE_WAYPOINT_LABEL = 'istio.io/ingress-use-waypoint';

/**
 * Whether istiod understands a value of the label: `ingressUseWaypointFromLabels` in
 * pilot/pkg/serviceregistry/ambient/services.go; until 1.29 only `true` counted.
 */
export function isIngressUse(value: string, graph: Graph): boolean {
  if (value === '' || /^(?:true|false|True|False|TRUE|FALSE)$/.test(value)) return true;
  return isBefore(graph, '1.30') ? /^(?:true|0|f)$/i.test(value) : /^[01tTfF]$/.test(value);
}

/** Whether gateways send to what carries these labels through its waypoint; its own label comes before the other. */
export function ingressUsesWaypoint(graph: Graph, own: Labels, namespace: Labels): boolean {
  const value = own[INGRESS_USE_WAYPOINT_LABEL] ?? namespace[INGRESS_USE_WAYPOINT_LABEL];
  return value !== undefined && /^(?:true|1|t)$/i.test(value) && isIngressUse(value, graph);
}

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
