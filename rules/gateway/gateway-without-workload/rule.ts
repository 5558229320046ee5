import { at, defineRule, gateways, selectorOf, showLabels, suspectLabel, workloads } from '#sdk';

export default defineRule({
  code: 'IST0101',
  severity: 'error',
  since: '0.1.0',
  summary: 'A Gateway selects pods that do not exist.',
  reads: gateways.reads,
  messages: {
    missing: {
      what: 'No workload carries the labels {labels} that this Gateway selects.',
      why: 'A Gateway configures only the pods that it selects: none of its servers is opened anywhere, and connections to its hosts are refused.',
      help: 'Select labels that the pods of a gateway carry (all of them must be there), or deploy that gateway.',
    },
    scoped: {
      what: 'No workload of namespace {namespace} carries the labels {labels} that this Gateway selects.',
      why: 'istiod runs with PILOT_SCOPE_GATEWAY_TO_NAMESPACE, so a Gateway configures pods of its own namespace only: none of its servers is opened anywhere.',
      help: 'Move the Gateway to the namespace of its pods.',
    },
  },
  check({ graph, report }) {
    const view = gateways(graph);
    for (const gateway of graph.list('Gateway')) {
      // Without servers there is nothing to open: the schema says so.
      if ((gateway.spec.servers ?? []).length === 0 || graph.changedBy(gateway) !== undefined) continue;
      const lookup = view.select(gateway);
      if (lookup.state === 'found') continue;
      const selector = selectorOf(gateway);
      const labels = showLabels(selector);
      const place = at(selector, suspectLabel(selector, lookup));
      const isElsewhere = view.isScoped && workloads(graph).matching(selector).length > 0;
      if (isElsewhere) {
        const data = { labels, namespace: gateway.namespace };
        report(gateway, { at: place, message: 'scoped', data, lookup });
      } else report(gateway, { at: place, message: 'missing', data: { labels }, lookup });
    }
  },
});
