import { at, defineRule } from '#sdk';

export default defineRule({
  code: 'IST1155',
  severity: 'info',
  since: '0.1.0',
  summary: 'A RequestAuthentication accepts tokens of an issuer whoever they were made for.',
  reads: { RequestAuthentication: 'some' },
  needs: [['RequestAuthentication']],
  optIn: true,
  messages: {
    'any-audience': {
      what: 'Any token of {issuer} is accepted here, also one that was made for another service.',
      why: 'Without `audiences` the claim `aud` is not looked at. A token that a user gave to one service can then be used by that service, or by whoever steals it there, against all others.',
      help: 'List in `audiences` the names that tokens for these workloads carry in `aud`.',
    },
  },
  check({ graph, report }) {
    for (const policy of graph.list('RequestAuthentication')) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const rule of policy.spec.jwtRules ?? []) {
        const { audiences = [], issuer = '' } = rule;
        if (audiences.length > 0 || issuer === '') continue;
        report(policy, { at: at(rule, 'issuer'), message: 'any-audience', data: { issuer } });
      }
    }
  },
});
