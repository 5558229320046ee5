import { view } from '../../graph/view.ts';
import { type Edge, edgeReads } from './edge-maker.ts';
import {
  backendPolicyEdges,
  callerEdges,
  destinationRuleEdges,
  gatewayEdges,
  policyEdges,
  serviceEntryEdges,
  virtualServiceEdges,
} from './istio-edges.ts';
import { accountEdges, ingressEdges, serviceEdges, waypointEdges } from './kubernetes-edges.ts';
import { kubernetesGatewayEdges, routeEdges } from './route-edges.ts';

export type { Edge, Relation } from './edge-maker.ts';

/** Every reference between resources, kind by kind, in the order of the graph and of the fields. */
export const edges = view(edgeReads, (graph): readonly Edge[] => [
  ...virtualServiceEdges(graph),
  ...destinationRuleEdges(graph),
  ...gatewayEdges(graph),
  ...serviceEntryEdges(graph),
  ...policyEdges(graph),
  ...backendPolicyEdges(graph),
  ...callerEdges(graph),
  ...routeEdges(graph),
  ...kubernetesGatewayEdges(graph),
  ...serviceEdges(graph),
  ...ingressEdges(graph),
  ...waypointEdges(graph),
  ...accountEdges(graph),
]);
