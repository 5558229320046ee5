import { at, defineRule, findNamespaces, namespacePatternReads, policiesUsing, takeSuggestion } from '#sdk';

export default defineRule({
  code: 'IST0101',
  severity: 'error',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy names a source namespace that does not exist.',
  reads: { AuthorizationPolicy: 'some', ...namespacePatternReads },
  fixes: 'unsafe',
  messages: {
    missing: {
      what: 'Namespace {namespace} does not exist, so no request comes from it.',
      why: 'The namespace is compared with the identity of the caller. No workload has this one, so this entry matches no request at all.',
      help: 'Name a namespace that exists; a `*` stands for any part of a name.',
    },
    excluded: {
      what: 'Namespace {namespace} does not exist, so nothing is excluded by it.',
      why: 'Requests are compared with the identity of the caller. No workload has this one: whoever was meant to be excluded is not.',
      help: 'Name a namespace that exists, or remove the entry.',
    },
  },
  check({ graph, report }) {
    for (const policy of policiesUsing(graph, ['namespaces', 'notNamespaces'])) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const { source } of (policy.spec.rules ?? []).flatMap((rule) => rule.from ?? [])) {
        const { namespaces = [], notNamespaces = [] } = source ?? {};
        for (const [i, namespace] of namespaces.entries()) {
          const lookup = findNamespaces(graph, namespace, policy);
          const place = at(namespaces, i);
          const fix = () => takeSuggestion(place, lookup);
          report(policy, { at: place, message: 'missing', data: { namespace }, lookup, fix });
        }
        for (const [i, namespace] of notNamespaces.entries()) {
          const lookup = findNamespaces(graph, namespace, policy);
          const place = at(notNamespaces, i);
          const data = { namespace };
          report(policy, {
            at: place,
            message: 'excluded',
            severity: 'warning',
            data,
            lookup,
            fix: () => takeSuggestion(place, lookup),
          });
        }
      }
    }
  },
});
