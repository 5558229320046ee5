import {
  at,
  clientsIn,
  defineRule,
  type InertWildcards,
  inertEntryReads,
  inertWildcards,
  isBefore,
  scopeOf,
  showNamespaces,
  showRef,
  sidecarNamespaces,
} from '#sdk';

const lacking: Readonly<Record<InertWildcards['lacks'], string>> = {
  resolution: 'another resolution',
  waypoint: 'a waypoint',
  address: 'an address',
};

export default defineRule({
  code: 'IST1049',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A ServiceEntry is for a wildcard in a way in which ambient clients make no use of it.',
  reads: { ...inertEntryReads, ...sidecarNamespaces.reads },
  needs: [['ServiceEntry'], ['Namespace', 'KubernetesGateway']],
  messages: {
    resolution: {
      what: 'Ambient clients make no use of this entry for {hosts}: with resolution {resolution} a wildcard has no address.',
      why: 'Ztunnel recognises connections by the address they go to. Those to these names pass as if the entry were not there: through no waypoint, under none of its policies and routes.',
      help: 'Write `resolution: DYNAMIC_DNS` (Istio 1.28 or later) and put a waypoint before the entry, or list the names one by one. If nothing is to happen to these connections, take the entry away.',
    },
    waypoint: {
      what: 'No waypoint stands before this entry for {hosts}, so it does not work for ambient clients.',
      why: 'With DYNAMIC_DNS it is the waypoint that looks up the host which a request names. Ztunnel alone knows no place to send such connections to, and istiod notes `WaypointMissing` in the status of the entry.',
      help: 'Deploy a waypoint and label the entry or its namespace `istio.io/use-waypoint`.',
    },
    address: {
      what: 'Nothing reaches the waypoint {waypoint} for {hosts}: istiod is told not to give this entry an address.',
      why: 'Ztunnel answers DNS for these names by the address that istiod gives, and recognises connections by it. Without one they go straight to where DNS sends them, past the waypoint.',
      help: 'Remove the label `networking.istio.io/enable-autoallocate-ip`, or switch `PILOT_ENABLE_IP_AUTOALLOCATE` on again.',
    },
    'sidecars-only': {
      what: 'Only clients with a sidecar make use of this entry for {hosts}.',
      why: 'Sidecars (there are or may be some in namespace {namespaces}) go by the Host header or the name in the TLS handshake. For ambient clients the entry lacks {lacking}.',
      help: 'If the entry is for everyone, write `resolution: DYNAMIC_DNS` without `addresses`, and put a waypoint before it.',
    },
  },
  check({ graph, report }) {
    for (const entry of graph.list('ServiceEntry')) {
      const inert = inertWildcards(graph, entry);
      if (inert === undefined) continue;
      const { index, lacks, waypoint } = inert;
      const { resolution = 'NONE', hosts: all = [] } = entry.spec;
      const [first = '', ...others] = inert.hosts;
      const hosts = others.length > 0 ? `${first} and ${others.length} more` : first;
      const place = at(all, index);
      // Until 1.30 sidecars did not know of this resolution.
      const isForSidecars = resolution !== 'DYNAMIC_DNS' || !isBefore(graph, '1.30');
      const clients = isForSidecars ? clientsIn(sidecarNamespaces(graph), scopeOf(graph, entry)) : [];
      if (clients.length > 0) {
        const data = { hosts, namespaces: showNamespaces(clients), lacking: lacking[lacks] };
        report(entry, { at: place, message: 'sidecars-only', severity: 'info', data });
        continue;
      }
      const related =
        waypoint === undefined
          ? []
          : [{ resource: waypoint, note: 'No connection for this entry gets here.' }];
      if (lacks === 'waypoint') report(entry, { at: place, message: 'waypoint', data: { hosts } });
      else if (lacks === 'address') {
        const data = { hosts, waypoint: waypoint === undefined ? '' : showRef(waypoint) };
        report(entry, { at: place, message: 'address', data, related });
      } else report(entry, { at: place, message: 'resolution', data: { hosts, resolution }, related });
    }
  },
});
