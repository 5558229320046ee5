import {
  at,
  defineRule,
  type Fix,
  insertField,
  removeField,
  type SelectorAtGateway,
  selectorsAtGateways,
  showList,
  showRef,
} from '#sdk';

const help = 'Replace the selector by `targetRefs` with kind Gateway and name {names}.';

export default defineRule({
  code: 'IST0166',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A policy selects the pods of a Gateway of the Gateway API instead of naming the Gateway.',
  reads: selectorsAtGateways.reads,
  fixes: 'unsafe',
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
    for (const found of selectorsAtGateways(graph)) {
      const { policy, gateways, names, ignored } = found;
      const protects = policy.kind === 'AuthorizationPolicy' || policy.kind === 'RequestAuthentication';
      report(policy, {
        at: at(policy.spec, 'selector', 'key'),
        message: ignored ? 'ignored' : 'fragile',
        severity: !ignored ? 'info' : protects ? 'error' : 'warning',
        data: { kind: policy.kind, policy: showRef(policy), names: showList(names) },
        fix: () => targetInstead(found),
        related: gateways.slice(0, 3).map(({ resource }) => ({ resource, note: 'is selected' })),
      });
    }
  },
});

/** Only a Gateway of the policy's own namespace can be named. */
function targetInstead({ policy, gateways, names }: SelectorAtGateway): Fix | undefined {
  const [name] = names;
  const isNear = gateways.every(({ namespace }) => namespace === policy.namespace);
  if (name === undefined || names.length > 1 || !isNear) return undefined;
  const target = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name };
  return {
    title: `Name Gateway ${name} in \`targetRefs\` instead of a selector`,
    safe: false,
    edits: [removeField(policy.spec, 'selector'), insertField(policy.spec, 'targetRefs', [target])],
  };
}
