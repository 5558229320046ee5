import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { Destination } from '../../model/kinds.gen.ts';
import { type Labels, matchesLabels } from '../../model/labels.ts';
import { folderOf } from '../../model/layout.ts';
import { FLOATING, showRef } from '../../model/names.ts';
import { ingressUsesWaypoint } from '../ambient/ingress-bypass.ts';
import { expandHost } from '../hosts/hosts.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { membership, membershipReads } from '../membership/membership.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { destinationRules } from './destination-rules.ts';
import {
  gatewayRefs,
  MESH_GATEWAY,
  matchesMesh,
  type RouteTarget,
  routeTargets,
} from './virtual-services.ts';

type VirtualService = Resource<'VirtualService'>;

/** More choices for one host are not compared. */
const MOST_CHOICES = 20;

/** A choice of subsets of a host, for the requests of the mesh. */
interface SubsetChoice {
  readonly service: VirtualService;
  readonly destination: Destination;
}

/** A destination of a gateway's route that leaves subsets open which are chosen inside the mesh. */
export interface OpenSubset {
  readonly service: VirtualService;
  readonly destination: Destination;
  /** Where the subsets are chosen, at least one. */
  readonly choices: readonly SubsetChoice[];
}

const reads = {
  ...hostRegistry.reads,
  ...serviceWorkloads.reads,
  ...membershipReads,
  ...destinationRules.reads,
  VirtualService: 'some',
} as const;
type SubsetGraph = Graph<keyof typeof reads>;

/**
 * Routes of gateways to a host whose subsets another VirtualService chooses inside the mesh. A gateway follows the
 * VirtualServices that are bound to it; the ones of the hosts that it sends requests to play no part there
 * (`BuildHTTPRoutesForVirtualService` in pilot/pkg/networking/core/route/route.go).
 */
export const openSubsets = view(reads, (graph): readonly OpenSubset[] => {
  const choices = meshChoices(graph);
  const found: OpenSubset[] = [];
  if (choices.size === 0) return found;
  for (const service of graph.list('VirtualService')) {
    const bound = new Set(gatewayRefs(service).map(showRef));
    if (bound.size === 0 || graph.changedBy(service) !== undefined) continue;
    for (const target of routeTargets(graph, service)) {
      const { destination, host } = target;
      if (!isHttpRoute(target) || !isForGateways(target) || (destination.subset ?? '') !== '') continue;
      const others = (choices.get(host) ?? []).filter(
        (choice) =>
          areApart(graph, service, choice.service) &&
          !gatewayRefs(choice.service).some((ref) => bound.has(showRef(ref))),
      );
      if (others.length > 0 && !isIndifferent(graph, service, host, others)) {
        found.push({ service, destination, choices: others });
      }
    }
  }
  return found;
});

function isHttpRoute({ protocol, role }: RouteTarget): boolean {
  return protocol === 'http' && role === 'route';
}

function isForGateways({ matches }: RouteTarget): boolean {
  const isOpen = (gateways: readonly string[]): boolean =>
    gateways.length === 0 || gateways.some((name) => name !== MESH_GATEWAY);
  return matches.length === 0 || matches.some(({ gateways = [] }) => isOpen(gateways));
}

/** By host, the destinations with a subset in VirtualServices of that very host. */
function meshChoices(graph: Graph<'VirtualService'>): ReadonlyMap<string, readonly SubsetChoice[]> {
  const { clusterDomain } = graph.mesh;
  const choices = new Map<string, SubsetChoice[]>();
  for (const service of graph.list('VirtualService')) {
    if (graph.changedBy(service) !== undefined) continue;
    const expand = (host: string): string => expandHost(host, service.namespace, clusterDomain);
    const hosts = new Set((service.spec.hosts ?? []).map(expand));
    for (const target of routeTargets(graph, service)) {
      const { destination, host, matches } = target;
      if (!isHttpRoute(target) || (destination.subset ?? '') === '' || !hosts.has(host)) continue;
      const isForMesh = (matches.length === 0 ? [{}] : matches).some((match) => matchesMesh(service, match));
      if (isForMesh && (choices.get(host)?.length ?? 0) < MOST_CHOICES)
        pushTo(choices, host, { service, destination });
    }
  }
  return choices;
}

/** Two that are applied together. What floats elsewhere may belong to another application of the same name. */
function areApart(graph: Graph, a: VirtualService, b: VirtualService): boolean {
  const isCopy = a.namespace === b.namespace && a.name === b.name;
  const isBeside =
    a.namespace !== FLOATING || folderOf(a.origin.source.path) === folderOf(b.origin.source.path);
  return !isCopy && isBeside && graph.coexist(a, b);
}

/** Whether it is the same with and without these subsets, or the gateway leaves the choice to a waypoint. */
function isIndifferent(
  graph: SubsetGraph,
  from: VirtualService,
  host: string,
  choices: readonly SubsetChoice[],
): boolean {
  const selectors = subsetLabels(graph, host, choices);
  for (const { resource } of hostRegistry(graph).find(host, from.namespace, from)) {
    if (resource.kind !== 'Service') continue;
    const namespace = membership(graph).namespaceLabels(resource.namespace, resource);
    if (ingressUsesWaypoint(graph, resource.metadata.labels ?? {}, namespace ?? {})) return true;
    const pods = serviceWorkloads(graph).of(resource);
    const isAll = selectors?.every((labels) => pods.every((pod) => matchesLabels(labels, pod.labels)));
    if (pods.length > 0 && isAll === true) return true;
  }
  return false;
}

/** The labels of the subsets that are chosen; undefined when one of them is defined nowhere. */
function subsetLabels(
  graph: SubsetGraph,
  host: string,
  choices: readonly SubsetChoice[],
): readonly Labels[] | undefined {
  const defined = destinationRules(graph)
    .forHost(host)
    .flatMap(({ spec }) => spec.subsets ?? []);
  const names = new Set(choices.map(({ destination }) => destination.subset));
  const chosen = defined.filter(({ name }) => names.has(name));
  const isWhole = [...names].every((name) => chosen.some((subset) => subset.name === name));
  return isWhole ? chosen.map(({ labels = {} }) => labels) : undefined;
}
