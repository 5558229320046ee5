import { at, classOf, defineRule, isIstioWaypoint, missingUsers, showRef, waypointUserReads } from '#sdk';

export default defineRule({
  code: 'IST1014',
  severity: 'info',
  since: '0.1.0',
  summary: 'A waypoint stands before nothing: no label names it, and no policy targets it.',
  reads: waypointUserReads,
  needs: [['KubernetesGateway']],
  messages: {
    unused: {
      what: 'Nothing uses waypoint {waypoint}.',
      why: 'A waypoint only gets the traffic of what names it by the label `istio.io/use-waypoint`. To stand in the same namespace is not enough, so its pods run for nothing, and requests are not looked into.',
      help: 'Label the Namespace, or single Services, `istio.io/use-waypoint: {name}`, or remove the waypoint.',
    },
  },
  check({ graph, report }) {
    for (const gateway of graph.list('KubernetesGateway')) {
      // A name that no label can mean is a mistake of its own (IST1013).
      if (graph.changedBy(gateway) !== undefined || gateway.name === 'none') continue;
      if (!isIstioWaypoint(gateway, classOf(graph, gateway))) continue;
      const lookup = missingUsers(graph, gateway);
      if (lookup === undefined) continue;
      const data = { waypoint: showRef(gateway), name: gateway.name };
      report(gateway, { at: at(gateway.metadata, 'name'), message: 'unused', data, lookup });
    }
  },
});
