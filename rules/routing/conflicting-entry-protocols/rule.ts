import { at, type ContradictedPort, contradictedPorts, defineRule, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST0177',
  severity: 'warning',
  since: '0.1.0',
  summary: 'ServiceEntries say different protocols for one port of a host.',
  reads: contradictedPorts.reads,
  messages: {
    conflict: {
      what: 'Port {port} of {hosts} is {protocol} here and {theirs}.',
      why: 'Proxies that see both do not put them together: which one shapes the port depends on which was created first, so routes and TLS settings of the other have no effect, or connections fail.',
      help: 'Agree on one protocol, define the host in one ServiceEntry, or export the entries to different namespaces.',
    },
  },
  check({ graph, report }) {
    for (const claims of byPort(contradictedPorts(graph))) {
      const [first] = claims;
      if (first === undefined) continue;
      const { entry, portIndex, number } = first;
      const { hosts = [], ports = [] } = entry.spec;
      const port = ports[portIndex] ?? {};
      const theirs = first.others.map(
        (other) =>
          `${protocolOf(other.entry.spec.ports, other.portIndex)} in ServiceEntry ${showRef(other.entry)}`,
      );
      report(entry, {
        at: at(port, 'protocol'),
        message: 'conflict',
        data: {
          port: number,
          hosts: showList(claims.map(({ hostIndex }) => hosts[hostIndex] ?? '')),
          protocol: protocolOf(ports, portIndex),
          theirs: showList(theirs, 3),
        },
        related: first.others.map((other) => ({
          resource: other.entry,
          at: at(other.entry.spec.ports?.[other.portIndex] ?? {}, 'protocol'),
          note: 'says another protocol',
        })),
      });
    }
  },
});

/** The hosts of one port together. */
function byPort(all: readonly ContradictedPort[]): Iterable<readonly ContradictedPort[]> {
  const groups = new Map<object | undefined, ContradictedPort[]>();
  for (const claim of all) {
    const port = claim.entry.spec.ports?.[claim.portIndex];
    groups.set(port, [...(groups.get(port) ?? []), claim]);
  }
  return groups.values();
}

function protocolOf(ports: readonly { readonly protocol?: string }[] | undefined, index: number): string {
  const { protocol = '' } = ports?.[index] ?? {};
  return protocol === '' ? 'of no protocol' : protocol;
}
