import {
  at,
  authorizationPolicies,
  defineRule,
  gatewayRoutes,
  INGRESS_USE_WAYPOINT_LABEL,
  ingressUse,
  ingressUseReads,
  isHeadless,
  isKind,
  type Related,
  type Resource,
  showRef,
  targetablePolicies,
  waypointReads,
  waypoints,
} from '#sdk';

const help =
  'Label {target} or its namespace `istio.io/ingress-use-waypoint: "true"`; the routes of the gateway and those of the waypoint are then both applied.';

export default defineRule({
  code: 'IST1036',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A gateway sends requests to a Service past the waypoint that stands before it.',
  reads: { ...waypointReads, ...ingressUseReads, ...gatewayRoutes.reads, ...targetablePolicies.reads },
  needs: [['VirtualService', 'HTTPRoute', 'GRPCRoute'], ['Service', 'ServiceEntry'], ['KubernetesGateway']],
  messages: {
    unguarded: {
      what: 'Requests that come in by a gateway pass by the waypoint of {target}, where {policies} should be enforced.',
      why: 'A gateway sends requests straight to the pods unless it is told otherwise, so what the waypoint demands of everybody else is not demanded of clients outside. Pods that admit the waypoint alone refuse these requests.',
      help,
    },
    bypassed: {
      what: 'Requests that come in by a gateway pass by the waypoint of {target}.',
      why: 'A gateway sends requests straight to the pods unless it is told otherwise. What the waypoint does for the clients in the mesh, {policies} included, it does not do for them.',
      help,
    },
    headless: {
      what: 'Requests that come in by a gateway pass by the waypoint of {target}, where {policies} should be enforced; it is headless, so no label leads them through.',
      why: 'Gateways find the pods of a headless Service by themselves. What the waypoint demands of everybody else is not demanded of clients outside.',
      help: 'Attach the policies to the gateway as well, or give the Service an address.',
    },
  },
  check({ graph, report }) {
    const fronts = waypoints(graph);
    for (const [target, routes] of gatewayRoutes(graph)) {
      if (!isKind(target, 'Service') && !isKind(target, 'ServiceEntry')) continue;
      if (graph.changedBy(target) !== undefined) continue;
      const front = fronts.waypointOf(target);
      if (front.state !== 'bound') continue;
      const usage = ingressUse(graph, target);
      const isBare = isKind(target, 'Service') && isHeadless(target);
      if (usage === undefined || (usage === 'yes' && !isBare)) continue;
      const { guards, others } = policiesAt(front.gateway, target);
      // Whoever wrote that gateways shall not use it means it, as long as nothing depends on it.
      if (guards.length === 0 && (others.length === 0 || isBare || usage === 'written')) continue;
      const policies = guards.length > 0 ? guards : others;
      const related: Related[] = [
        ...routes.slice(0, 3).map(({ route, at: place }) => ({
          resource: route,
          at: place,
          note: 'By this route requests come in.',
        })),
        ...policies.slice(0, 3).map((resource) => ({ resource, note: 'This is enforced by the waypoint.' })),
      ];
      const data = {
        target: `${target.kind} ${showRef(target)}`,
        policies: policies
          .slice(0, 3)
          .map((policy) => `${policy.kind} ${policy.name}`)
          .join(', '),
      };
      const { labels } = target.metadata;
      const place =
        usage === 'written' && labels !== undefined && INGRESS_USE_WAYPOINT_LABEL in labels
          ? at(labels, INGRESS_USE_WAYPOINT_LABEL)
          : at(target.metadata, 'name');
      if (guards.length === 0) report(target, { at: place, message: 'bypassed', data, related });
      else {
        const message = isBare ? 'headless' : 'unguarded';
        report(target, { at: place, message, severity: 'error', data, related });
      }
    }

    function policiesAt(
      gateway: Resource<'KubernetesGateway'>,
      target: Resource<'Service'> | Resource<'ServiceEntry'>,
    ): { guards: readonly Resource[]; others: readonly Resource[] } {
      const point = { type: 'waypoint', gateway, target } as const;
      const all = targetablePolicies(graph);
      const applied = (list: readonly Resource[]): readonly Resource[] =>
        list.filter((policy) => graph.coexist(policy, target));
      return {
        guards: applied([...authorizationPolicies(graph).at(point), ...all.RequestAuthentication.at(point)]),
        others: applied([...all.WasmPlugin.at(point), ...all.TrafficExtension.at(point)]),
      };
    }
  },
});
