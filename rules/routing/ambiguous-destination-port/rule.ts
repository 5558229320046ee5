import {
  at,
  defineRule,
  destinationReads,
  type EntryPorts,
  entryPortReads,
  entryPorts,
  findDestination,
  type HostTarget,
  isExternalName,
  portsOf,
  routeTargets,
  showList,
} from '#sdk';

const help = 'Set `destination.port.number` to the port that is meant: {ports}.';

export default defineRule({
  code: 'IST0112',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A VirtualService does not say which port of a destination with several ports it means.',
  reads: { ...destinationReads, ...entryPortReads },
  needs: [['VirtualService'], ['Service', 'ServiceEntry']],
  messages: {
    broken: {
      what: 'This route takes requests on port {entries}, {host} exposes {ports}, and no port is named here.',
      why: 'Istio then goes on to the port on which a request came in. {host} has no such port, so those requests fail with 503.',
      help,
    },
    undecided: {
      what: '{host} exposes {ports}, and no port is named here.',
      why: 'Istio then goes on to the port on which a request came in; where {host} does not expose that one, the request fails with 503.',
      help,
    },
    fitting: {
      what: '{host} exposes {ports}, and no port is named here.',
      why: 'Istio then goes on to the port on which a request came in. That is {entries} today, which {host} exposes too, but nothing holds the two sides together.',
      help,
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      if (graph.changedBy(service) !== undefined) continue;
      for (const target of routeTargets(graph, service)) {
        const { host = '', port } = target.destination;
        if (port !== undefined) continue;
        const destination = findDestination(graph, target);
        if (destination?.state !== 'found') continue;
        const { targets } = destination;
        const isOpen = targets.some(
          ({ resource }) => isExternalName(resource) || graph.changedBy(resource) !== undefined,
        );
        // Istio falls back on the only port, whatever its protocol.
        if (isOpen || targets.some((one) => portsOf(one).length < 2)) continue;
        const ports = tcpPorts(targets);
        const verdict = judge(entryPorts(graph, target), ports);
        // With a single TCP port nobody can mean another one.
        if (verdict.message !== 'broken' && ports.size < 2) continue;
        const { message, severity, entries } = verdict;
        const data = { host, ports: show(ports), entries: show(entries) };
        report(service, { at: at(target.destination, 'host'), message, severity, data });
      }
    }
  },
});

interface Verdict {
  readonly message: 'broken' | 'fitting' | 'undecided';
  readonly severity: 'error' | 'warning' | 'info';
  readonly entries: ReadonlySet<number>;
}

/** What happens to requests that come in on the known ports. */
function judge({ mesh, gateways, complete }: EntryPorts, exposed: ReadonlySet<number>): Verdict {
  const lost = (ports: ReadonlySet<number>): number[] => [...ports].filter((port) => !exposed.has(port));
  const lostInMesh = lost(mesh);
  const lostAtGateways = lost(gateways);
  const entries = new Set([...lostAtGateways, ...lostInMesh]);
  if (entries.size > 0) {
    // A Service may well have ports, for metrics say, that nobody calls through the route.
    const isSure = lostAtGateways.length > 0 || lostInMesh.length === mesh.size;
    return { message: 'broken', severity: isSure ? 'error' : 'warning', entries };
  }
  const all = new Set([...mesh, ...gateways]);
  return complete && all.size > 0
    ? { message: 'fitting', severity: 'info', entries: all }
    : { message: 'undecided', severity: 'warning', entries: all };
}

function tcpPorts(targets: readonly HostTarget[]): ReadonlySet<number> {
  const ports = targets
    .flatMap((one) => portsOf(one))
    .filter(({ protocol }) => !/^(?:UDP|SCTP)$/i.test(protocol));
  return new Set(ports.map(({ number }) => number));
}

function show(ports: ReadonlySet<number>): string {
  return showList([...ports].sort((a, b) => a - b).map(String), 10);
}
