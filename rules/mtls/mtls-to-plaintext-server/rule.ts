import {
  at,
  defineRule,
  findUnansweredClients,
  type Related,
  refusedClientReads,
  showList,
  showRef,
  type UnansweredAt,
} from '#sdk';

export default defineRule({
  code: 'IST1105',
  severity: 'error',
  since: '0.1.0',
  summary: 'Clients are told to use mutual TLS with a workload that does not answer it.',
  reads: { ...refusedClientReads, DestinationRule: 'some' },
  needs: [['DestinationRule'], ['Service', 'ServiceEntry']],
  messages: {
    outside: {
      what: 'ISTIO_MUTUAL sends mutual TLS to {servers}, but {workload} is not in the mesh.',
      why: 'A DestinationRule overrides what sidecars find out by themselves: they encrypt although no proxy is there to answer. The application gets a TLS handshake, and clients see 503 (UF) or a reset connection.',
      help: 'Remove the `tls` block, so that sidecars use mutual TLS only where it is answered, or bring the workload into the mesh.',
    },
    disabled: {
      what: 'ISTIO_MUTUAL sends mutual TLS to {servers}, where {policy} switches it off.',
      why: 'With DISABLE the sidecar of {workload} hands everything on to the application, the TLS handshake included; clients see 503 (UF) or a reset connection.',
      help: 'Remove the `tls` block, or let the policy say PERMISSIVE or STRICT.',
    },
    unseen: {
      what: 'ISTIO_MUTUAL sends mutual TLS to {servers}, a port that the sidecar of {workload} does not see.',
      why: 'Annotations keep inbound connections to this port away from the sidecar, so the application gets the TLS handshake, and clients see 503 (UF) or a reset connection.',
      help: 'Set `tls` mode DISABLE for this port in `portLevelSettings`, or let the sidecar capture it.',
    },
  },
  check({ graph, report }) {
    for (const { rule, tls, at: failing, partly } of findUnansweredClients(graph)) {
      const [first] = failing;
      if (first === undefined) continue;
      const policy = first.side.modes[0]?.policy;
      const finding = {
        at: at(tls, 'mode'),
        related: relatedTo(failing),
        ...(partly ? { severity: 'warning' as const } : {}),
      };
      const servers = showList([...new Set(failing.map(({ host, port }) => `${host}:${port}`))], 3);
      const data = { servers, workload: `${first.server.resource.kind} ${showRef(first.server.resource)}` };
      if (policy !== undefined) {
        const name = `PeerAuthentication ${showRef(policy)}`;
        report(rule, { ...finding, message: 'disabled', data: { ...data, policy: name } });
      } else {
        report(rule, { ...finding, message: first.side.mode === 'sidecar' ? 'unseen' : 'outside', data });
      }
    }
  },
});

function relatedTo(failing: readonly UnansweredAt[]): Related[] {
  const related = new Map<unknown, Related>();
  for (const { server, side } of failing) {
    const { policy, setting } = side.modes[0] ?? {};
    if (policy !== undefined && setting !== undefined) {
      related.set(setting, { resource: policy, at: at(setting, 'mode'), note: 'switches mutual TLS off' });
    }
    related.set(server, { resource: server.resource, note: 'is a server that does not answer it' });
  }
  return [...related.values()].slice(0, 5);
}
