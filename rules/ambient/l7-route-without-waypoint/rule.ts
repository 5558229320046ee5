import {
  at,
  clientsIn,
  defineRule,
  lackWaypoint,
  meshProtocols,
  meshRouteReads,
  type Resource,
  routedHosts,
  scopeOf,
  showNamespaces,
  showRef,
  sidecarNamespaces,
} from '#sdk';

const help =
  'Deploy a waypoint and label {target} or its namespace `istio.io/use-waypoint`. If only a gateway is to route like this, name it in `spec.gateways` and leave out `mesh`.';

export default defineRule({
  code: 'IST1040',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A VirtualService routes an ambient Service that no waypoint stands before, so nobody follows it.',
  reads: { ...meshRouteReads, ...sidecarNamespaces.reads },
  needs: [['VirtualService'], ['Service', 'ServiceEntry'], ['Namespace']],
  messages: {
    ignored: {
      what: 'Nobody follows these routes for {target}: it is in ambient mode, and no waypoint stands before it.',
      why: 'Ztunnel carries connections and reads no VirtualService, not even its `tcp` routes. Retries, timeouts, rewrites and the choice of a destination written here do not happen.',
      help,
    },
    undivided: {
      what: 'Requests to {target} are neither divided nor refused as written here: it is in ambient mode, and no waypoint stands before it.',
      why: 'Ztunnel reads no VirtualService. Every request goes to any pod of the Service that was called, whatever the weights, direct responses or faults say.',
      help,
    },
    'sidecars-only': {
      what: 'Only clients with a sidecar follow these routes for {target}: no waypoint stands before it.',
      why: 'Sidecars (there are or may be some in namespace {namespaces}) route their own requests. What ambient workloads send goes straight to the pods of the Service, so the two kinds of clients are treated differently.',
      help,
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      const { hosts = [] } = service.spec;
      for (const { index, targets } of routedHosts(graph, service)) {
        const [first] = targets;
        if (first === undefined || !lackWaypoint(graph, targets)) continue;
        const clients = clientsIn(sidecarNamespaces(graph), scopeOf(graph, service));
        const target = `${first.resource.kind} ${showRef(first.resource)}`;
        const place = at(hosts, index);
        const related = [{ resource: first.resource, note: 'No waypoint stands before this.' }];
        if (clients.length > 0) {
          const data = { target, namespaces: showNamespaces(clients) };
          report(service, { at: place, message: 'sidecars-only', severity: 'info', data, related });
        } else if (dividesOrRefuses(service)) {
          report(service, { at: place, message: 'undivided', severity: 'error', data: { target }, related });
        } else report(service, { at: place, message: 'ignored', data: { target }, related });
      }
    }
  },
});

/** Whether something important hangs on the routes: shares of the traffic, or that requests do not get through. */
function dividesOrRefuses(service: Resource<'VirtualService'>): boolean {
  const { http = [], tls = [], tcp = [] } = service.spec;
  const protocols = new Set(meshProtocols(service));
  const refuses = http.some(
    ({ directResponse, fault }) => directResponse !== undefined || fault?.abort !== undefined,
  );
  const lists = [
    protocols.has('http') ? http : [],
    protocols.has('tls') ? tls : [],
    protocols.has('tcp') ? tcp : [],
  ];
  return (protocols.has('http') && refuses) || lists.flat().some(({ route = [] }) => route.length > 1);
}
