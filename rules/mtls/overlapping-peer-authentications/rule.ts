import {
  at,
  conflictSeverity,
  defineRule,
  overlappingPolicies,
  overlapReads,
  type Related,
  showList,
  showRef,
  type Workload,
} from '#sdk';

export default defineRule({
  code: 'IST1102',
  severity: 'error',
  since: '0.1.0',
  summary: 'Two PeerAuthentications with a selector are for the same workload.',
  reads: overlapReads,
  messages: {
    ignored: {
      what: 'PeerAuthentication {policy} is ignored for {workload}: {winner} selects it too, and is older.',
      why: 'Of several PeerAuthentications that select a workload only the oldest counts, with all its ports; nothing is merged.',
      help: 'Let one PeerAuthentication select the workload, and move modes and ports into it.',
    },
    competing: {
      what: 'PeerAuthentication {policy} competes with {others}: each selects {workload}.',
      why: 'Only the one that was created first counts, with all its ports, on a tie the first by name; which of them that is hangs on the order in which they were applied.',
      help: 'Narrow the selectors so that each workload has one PeerAuthentication, or merge the policies.',
    },
  },
  check({ graph, report }) {
    for (const { policy, others, winner, workload, agree } of overlappingPolicies(graph)) {
      if (workload === undefined) continue;
      const related: Related[] = [
        { resource: workload.resource, note: 'is selected by all of them' },
        ...others.map((other) => ({
          resource: other,
          at: at(other.spec, 'selector', 'key'),
          note: 'selects it too',
        })),
      ];
      const severity = conflictSeverity(graph, policy, others);
      const finding = {
        at: at(policy.spec, 'selector', 'key'),
        related,
        // Nothing changes while they say the same.
        severity: agree && severity === 'error' ? ('warning' as const) : severity,
      };
      const data = { policy: showRef(policy), workload: nameOf(workload) };
      if (winner === undefined) {
        const names = showList(others.map(showRef));
        report(policy, { ...finding, message: 'competing', data: { ...data, others: names } });
      } else {
        report(policy, { ...finding, message: 'ignored', data: { ...data, winner: showRef(winner) } });
      }
    }
  },
});

function nameOf({ resource }: Workload): string {
  return `${resource.kind} ${showRef(resource)}`;
}
