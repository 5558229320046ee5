import {
  at,
  conflictSeverity,
  defineRule,
  type Rival,
  type SharedHost,
  sharedHosts,
  showList,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST0109',
  severity: 'error',
  since: '0.1.0',
  summary: 'A VirtualService shares a host inside the mesh with another one.',
  reads: sharedHosts.reads,
  needs: [['VirtualService'], ['VirtualService']],
  messages: {
    conflict: {
      what: 'VirtualService {name} shares {hosts} with {others}.',
      why: 'A sidecar follows one VirtualService per host and never merges two: the oldest one counts, and the routes of the others are ignored.',
      help: 'Put all routes of the host into one VirtualService, or give each an exportTo that leaves every namespace with one of them.',
    },
    override: {
      what: 'VirtualService {name} shares {hosts} with {others}, and they are exported to different clients.',
      why: 'Where both are seen, a sidecar follows the one that is exported to its own namespace in particular, and ignores the routes of the other; nothing is merged.',
      help: 'Leave it if the override is meant. Otherwise put all routes of the host into one VirtualService.',
    },
  },
  check({ graph, report }) {
    for (const [service, shared] of sharedHosts(graph)) {
      const conflicts = shared.filter(({ rivals }) => rivals.some(({ wins }) => wins === 'older'));
      const named = conflicts.length > 0 ? conflicts : shared;
      const [first] = named;
      if (first === undefined) continue;
      const hosts = service.spec.hosts ?? [];
      const rivals = distinct(named);
      const fighters = rivals.filter(({ wins }) => wins === 'older').map((rival) => rival.service);
      report(service, {
        at: at(hosts, first.index),
        message: conflicts.length > 0 ? 'conflict' : 'override',
        severity: conflicts.length > 0 ? conflictSeverity(graph, service, fighters) : 'info',
        data: {
          name: showRef(service),
          hosts: showList(named.map(({ index }) => hosts[index] ?? '')),
          others: showList([...new Set(rivals.map((rival) => showRef(rival.service)))]),
        },
        related: rivals.map((rival) => ({
          resource: rival.service,
          at: at(rival.service.spec.hosts ?? [], rival.index),
          note: noteOn(rival, first),
        })),
      });
    }
  },
});

/** Each rival once. */
function distinct(shared: readonly SharedHost[]): readonly Rival[] {
  const rivals = new Map(shared.flatMap((host) => host.rivals.map((rival) => [rival.service, rival])));
  return [...rivals.values()];
}

function noteOn(rival: Rival, own: SharedHost): string {
  const theirs = rival.service.metadata.creationTimestamp;
  const mine = own.service.metadata.creationTimestamp;
  if (rival.wins !== 'older' || theirs === undefined || mine === undefined || theirs === mine)
    return 'claims the host too';
  return theirs < mine
    ? 'claims the host too, and is older: its routes count'
    : 'claims the host too, but is younger: its routes are ignored';
}
