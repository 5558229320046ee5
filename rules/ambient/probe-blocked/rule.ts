import { at, blockedProbes, defineRule, networkPolicies, PROBE_ADDRESS, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST1061',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A NetworkPolicy keeps the probes of the kubelet away from pods in ambient mode.',
  reads: networkPolicies.reads,
  needs: [['NetworkPolicy']],
  messages: {
    blocked: {
      what: 'This NetworkPolicy does not let probes through to {workloads}: in ambient mode they come from {address}.',
      why: 'The kubelet is let in by most networks without a rule, but in ambient mode its probes get the address {address} on their way to the pod, and that is nobody whom the network knows. Where it drops them, pods never become ready, or are restarted over and over.',
      help: 'Add an ingress rule `from` the `ipBlock` {address}/32, and fd16:9254:7127:1337:ffff:ffff:ffff:ffff/128 where pods have IPv6 addresses too.',
    },
  },
  check({ graph, report }) {
    for (const { policy, workloads } of blockedProbes(graph)) {
      const name = `${showRef(policy)} that admits ${PROBE_ADDRESS}`;
      const knowledge = graph.known('NetworkPolicy', policy.namespace, policy);
      const shown = workloads.map(({ workload: { resource }, port }) => {
        return `${resource.kind} ${showRef(resource)} (port ${port})`;
      });
      report(policy, {
        at: at(policy.spec, policy.spec.ingress === undefined ? 'podSelector' : 'ingress', 'key'),
        message: 'blocked',
        lookup: graph.missing({ what: 'NetworkPolicy', name, knowledge }, policy),
        data: { workloads: showList(shown, 3), address: PROBE_ADDRESS },
        related: workloads.slice(0, 5).map(({ workload }) => ({
          resource: workload.resource,
          note: 'It has probes, and is in ambient mode.',
        })),
      });
    }
  },
});
