import { at, defineRule, findStrictWithoutMtls, refusedClientReads, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST1106',
  severity: 'error',
  since: '0.1.0',
  summary: 'Automatic mutual TLS is off, and no DestinationRule makes clients use it with a STRICT workload.',
  reads: refusedClientReads,
  needs: [['PeerAuthentication'], ['Service', 'ServiceEntry']],
  messages: {
    plain: {
      what: 'PeerAuthentication {policy} is STRICT, but nothing makes clients in namespace {client} use mutual TLS with {servers}.',
      why: 'The mesh has automatic mutual TLS switched off (`enableAutoMtls: false`), so sidecars send plain text unless a DestinationRule says otherwise, and every request is refused.',
      help: 'Switch `enableAutoMtls` on, or add a DestinationRule with `tls` mode ISTIO_MUTUAL for these hosts.',
    },
  },
  check({ graph, report }) {
    for (const { policy, setting, at: refused, client, lookup } of findStrictWithoutMtls(graph)) {
      const servers = showList([...new Set(refused.map(({ host, port }) => `${host}:${port}`))], 3);
      const [first] = refused;
      report(policy, {
        at: at(setting, 'mode'),
        message: 'plain',
        data: { policy: showRef(policy), client: client.namespace, servers },
        related: [
          { resource: client.resource, note: 'is a client' },
          ...(first === undefined ? [] : [{ resource: first.server.resource, note: 'is a server' }]),
        ],
        lookup,
      });
    }
  },
});
