import {
  at,
  classOf,
  defineRule,
  type Related,
  type Resource,
  servicesOf,
  showClaimants,
  showDependent,
  showRef,
  trafficType,
  USE_WAYPOINT_LABEL,
  WAYPOINT_FOR_LABEL,
  waypointClaims,
  waypointDependentReads,
  waypointDependents,
} from '#sdk';

export default defineRule({
  code: 'IST1012',
  severity: 'error',
  since: '0.1.0',
  summary: 'A label names a waypoint that serves another type of traffic.',
  reads: waypointDependentReads,
  needs: [['KubernetesGateway']],
  messages: {
    'not-for-services': {
      what: 'Waypoint {waypoint} does not serve Services, and {claimants} names it: `istio.io/waypoint-for` is `{type}`.',
      why: 'Only a waypoint for `service` or `all` stands before a Service or ServiceEntry. Any other is passed by: calls go straight to the workloads, without policies and routes.',
      help: 'Label the Gateway `istio.io/waypoint-for: service` or `all`, or name another waypoint.',
    },
    'not-for-workloads': {
      what: 'Waypoint {waypoint} does not serve workloads, and {claimants} names it: `istio.io/waypoint-for` is `{type}`.',
      why: 'Only a waypoint for `workload` or `all` stands before single pods and machines. Connections to their addresses pass it by, without policies.',
      help: 'Label the Gateway `istio.io/waypoint-for: all`, or put `istio.io/use-waypoint` on the Service instead of the workload.',
    },
    'for-nothing': {
      what: 'Waypoint {waypoint} of {claimants} serves nothing: `istio.io/waypoint-for` is `{type}`.',
      why: 'The values that serve something are `service`, `workload` and `all`. With any other the waypoint is passed by, and nothing that it was to enforce or to route takes effect.',
      help: 'Label the Gateway `istio.io/waypoint-for: service`, or `all` when connections to single pods shall pass it too.',
    },
    'workloads-only': {
      what: 'Waypoint {waypoint} of {claimants} serves workloads only: calls to Services of the namespace pass it by.',
      why: 'With `istio.io/waypoint-for: workload` it sees connections to the addresses of pods. What is called by the name of a Service goes straight to the pods, without policies and routes for that Service.',
      help: 'Label the Gateway `istio.io/waypoint-for: all`, unless pods are only called by their addresses.',
    },
  },
  check({ graph, report }) {
    for (const claim of waypointClaims(graph)) {
      const { label, wanted, attachment, unserved, ingress } = claim;
      if (unserved.length === 0 || attachment.state === 'unknown' || ingress !== undefined) continue;
      // That connections to single pods pass the waypoint of a namespace is what most people want.
      if (label.via === 'namespace' && !unserved.includes('service')) continue;
      const { gateway } = attachment;
      if (gateway === undefined) continue;
      const gatewayClass = classOf(graph, gateway);
      const lost = waypointDependents(graph).of(claim);
      const common = {
        at: at(label.labels, USE_WAYPOINT_LABEL),
        related: [relateType(gateway, gatewayClass), ...lost.slice(0, 5).map(showDependent)],
      };
      const data = { waypoint: showRef(wanted), claimants: showClaimants(claim) };
      const typed = { ...data, type: trafficType(gateway, gatewayClass) };
      if (label.via === 'own') {
        const message = unserved.includes('service') ? 'not-for-services' : 'not-for-workloads';
        report(label.resource, { ...common, message, data: typed });
      } else if (unserved.length > 1) {
        report(label.resource, { ...common, message: 'for-nothing', data: typed });
      } else if (unserved.includes('service') && servicesOf(claim).length > 0) {
        const isOpen = lost.some(({ type }) => type === 'policy');
        const severity = isOpen ? 'error' : lost.length > 0 ? 'warning' : 'info';
        report(label.resource, { ...common, message: 'workloads-only', data, severity });
      }
    }
  },
});

/** Where the type is written; nowhere when it is the default. */
function relateType(
  gateway: Resource<'KubernetesGateway'>,
  gatewayClass: Resource<'GatewayClass'> | undefined,
): Related {
  for (const resource of [gateway, gatewayClass]) {
    const labels = resource?.metadata.labels;
    if (resource !== undefined && labels?.[WAYPOINT_FOR_LABEL] !== undefined)
      return { resource, at: at(labels, WAYPOINT_FOR_LABEL), note: 'What the waypoint serves.' };
  }
  return { resource: gateway, note: 'It says nothing, so it serves Services only.' };
}
