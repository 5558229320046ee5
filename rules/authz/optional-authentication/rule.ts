import { at, defineRule, optionalTokens, showList } from '#sdk';

export default defineRule({
  code: 'IST1151',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A RequestAuthentication checks tokens, and no policy asks for one.',
  reads: optionalTokens.reads,
  needs: [['RequestAuthentication']],
  optIn: true,
  messages: {
    optional: {
      what: 'Tokens are checked at {points}, but no AuthorizationPolicy there asks for one.',
      why: 'A RequestAuthentication refuses bad tokens only. Whoever sends no token at all is let in as before.',
      help: 'Add an AuthorizationPolicy for the same proxies with action DENY and `notRequestPrincipals: ["*"]`, or an ALLOW policy with `requestPrincipals`.',
    },
  },
  check({ graph, report }) {
    for (const { check, points, lookup } of optionalTokens(graph)) {
      report(check, {
        at: at(check.spec, 'jwtRules', 'key'),
        message: 'optional',
        lookup,
        data: { points: showList(points, 3) },
      });
    }
  },
});
