import {
  at,
  defineRule,
  expandHost,
  findEmptySubset,
  type Related,
  showRef,
  subsetUsers,
  subsetWorkloadReads,
} from '#sdk';

export default defineRule({
  code: 'IST0173',
  severity: 'error',
  since: '0.1.0',
  summary: 'A DestinationRule defines a subset that stands for no workload of its host.',
  reads: subsetWorkloadReads,
  needs: [['DestinationRule']],
  messages: {
    workload: {
      what: 'Subset {subset} selects no workload: none behind {target} carries {labels}.',
      why: 'The subset has no endpoints, so every request that is routed to it gets 503 (UH).',
      help: 'Use labels that the pods of the host carry (in the pod template, not on the Deployment itself), or remove the subset.',
    },
    contradiction: {
      what: 'Subset {subset} can never select a workload: it wants {labels}, and {target} selects another value of this label.',
      why: 'A subset chooses among the pods that its Service selects already; no pod has two values of one label, so the subset has no endpoints and its requests get 503 (UH).',
      help: 'Choose by a label that the selector of the Service leaves open, such as `version`, or widen that selector.',
    },
    endpoint: {
      what: 'Subset {subset} selects no endpoint: none of {target} carries {labels}.',
      why: 'Endpoints of a ServiceEntry have only the labels that are written in `spec.endpoints[].labels`; the subset stays empty, and requests that are routed to it get 503 (UH).',
      help: 'Label the endpoints of the ServiceEntry, or remove the subset.',
    },
  },
  check({ graph, report }) {
    for (const rule of graph.list('DestinationRule')) {
      const host = expandHost(rule.spec.host ?? '', rule.namespace, graph.mesh.clusterDomain);
      for (const subset of rule.spec.subsets ?? []) {
        const empty = findEmptySubset(graph, subset, rule);
        if (empty === undefined) continue;
        const { reason, lookup, target, labels } = empty;
        const name = subset.name ?? '';
        const uses = subsetUsers(graph, host, name).filter((service) => graph.coexist(rule, service));
        const related: Related[] = [
          target.kind === 'Service'
            ? { resource: target, at: at(target.spec, 'selector'), note: 'what the host selects' }
            : { resource: target, note: 'the host' },
          ...uses.slice(0, 3).map((service) => ({ resource: service, note: 'sends traffic to the subset' })),
        ];
        report(rule, {
          at: at(subset, 'labels', 'key'),
          message: reason,
          data: { subset: name, target: `${target.kind} ${showRef(target)}`, labels },
          lookup,
          related,
          severity: uses.length > 0 ? 'error' : 'warning',
        });
      }
    }
  },
});
