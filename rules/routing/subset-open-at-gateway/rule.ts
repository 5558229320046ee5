import { at, defineRule, gatewayRefs, openSubsets, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST0140',
  severity: 'info',
  since: '0.1.0',
  summary: 'A route of a gateway leaves the subset open that is chosen inside the mesh.',
  reads: openSubsets.reads,
  needs: [['VirtualService'], ['VirtualService']],
  messages: {
    open: {
      what: 'Requests by way of {gateways} go to all pods of {host}; the choice of {subsets} in {others} does not apply to them.',
      why: 'A VirtualService applies where it is bound. The gateway follows this one, which names no subset, and never looks at routes that are bound to the mesh.',
      help: 'Name the subset here, too, with the same weights; or leave it if requests from outside are meant to reach every version.',
    },
  },
  check({ graph, report }) {
    for (const { service, destination, choices } of openSubsets(graph)) {
      const names = new Set(choices.map((choice) => choice.destination.subset ?? ''));
      const others = new Set(choices.map((choice) => `VirtualService ${showRef(choice.service)}`));
      const gateways = gatewayRefs(service).map((ref) => `Gateway ${showRef(ref)}`);
      report(service, {
        at: at(destination, 'host'),
        message: 'open',
        data: {
          gateways: showList(gateways, 3),
          host: destination.host ?? '',
          subsets: `${names.size > 1 ? 'subsets' : 'subset'} ${showList([...names], 3)}`,
          others: showList([...others], 3),
        },
        related: choices.slice(0, 5).map((choice) => ({
          resource: choice.service,
          at: at(choice.destination, 'subset'),
          note: 'is chosen inside the mesh only',
        })),
      });
    }
  },
});
