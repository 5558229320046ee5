import { at, defineRule, showLabels, suspectLabel, workloadReads, workloads } from '#sdk';

export default defineRule({
  code: 'IST0101',
  severity: 'error',
  since: '0.1.0',
  summary: 'A Telemetry selects workloads that do not exist.',
  reads: { Telemetry: 'some', ...workloadReads },
  messages: {
    missing: {
      what: 'No workload of this namespace carries the labels {labels} that this Telemetry selects.',
      why: 'A Telemetry with a selector applies to workloads of its own namespace that carry all of its labels, in the root namespace too. It applies to none, so their metrics, traces and access logs stay as they were.',
      help: 'Select labels that the pods carry; remove `selector` to cover the whole namespace.',
    },
  },
  check({ graph, report }) {
    for (const telemetry of graph.list('Telemetry')) {
      const { selector, targetRef, targetRefs = [] } = telemetry.spec;
      const labels = selector?.matchLabels ?? {};
      // Attached to a gateway or a Service, it selects nothing.
      if (targetRef !== undefined || targetRefs.length > 0 || Object.keys(labels).length === 0) continue;
      if (graph.changedBy(telemetry) !== undefined) continue;
      const lookup = workloads(graph).select(labels, telemetry.namespace, telemetry);
      if (lookup.state === 'found') continue;
      report(telemetry, {
        at: at(labels, suspectLabel(labels, lookup)),
        message: 'missing',
        data: { labels: showLabels(labels) },
        lookup,
      });
    }
  },
});
