import { at, defineRule, selectorsAtGateways, showList, showRef } from '#sdk';

const help = 'Replace the selector by `targetRefs` with kind Gateway and name {names}.';

export default defineRule({
  code: 'IST0166',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A policy selects the pods of a Gateway of the Gateway API instead of naming the Gateway.',
  reads: selectorsAtGateways.reads,
  messages: {
    ignored: {
      what: '{kind} {policy} has no effect on Gateway {names}, whose pods it selects.',
      why: 'istiod runs with ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY switched off, and then Gateways of the Gateway API take only policies that name them in `targetRefs`.',
      help,
    },
    fragile: {
      what: '{kind} {policy} selects pods of Gateway {names} instead of naming the Gateway.',
      why: 'The labels of these pods are set by Istio. Policies that select them work as long as istiod allows it (ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY) and would never work at a waypoint.',
      help,
    },
  },
  check({ graph, report }) {
    for (const { policy, gateways, names, ignored } of selectorsAtGateways(graph)) {
      const protects = policy.kind === 'AuthorizationPolicy' || policy.kind === 'RequestAuthentication';
      report(policy, {
        at: at(policy.spec, 'selector', 'key'),
        message: ignored ? 'ignored' : 'fragile',
        severity: !ignored ? 'info' : protects ? 'error' : 'warning',
        data: { kind: policy.kind, policy: showRef(policy), names: showList(names) },
        related: gateways.slice(0, 3).map(({ resource }) => ({ resource, note: 'is selected' })),
      });
    }
  },
});
