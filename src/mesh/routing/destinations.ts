import type { Graph } from '../../graph/graph.ts';
import type { NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view, viewOf } from '../../graph/view.ts';
import { FLOATING } from '../../model/names.ts';
import { type HostTarget, hostRegistry } from '../hosts/registry.ts';
import { type Scope, scopeOf, scopesMeet } from '../hosts/visibility.ts';
import { isMeshBound, type RouteTarget } from './virtual-services.ts';

type VirtualService = Resource<'VirtualService'>;
type Owner = HostTarget['resource'];

export const destinationReads = hostRegistry.reads;
type DestinationGraph = Graph<keyof typeof destinationReads>;

/** What the host of a destination comes to. */
export type FoundDestination =
  | { readonly state: 'found'; readonly targets: readonly HostTarget[] }
  /** It exists, but is not exported to `everyone` who gets the route, or not to clients in its own namespace. */
  | {
      readonly state: 'hidden';
      readonly from: 'everyone' | 'home';
      readonly owner: Owner;
      readonly lookup: NotFound;
    }
  | { readonly state: 'missing'; readonly lookup: NotFound };

/** Looks up the host of a destination or mirror; undefined when it names none. */
export const findDestination = viewOf(
  destinationReads,
  (graph, target: RouteTarget): FoundDestination | undefined => {
    const { service, host } = target;
    const { host: written = '' } = target.destination;
    if (written === '') return undefined;
    const registry = hostRegistry(graph);
    const lookup = registry.resolve(written, service.namespace, service);
    if (lookup.state !== 'found') return { state: 'missing', lookup };
    const from = hiddenFrom(graph, target, lookup.all);
    if (from === undefined) return { state: 'found', targets: lookup.all };
    return {
      state: 'hidden',
      from,
      owner: lookup.value.resource,
      lookup: graph.missing(
        { what: 'host', name: written, knowledge: registry.known(host, service) },
        service,
      ),
    };
  },
);

/**
 * From whom `exportTo` hides a destination that exists: from `everyone` who gets the VirtualService, or from clients
 * in the VirtualService's own namespace (`home`), who get it as well. Undefined when it is hidden from neither, or
 * when that hangs on something not known. Istio builds the route all the same; there is no cluster behind it.
 */
function hiddenFrom(
  graph: DestinationGraph,
  target: RouteTarget,
  found: readonly HostTarget[],
): 'everyone' | 'home' | undefined {
  if (found.some(({ resource }) => scopeOf(graph, resource).everywhere)) return undefined;
  const { service } = target;
  const owners = ownersOf(graph, target);
  for (const resource of [service, ...owners]) {
    if (resource.namespace === FLOATING || graph.changedBy(resource) !== undefined) return undefined;
  }
  if (isDelegate(graph, service)) return undefined;
  const clients = clientsOf(graph, target);
  // Nobody gets a VirtualService that is exported to nobody.
  if (!clients.everywhere && clients.namespaces.size === 0) return undefined;
  const scopes = owners.map((resource) => scopeOf(graph, resource));
  if (!scopes.some((scope) => scopesMeet(clients, scope))) return 'everyone';

  const home = service.namespace;
  const hasClientsAtHome = isMeshBound(service) && sees(clients, home);
  // Whoever keeps routes beside the Service and exports the Service to others writes these routes for the others.
  const isOwn = owners.some((resource) => resource.namespace === home);
  return hasClientsAtHome && !isOwn && !scopes.some((scope) => sees(scope, home)) ? 'home' : undefined;
}

/** Everything that answers to the destination, for whomever. */
function ownersOf(graph: DestinationGraph, { host }: RouteTarget): readonly Owner[] {
  const registry = hostRegistry(graph);
  const found = new Set([...registry.targets(host), ...registry.covering(host)]);
  return [...found].map(({ resource }) => resource);
}

/**
 * Whether the clients of another VirtualService may follow the routes of this one. One without hosts is nothing by
 * itself; only in a closed world is it known that nobody includes it.
 */
function isDelegate(graph: DestinationGraph, service: VirtualService): boolean {
  if ((service.spec.hosts ?? []).length > 0) return false;
  return !graph.isClosed('VirtualService') || included(graph).has(`${service.namespace}/${service.name}`);
}

/** VirtualServices that others name as delegates, as `namespace/name`. */
const included = view({ VirtualService: 'some' }, (graph): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { namespace, spec } of graph.list('VirtualService')) {
    for (const { delegate } of spec.http ?? []) {
      if (delegate !== undefined) names.add(`${delegate.namespace || namespace}/${delegate.name ?? ''}`);
    }
  }
  return names;
});

function sees(scope: Scope, namespace: string): boolean {
  return scope.everywhere || scope.namespaces.has(namespace);
}

/** Namespaces whose proxies follow the route: those that see the VirtualService, unless all its matches narrow them. */
function clientsOf(graph: Graph, { service, matches }: RouteTarget): Scope {
  const scope = scopeOf(graph, service);
  const namespaces = new Set<string>();
  for (const { gateways = [], sourceNamespace = '' } of matches) {
    if (gateways.length > 0 || sourceNamespace === '') return scope;
    if (sees(scope, sourceNamespace)) namespaces.add(sourceNamespace);
  }
  return matches.length === 0 ? scope : { everywhere: false, namespaces };
}
