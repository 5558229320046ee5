import type { NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { viewOf } from '../../graph/view.ts';
import { FLOATING } from '../../model/names.ts';
import { expandHost, isWildcard } from '../hosts/hosts.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { ambientNamespaces } from '../membership/ambient-namespaces.ts';
import { modesIn, sidecarNamespaces } from '../membership/sidecar-namespaces.ts';
import { routeTargets } from '../routing/virtual-services.ts';
import { meshProtocols } from './mesh-routes.ts';
import { namespaceStanding } from './service-standing.ts';

/** A host of a VirtualService that nobody in the mesh has as a name. */
export interface UnclaimedHost {
  /** In `spec.hosts`. */
  readonly index: number;
  readonly written: string;
  readonly lookup: NotFound;
}

export const unclaimedHostReads = {
  ...hostRegistry.reads,
  ...sidecarNamespaces.reads,
  VirtualService: 'some',
} as const;

/**
 * Hosts by which no waypoint ever finds a VirtualService of an ambient namespace. A waypoint compares the hosts with
 * the name of the Service whose address was called, and then takes the routes for every Host header
 * (`getVirtualServiceForWaypoint` and `buildRouteVHostDomains` in pilot/pkg/networking/core/listener_waypoint.go), so
 * one host that is a Service is enough: the others may be names by which DNS knows it.
 */
export const unclaimedHosts = viewOf(
  unclaimedHostReads,
  (graph, service: Resource<'VirtualService'>): readonly UnclaimedHost[] => {
    const { namespace, spec } = service;
    if (!ambientNamespaces(graph).has(namespace) || namespace === FLOATING) return [];
    const hosts = spec.hosts ?? [];
    if (meshProtocols(service).length === 0 || graph.changedBy(service) !== undefined) return [];
    // Which names a wildcard was meant for is not known.
    if (hosts.some((host) => host === '' || isWildcard(host))) return [];
    const registry = hostRegistry(graph);
    if (hosts.some((host) => registry.find(host, namespace, service).length > 0)) return [];
    if (!hasAmbientClients()) return [];
    // A destination of that name is missing as well, which says more.
    const destinations = new Set(routeTargets(graph, service).map(({ host }) => host));
    return hosts.flatMap((written, index): readonly UnclaimedHost[] => {
      if (destinations.has(expandHost(written, namespace, graph.mesh.clusterDomain))) return [];
      const lookup = registry.resolve(written, namespace, service);
      return lookup.state === 'found' ? [] : [{ index, written, lookup }];
    });

    function hasAmbientClients(): boolean {
      if (namespaceStanding(graph, namespace, service) !== 'ambient') return false;
      const modes = modesIn(graph, namespace);
      return (
        modes.has('ambient') || !(['sidecar', 'none', 'unknown'] as const).some((mode) => modes.has(mode))
      );
    }
  },
);
