import { at, defineRule, parseInternalGateway, showRef } from '#sdk';

export default defineRule({
  code: 'IST0165',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A VirtualService binds to a gateway that istiod made for itself.',
  reads: { VirtualService: 'some' },
  messages: {
    internal: {
      what: '{written} is the internal name of listener {listener} of the Gateway API Gateway {gateway}.',
      why: 'istiod makes such gateways from Gateways of the Gateway API and may name them otherwise in any release; then these routes are gone.',
      help: 'Write an HTTPRoute with Gateway {gateway} as its parent, and `sectionName: {listener}` if only that listener is meant.',
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      const { gateways = [] } = service.spec;
      for (const [index, written] of gateways.entries()) {
        const gateway = parseInternalGateway(written, service.namespace);
        if (gateway === undefined) continue;
        const { listener } = gateway;
        const data = { written, listener, gateway: showRef(gateway) };
        report(service, { at: at(gateways, index), message: 'internal', data });
      }
    }
  },
});
