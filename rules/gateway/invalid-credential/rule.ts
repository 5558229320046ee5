import {
  at,
  type CredentialFault,
  certificates,
  credentialRef,
  defineRule,
  gateways,
  missingAuthority,
  namedCredentials,
  type Resource,
  type ServerTls,
  secrets,
  showList,
  showRef,
  terminatesTls,
} from '#sdk';

const silence = 'The gateway pods then have nothing to show: they never open the port for {hosts}.';
const make = 'with the certificate chain in `tls.crt` and the private key in `tls.key`, both in PEM.';

export default defineRule({
  code: 'IST0161',
  severity: 'error',
  since: '0.1.0',
  summary: 'A Gateway names a Secret whose certificate cannot be used.',
  reads: { ...gateways.reads, ...secrets.reads, ...certificates.reads },
  messages: {
    keys: {
      what: 'Secret {secret} holds no certificate with its private key.',
      why: `istiod looks for \`tls.crt\` and \`tls.key\`, or \`cert\` and \`key\`, and finds neither pair. ${silence}`,
      help: `Make the Secret anew, ${make}`,
    },
    certificate: {
      what: '`{key}` of Secret {secret} is no certificate that can be read.',
      why: `It must be a certificate in PEM, base64 once over (in \`data\`) or as it is (in \`stringData\`). ${silence}`,
      help: `Make the Secret anew, ${make}`,
    },
    expired: {
      what: 'The certificate in Secret {secret} expired on {date}.',
      why: 'Every client that checks certificates refuses to talk to {hosts}.',
      help: 'Renew the certificate and replace the Secret.',
    },
    early: {
      what: 'The certificate in Secret {secret} is not valid before {date}.',
      why: 'Until then every client that checks certificates refuses to talk to {hosts}.',
      help: 'Use a certificate that is valid today.',
    },
    key: {
      what: '`{key}` of Secret {secret} is no private key that can be read.',
      why: `It must be a private key in PEM without a passphrase. ${silence}`,
      help: `Make the Secret anew, ${make}`,
    },
    mismatch: {
      what: '`{key}` of Secret {secret} is not the private key of its certificate.',
      why: `Envoy refuses the pair. ${silence}`,
      help: 'Replace the key by that of the certificate; the certificate of the server must come first in its chain.',
    },
    weak: {
      what: 'The certificate in Secret {secret} has an RSA key of less than 2048 bits.',
      why: `Envoy refuses RSA keys that short. ${silence}`,
      help: 'Use a certificate with an RSA key of 2048 bits or more, or an ECDSA key.',
    },
    authority: {
      what: 'Secret {secret} has no certificate authority to check clients by.',
      why: 'In mode {mode} the gateway asks clients for certificates, and looks for the authority that signs them in this Secret. Without it the port is never opened for {hosts}.',
      help: 'Add the certificate of that authority as `ca.crt`, or make a Secret of the same name plus `-cacert` that holds it.',
    },
  },
  check({ graph, report }) {
    const { faultOf } = certificates(graph);
    const store = secrets(graph);
    for (const gateway of graph.list('Gateway')) {
      if (graph.changedBy(gateway) !== undefined) continue;
      for (const { tls, hosts = [] } of gateway.spec.servers ?? []) {
        if (terminatesTls(tls)) checkServer(gateway, tls, showList(hosts));
      }
    }

    function checkServer(gateway: Resource<'Gateway'>, tls: ServerTls, hosts: string): void {
      const namespaces = gateways(graph).namespacesOf(gateway);
      for (const { name, index } of namedCredentials(tls)) {
        const place = index === undefined ? at(tls, 'credentialName') : at(tls.credentialNames ?? [], index);
        for (const namespace of namespaces) {
          const ref = credentialRef(name, namespace);
          const found = ref && store.find(ref, gateway);
          if (found?.state !== 'found') continue;
          // Any of the copies may be the one that is applied.
          const faults = found.all.map((source) => (isSecret(source) ? faultOf(source) : 'unclear'));
          const [secret] = found.all;
          const [fault] = faults;
          if (!faults.every(isFault) || !isFault(fault) || secret === undefined) continue;
          report(gateway, {
            at: place,
            message: fault.kind,
            data: { secret: showRef(secret), hosts, date: fault.date, key: fault.key },
            // Never the entry itself: its line would be shown, and that of a key is a secret.
            related: [{ resource: secret, at: at(secret.metadata, 'name'), note: 'the Secret' }],
          });
          break;
        }
      }
      for (const namespace of namespaces) {
        const lacking = missingAuthority(graph, tls, namespace, gateway);
        if (lacking === undefined) continue;
        const data = { secret: showRef(lacking), hosts, mode: tls.mode ?? '' };
        report(gateway, { at: at(tls, 'mode'), message: 'authority', data });
        break;
      }
    }
  },
});

function isSecret(source: Resource): source is Resource<'Secret'> {
  return source.kind === 'Secret';
}

function isFault(fault: CredentialFault | string | undefined): fault is CredentialFault {
  return typeof fault === 'object';
}
