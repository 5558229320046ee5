import { at, defineRule, ignoredDefaultDenials, showList, showRef, waypointPolicyReads } from '#sdk';

export default defineRule({
  code: 'IST1035',
  severity: 'warning',
  since: '0.1.0',
  summary:
    'A default-deny for a namespace or the mesh is not applied by a waypoint, which lets everybody through.',
  reads: waypointPolicyReads,
  needs: [['AuthorizationPolicy'], ['KubernetesGateway'], ['Service', 'ServiceEntry']],
  messages: {
    open: {
      what: 'Anybody may call {services} through waypoint {waypoints}, which does not apply this default-deny.',
      why: 'Waypoints apply policies with `targetRefs` only, and one without any ALLOW policy lets every client through. What stands behind it accepts what the waypoint sends, so nothing is denied on this way.',
      help: 'Add a policy without rules and with `targetRefs` to GatewayClass `istio-waypoint` in namespace {root}: the same default-deny for all waypoints. Then name who may call each Service.',
    },
  },
  check({ graph, report }) {
    for (const { policy, open } of ignoredDefaultDenials(graph)) {
      const sure = open.filter(({ knowledge }) => knowledge.complete);
      const shown = sure.length > 0 ? sure : open.slice(0, 1);
      const [first] = shown;
      if (first === undefined) continue;
      const services = showList(
        shown.map(({ target }) => `${target.kind} ${showRef(target)}`),
        3,
      );
      const gateways = [...new Set(shown.map(({ gateway }) => gateway))];
      report(policy, {
        at: at(policy.body, 'spec'),
        message: 'open',
        data: {
          services,
          waypoints: showList(gateways.map(showRef), 3),
          root: graph.mesh.rootNamespace,
        },
        related: [
          ...gateways
            .slice(0, 3)
            .map((resource) => ({ resource, note: 'No ALLOW policy is attached to this waypoint.' })),
          ...shown.slice(0, 3).map(({ target }) => ({ resource: target, note: 'Open to everybody.' })),
        ],
        lookup: graph.missing(
          { what: 'ALLOW policy at waypoint', name: showRef(first.gateway), knowledge: first.knowledge },
          policy,
        ),
      });
    }
  },
});
