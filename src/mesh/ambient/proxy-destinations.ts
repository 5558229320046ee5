import type { KindGroup } from '../../graph/evidence.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import type { BackendReference, ExtensionProvider } from '../../model/kinds.gen.ts';
import { expandHost } from '../hosts/hosts.ts';
import { type HostTarget, hostRegistry } from '../hosts/registry.ts';
import { MESH_GATEWAY, routeTargets } from '../routing/virtual-services.ts';
import { waypointReads, waypoints } from './waypoints.ts';

const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'] as const;

/** Whatever may tell a gateway where to send requests. */
export const anyRoute: KindGroup<'VirtualService' | (typeof routeKinds)[number]> = {
  name: 'route of a gateway',
  kinds: ['VirtualService', ...routeKinds],
};

export const proxyDestinationReads = {
  ...hostRegistry.reads,
  ...waypointReads,
  VirtualService: 'all',
  HTTPRoute: 'all',
  GRPCRoute: 'all',
  TCPRoute: 'all',
  TLSRoute: 'all',
  Ingress: 'some',
  Gateway: 'some',
} as const;
type Reading = Graph<ReadKinds<typeof proxyDestinationReads>>;

/**
 * The Services and ServiceEntries to which a gateway or a waypoint may have to send requests, sidecars left aside: what
 * it has a cluster for and uses. Whatever is not sure to be for sidecars only counts.
 */
export const proxyDestinations = view(proxyDestinationReads, (graph): ReadonlySet<Resource> => {
  const registry = hostRegistry(graph);
  const found = new Set<Resource>();
  const add = (host: string, namespace: string): void => {
    for (const { resource } of registry.targets(expandHost(host, namespace, graph.mesh.clusterDomain)))
      found.add(resource);
  };
  const addBackend = (backend: BackendReference | undefined, from: Resource): void => {
    const { kind = 'Service', name = '', namespace = from.namespace } = backend ?? {};
    if (kind === 'Hostname') add(name, namespace);
    else for (const service of graph.copies('Service', { namespace, name })) found.add(service);
  };

  for (const service of graph.list('VirtualService')) {
    if (isForSidecarsOnly(graph, service)) continue;
    for (const { destination } of routeTargets(graph, service))
      add(destination.host ?? '', service.namespace);
  }
  for (const kind of routeKinds) {
    for (const route of graph.list(kind)) {
      if (hasServicesOnly(graph, route)) continue;
      for (const rule of route.spec.rules ?? []) {
        for (const backend of rule.backendRefs ?? []) {
          addBackend(backend, route);
          for (const copy of mirrorsOf(backend)) addBackend(copy, route);
        }
        for (const copy of mirrorsOf(rule)) addBackend(copy, route);
      }
    }
  }
  for (const ingress of graph.list('Ingress')) {
    const { backend, defaultBackend, rules = [] } = ingress.spec;
    const inRules = rules.flatMap(({ http }) => (http?.paths ?? []).map((path) => path.backend));
    for (const one of [backend, defaultBackend, ...inRules])
      addBackend({ name: one?.service?.name ?? one?.serviceName ?? '' }, ingress);
  }
  for (const provider of graph.mesh.config.extensionProviders ?? []) {
    for (const host of hostsOf(provider)) add(host, graph.mesh.rootNamespace);
  }
  return found;
});

/** Whether a gateway passes on connections for whatever the mesh has, by their SNI (`buildOutboundSniDnatClusters`). */
export function passesEverything(graph: Graph<'Gateway'>): boolean {
  return graph
    .list('Gateway')
    .some(({ spec }) => (spec.servers ?? []).some(({ tls }) => tls?.mode === 'AUTO_PASSTHROUGH'));
}

/** Routes of the mesh for hosts that no waypoint stands before. */
function isForSidecarsOnly(graph: Reading, service: Resource<'VirtualService'>): boolean {
  const { hosts = [], gateways = [] } = service.spec;
  // One without hosts is delegated to, by whom is another question.
  if (hosts.length === 0 || graph.changedBy(service) !== undefined) return false;
  if (gateways.some((name) => name !== MESH_GATEWAY)) return false;
  const registry = hostRegistry(graph);
  return hosts.every((host) => {
    const targets = registry.targets(expandHost(host, service.namespace, graph.mesh.clusterDomain));
    return targets.length > 0 && targets.every(({ resource }) => isBare(graph, resource));
  });
}

/** Whether Services and ServiceEntries are all that a route is attached to, and no waypoint stands before them. */
function hasServicesOnly(graph: Reading, route: Resource<(typeof routeKinds)[number]>): boolean {
  const { parentRefs = [], useDefaultGateways } = route.spec;
  if (parentRefs.length === 0 || graph.changedBy(route) !== undefined) return false;
  if (useDefaultGateways !== undefined && useDefaultGateways !== 'None') return false;
  return parentRefs.every(({ kind, name = '', namespace = route.namespace }) => {
    if (kind !== 'Service' && kind !== 'ServiceEntry') return false;
    const ref = { namespace, name };
    const copies: readonly HostTarget['resource'][] =
      kind === 'Service' ? graph.copies('Service', ref) : graph.copies('ServiceEntry', ref);
    return copies.length > 0 && copies.every((parent) => isBare(graph, parent));
  });
}

function isBare(graph: Reading, resource: HostTarget['resource']): boolean {
  return waypoints(graph).waypointOf(resource).state === 'none';
}

/** A rule or a backend, of the kinds of routes whose requests can be copied. */
interface Filtered {
  readonly name?: string;
  readonly filters?: readonly { readonly requestMirror?: { readonly backendRef?: BackendReference } }[];
}

function mirrorsOf({ filters = [] }: Filtered): readonly BackendReference[] {
  return filters.flatMap(({ requestMirror }) => requestMirror?.backendRef ?? []);
}

/** Hosts of the servers to which proxies send logs, traces and questions; before a slash stands a namespace. */
function hostsOf(provider: ExtensionProvider): readonly string[] {
  return Object.values(provider).flatMap((value: unknown) => {
    if (typeof value !== 'object' || value === null || !('service' in value)) return [];
    const { service } = value;
    return typeof service === 'string' ? [service.slice(service.indexOf('/') + 1)] : [];
  });
}
