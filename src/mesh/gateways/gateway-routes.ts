import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import { FLOATING } from '../../model/names.ts';
import type { At } from '../../model/paths.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { gatewayRefs, MESH_GATEWAY, type RouteMatch, routeTargets } from '../routing/virtual-services.ts';

/** A place that a gateway sends requests to. */
export interface GatewayRoute {
  readonly route: Resource;
  /** The name of the destination. */
  readonly at: At;
}

const reads = {
  ...hostRegistry.reads,
  VirtualService: 'some',
  HTTPRoute: 'some',
  GRPCRoute: 'some',
  KubernetesGateway: 'some',
  GatewayClass: 'some',
} as const;

const GATEWAY_GROUP = 'gateway.networking.k8s.io';
/** Classes of gateways, other than waypoints, that Istio runs without a GatewayClass object. */
const istioClasses: ReadonlySet<string> = new Set(['istio', 'istio-remote']);
const GATEWAY_CONTROLLER = 'istio.io/gateway-controller';

/**
 * The routes by which gateways of Istio send requests to a Service or ServiceEntry: of VirtualServices that are bound
 * to a gateway, and of routes whose parent is a Gateway that is loaded and Istio's. Copies of requests do not count.
 */
export const gatewayRoutes = view(reads, (graph): ReadonlyMap<Resource, readonly GatewayRoute[]> => {
  const found = new Map<Resource, GatewayRoute[]>();
  const registry = hostRegistry(graph);
  for (const service of graph.list('VirtualService')) {
    if (service.namespace === FLOATING || graph.changedBy(service) !== undefined) continue;
    if (gatewayRefs(service).length === 0) continue;
    for (const { destination, role, matches } of routeTargets(graph, service)) {
      if (role !== 'route' || !isForGateways(matches)) continue;
      const at = { owner: destination, key: 'host', part: 'value' } as const;
      for (const { resource } of registry.find(destination.host ?? '', service.namespace, service)) {
        if (graph.coexist(service, resource)) pushTo(found, resource, { route: service, at });
      }
    }
  }
  for (const route of [...graph.list('HTTPRoute'), ...graph.list('GRPCRoute')]) {
    if (route.namespace === FLOATING || graph.changedBy(route) !== undefined) continue;
    if (!hasGateway(graph, route)) continue;
    for (const backend of (route.spec.rules ?? []).flatMap(({ backendRefs }) => backendRefs ?? [])) {
      const { group = '', kind = 'Service', name = '', namespace = route.namespace } = backend;
      if (group !== '' || kind !== 'Service') continue;
      const at = { owner: backend, key: 'name', part: 'value' } as const;
      for (const resource of graph.nearest(route, graph.copies('Service', { namespace, name }))) {
        if (graph.coexist(route, resource)) pushTo(found, resource, { route, at });
      }
    }
  }
  return found;
});

function isForGateways(matches: readonly RouteMatch[]): boolean {
  const isOpen = ({ gateways = [] }: RouteMatch): boolean =>
    gateways.length === 0 || gateways.some((name) => name !== MESH_GATEWAY);
  return matches.length === 0 || matches.some(isOpen);
}

function hasGateway(
  graph: Graph<ReadKinds<typeof reads>>,
  route: Resource<'HTTPRoute' | 'GRPCRoute'>,
): boolean {
  return (route.spec.parentRefs ?? []).some((ref) => {
    const { group = GATEWAY_GROUP, kind = 'Gateway', name = '', namespace = route.namespace } = ref;
    if (group !== GATEWAY_GROUP || kind !== 'Gateway') return false;
    return graph.copies('KubernetesGateway', { namespace, name }).some(({ spec }) => {
      const className = spec.gatewayClassName ?? '';
      const [known] = graph.copies('GatewayClass', { namespace: '', name: className });
      return known === undefined
        ? istioClasses.has(className)
        : known.spec.controllerName === GATEWAY_CONTROLLER;
    });
  });
}
