import { at, claimReads, defineRule, findUncheckedClaims, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST0149',
  severity: 'error',
  since: '0.1.0',
  summary: 'A VirtualService routes by claims of tokens that its gateway does not read.',
  reads: claimReads,
  needs: [['VirtualService'], ['Gateway', 'KubernetesGateway']],
  messages: {
    unchecked: {
      what: 'Gateway {gateway} checks no tokens, so no request has {claims} there.',
      why: 'Claims come from tokens that a RequestAuthentication makes the same proxy check, and none applies to {pods}: a route that asks for a claim is never taken, and one that asks for its absence always is.',
      help: 'Create a RequestAuthentication that selects the pods of the gateway, in their namespace or in {root}.',
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      if (graph.changedBy(service) !== undefined) continue;
      for (const { gateway, keys, pods, lookup } of findUncheckedClaims(graph, service)) {
        const [first] = keys;
        if (first === undefined) continue;
        const names = [...new Set(keys.map(({ key }) => key))];
        report(service, {
          at: at(first.owner, first.key, 'key'),
          message: 'unchecked',
          data: {
            gateway: showRef(gateway),
            claims: showList(names, 3),
            pods,
            root: graph.mesh.rootNamespace,
          },
          related: [
            {
              resource: service,
              at: at(service.spec.gateways ?? [], gateway.index),
              note: 'binds to the gateway',
            },
          ],
          lookup,
        });
      }
    }
  },
});
