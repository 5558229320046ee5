import {
  at,
  defineRule,
  type Fix,
  findRefusedClients,
  type RefusedAt,
  type RefusedByRule,
  type Related,
  refusedClientReads,
  replaceBy,
  showList,
  showRef,
  tlsMode,
} from '#sdk';

export default defineRule({
  code: 'IST1104',
  severity: 'error',
  since: '0.1.0',
  summary:
    'Clients are told to send plain text, or TLS of their own, to a workload that only accepts mutual TLS.',
  reads: refusedClientReads,
  fixes: 'unsafe',
  messages: {
    plaintext: {
      what: 'With {setting} clients send plain text to {servers}, where nothing but mutual TLS is accepted.',
      why: '{policy} makes the sidecar of the server STRICT: it closes every connection without a certificate of the mesh, and clients see 503 (UC) or a reset connection.',
      help: 'Remove the `tls` block, or set its mode to ISTIO_MUTUAL; or let {policy} accept plain text on this port.',
    },
    simple: {
      what: 'With {setting} clients send no certificate to {servers}, where nothing but mutual TLS is accepted.',
      why: '{policy} makes the sidecar of the server STRICT: it takes this TLS for that of the mesh and closes the connection, since the client shows no certificate; clients see 503 (UF or UC).',
      help: 'Remove the `tls` block, or set its mode to ISTIO_MUTUAL; the sidecars encrypt the traffic by themselves.',
    },
    mutual: {
      what: 'With {setting} clients show a certificate of their own to {servers}, where only those of the mesh are trusted.',
      why: '{policy} makes the sidecar of the server STRICT: unless the certificate was issued by the CA of the mesh it closes the connection, and clients see 503 (UF or UC).',
      help: 'Use ISTIO_MUTUAL, which brings the certificates of the mesh.',
    },
    expected: {
      what: 'Because of this DISABLE clients send plain text to {servers}, where nothing but mutual TLS is accepted.',
      why: 'Whether to use mutual TLS clients decide by the policy of the namespace and of the mesh alone; they never see that {policy} makes these workloads STRICT, send plain text, and get a reset connection.',
      help: 'Set this mode to PERMISSIVE: clients with a sidecar use mutual TLS then, and plain text is still accepted elsewhere.',
    },
  },
  check({ graph, report }) {
    for (const refused of findRefusedClients(graph)) {
      const [first] = refused.at;
      const strict = first?.strict.policy;
      if (first === undefined || strict === undefined) continue;
      const related = [
        ...strictPolicies(refused.at),
        { resource: first.server.resource, note: 'is the server' },
      ];
      const data = { servers: serversOf(refused.at), policy: `PeerAuthentication ${showRef(strict)}` };
      if ('policy' in refused) {
        report(refused.policy, {
          at: at(refused.setting, 'mode'),
          message: 'expected',
          data,
          related,
          fix: () => replaceBy(at(refused.setting, 'mode'), 'PERMISSIVE', false),
        });
      } else {
        report(refused.rule, {
          at: at(refused.tls, 'mode'),
          message: refused.sends,
          data: { ...data, setting: settingOf(refused) },
          related,
          fix: () => leaveToTheMesh(refused.tls),
          ...(refused.sends === 'mutual' ? { severity: 'warning' } : {}),
        });
      }
    }
  },
});

function settingOf({ tls, sends, dropped }: RefusedByRule): string {
  if (tls.mode === undefined) return '`tls` without a mode, which means DISABLE,';
  const mode = `tls mode ${tlsMode(tls)}`;
  if (dropped) return `${mode} and a credentialName, which sidecars drop together,`;
  // Automatic mutual TLS is on for such a port, but endpoints are still asked by the mode around it.
  return sends === 'plaintext' && tls.mode !== 'DISABLE' ? `${mode} around a port without \`tls\`` : mode;
}

function serversOf(all: readonly RefusedAt[]): string {
  return showList([...new Set(all.map(({ host, port }) => `${host}:${port}`))], 3);
}

function strictPolicies(all: readonly RefusedAt[]): Related[] {
  const related = new Map<unknown, Related>();
  for (const { strict } of all) {
    const { policy, setting } = strict;
    if (policy === undefined || setting === undefined || related.size > 2) continue;
    related.set(setting, { resource: policy, at: at(setting, 'mode'), note: 'only accepts mutual TLS' });
  }
  return [...related.values()];
}

/** Settings that say no more than a mode; others (certificates, names) would have to go with it. */
function leaveToTheMesh(tls: RefusedByRule['tls']): Fix | undefined {
  const isBare = tls.mode !== undefined && Object.keys(tls).length === 1;
  return isBare ? replaceBy(at(tls, 'mode'), 'ISTIO_MUTUAL', false) : undefined;
}
