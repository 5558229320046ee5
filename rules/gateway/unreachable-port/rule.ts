import {
  at,
  defineRule,
  gatewayPortReads,
  gateways,
  reachablePorts,
  selectorOf,
  showLabels,
  showList,
} from '#sdk';

export default defineRule({
  code: 'IST0162',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A Gateway opens a port that no Service of its pods offers.',
  reads: gatewayPortReads,
  messages: {
    missing: {
      what: 'No Service of the pods {labels} offers port {port}.',
      why: 'The pods open the port, but clients come in through a Service, and {services} only has {ports}: nobody reaches {hosts} on this port.',
      help: 'Add the port to the Service of the gateway, or use one that it has (its `port`, or the `targetPort` behind it).',
    },
    unserved: {
      what: 'The pods {labels} have no Service that offers port {port}.',
      why: 'Clients come in through a Service, and none selects these pods: nobody reaches {hosts}.',
      help: 'Create a Service that selects the pods of the gateway and has this port.',
    },
  },
  check({ graph, report }) {
    for (const gateway of graph.list('Gateway')) {
      if (graph.changedBy(gateway) !== undefined) continue;
      const reachable = reachablePorts(graph, gateway);
      if (reachable === undefined) continue;
      for (const { port, hosts = [], bind = '' } of gateway.spec.servers ?? []) {
        const number = port?.number;
        // What listens on a socket or on an address of its own is not meant to be reached through a Service.
        if (number === undefined || port === undefined || bind !== '' || reachable.ports.has(number))
          continue;
        const labels = showLabels(selectorOf(gateway));
        const data = { port: number, labels: labels === '' ? 'of all gateways' : labels };
        const lookup = graph.missing(
          { what: 'port', name: `${number} of ${labels}`, knowledge: reachable.knowledge },
          gateway,
        );
        const place = { at: at(port, 'number'), lookup };
        const { services, offered } = reachable;
        const isDefault = gateways(graph).usesDefaultIngress(gateway);
        if (services.length === 0 && !isDefault) {
          report(gateway, { ...place, message: 'unserved', data: { ...data, hosts: showList(hosts) } });
          continue;
        }
        const names = services.map(({ name }) => `Service ${name}`);
        report(gateway, {
          ...place,
          message: 'missing',
          data: {
            ...data,
            hosts: showList(hosts),
            services: names.length === 0 ? 'that of the gateway which Istio brings' : showList(names),
            ports: offered.length === 0 ? 'none' : showList(offered.map(String)),
          },
          related: services.map((resource) => ({
            resource,
            at: at(resource.spec, 'ports'),
            note: 'what it offers',
          })),
        });
      }
    }
  },
});
