import {
  at,
  type BlockedHbone,
  blockedHbone,
  defineRule,
  HBONE_PORT,
  networkPolicies,
  type Related,
  showList,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST1060',
  severity: 'error',
  since: '0.1.0',
  summary: 'A NetworkPolicy opens ports of the application and keeps port 15008 of ambient mode shut.',
  reads: networkPolicies.reads,
  needs: [['NetworkPolicy']],
  messages: {
    ingress: {
      what: 'This NetworkPolicy admits {ports} at {workloads}, but nothing admits port 15008, on which all traffic of the mesh comes.',
      why: 'In ambient mode connections between pods are carried inside HBONE, from ztunnel to ztunnel or waypoint, to port 15008 whatever port the client dialled. The network drops them, and callers such as {peer} time out.',
      help: 'Add `port: 15008` with `protocol: TCP` to the ports of the rule. Who may call which port of the application is then for an AuthorizationPolicy to say.',
    },
    egress: {
      what: 'This NetworkPolicy lets {workloads} call {ports}, but nothing lets them call port 15008, on which all traffic of the mesh goes out.',
      why: 'In ambient mode ztunnel carries every connection to another pod of the mesh inside HBONE, to port 15008 whatever port was dialled. The network drops it, and calls to {peer} time out.',
      help: 'Add `port: 15008` with `protocol: TCP` to the ports of the rule.',
    },
  },
  check({ graph, report }) {
    for (const { rule, ports, direction, workloads, peer } of blockedHbone(graph)) {
      const { policy } = rule;
      const name = `${showRef(policy)} that admits port ${HBONE_PORT}`;
      const knowledge = graph.known('NetworkPolicy', policy.namespace, policy);
      report(policy, {
        at: at(rule.rule, 'ports', 'key'),
        message: direction,
        lookup: graph.missing({ what: 'NetworkPolicy', name, knowledge }, policy),
        data: {
          ports: showList(ports.map(showPort), 3),
          workloads: showList(workloads.map(show), 3),
          peer: workloads.includes(peer) ? 'any pod of the mesh' : show(peer),
        },
        related: workloads.slice(0, 5).map(
          ({ resource }): Related => ({
            resource,
            note:
              direction === 'ingress' ? 'Nobody in the mesh reaches it.' : 'It reaches nobody in the mesh.',
          }),
        ),
      });
    }
  },
});

function showPort({ port, endPort }: BlockedHbone['ports'][number]): string {
  if (port === undefined) return 'all ports';
  return endPort === undefined ? `port ${port}` : `ports ${port} to ${endPort}`;
}

function show({ resource }: BlockedHbone['peer']): string {
  const kind = resource.kind === 'KubernetesGateway' ? 'Gateway' : resource.kind;
  return `${kind} ${showRef(resource)}`;
}
