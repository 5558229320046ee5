import { at, defineRule, showLabels, suspectLabel, workloadReads, workloads } from '#sdk';

export default defineRule({
  code: 'IST0101',
  severity: 'error',
  since: '0.1.0',
  summary: 'A Sidecar selects workloads that do not exist.',
  reads: { Sidecar: 'some', ...workloadReads },
  messages: {
    missing: {
      what: 'No workload of this namespace carries the labels {labels} that this Sidecar selects.',
      why: 'A Sidecar applies to workloads of its own namespace that carry all of its labels. It applies to none, so they keep the configuration of the namespace or of the mesh.',
      help: 'Select labels that the pods carry; remove `workloadSelector` to cover the whole namespace.',
    },
  },
  check({ graph, report }) {
    for (const sidecar of graph.list('Sidecar')) {
      const labels = sidecar.spec.workloadSelector?.labels ?? {};
      if (Object.keys(labels).length === 0 || graph.changedBy(sidecar) !== undefined) continue;
      const lookup = workloads(graph).select(labels, sidecar.namespace, sidecar);
      if (lookup.state === 'found') continue;
      report(sidecar, {
        at: at(labels, suspectLabel(labels, lookup)),
        message: 'missing',
        data: { labels: showLabels(labels) },
        lookup,
      });
    }
  },
});
