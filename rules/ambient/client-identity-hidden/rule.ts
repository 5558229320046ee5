import { defineRule, hiddenClients, showList, showRef, waypointPolicyReads } from '#sdk';

export default defineRule({
  code: 'IST1032',
  severity: 'error',
  since: '0.1.0',
  summary:
    'A DENY policy at ambient workloads names clients whose requests arrive from a waypoint, and misses them.',
  reads: waypointPolicyReads,
  needs: [['AuthorizationPolicy'], ['KubernetesGateway']],
  messages: {
    hidden: {
      what: 'This DENY policy misses {clients}: requests to {workload} arrive from waypoint {waypoint}.',
      why: 'Ztunnel compares the rule with whoever opens the connection to the pod. Behind a waypoint that is the waypoint and never the client, so a client that calls the Service is let through.',
      help: 'Attach the policy to the Service by `targetRefs`: the waypoint knows the client. Keep this one as well where the client can reach the pods directly.',
    },
  },
  check({ graph, report }) {
    for (const { policy, at, clients, isSure, ambient, front, knowledge } of hiddenClients(graph)) {
      const { resource } = ambient.workload;
      const waypoint = showRef(front.gateway);
      report(policy, {
        at,
        message: 'hidden',
        severity: isSure ? 'error' : 'warning',
        data: {
          clients: showList(clients.map((client) => `\`${client}\``)),
          workload: `${resource.kind} ${showRef(resource)}`,
          waypoint,
        },
        related: [
          { resource: front.gateway, note: 'This waypoint hides its clients from the pods.' },
          { resource, note: 'Its ztunnel enforces the policy.' },
        ],
        lookup: graph.missing({ what: 'DENY policy at waypoint', name: waypoint, knowledge }, policy),
      });
    }
  },
});
