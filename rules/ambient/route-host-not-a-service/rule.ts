import {
  at,
  clientsIn,
  completedHost,
  defineRule,
  gatewayRefs,
  type Resource,
  scopeOf,
  showNamespaces,
  sidecarNamespaces,
  type UnclaimedHost,
  unclaimedHostReads,
  unclaimedHosts,
} from '#sdk';

export default defineRule({
  code: 'IST1043',
  severity: 'warning',
  since: '0.1.0',
  summary:
    'A VirtualService in an ambient namespace is for a host that is no Service, so no waypoint follows it.',
  reads: unclaimedHostReads,
  needs: [['VirtualService'], ['Namespace']],
  messages: {
    unclaimed: {
      what: 'No waypoint follows these routes: {host} is the name of neither a Service nor a ServiceEntry.',
      why: 'In ambient mode routes go with the Service whose address is called, and the Host header plays no part in that. Calls to {host} go wherever DNS sends them, past all that is written here.',
      help: 'Name the Service or ServiceEntry that clients call. If {host} lies outside the mesh, add a ServiceEntry for it and put a waypoint before that.',
    },
    incomplete: {
      what: 'No waypoint follows these routes: {host} is not the full name of the Service.',
      why: 'A waypoint compares hosts with full names, and Istio completes only those without a dot. What ambient clients call gets through, but nothing that is written here happens to it.',
      help: 'Write {fqdn}.',
    },
    'sidecars-only': {
      what: 'Only clients with a sidecar follow these routes: {host} is the name of neither a Service nor a ServiceEntry.',
      why: 'Sidecars (there are or may be some in namespace {namespaces}) go by the Host header. For ambient clients a waypoint goes by the address that is called, and {host} has none in the mesh.',
      help: 'If the routes are for everyone, name the Service or ServiceEntry that clients call.',
    },
    'gateways-only': {
      what: 'Only gateways follow these routes, although `mesh` is named: {host} is the name of neither a Service nor a ServiceEntry.',
      why: 'For clients inside the mesh a waypoint goes by the Service whose address is called, not by the Host header. They reach {host} by these routes only where DNS sends them to the gateway.',
      help: 'Add the Service that clients inside the mesh call to `spec.hosts`, or leave out `mesh`.',
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      const unclaimed = unclaimedHosts(graph, service);
      if (unclaimed.length === 0) continue;
      const scope = scopeOf(graph, service);
      // Nobody gets what is exported to nobody.
      if (!scope.everywhere && scope.namespaces.size === 0) continue;
      const clients = clientsIn(sidecarNamespaces(graph), scope);
      for (const one of unclaimed) reportHost(service, one, clients);
    }

    function reportHost(
      service: Resource<'VirtualService'>,
      { index, written: host, lookup }: UnclaimedHost,
      clients: readonly string[],
    ): void {
      const place = at(service.spec.hosts ?? [], index);
      const fqdn = completedHost(host, lookup, graph.mesh.clusterDomain);
      const isFollowed = clients.length > 0 || gatewayRefs(service).length > 0;
      const rest = isFollowed ? ({ lookup, severity: 'info' } as const) : { lookup };
      if (fqdn !== undefined) {
        report(service, { at: place, message: 'incomplete', data: { host, fqdn }, ...rest });
      } else if (clients.length > 0) {
        const data = { host, namespaces: showNamespaces(clients) };
        report(service, { at: place, message: 'sidecars-only', data, ...rest });
      } else if (isFollowed) {
        report(service, { at: place, message: 'gateways-only', data: { host }, ...rest });
      } else report(service, { at: place, message: 'unclaimed', data: { host }, lookup });
    }
  },
});
