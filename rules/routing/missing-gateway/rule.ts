import { at, defineRule, findGateway, gatewayRefs, showRef, takeSuggestion } from '#sdk';

export default defineRule({
  code: 'IST0101',
  severity: 'error',
  since: '0.1.0',
  summary: 'A VirtualService binds to a Gateway that does not exist.',
  reads: { VirtualService: 'some', Gateway: 'all', KubernetesGateway: 'all' },
  fixes: 'unsafe',
  messages: {
    missing: {
      what: 'Gateway {gateway} does not exist.',
      why: 'istiod attaches the routes of this VirtualService to no listener of that name, so requests through it get 404.',
      help: 'Create the Gateway, or name one that exists; `name` alone means the namespace of the VirtualService, `namespace/name` any other.',
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      for (const ref of gatewayRefs(service)) {
        const lookup = findGateway(graph, ref, service);
        if (lookup.state === 'found') continue;
        const place = at(service.spec.gateways ?? [], ref.index);
        report(service, {
          at: place,
          message: 'missing',
          data: { gateway: showRef(ref) },
          lookup,
          fix: () => takeSuggestion(place, lookup, service.namespace),
        });
      }
    }
  },
});
