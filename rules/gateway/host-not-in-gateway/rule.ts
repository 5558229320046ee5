import {
  type At,
  at,
  defineRule,
  findGateway,
  gatewayRefs,
  isKind,
  type Resource,
  refusalOf,
  showList,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST0132',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A VirtualService binds to a Gateway that accepts none of its hosts.',
  reads: { VirtualService: 'some', Gateway: 'all', KubernetesGateway: 'all', Namespace: 'some' },
  needs: [['VirtualService'], ['Gateway', 'KubernetesGateway']],
  messages: {
    host: {
      what: 'Gateway {gateway} has no server for {hosts}.',
      why: 'A Gateway serves only hosts that one of its servers lists, so no route of this VirtualService is ever reached through it.',
      help: 'Add a host to a server of the Gateway, or bind the VirtualService to a Gateway that has it.',
    },
    namespace: {
      what: 'Gateway {gateway} keeps {hosts} from VirtualServices of namespace {namespace}.',
      why: 'The host is there, but for other namespaces only, so no route of this VirtualService is ever reached through the Gateway.',
      help: 'Let the Gateway offer the host to namespace {namespace} (`{namespace}/host` or `*/host` in a server, `allowedRoutes` in a listener), or move the VirtualService.',
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      if (graph.changedBy(service) !== undefined) continue;
      for (const ref of gatewayRefs(service)) {
        const lookup = findGateway(graph, ref, service);
        // A Gateway that is missing is a finding of its own. Of several copies any one may be meant.
        if (lookup.state !== 'found') continue;
        if (lookup.all.some((gateway) => graph.changedBy(gateway) !== undefined)) continue;
        const refusals = lookup.all.map((gateway) => refusalOf(graph, gateway, service));
        const [refusal] = refusals;
        if (refusal === undefined || refusals.includes(undefined)) continue;
        report(service, {
          at: at(service.spec.gateways ?? [], ref.index),
          message: refusal,
          data: {
            gateway: showRef(ref),
            hosts: showList(service.spec.hosts ?? []),
            namespace: service.namespace,
          },
          related: [{ resource: lookup.value, at: offersAt(lookup.value), note: 'what it accepts' }],
        });
      }
    }
  },
});

/** Where a gateway says which hosts it accepts. */
function offersAt(gateway: Resource<'Gateway' | 'KubernetesGateway'>): At {
  if (isKind(gateway, 'Gateway')) return at(gateway.spec, 'servers');
  return isKind(gateway, 'KubernetesGateway') ? at(gateway.spec, 'listeners') : at(gateway.metadata, 'name');
}
