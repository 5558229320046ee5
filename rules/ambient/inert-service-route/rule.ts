import {
  at,
  boundWaypoints,
  clientsIn,
  defineRule,
  lackWaypoint,
  mayHaveMorePorts,
  parentsOf,
  portsOf,
  serviceParents,
  showNamespaces,
  showRef,
  sidecarNamespaces,
  waypointReads,
} from '#sdk';

const GATEWAY_GROUP = 'gateway.networking.k8s.io';

export default defineRule({
  code: 'IST1047',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A route is attached to a Service in a way in which it comes into force nowhere.',
  reads: { ...serviceParents.reads, ...waypointReads, ...sidecarNamespaces.reads },
  needs: [['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute']],
  messages: {
    'wrong-group': {
      what: 'This reference means no {kind}: the group of that kind is "{wanted}", and "{written}" is written.',
      why: 'istiod passes over a parent of a group and kind that it does not know, without a word in the status of the route. A missing group means that of the Gateway API, in which there are no Services.',
      help: 'Write `group: "{wanted}"`.',
    },
    'no-waypoint': {
      what: 'Nobody follows this route to {target}: it is in ambient mode, and no waypoint stands before it.',
      why: 'Routes that are attached to a Service are followed by its waypoint; ztunnel knows none. istiod notes `MissingUseWaypointLabel` in the status of the route.',
      help: 'Deploy a waypoint and label {target} or its namespace `istio.io/use-waypoint`.',
    },
    'sidecars-only': {
      what: 'Only clients with a sidecar follow this route to {target}: no waypoint stands before it.',
      why: 'Requests of ambient workloads go straight to the pods; those of sidecars, which there are or may be in namespace {namespaces}, are routed as written here.',
      help: 'If the route is for everyone, deploy a waypoint and label {target} or its namespace `istio.io/use-waypoint`.',
    },
    'no-port': {
      what: '{target} has no port {port}, so this route gets no requests.',
      why: 'A route with a port applies to this port of the Service only, the one that clients call, not the port of the container.',
      help: 'Name one of its ports ({ports}), or leave the port out to route all of them.',
    },
    'foreign-namespace': {
      what: 'The waypoint {waypoint} leaves out this route: it stands neither in the namespace of {target} nor in that of the waypoint.',
      why: 'In another namespace a route is meant for the clients there. A waypoint does not tell clients apart and takes no such routes.',
      help: 'Move the route to the namespace of {target} to have it apply to all clients.',
    },
  },
  check({ graph, report }) {
    for (const parent of serviceParents(graph)) {
      const { route, ref, kind, wantedGroup } = parent;
      if (wantedGroup !== undefined) {
        const written = ref.group ?? GATEWAY_GROUP;
        const data = { kind, wanted: wantedGroup, written };
        // A group that is not written is filled in.
        const place = at(ref, written === GATEWAY_GROUP ? 'kind' : 'group');
        report(route, { at: place, message: 'wrong-group', data });
        continue;
      }
      const targets = parentsOf(graph, parent);
      const [first] = targets;
      if (first === undefined) continue;
      const target = `${kind} ${showRef(first.resource)}`;
      const related = [{ resource: first.resource, note: 'This is the parent.' }];
      const { port } = ref;
      const ports = targets.flatMap((one) => portsOf(one));
      const isOpen = targets.some((one) => mayHaveMorePorts(graph, one)) || ports.length === 0;
      if (port !== undefined && !isOpen && !ports.some(({ number }) => number === port)) {
        const known = ports.map(({ number }) => number).join(', ');
        report(route, {
          at: at(ref, 'port'),
          message: 'no-port',
          data: { target, port, ports: known },
          related,
        });
        continue;
      }
      const place = at(ref, 'name');
      if (lackWaypoint(graph, targets)) {
        const isOwn = route.namespace === parent.namespace;
        const scope = { everywhere: isOwn, namespaces: new Set([route.namespace]) };
        const clients = clientsIn(sidecarNamespaces(graph), scope);
        if (clients.length === 0)
          report(route, { at: place, message: 'no-waypoint', data: { target }, related });
        else {
          const data = { target, namespaces: showNamespaces(clients) };
          report(route, { at: place, message: 'sidecars-only', severity: 'info', data, related });
        }
        continue;
      }
      const fronts = boundWaypoints(graph, targets) ?? [];
      const [front] = fronts;
      if (front === undefined || route.namespace === parent.namespace) continue;
      if (fronts.some(({ gateway }) => gateway.namespace === route.namespace)) continue;
      const scope = { everywhere: false, namespaces: new Set([route.namespace]) };
      const severity = clientsIn(sidecarNamespaces(graph), scope).length > 0 ? 'info' : 'warning';
      const data = { target, waypoint: showRef(front.gateway) };
      const others = [{ resource: front.gateway, note: 'This waypoint leaves the route out.' }];
      report(route, { at: place, message: 'foreign-namespace', severity, data, related: others });
    }
  },
});
