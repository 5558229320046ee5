import { defineRule, misplacedGuards, showRef, waypointPolicyReads } from '#sdk';

const help =
  'Take `targetRefs` out and select the pods by `selector`: there the waypoint is the client. What clients may do is for another policy.';

export default defineRule({
  code: 'IST1034',
  severity: 'error',
  since: '0.1.0',
  summary:
    'A policy that should let only a waypoint in to the pods is attached to the waypoint, and refuses everybody.',
  reads: waypointPolicyReads,
  needs: [['AuthorizationPolicy'], ['KubernetesGateway']],
  messages: {
    'denies-everybody': {
      what: 'This DENY policy spares none but waypoints, and waypoint {waypoint} itself enforces it.',
      why: 'By its `targetRefs` the policy meets the clients of the waypoint, and a waypoint is not its own client. So nobody is spared, and all requests that the rule is about are denied.',
      help,
    },
    'admits-nobody': {
      what: 'This ALLOW policy admits none but waypoints, and waypoint {waypoint} itself enforces it.',
      why: 'By its `targetRefs` the policy meets the clients of the waypoint, and a waypoint is not its own client. No other ALLOW policy is there to admit anybody, so every request is refused.',
      help,
    },
  },
  check({ graph, report }) {
    for (const { policy, effect, at, waypoint } of misplacedGuards(graph)) {
      report(policy, {
        at,
        message: effect,
        data: { waypoint: showRef(waypoint) },
        related: [{ resource: waypoint, note: 'Whose clients the policy meets.' }],
      });
    }
  },
});
