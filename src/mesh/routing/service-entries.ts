import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import { folderOf } from '../../model/layout.ts';
import { FLOATING } from '../../model/names.ts';
import { expandHost } from '../hosts/hosts.ts';
import { type Scope, scopeOf, scopesMeet } from '../hosts/visibility.ts';
import { isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import { isBefore } from '../installation/releases.ts';
import { familyOf, type Protocol, parseProtocol } from './protocols.ts';

type ServiceEntry = Resource<'ServiceEntry'>;

/** Label by which a ServiceEntry refuses an address from istiod. */
const ALLOCATE_LABEL = 'networking.istio.io/enable-autoallocate-ip';

/**
 * What tells the connections to a ServiceEntry apart from others on the same port. `address`: every client knows an
 * address; `captured`: istiod gives one, and only clients whose DNS the mesh answers use it; `nothing`.
 */
export type Recognition = 'address' | 'captured' | 'nothing';

/**
 * By what proxies recognise TCP connections to a ServiceEntry. istiod gives an address to those without
 * (`ShouldV2AutoAllocateIP` in pilot/pkg/networking/serviceentry/ip_autoallocation.go, on by default since 1.25), which
 * sidecars use when they answer DNS themselves (`nodeUsesAutoallocatedIPs` in pilot/pkg/model/service.go).
 */
export function recognitionOf(
  graph: Graph<keyof typeof istiodEnvironment.reads>,
  { spec, metadata, body }: ServiceEntry,
): Recognition {
  if ((spec.addresses ?? []).length > 0 || (body.status?.addresses ?? []).length > 0) return 'address';
  // Without resolution connections go where they were going, so the address would be dialled for real.
  if ((spec.resolution ?? 'NONE') === 'NONE') return 'nothing';
  const { proxyMetadata = {} } = graph.mesh.config.defaultConfig ?? {};
  const isAsked =
    proxyMetadata.ISTIO_META_DNS_AUTO_ALLOCATE === 'true' ||
    proxyMetadata.PILOT_ENABLE_IP_AUTOALLOCATE === 'true';
  const isDefault =
    isSwitchedOn(istiodEnvironment(graph), 'PILOT_ENABLE_IP_AUTOALLOCATE', !isBefore(graph, '1.25')) &&
    metadata.labels?.[ALLOCATE_LABEL]?.toLowerCase() !== 'false';
  if (!isAsked && !isDefault) return 'nothing';
  return proxyMetadata.ISTIO_META_DNS_CAPTURE === 'true' ? 'address' : 'captured';
}

/** A port of a ServiceEntry for one of its hosts. */
export interface EntryPort {
  readonly entry: ServiceEntry;
  /** Fully qualified, in lower case. */
  readonly host: string;
  /** Indexes in `spec.hosts` and `spec.ports`. */
  readonly hostIndex: number;
  readonly portIndex: number;
  readonly number: number;
  readonly protocol: Protocol;
}

/** A port that others describe differently, for clients that see both. */
export interface ContradictedPort extends EntryPort {
  /** One port of each other ServiceEntry, those first that come first in the listing. */
  readonly others: readonly EntryPort[];
}

/** More than anybody reads are not looked for. */
const MOST_OTHERS = 10;

/**
 * Ports of ServiceEntries that say of the same host and port that it speaks something else. Protocols that proxies
 * treat alike do not contradict each other, nor does a port without protocol, which is sniffed, contradict HTTP.
 */
export const contradictedPorts = view({ ServiceEntry: 'some' }, (graph): readonly ContradictedPort[] => {
  const byHost = new Map<string, HostEntry[]>();
  for (const entry of graph.list('ServiceEntry')) {
    if (graph.changedBy(entry) !== undefined) continue;
    const { namespace, origin, spec } = entry;
    // What floats is only compared with what floats in the same folder: elsewhere it may be meant for another mesh.
    const place = namespace === FLOATING ? `${folderOf(origin.source.path)} ` : '';
    for (const [hostIndex, written] of (spec.hosts ?? []).entries()) {
      const host = expandHost(written, namespace, graph.mesh.clusterDomain).toLowerCase();
      if (host === '') continue;
      const entries = ensure(byHost, `${place}${host}`, () => []);
      if (entries.at(-1)?.entry !== entry) entries.push({ entry, host, hostIndex });
    }
  }
  const found: ContradictedPort[] = [];
  for (const entries of byHost.values()) {
    if (entries.length < 2) continue;
    const byNumber = new Map<number, Claim[]>();
    for (const one of entries)
      for (const claim of claimsOf(graph, one)) pushTo(byNumber, claim.number, claim);
    for (const claims of byNumber.values())
      if (claims.length > 1) found.push(...contradictions(graph, claims));
  }
  return found;
});

type HostEntry = Pick<EntryPort, 'entry' | 'host' | 'hostIndex'>;

interface Claim extends EntryPort {
  readonly scope: Scope;
}

function* claimsOf(graph: Graph, one: HostEntry): Iterable<Claim> {
  const scope = scopeOf(graph, one.entry);
  for (const [portIndex, { number, protocol = '' }] of (one.entry.spec.ports ?? []).entries()) {
    const spoken = parseProtocol(protocol);
    // What is no protocol at all is another finding.
    if (number === undefined || (spoken === 'Unsupported' && protocol !== '')) continue;
    yield { ...one, portIndex, number, protocol: spoken, scope };
  }
}

/** What a proxy makes of a protocol. */
function treatmentOf(protocol: Protocol): Protocol {
  if (protocol === 'HTTPS') return 'TLS';
  return protocol === 'GRPC' || protocol === 'GRPC-Web' ? 'HTTP2' : protocol;
}

function areContrary(a: Protocol, b: Protocol): boolean {
  if (a === b) return false;
  const sniffed = a === 'Unsupported' ? b : b === 'Unsupported' ? a : undefined;
  return sniffed === undefined || familyOf(sniffed) !== 'http';
}

function contradictions(graph: Graph<'ServiceEntry'>, claims: readonly Claim[]): readonly ContradictedPort[] {
  const byTreatment = new Map<Protocol, Seen>();
  for (const claim of claims) {
    const seen = ensure(byTreatment, treatmentOf(claim.protocol), () => ({
      all: [],
      everywhere: [],
      byNamespace: new Map(),
    }));
    seen.all.push(claim);
    if (claim.scope.everywhere) seen.everywhere.push(claim);
    for (const namespace of claim.scope.namespaces) pushTo(seen.byNamespace, namespace, claim);
  }
  if (byTreatment.size < 2) return [];
  return claims.flatMap((claim): readonly ContradictedPort[] => {
    const others = new Map<ServiceEntry, EntryPort>();
    for (const [treatment, seen] of byTreatment) {
      if (!areContrary(treatment, treatmentOf(claim.protocol))) continue;
      for (const other of meeting(claim, seen)) {
        if (others.size >= MOST_OTHERS) break;
        const { scope: _, ...port } = other;
        if (scopesMeet(claim.scope, other.scope) && areTwo(graph, claim.entry, other.entry))
          others.set(other.entry, port);
      }
    }
    const { scope: _, ...port } = claim;
    return others.size === 0 ? [] : [{ ...port, others: [...others.values()] }];
  });
}

/** The claims of one kind, by who sees them. */
interface Seen {
  readonly all: Claim[];
  readonly everywhere: Claim[];
  readonly byNamespace: Map<string, Claim[]>;
}

function* meeting({ scope }: Claim, seen: Seen): Iterable<Claim> {
  if (scope.everywhere) yield* seen.all;
  else {
    for (const namespace of scope.namespaces) {
      yield* seen.everywhere;
      yield* seen.byNamespace.get(namespace) ?? [];
    }
  }
}

/** Whether both are applied: copies of one object are not, nor are variants. */
function areTwo(graph: Graph, a: ServiceEntry, b: ServiceEntry): boolean {
  return (a.namespace !== b.namespace || a.name !== b.name) && graph.coexist(a, b);
}
