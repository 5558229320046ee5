import {
  at,
  DATAPLANE_LABEL,
  defineRule,
  hostNetworkReads,
  hostNetworkWorkloads,
  podKinds,
  podReads,
  showList,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST1005',
  severity: 'info',
  since: '0.1.0',
  summary: 'A workload on the network of its node stands in ambient mode, which leaves it alone.',
  reads: { ...hostNetworkReads, ...podReads },
  needs: [podKinds],
  messages: {
    outside: {
      what: '{workload} runs on the network of its node, so it is not in ambient mode, though its namespace is.',
      why: 'Ztunnel never captures such pods: what they send and accept is plain text, they have no identity, and no policy protects them. Servers with `STRICT` mutual TLS refuse them.',
      help: 'Run it without `hostNetwork` if it can do so. If not, say so by the label `istio.io/dataplane-mode: none` on its template.',
    },
    asks: {
      what: '{workload} asks for ambient mode by a label, and runs on the network of its node, where there is none.',
      why: 'Ztunnel never captures such pods, so the label does nothing: their traffic is plain text, without an identity and without policies.',
      help: 'Remove `hostNetwork`, or remove the label and treat it as a workload outside the mesh.',
    },
    named: {
      what: '{workload} runs on the network of its node and has no identity, and {policies} counts on that of its service account {account}.',
      why: 'Ztunnel never captures such pods, so their calls come without a certificate: where the policy should let them in they are refused, and where it should stop them it does not know them.',
      help: 'Run it without `hostNetwork`, or let the policy tell it by something else than its account.',
    },
  },
  check({ graph, report }) {
    for (const { workload, pod, asks, namedBy } of hostNetworkWorkloads(graph)) {
      const { resource, serviceAccount, labels } = workload;
      const policies = [...new Set(namedBy.map(({ policy }) => `AuthorizationPolicy ${showRef(policy)}`))];
      report(resource, {
        at: at(pod, 'hostNetwork'),
        message: namedBy.length > 0 ? 'named' : asks ? 'asks' : 'outside',
        data: {
          workload: `${resource.kind} ${showRef(resource)}`,
          account: serviceAccount,
          policies: showList(policies, 3),
        },
        related: [
          ...(asks ? [{ resource, at: at(labels, DATAPLANE_LABEL), note: 'Asks for ambient mode.' }] : []),
          ...namedBy.slice(0, 3).map(({ policy, at: place }) => ({
            resource: policy,
            at: place,
            note: 'Counts on its identity.',
          })),
        ],
        ...(asks || namedBy.length > 0 ? { severity: 'warning' } : {}),
      });
    }
  },
});
