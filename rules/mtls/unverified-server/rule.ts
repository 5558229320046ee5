import { at, defineRule, unverifiedServers, verificationReads } from '#sdk';

export default defineRule({
  code: 'IST0128',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A DestinationRule makes clients use TLS without making sure of the server.',
  reads: verificationReads,
  needs: [['DestinationRule']],
  messages: {
    skipped: {
      what: 'Clients of {host} do not verify the server: insecureSkipVerify is set.',
      why: 'The connection is encrypted, but whoever gets in between can pose as the server and read everything.',
      help: 'Remove insecureSkipVerify, and name the authority of the server in `caCertificates` if it is not a public one.',
    },
    dropped: {
      what: 'Sidecars ignore these TLS settings for {host}, because they name the credential {credential}.',
      why: 'Without a workloadSelector every sidecar would have to read that Secret, so istiod drops the whole `tls` block for sidecars: they send plain text. Only gateways use it.',
      help: 'Add a `workloadSelector` for the clients that may read the Secret; or give files (`caCertificates`, `clientCertificate`, `privateKey`) that are mounted into the sidecars.',
    },
    system: {
      what: 'Clients of {host} trust public authorities, which do not sign names of the cluster.',
      why: 'Without `caCertificates` the certificate is checked against the authorities of the proxy image. That of a server in the cluster is seldom signed by one of them, and then every connection fails.',
      help: 'Name the authority in `caCertificates`, or use ISTIO_MUTUAL if the server has a sidecar.',
    },
    nothing: {
      what: 'Clients of {host} do not verify the server: no `caCertificates` are given.',
      why: 'Releases before 1.21 then accept every certificate. The connection is encrypted, but whoever gets in between can pose as the server.',
      help: 'Name the authority in `caCertificates`; for a public one that is the bundle of the proxy image, /etc/ssl/certs/ca-certificates.crt.',
    },
  },
  check({ graph, report }) {
    for (const { rule, tls, doubt, field, port, hasSidecars } of unverifiedServers(graph)) {
      if (port !== undefined) continue;
      const { credentialName: credential = '' } = tls;
      const severity = doubt === 'dropped' && hasSidecars ? 'error' : doubt === 'system' ? 'info' : 'warning';
      const data = { host: rule.spec.host ?? '', credential };
      report(rule, { at: at(tls, field), message: doubt, severity, data });
    }
  },
});
