import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view, viewOf } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import { folderOf } from '../../model/layout.ts';
import { FLOATING } from '../../model/names.ts';
import { mayBeAlternative } from '../conflicts/copies.ts';
import { expandHost } from '../hosts/hosts.ts';
import { type Scope, scopeOf } from '../hosts/visibility.ts';
import {
  type HostClaim,
  isMeshBound,
  matchesMesh,
  type RouteProtocol,
  routeProtocols,
} from './virtual-services.ts';

type VirtualService = Resource<'VirtualService'>;

/** Another VirtualService that claims the same host, for clients that see both. */
export interface Rival extends HostClaim {
  /**
   * Who wins: the `older` one where both are exported alike, the `nearer` one where one is meant for the clients'
   * namespace and the other for more than that.
   */
  readonly wins: 'older' | 'nearer';
}

/** A host that a VirtualService does not have for itself. */
export interface SharedHost extends HostClaim {
  /** The first of the rivals; those that make a real conflict come first. */
  readonly rivals: readonly Rival[];
}

/** More rivals than anybody reads are not looked for. */
const MOST_RIVALS = 10;

/**
 * Hosts that several VirtualServices of the mesh claim for the same clients. A sidecar takes the routes of the first
 * in a fixed order: those private to its namespace, those exported to it by name, those of everybody, each by age
 * (`VirtualServicesForGateway` in pilot/pkg/model/push_context.go, `BuildSidecarOutboundVirtualHosts` in
 * pilot/pkg/networking/core/httproute.go).
 */
export const sharedHosts = view(
  { VirtualService: 'some' },
  (graph): ReadonlyMap<VirtualService, readonly SharedHost[]> => {
    const groups = new Map<string, Group>();
    for (const service of graph.list('VirtualService')) {
      if (!isMeshBound(service) || graph.changedBy(service) !== undefined) continue;
      const claimant = { service, scope: scopeOf(graph, service) };
      const claimed = new Set<string>();
      for (const [index, host] of (service.spec.hosts ?? []).entries()) {
        const key = keyOf(graph, service, host);
        if (host === '' || claimed.has(key)) continue;
        claimed.add(key);
        addTo(
          ensure(groups, key, () => ({ all: [], everywhere: [], byNamespace: new Map() })),
          { ...claimant, index },
        );
      }
    }
    const shared = new Map<VirtualService, SharedHost[]>();
    for (const group of groups.values()) {
      if (group.all.length < 2) continue;
      for (const claim of group.all) {
        const rivals = rivalsOf(graph, claim, group);
        if (rivals.length > 0) pushTo(shared, claim.service, { ...claimOf(claim), rivals });
      }
    }
    for (const hosts of shared.values()) hosts.sort((a, b) => a.index - b.index);
    return shared;
  },
);

interface Claim extends HostClaim {
  readonly scope: Scope;
}

/** The claims on one host, by who sees them. */
interface Group {
  readonly all: Claim[];
  readonly everywhere: Claim[];
  readonly byNamespace: Map<string, Claim[]>;
}

function addTo(group: Group, claim: Claim): void {
  group.all.push(claim);
  if (claim.scope.everywhere) group.everywhere.push(claim);
  for (const namespace of claim.scope.namespaces) pushTo(group.byNamespace, namespace, claim);
}

function claimOf({ service, index }: HostClaim): HostClaim {
  return { service, index };
}

/**
 * Hosts are compared without regard to case. What floats is only compared with what floats in the same folder:
 * elsewhere it may be meant for another namespace.
 */
function keyOf(graph: Graph, service: VirtualService, host: string): string {
  const name = expandHost(host, service.namespace, graph.mesh.clusterDomain).toLowerCase();
  return service.namespace === FLOATING ? `${folderOf(service.origin.source.path)} ${name}` : name;
}

/** Where requests enter that the routes of a VirtualService are for; anything when a side is not given. */
interface Lane {
  readonly protocol: RouteProtocol;
  readonly port: number | undefined;
  readonly client: string | undefined;
}

const lanesOf = viewOf({ VirtualService: 'some' }, (_, service: VirtualService): readonly Lane[] => {
  const lanes = new Map<string, Lane>();
  for (const protocol of routeProtocols) {
    for (const { match = [] } of service.spec[protocol] ?? []) {
      for (const one of match.length === 0 ? [{}] : match) {
        if (!matchesMesh(service, one)) continue;
        const { port, sourceNamespace, gateways = [] } = one;
        // A match that names gateways takes requests of all namespaces.
        const client = gateways.length > 0 || sourceNamespace === '' ? undefined : sourceNamespace;
        lanes.set(`${protocol} ${port} ${client}`, { protocol, port, client });
      }
    }
  }
  return [...lanes.values()];
});

function lanesMeet(a: readonly Lane[], b: readonly Lane[]): boolean {
  return a.some((one) =>
    b.some(
      (other) =>
        one.protocol === other.protocol && meet(one.port, other.port) && meet(one.client, other.client),
    ),
  );
}

function meet<T>(a: T | undefined, b: T | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function rivalsOf(graph: Graph<'VirtualService'>, claim: Claim, group: Group): readonly Rival[] {
  const rivals = new Map<VirtualService, Rival>();
  for (const other of candidates(claim, group)) {
    if (rivals.size >= MOST_RIVALS) break;
    if (rivals.has(other.service)) continue;
    const wins = isRival(graph, claim, other) ? precedence(claim, other) : undefined;
    if (wins !== undefined) rivals.set(other.service, { ...claimOf(other), wins });
  }
  return [...rivals.values()].sort((a, b) => (a.wins === b.wins ? 0 : a.wins === 'older' ? -1 : 1));
}

/** Those of the group that some namespace sees together with the claim, likely conflicts first. */
function* candidates(claim: Claim, group: Group): Iterable<Claim> {
  if (claim.scope.everywhere) {
    yield* group.everywhere;
    for (const claims of group.byNamespace.values()) yield* claims;
  } else {
    for (const namespace of claim.scope.namespaces) yield* group.byNamespace.get(namespace) ?? [];
    yield* group.everywhere;
  }
}

function isRival(graph: Graph<'VirtualService'>, a: Claim, b: Claim): boolean {
  const isSame = a.service.namespace === b.service.namespace && a.service.name === b.service.name;
  return (
    !isSame &&
    graph.coexist(a.service, b.service) &&
    lanesMeet(lanesOf(graph, a.service), lanesOf(graph, b.service)) &&
    !mayBeAlternative(graph, a.service, b.service) &&
    !mayBeAlternative(graph, b.service, a.service)
  );
}

/** How two VirtualServices are ranked in the namespaces that see both; undefined when none does. */
function precedence(a: Claim, b: Claim): Rival['wins'] | undefined {
  if (a.scope.everywhere && b.scope.everywhere) return 'older';
  if (a.scope.everywhere || b.scope.everywhere) {
    return a.scope.namespaces.size + b.scope.namespaces.size > 0 ? 'nearer' : undefined;
  }
  let wins: Rival['wins'] | undefined;
  for (const namespace of a.scope.namespaces) {
    if (!b.scope.namespaces.has(namespace)) continue;
    const isAlike = (a.service.namespace === namespace) === (b.service.namespace === namespace);
    if (isAlike) return 'older';
    wins = 'nearer';
  }
  return wins;
}
