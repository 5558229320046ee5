import {
  at,
  conflictSeverity,
  defineRule,
  FLOATING,
  type PeerPolicy,
  peerAuthentications,
  showList,
  showRef,
  widePolicyRivals,
} from '#sdk';

export default defineRule({
  code: 'IST1101',
  severity: 'error',
  since: '0.1.0',
  summary: 'A namespace, or the mesh, has more than one PeerAuthentication for all of its workloads.',
  reads: peerAuthentications.reads,
  messages: {
    ignored: {
      what: 'PeerAuthentication {policy} is ignored: {winner} is for {scope} too, and older.',
      why: 'Of several PeerAuthentications for all workloads of a place only the oldest counts, whole; the others change nothing.',
      help: 'Keep one PeerAuthentication for {scope}, and move the mode that you want into it.',
    },
    competing: {
      what: 'PeerAuthentication {policy} competes with {others}: each is for {scope}.',
      why: 'Only the one that was created first counts, on a tie the first by name; which of them that is hangs on the order in which they were applied, and the others change nothing.',
      help: 'Keep one PeerAuthentication for {scope}, or give the others a selector.',
    },
  },
  check({ graph, report }) {
    for (const { policy, others, winner, agree } of widePolicyRivals(graph)) {
      const severity = conflictSeverity(graph, policy, others);
      const finding = {
        at: policy.spec.selector === undefined ? at(policy.metadata, 'name') : at(policy.spec, 'selector'),
        related: others.map((other) => ({
          resource: other,
          note: `is for the same workloads, ${modeOf(other)}`,
        })),
        // Nothing changes while they say the same.
        severity: agree && severity === 'error' ? ('warning' as const) : severity,
      };
      const scope = scopeOf(policy, graph.mesh.rootNamespace);
      if (winner === undefined) {
        const data = { policy: showRef(policy), scope, others: showList(others.map(showRef)) };
        report(policy, { ...finding, message: 'competing', data });
      } else {
        const data = { policy: showRef(policy), scope, winner: showRef(winner) };
        report(policy, { ...finding, message: 'ignored', data });
      }
    }
  },
});

function modeOf({ spec }: PeerPolicy): string {
  return spec.mtls?.mode === undefined ? 'without a mode' : `mode ${spec.mtls.mode}`;
}

function scopeOf({ namespace }: PeerPolicy, rootNamespace: string): string {
  if (namespace === rootNamespace) return 'the whole mesh';
  return namespace === FLOATING ? 'all of its namespace' : `all of namespace ${namespace}`;
}
