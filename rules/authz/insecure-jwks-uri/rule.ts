import { defineRule, istiodEnvironment, keySource, proxiesFetchKeys } from '#sdk';

/** What is fetched from oneself crosses no network. */
const ownHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export default defineRule({
  code: 'IST1152',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A RequestAuthentication gets the keys for checking tokens over plain HTTP.',
  reads: { RequestAuthentication: 'some', ...istiodEnvironment.reads },
  needs: [['RequestAuthentication']],
  messages: {
    uri: {
      what: 'The keys that tokens of {issuer} are checked with are fetched from {host} over plain HTTP.',
      why: 'Whoever can answer in place of {host} on the way from istiod hands out keys of their own, and from then on every token that they sign is valid.',
      help: 'Serve the keys over `https://`, or put them into the policy as `jwks`.',
    },
    discovery: {
      what: 'The issuer {issuer} is asked over plain HTTP where its keys are.',
      why: 'Without `jwksUri` and `jwks` istiod looks at the issuer for the address of its keys. Whoever can change that answer on its way names a server of their own, and then every token that they sign is valid.',
      help: 'Name the keys by a `jwksUri` that begins with `https://`; the issuer may stay as tokens have it.',
    },
  },
  check({ graph, report }) {
    // Keys that proxies fetch from a server in the mesh come over mutual TLS, whatever the URL says.
    const byProxies = proxiesFetchKeys(istiodEnvironment(graph));
    for (const policy of graph.list('RequestAuthentication')) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const rule of policy.spec.jwtRules ?? []) {
        const source = keySource(rule);
        if (source?.scheme !== 'http' || ownHosts.has(source.host)) continue;
        if (byProxies && !source.discovered) continue;
        const data = { issuer: rule.issuer ?? '', host: source.host };
        report(policy, { at: source.at, message: source.discovered ? 'discovery' : 'uri', data });
      }
    }
  },
});
