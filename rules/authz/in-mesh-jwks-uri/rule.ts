import { defineRule, refusedKeyFetches, showRef } from '#sdk';

export default defineRule({
  code: 'IST1153',
  severity: 'warning',
  since: '0.1.0',
  summary: 'The keys of tokens are served by a workload that refuses istiod.',
  reads: refusedKeyFetches.reads,
  needs: [['RequestAuthentication'], ['PeerAuthentication'], ['Service']],
  messages: {
    refused: {
      what: 'istiod cannot fetch the keys for {issuer} from Service {service}: its workloads accept nothing but mutual TLS of the mesh.',
      why: 'istiod fetches keys itself, without a proxy, so it is refused like any caller outside the mesh. Without keys every token of the issuer is answered with 401.',
      help: 'Let the port of the keys take plain text (`portLevelMtls` with PERMISSIVE), name an address of the server outside the mesh, or let proxies fetch keys by PILOT_JWT_ENABLE_REMOTE_JWKS on istiod.',
    },
  },
  check({ graph, report }) {
    for (const { policy, rule, source, service, server, strict } of refusedKeyFetches(graph)) {
      report(policy, {
        at: source.at,
        message: 'refused',
        data: { issuer: rule.issuer ?? '', service: showRef(service) },
        related: [
          { resource: server.resource, note: 'Serves the keys.' },
          ...(strict.policy === undefined
            ? []
            : [{ resource: strict.policy, note: 'Asks for mutual TLS there.' }]),
        ],
      });
    }
  },
});
