import { at, conflictSeverity, defineRule, sharedCertificates, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST0138',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A Gateway shows the same certificate as another Gateway of the same pods, for other hosts.',
  reads: sharedCertificates.reads,
  messages: {
    shared: {
      what: 'Gateway {name} shows the certificate that {others} shows on port {port} of the same pods for other hosts.',
      why: 'Browsers keep one HTTP/2 connection for all hosts that a certificate is good for. Requests for {theirs} may come over the connection that was opened for {hosts}, where they meet a server without a route for them: 404, now and then.',
      help: 'Put the hosts that share a certificate into one server of one Gateway, or give each its own certificate.',
    },
  },
  check({ graph, report }) {
    for (const { gateway, server, port, rivals } of sharedCertificates(graph)) {
      const { tls = {} } = server;
      const severity = conflictSeverity(
        graph,
        gateway,
        rivals.map((rival) => rival.gateway),
      );
      report(gateway, {
        at: at(tls, placeOf(tls)),
        message: 'shared',
        severity: severity === 'error' ? 'warning' : severity,
        data: {
          name: showRef(gateway),
          port,
          hosts: showList(server.hosts ?? []),
          others: showList([...new Set(rivals.map((rival) => showRef(rival.gateway)))]),
          theirs: showList([...new Set(rivals.flatMap((rival) => rival.server.hosts ?? []))]),
        },
        related: rivals.map((rival) => {
          const other = rival.server.tls ?? {};
          return { resource: rival.gateway, at: at(other, placeOf(other)), note: 'shows it too' };
        }),
      });
    }
  },
});

/** The field that names the certificate. */
function placeOf(tls: {
  readonly credentialName?: string;
  readonly credentialNames?: readonly string[];
}): 'credentialNames' | 'credentialName' | 'serverCertificate' {
  if ((tls.credentialNames ?? []).length > 0) return 'credentialNames';
  return (tls.credentialName ?? '') === '' ? 'serverCertificate' : 'credentialName';
}
