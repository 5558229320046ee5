import {
  at,
  boundWaypoints,
  clientsIn,
  defineRule,
  expandHost,
  FLOATING,
  hostRegistry,
  isWildcard,
  looksInto,
  membership,
  meshRouteReads,
  modesIn,
  parseServiceHost,
  routedHosts,
  scopeOf,
  showNamespaces,
  showRef,
  sidecarNamespaces,
} from '#sdk';

export default defineRule({
  code: 'IST1042',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A VirtualService or DestinationRule stands where the waypoint of its Service does not look.',
  reads: { ...meshRouteReads, ...sidecarNamespaces.reads, DestinationRule: 'some' },
  needs: [['VirtualService', 'DestinationRule'], ['Service', 'ServiceEntry'], ['KubernetesGateway']],
  messages: {
    route: {
      what: 'The waypoint {waypoint} leaves out these routes for {target}, for they stand in another namespace.',
      why: 'A waypoint follows VirtualServices of the namespace of the Service and of its own namespace only. Requests are passed on as if these routes were not there.',
      help: 'Move this VirtualService to the namespace of {target}.',
    },
    'route-for-sidecars': {
      what: 'Only clients with a sidecar follow these routes for {target}: the waypoint {waypoint} leaves them out.',
      why: 'A waypoint follows VirtualServices of the namespace of the Service and of its own namespace only; sidecars, which there are or may be in namespace {namespaces}, follow those of any.',
      help: 'If the routes are for everyone, move this VirtualService to the namespace of {target}.',
    },
    rule: {
      what: 'The waypoint {waypoint} does not see these settings for {target}, for they stand in another namespace.',
      why: 'A waypoint looks for DestinationRules in its own namespace, then in that of the Service, then in the root namespace. Connections to {target} are made by the waypoint, so nobody applies this one.',
      help: 'Move this DestinationRule to the namespace of {target}.',
    },
    'rule-for-others': {
      what: 'The waypoint {waypoint} does not see these settings for {target}: only sidecars and gateways of this namespace do.',
      why: 'A waypoint looks for DestinationRules in its own namespace, then in that of the Service, then in the root namespace. Requests of ambient workloads pass the waypoint.',
      help: 'If the settings are for everyone, move this DestinationRule to the namespace of {target}.',
    },
  },
  check({ graph, report }) {
    const registry = hostRegistry(graph);
    const { clusterDomain } = graph.mesh;
    /** A waypoint always looks into the namespace of its Service. */
    const isOwn = (host: string, namespace: string): boolean =>
      parseServiceHost(expandHost(host, namespace, clusterDomain), clusterDomain)?.namespace === namespace;
    for (const service of graph.list('VirtualService')) {
      const { namespace } = service;
      if (namespace === FLOATING || (service.spec.hosts ?? []).every((host) => isOwn(host, namespace)))
        continue;
      for (const { index, targets } of routedHosts(graph, service)) {
        const fronts = boundWaypoints(graph, targets);
        const [first] = targets;
        const [front] = fronts ?? [];
        if (fronts === undefined || front === undefined || first === undefined) continue;
        if (looksInto(service.namespace, fronts, targets)) continue;
        const place = at(service.spec.hosts ?? [], index);
        const target = `${first.resource.kind} ${showRef(first.resource)}`;
        const waypoint = showRef(front.gateway);
        const related = [{ resource: front.gateway, note: 'It stands before the Service.' }];
        const clients = clientsIn(sidecarNamespaces(graph), scopeOf(graph, service));
        if (clients.length === 0) {
          report(service, { at: place, message: 'route', data: { target, waypoint }, related });
          continue;
        }
        const data = { target, waypoint, namespaces: showNamespaces(clients) };
        report(service, { at: place, message: 'route-for-sidecars', severity: 'info', data, related });
      }
    }
    for (const rule of graph.list('DestinationRule')) {
      const { host = '' } = rule.spec;
      const { namespace } = rule;
      if (host === '' || namespace === FLOATING || namespace === graph.mesh.rootNamespace) continue;
      if (isOwn(host, namespace)) continue;
      if (isWildcard(expandHost(host, namespace, clusterDomain))) continue;
      if (graph.changedBy(rule) !== undefined) continue;
      const targets = registry
        .find(host, namespace, rule)
        .filter(({ resource }) => graph.coexist(rule, resource));
      const fronts = boundWaypoints(graph, targets);
      const [first] = targets;
      const [front] = fronts ?? [];
      if (fronts === undefined || front === undefined || first === undefined) continue;
      if (looksInto(namespace, fronts, targets)) continue;
      // Whether somebody here makes connections of their own has to be known either way.
      const labels = membership(graph).namespaceLabels(namespace, rule);
      const modes = modesIn(graph, namespace);
      if (labels === undefined || modes.has('unknown')) continue;
      const hasOthers =
        modes.has('sidecar') || modes.has('gateway') || sidecarNamespaces(graph).possible.has(namespace);
      const target = `${first.resource.kind} ${showRef(first.resource)}`;
      const data = { target, waypoint: showRef(front.gateway) };
      const related = [{ resource: front.gateway, note: 'It stands before the Service.' }];
      if (hasOthers)
        report(rule, {
          at: at(rule.spec, 'host'),
          message: 'rule-for-others',
          severity: 'info',
          data,
          related,
        });
      else if (
        modes.size > 0 ||
        (graph.isClosed('Pod', namespace) && graph.isClosed('Deployment', namespace))
      ) {
        report(rule, { at: at(rule.spec, 'host'), message: 'rule', data, related });
      }
    }
  },
});
