import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view, viewOf } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import { isWildcard } from '../hosts/hosts.ts';
import { type HostTarget, hostRegistry } from '../hosts/registry.ts';
import { ambientNamespaces } from '../membership/ambient-namespaces.ts';
import {
  isMeshBound,
  matchesMesh,
  type RouteMatch,
  type RouteProtocol,
  routeProtocols,
} from '../routing/virtual-services.ts';
import { serviceStanding } from './service-standing.ts';
import { type WaypointBinding, waypointReads, waypoints } from './waypoints.ts';

type VirtualService = Resource<'VirtualService'>;

export const meshRouteReads = { ...hostRegistry.reads, ...waypointReads, VirtualService: 'some' } as const;

/** One host of a VirtualService that is the name of a Service or ServiceEntry. */
export interface RoutedHost {
  /** In `spec.hosts`. */
  readonly index: number;
  readonly written: string;
  readonly targets: readonly HostTarget[];
}

/** The protocols for which a VirtualService has routes for proxies inside the mesh. */
export function meshProtocols(service: VirtualService): readonly RouteProtocol[] {
  if (!isMeshBound(service)) return [];
  return routeProtocols.filter((protocol) =>
    (service.spec[protocol] ?? []).some(({ match = [] }: { readonly match?: readonly RouteMatch[] }) =>
      match.length === 0 ? true : match.some((one) => matchesMesh(service, one)),
    ),
  );
}

/** The Services and ServiceEntries that a VirtualService routes inside the mesh; hosts with wildcards are left out. */
export const routedHosts = viewOf(meshRouteReads, (graph, service: VirtualService): readonly RoutedHost[] => {
  if (graph.changedBy(service) !== undefined || meshProtocols(service).length === 0) return [];
  const registry = hostRegistry(graph);
  return (service.spec.hosts ?? []).flatMap((written, index) => {
    if (written === '' || isWildcard(written)) return [];
    const found = registry.find(written, service.namespace, service);
    const targets = found.filter(({ resource }) => graph.coexist(service, resource));
    // An entry with a wildcard is another matter: who calls by which name is not known.
    if (targets.length === 0 || targets.some(({ host }) => isWildcard(host))) return [];
    return [{ index, written, targets }];
  });
});

/** Whether all are sure to be ambient and without a waypoint, because none is named or it is refused. */
export function lackWaypoint(
  graph: Graph<ReadKinds<typeof waypointReads>>,
  targets: readonly HostTarget[],
): boolean {
  const fronts = waypoints(graph);
  const ambient = ambientNamespaces(graph);
  return targets.every(
    ({ resource }) =>
      ambient.has(resource.namespace) &&
      fronts.waypointOf(resource).state === 'none' &&
      serviceStanding(graph, resource) === 'ambient',
  );
}

/** The waypoints before all of them; undefined unless each is sure to have one. */
export function boundWaypoints(
  graph: Graph<ReadKinds<typeof waypointReads>>,
  targets: readonly HostTarget[],
): readonly Extract<WaypointBinding, { state: 'bound' }>[] | undefined {
  const fronts = waypoints(graph);
  const bindings = targets.map(({ resource }) => fronts.waypointOf(resource));
  const bound = bindings.filter((binding) => binding.state === 'bound');
  return bound.length > 0 && bound.length === bindings.length ? bound : undefined;
}

/** Whether the waypoints before these, or the namespaces of these, include the namespace: there a waypoint looks for routes. */
export function looksInto(
  namespace: string,
  fronts: readonly Extract<WaypointBinding, { state: 'bound' }>[],
  targets: readonly HostTarget[],
): boolean {
  return (
    fronts.some(({ gateway }) => gateway.namespace === namespace) ||
    targets.some(({ resource }) => resource.namespace === namespace)
  );
}

/** The VirtualServices that route a Service or ServiceEntry inside the mesh, each with the host by which it does. */
export const routeBearers = view(
  meshRouteReads,
  (graph): ReadonlyMap<Resource, readonly { readonly service: VirtualService; readonly index: number }[]> => {
    const bearers = new Map<Resource, { service: VirtualService; index: number }[]>();
    for (const service of graph.list('VirtualService')) {
      for (const { index, targets } of routedHosts(graph, service)) {
        for (const { resource } of targets) pushTo(bearers, resource, { service, index });
      }
    }
    return bearers;
  },
);
