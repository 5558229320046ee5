import { at, conflictSeverity, defineRule, overlappingSidecars, showList, showRef, sidecarReads } from '#sdk';

const help = 'Narrow the selectors so that one Sidecar selects each workload, or merge the Sidecars.';

export default defineRule({
  code: 'IST0110',
  severity: 'error',
  since: '0.1.0',
  summary: 'Two Sidecars with a selector are for the same workload.',
  reads: sidecarReads,
  messages: {
    ignored: {
      what: 'Sidecar {sidecar} is ignored for {workloads}: {winner} is for it too, and older.',
      why: 'Of several Sidecars that select a workload only the oldest counts, whole; nothing is merged.',
      help,
    },
    shadows: {
      what: 'Sidecar {sidecar} keeps {others} from counting for {workloads}: it is the oldest.',
      why: 'Of several Sidecars that select a workload only the oldest counts, whole; nothing is merged.',
      help,
    },
    competing: {
      what: 'Sidecar {sidecar} competes with {others}: each selects {workloads}.',
      why: 'Only the one that was created first counts, whole, on a tie the first by name; which of them that is hangs on the order in which they were applied.',
      help,
    },
    idle: {
      what: 'Sidecar {sidecar} and {others} both select {workloads}, without a proxy so far.',
      why: 'Once there is one, only the oldest of them counts.',
      help,
    },
  },
  check({ graph, report }) {
    for (const { one, others, winner, workloads, idle } of overlappingSidecars(graph)) {
      const finding = {
        at: at(one.spec, 'workloadSelector', 'key'),
        severity: conflictSeverity(graph, one, others),
        related: [
          ...others.map((other) => ({
            resource: other,
            at: at(other.spec, 'workloadSelector'),
            note: 'selects it too',
          })),
          ...workloads.slice(0, 3).map(({ resource }) => ({ resource, note: 'is selected by both' })),
        ],
      };
      const data = {
        sidecar: showRef(one),
        workloads: showList(
          workloads.map(({ resource }) => `${resource.kind} ${showRef(resource)}`),
          3,
        ),
      };
      const all = { ...data, others: showList(others.map(showRef)) };
      if (idle) report(one, { ...finding, message: 'idle', data: all, severity: 'info' });
      else if (winner === undefined) report(one, { ...finding, message: 'competing', data: all });
      else if (winner === one) report(one, { ...finding, message: 'shadows', data: all });
      else report(one, { ...finding, message: 'ignored', data: { ...data, winner: showRef(winner) } });
    }
  },
});
