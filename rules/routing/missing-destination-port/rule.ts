import {
  at,
  defineRule,
  destinationReads,
  findDestination,
  mayHaveMorePorts,
  portsOf,
  routeTargets,
  showList,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST0101',
  severity: 'error',
  since: '0.1.0',
  summary: 'A VirtualService sends or mirrors traffic to a port that the destination does not expose.',
  reads: destinationReads,
  needs: [['VirtualService'], ['Service', 'ServiceEntry']],
  messages: {
    missing: {
      what: '{host} has no port {port}; it exposes {ports}.',
      why: 'There is no cluster for that port, so every request that this route takes fails with 503.',
      help: 'Name one of the exposed ports ({ports}), or add port {port} to {owner}. What counts is the `port` of a Service, not its `targetPort`.',
    },
    none: {
      what: '{host} has no port {port}; {owner} exposes no port at all.',
      why: 'There is no cluster for that port, so every request that this route takes fails with 503.',
      help: 'Add port {port} to {owner}.',
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      if (graph.changedBy(service) !== undefined) continue;
      for (const target of routeTargets(graph, service)) {
        const { host = '', port } = target.destination;
        // A number that is no port is a mistake of its own (IST0106).
        if (port?.number === undefined || port.number < 1) continue;
        const destination = findDestination(graph, target);
        if (destination?.state !== 'found') continue;
        const { targets } = destination;
        const isOpen = targets.some((one) => mayHaveMorePorts(graph, one));
        const numbers = new Set(targets.flatMap((one) => portsOf(one).map(({ number }) => number)));
        const [first] = targets;
        if (first === undefined || isOpen || numbers.has(port.number)) continue;

        const owner = `${first.resource.kind} ${showRef(first.resource)}`;
        const place = at(port, 'number');
        const related = targets.map((one) => ({
          resource: one.resource,
          at: at(one.resource.spec, 'ports'),
          note: `declares the ports of ${host}`,
        }));
        const common = { host, port: port.number, owner };
        if (numbers.size === 0) {
          report(service, { at: place, message: 'none', data: common, related });
        } else {
          const ports = showList([...numbers].sort((a, b) => a - b).map(String), 10);
          report(service, { at: place, message: 'missing', data: { ...common, ports }, related });
        }
      }
    }
  },
});
