import {
  at,
  type ContestedServer,
  conflictSeverity,
  contestedServers,
  defineRule,
  showList,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST0145',
  severity: 'error',
  since: '0.1.0',
  summary: 'A Gateway opens a host on a port of pods on which another Gateway opens it too.',
  reads: contestedServers.reads,
  messages: {
    dropped: {
      what: 'Gateway {name} shares {hosts} on port {port} with {others}, on the same pods.',
      why: 'istiod gives a TLS host of a port to one server only, that of the oldest Gateway. A later server that repeats one is dropped with all of its hosts, and no VirtualService of its Gateway is reached through it.',
      help: 'Keep the host in one of the Gateways and bind the VirtualServices of both to it, or give one of them another host or port.',
    },
    unmergeable: {
      what: 'Gateway {name} ({protocol}) shares {hosts} on port {port} with {others} ({theirs}), on the same pods.',
      why: 'Only plain HTTP servers can share a port with one another, and TLS servers, which are told apart by host. Of others the server of the older Gateway counts: what the later one is for is dropped, or answered by the wrong server.',
      help: 'Give one of the servers another port, or let both speak the same kind of protocol.',
    },
    merged: {
      what: 'Gateway {name} shares {hosts} on port {port} with {others}, on the same pods.',
      why: 'The servers become one, so VirtualServices of all these Gateways compete for the same requests: where two have a route for a host, the older one comes first.',
      help: 'Leave it if the VirtualServices do not overlap. Otherwise keep the host in one Gateway, or tell the servers apart by host or port.',
    },
  },
  check({ graph, report }) {
    for (const contested of contestedServers(graph)) {
      const { gateway, server, port, sharing } = contested;
      const hosts = server.hosts ?? [];
      const rivals = worstRivals(contested);
      const data = {
        name: showRef(gateway),
        hosts: showList(contested.hosts.map((index) => hosts[index] ?? '')),
        port,
        others: showList([...new Set(rivals.map((rival) => showRef(rival.gateway)))]),
      };
      const severity =
        sharing === 'merged'
          ? 'info'
          : conflictSeverity(
              graph,
              gateway,
              rivals.map((rival) => rival.gateway),
            );
      const place = {
        at: at(hosts, contested.hosts[0]),
        severity,
        related: rivals.map((rival) => ({
          resource: rival.gateway,
          at: at(rival.server, 'hosts'),
          note: noteOn(contested, rival),
        })),
      };
      if (sharing === 'unmergeable') {
        const theirs = showList([...new Set(rivals.map((rival) => rival.server.port?.protocol ?? ''))]);
        const protocol = server.port?.protocol ?? '';
        report(gateway, { ...place, message: sharing, data: { ...data, protocol, theirs } });
      } else report(gateway, { ...place, message: sharing, data });
    }
  },
});

type Rival = ContestedServer['rivals'] extends ReadonlyMap<unknown, infer R> ? R : never;

/** Those that make the finding as bad as it is. */
function worstRivals({ rivals, sharing }: ContestedServer): readonly Rival[] {
  return [...rivals.values()].filter((rival) => rival.sharing === sharing);
}

function noteOn({ gateway }: ContestedServer, rival: Rival): string {
  const mine = gateway.metadata.creationTimestamp;
  const theirs = rival.gateway.metadata.creationTimestamp;
  if (rival.sharing === 'merged' || mine === undefined || theirs === undefined || mine === theirs)
    return 'opens the host too';
  return theirs < mine ? 'opens the host too, and is older: it counts' : 'opens the host too, but is younger';
}
