import type { Resource } from '../../graph/resource.ts';
import { ensure } from '../../model/collections.ts';
import { FLOATING } from '../../model/names.ts';
import { expandHost, isWildcard } from '../hosts/hosts.ts';
import { type HostTarget, hostRegistry } from '../hosts/registry.ts';
import { scopeOf, scopesMeet } from '../hosts/visibility.ts';
import { installers } from '../installation/istiod.ts';
import { DATAPLANE_LABEL } from '../membership/membership.ts';
import { routeTargets } from '../routing/virtual-services.ts';
import type { Concern, Finder, UpgradeGraph } from './reads.ts';

/** What the releases change for Services and ServiceEntries, by the name of the change. */
export const serviceFinders: Readonly<Record<string, Finder>> = {
  'passthrough-target-port': function* (graph) {
    for (const entry of graph.list('ServiceEntry')) {
      if ((entry.spec.resolution ?? 'NONE') !== 'NONE' || graph.changedBy(entry) !== undefined) continue;
      for (const port of entry.spec.ports ?? []) {
        const { number = 0, targetPort = 0 } = port;
        if (targetPort === 0 || targetPort === number) continue;
        yield {
          resource: entry,
          at: { owner: port, key: 'targetPort', part: 'value' },
          thing: `Port ${number} has targetPort ${targetPort}`,
        };
      }
    }
  },
  'allocated-address': function* (graph) {
    const capture = whoseDnsIsCaptured(graph);
    if (capture === undefined) return;
    for (const entry of graph.list('ServiceEntry')) {
      const { hosts = [], addresses = [], resolution = 'NONE' } = entry.spec;
      const host = hosts.find((one) => one !== '' && !isWildcard(one));
      if (host === undefined || addresses.length > 0 || resolution === 'NONE') continue;
      if (entry.metadata.labels?.['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() === 'false')
        continue;
      if (graph.changedBy(entry) !== undefined) continue;
      yield {
        resource: entry,
        at: { owner: hosts, key: hosts.indexOf(host), part: 'value' },
        thing: `${host} has no address, and the DNS of ${capture} is captured`,
      };
    }
  },
  'shared-host': function* (graph) {
    for (const shared of sharedHosts(graph)) yield* concernsOf(graph, shared);
  },
  'service-namespace': serviceNamespaces,
};

/** Whose DNS the mesh answers, as far as the mesh configuration and the Namespaces tell. */
function whoseDnsIsCaptured(graph: UpgradeGraph): string | undefined {
  const { proxyMetadata = {} } = graph.mesh.config.defaultConfig ?? {};
  const isOld =
    proxyMetadata.ISTIO_META_DNS_AUTO_ALLOCATE === 'true' ||
    proxyMetadata.PILOT_ENABLE_IP_AUTOALLOCATE === 'true';
  if (proxyMetadata.ISTIO_META_DNS_CAPTURE === 'true' && !isOld) return 'sidecars';
  const isAmbient = graph
    .list('Namespace')
    .some(({ metadata }) => metadata.labels?.[DATAPLANE_LABEL] === 'ambient');
  return isAmbient && !isAmbientDnsOff(graph) ? 'ambient pods' : undefined;
}

function isAmbientDnsOff(graph: UpgradeGraph): boolean {
  return installers(graph).some(({ values }) => {
    const ambient = values.cni?.ambient;
    return (
      typeof ambient === 'object' &&
      ambient !== null &&
      'dnsCapture' in ambient &&
      ambient.dnsCapture === false
    );
  });
}

interface Shared {
  readonly host: string;
  /** In different namespaces, at least one of them a ServiceEntry. */
  readonly targets: readonly HostTarget[];
}

/** Hosts that are defined in more than one namespace. */
function* sharedHosts(graph: UpgradeGraph): Iterable<Shared> {
  const registry = hostRegistry(graph);
  const entries = new Set<string>();
  for (const entry of graph.list('ServiceEntry')) {
    for (const host of entry.spec.hosts ?? []) {
      if (!isWildcard(host)) entries.add(expandHost(host, entry.namespace, graph.mesh.clusterDomain));
    }
  }
  for (const host of entries) {
    const byNamespace = new Map<string, HostTarget>();
    for (const target of registry.targets(host)) {
      // What stands in no known namespace may stand in that of the other.
      if (target.host !== host || target.resource.namespace === FLOATING) continue;
      if (graph.changedBy(target.resource) !== undefined) continue;
      ensure(byNamespace, target.resource.namespace, () => target);
    }
    const targets = [...byNamespace.values()];
    const [first] = targets;
    const rivals = targets.filter(
      (one) => first !== undefined && graph.coexist(first.resource, one.resource),
    );
    if (rivals.length > 1) yield { host, targets: rivals };
  }
}

function* concernsOf(graph: UpgradeGraph, { host, targets }: Shared): Iterable<Concern> {
  for (const { resource } of targets) {
    if (!isEntry(resource)) continue;
    const { hosts = [] } = resource.spec;
    const scope = scopeOf(graph, resource);
    const other = targets.find(
      (one) => one.resource !== resource && scopesMeet(scope, scopeOf(graph, one.resource)),
    )?.resource;
    if (other === undefined) continue;
    yield {
      resource,
      at: { owner: hosts, key: Math.max(0, hosts.indexOf(host)), part: 'value' },
      thing: `${host} is defined in namespace ${other.namespace}, too`,
      related: { resource: other, note: 'the other definition' },
      isMinor: graph.nearness(resource, other) === 'apart',
    };
  }
}

function isEntry(resource: HostTarget['resource']): resource is Resource<'ServiceEntry'> {
  return resource.kind === 'ServiceEntry';
}

/** Destinations that a Sidecar looks for in namespaces other than its own (`pickBestVisibleNamespace`). */
function* serviceNamespaces(graph: UpgradeGraph): Iterable<Concern> {
  const sidecars = graph.list('Sidecar').filter(({ spec }) => (spec.egress ?? []).length > 0);
  if (sidecars.length === 0) return;
  const chosen = new Map<string, HostTarget>();
  for (const { host, targets } of sharedHosts(graph)) {
    const namespaces = targets.map(({ resource }) => resource.namespace).sort();
    const first = targets.find(({ resource }) => resource.namespace === namespaces[0]);
    const isOther = sidecars.some(({ namespace }) => !namespaces.includes(namespace));
    // A Service that came first already stays the one.
    if (first !== undefined && isOther && isEntry(first.resource)) chosen.set(host, first);
  }
  for (const service of graph.list('VirtualService')) {
    for (const { destination, host } of routeTargets(graph, service)) {
      const first = chosen.get(host);
      if (first === undefined) continue;
      yield {
        resource: service,
        at: { owner: destination, key: 'host', part: 'value' },
        thing: `${host} is defined in several namespaces`,
        related: { resource: first.resource, note: 'the definition that was taken so far' },
      };
    }
  }
}
