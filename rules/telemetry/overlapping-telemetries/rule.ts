import {
  at,
  conflictSeverity,
  defineRule,
  overlappingTelemetries,
  showList,
  showRef,
  telemetryOverlapReads,
} from '#sdk';

const cache =
  'istiod lays all that select a workload over each other by age, and remembers the result under the name of the last one: a workload that fewer of them select may get what was made for another.';
const help = 'Narrow the selectors so that one Telemetry selects each workload, or merge the Telemetries.';

export default defineRule({
  code: 'IST0159',
  severity: 'error',
  since: '0.1.0',
  summary: 'Two Telemetries with a selector are for the same workload.',
  reads: telemetryOverlapReads,
  messages: {
    'same-part': {
      what: 'Telemetry {telemetry} and {others} both set {parts} for {workloads}.',
      why: `Only one Telemetry with a selector is meant for a workload. ${cache}`,
      help,
    },
    'other-parts': {
      what: 'Telemetry {telemetry} and {others} both select {workloads}.',
      why: `They set different parts, but only one Telemetry with a selector is meant for a workload. ${cache}`,
      help,
    },
    idle: {
      what: 'Telemetry {telemetry} and {others} both select {workloads}, without a proxy so far.',
      why: 'Once there is one, the two lie over each other, and only one Telemetry with a selector is meant for a workload.',
      help,
    },
  },
  check({ graph, report }) {
    for (const { one, others, workloads, shared, idle } of overlappingTelemetries(graph)) {
      const severity = conflictSeverity(graph, one, others);
      const finding = {
        at: at(one.spec, 'selector', 'key'),
        severity,
        related: [
          ...others.map((other) => ({
            resource: other,
            at: at(other.spec, 'selector'),
            note: 'selects it too',
          })),
          ...workloads.slice(0, 3).map(({ resource }) => ({ resource, note: 'is selected by both' })),
        ],
      };
      const data = {
        telemetry: showRef(one),
        others: showList(others.map(showRef)),
        workloads: showList(
          workloads.map(({ resource }) => `${resource.kind} ${showRef(resource)}`),
          3,
        ),
      };
      if (idle) report(one, { ...finding, message: 'idle', data, severity: 'info' });
      else if (shared.length === 0)
        report(one, {
          ...finding,
          message: 'other-parts',
          data,
          severity: severity === 'info' ? 'info' : 'warning',
        });
      else {
        const parts = showList(shared.map((part) => `\`${part}\``));
        report(one, { ...finding, message: 'same-part', data: { ...data, parts } });
      }
    }
  },
});
