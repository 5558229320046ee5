import {
  at,
  boundWaypoints,
  defineRule,
  FLOATING,
  type HostTarget,
  lackWaypoint,
  meshProtocols,
  meshRouteReads,
  parentsOf,
  type Resource,
  routeBearers,
  type ServiceParent,
  type ServiceRoute,
  scopeOf,
  serviceParents,
  showRef,
  visibleIn,
} from '#sdk';

export default defineRule({
  code: 'IST1045',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A VirtualService and a route of the Gateway API route the same Service.',
  reads: { ...meshRouteReads, ...serviceParents.reads },
  needs: [
    ['VirtualService'],
    ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'],
    ['Service', 'ServiceEntry'],
  ],
  messages: {
    both: {
      what: '{target} is routed by this {kind} and by VirtualService {service}; which of them decides hangs on their age.',
      why: 'A waypoint joins both lists of routes in the order of creation (older releases follow one of the two), so whatever the older one catches the younger one never gets. A sidecar follows one of them.',
      help: 'Keep one of the two, and write all routes for {target} there.',
    },
  },
  check({ graph, report }) {
    const bearers = routeBearers(graph);
    for (const parent of serviceParents(graph)) {
      const { route, ref } = parent;
      if (parent.wantedGroup !== undefined || route.namespace === FLOATING) continue;
      for (const target of parentsOf(graph, parent).slice(0, 1)) {
        const { resource } = target;
        if (lackWaypoint(graph, [target])) continue;
        const rivals = (bearers.get(resource) ?? []).filter(({ service }) => meets(service, parent, target));
        const [first] = rivals;
        if (first === undefined) continue;
        report(route, {
          at: at(ref, 'name'),
          message: 'both',
          data: {
            target: `${resource.kind} ${showRef(resource)}`,
            kind: route.kind,
            service: showRef(first.service),
          },
          related: rivals.slice(0, 3).map(({ service, index }) => ({
            resource: service,
            at: at(service.spec.hosts ?? [], index),
            note: 'This routes the same host.',
          })),
        });
      }
    }

    function meets(
      service: Resource<'VirtualService'>,
      { route, ref: { port } }: ServiceParent,
      target: HostTarget,
    ): boolean {
      const { resource } = target;
      if (service.namespace === FLOATING || !graph.coexist(service, route)) return false;
      if (!sharesProtocol(service, route, port)) return false;
      const [front] = boundWaypoints(graph, [target]) ?? [];
      if (front !== undefined) {
        // What stands elsewhere is left out by the waypoint.
        const read = new Set([resource.namespace, front.gateway.namespace]);
        return read.has(service.namespace) && read.has(route.namespace);
      }
      if (route.namespace !== resource.namespace) return visibleIn(graph, service, route.namespace);
      const scope = scopeOf(graph, service);
      return scope.everywhere || scope.namespaces.size > 0;
    }
  },
});

/** Whether both route connections, or both requests, and not each a port of its own. */
function sharesProtocol(
  service: Resource<'VirtualService'>,
  { kind }: ServiceRoute,
  port: number | undefined,
): boolean {
  const isHttp = kind === 'HTTPRoute' || kind === 'GRPCRoute';
  return meshProtocols(service).some((protocol) => {
    if ((protocol === 'http') !== isHttp) return false;
    const matches = (service.spec[protocol] ?? []).flatMap(
      ({ match }: { readonly match?: readonly { readonly port?: number }[] }) => match ?? [{}],
    );
    return port === undefined || matches.some((match) => match.port === undefined || match.port === port);
  });
}
