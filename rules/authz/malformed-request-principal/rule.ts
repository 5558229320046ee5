import {
  at,
  defineRule,
  policiesUsing,
  replaceBy,
  requestPrincipalFault,
  requestPrincipalFields,
  requestPrincipals,
} from '#sdk';

export default defineRule({
  code: 'IST1156',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A request principal is no issuer and subject, so no token matches it.',
  reads: { AuthorizationPolicy: 'some', RequestAuthentication: 'some' },
  needs: [['AuthorizationPolicy']],
  fixes: 'unsafe',
  messages: {
    subject: {
      what: 'No token matches the request principal {value}: it has no subject.',
      why: 'A request principal is the issuer of a token, a slash and its subject. Without a subject it stands for tokens that have none, and proxies take no such token for an identity.',
      help: 'Write the issuer and `/*` for all of its tokens, or the issuer, a slash and the `sub` claim for one user.',
    },
    workload: {
      what: 'No token matches the request principal {value}: this is the identity of a workload.',
      why: 'Request principals come from tokens, identities of workloads from certificates. The two are never equal, so the condition is about nobody.',
      help: 'Use `principals` (or `notPrincipals`, or the key `source.principal`) for workloads.',
    },
  },
  check({ graph, report }) {
    const rules = graph.list('RequestAuthentication').flatMap(({ spec }) => spec.jwtRules ?? []);
    const issuers = new Set(rules.map(({ issuer = '' }) => issuer));
    for (const policy of policiesUsing(graph, requestPrincipalFields)) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const { values, index, value } of requestPrincipals(policy)) {
        const message = requestPrincipalFault(value, issuers);
        if (message === undefined) continue;
        const place = at(values, index);
        const fix = () => (message === 'subject' ? replaceBy(place, `${value}/*`, false) : undefined);
        report(policy, { at: place, message, data: { value }, fix });
      }
    }
  },
});
