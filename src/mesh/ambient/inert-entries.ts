import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view, viewOf } from '../../graph/view.ts';
import { FLOATING } from '../../model/names.ts';
import { isWildcard } from '../hosts/hosts.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { istiodEnvironment } from '../installation/istiod.ts';
import { isBefore } from '../installation/releases.ts';
import { ambientNamespaces } from '../membership/ambient-namespaces.ts';
import { recognitionOf } from '../routing/service-entries.ts';
import { routeTargets } from '../routing/virtual-services.ts';
import { namespaceStanding } from './service-standing.ts';
import { type WaypointBinding, waypointReads, waypoints } from './waypoints.ts';

type ServiceEntry = Resource<'ServiceEntry'>;

export const inertEntryReads = {
  ...hostRegistry.reads,
  ...istiodEnvironment.reads,
  ...waypointReads,
  VirtualService: 'some',
} as const;

/** What a wildcard lacks for clients in ambient mode: another resolution, a waypoint, or an address. */
export interface InertWildcards {
  /** Of the first wildcard in `spec.hosts`. */
  readonly index: number;
  readonly hosts: readonly string[];
  readonly lacks: 'resolution' | 'waypoint' | 'address';
  readonly waypoint?: Resource<'KubernetesGateway'>;
}

/**
 * Wildcards of a ServiceEntry that clients in ambient mode make no use of. Ztunnel knows a service by its addresses;
 * istiod gives one to a wildcard only with DYNAMIC_DNS (`constructServiceEntries` in
 * pilot/pkg/serviceregistry/ambient/services.go, `keepHost` in pilot/pkg/controllers/ipallocate), and there it is the
 * waypoint that looks up the host (`NoWaypointForWildcardService` in pilot/pkg/model/service.go). Undefined as well where
 * another finding says why: values that are refused, and waypoints that are named but do not serve.
 */
export const inertWildcards = viewOf(
  inertEntryReads,
  (graph, entry: ServiceEntry): InertWildcards | undefined => {
    const { hosts = [] } = entry.spec;
    if (!hosts.some(isWildcard) || hosts.includes('*') || entry.namespace === FLOATING) return undefined;
    // Names below the domain of the cluster are answered by endpoints, with or without an address.
    const [first, ...others] = hosts.filter((host) => isWildcard(host) && !isOfCluster(graph, host));
    if (first === undefined || graph.changedBy(entry) !== undefined) return undefined;
    const binding = waypoints(graph).waypointOf(entry);
    if (binding.state !== 'bound' && (binding.state !== 'none' || !isAmbient(graph, entry))) return undefined;
    const lacks = lackOf(graph, entry, binding);
    if (lacks === undefined || routedEntries(graph).has(entry)) return undefined;
    const found = { index: hosts.indexOf(first), hosts: [first, ...others], lacks };
    return binding.state === 'bound' ? { ...found, waypoint: binding.gateway } : found;
  },
);

function isOfCluster(graph: Graph, host: string): boolean {
  return host.endsWith(`.svc.${graph.mesh.clusterDomain}`);
}

function isAmbient(graph: Graph<ReadKinds<typeof inertEntryReads>>, entry: ServiceEntry): boolean {
  const { namespace } = entry;
  return ambientNamespaces(graph).has(namespace) && namespaceStanding(graph, namespace, entry) === 'ambient';
}

function lackOf(
  graph: Graph<ReadKinds<typeof inertEntryReads>>,
  entry: ServiceEntry,
  { state }: WaypointBinding,
): InertWildcards['lacks'] | undefined {
  const { resolution = 'NONE', addresses = [], ports = [], location } = entry.spec;
  if (addresses.length > 0) return undefined;
  switch (resolution) {
    case 'NONE':
    case 'STATIC': {
      if ((entry.body.status?.addresses ?? []).length > 0) return undefined;
      // Of these it is said already that they are told apart by addresses only (IST0134).
      const isOpen = ports.every(({ protocol = '' }) => protocol === '' || protocol.toUpperCase() === 'TCP');
      return isOpen ? undefined : 'resolution';
    }
    case 'DYNAMIC_DNS': {
      // Older releases refuse it. Hosts inside the mesh are for sidecars: a waypoint is refused with them.
      if (isBefore(graph, '1.28') || location === 'MESH_INTERNAL') return undefined;
      if (state === 'none') return 'waypoint';
      return recognitionOf(graph, entry) === 'nothing' ? 'address' : undefined;
    }
    default:
      return undefined;
  }
}

/** ServiceEntries that some VirtualService sends requests to: a gateway or waypoint that follows it needs no address. */
const routedEntries = view(
  { ...hostRegistry.reads, VirtualService: 'some' },
  (graph): ReadonlySet<Resource> => {
    const routed = new Set<Resource>();
    const registry = hostRegistry(graph);
    for (const service of graph.list('VirtualService')) {
      for (const { host } of routeTargets(graph, service)) {
        for (const { resource } of registry.targets(host)) routed.add(resource);
      }
    }
    return routed;
  },
);
