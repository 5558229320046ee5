import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { Server } from '../../model/kinds.gen.ts';
import { FLOATING, type Ref } from '../../model/names.ts';
import { expandHost, hostsOverlap, isWildcard } from '../hosts/hosts.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { type Protocol, parseProtocol, protocolOf } from './protocols.ts';
import {
  gatewayRefs,
  MESH_GATEWAY,
  matchesMesh,
  type RouteProtocol,
  type RouteTarget,
  resolveGatewayName,
} from './virtual-services.ts';

type VirtualService = Resource<'VirtualService'>;
type Gateway = Resource<'Gateway'>;

export const entryPortReads = { ...hostRegistry.reads, Gateway: 'all' } as const;
type EntryKind = keyof typeof entryPortReads;

/** Ports on which requests come in that a route may handle. */
export interface EntryPorts {
  /** Ports of the VirtualService's hosts, as clients in the mesh call them. */
  readonly mesh: ReadonlySet<number>;
  /** Ports of gateway servers. */
  readonly gateways: ReadonlySet<number>;
  /** Whether these are all. */
  readonly complete: boolean;
}

/**
 * Where the requests for a destination of a VirtualService come in. istiod builds its routes once for every such
 * port, and takes that very port for a destination that names none (`GetDestinationCluster` in
 * pilot/pkg/networking/core/route/route.go).
 */
export function entryPorts(graph: Graph<EntryKind>, target: RouteTarget): EntryPorts {
  const { service } = target;
  const mesh = new Set<number>();
  const gateways = new Set<number>();
  // For one without hosts that of the VirtualServices decide that include it.
  let complete = (service.spec.hosts ?? []).length > 0;

  function enter(entries: Set<number>, open: OpenPorts, only: number | undefined): void {
    if (only === undefined) {
      for (const port of open.ports) entries.add(port);
      if (!open.complete) complete = false;
    } else if (open.ports.has(only) || !open.complete) entries.add(only);
  }
  for (const match of target.matches.length === 0 ? [{}] : target.matches) {
    if (matchesMesh(service, match)) enter(mesh, hostPorts(graph, service, target.protocol), match.port);
    for (const ref of gatewaysOf(service, match.gateways ?? [])) {
      enter(gateways, serverPorts(graph, service, ref, target.protocol), match.port);
    }
  }
  return { mesh, gateways, complete };
}

interface OpenPorts {
  readonly ports: ReadonlySet<number>;
  readonly complete: boolean;
}

const unknownPorts: OpenPorts = { ports: new Set(), complete: false };

/** The gateways through which a match takes requests: those it names, of those its VirtualService is bound to. */
function gatewaysOf(service: VirtualService, named: readonly string[]): readonly Ref[] {
  const bound = gatewayRefs(service);
  if (named.length === 0) return bound;
  const wanted = named
    .filter((name) => name !== MESH_GATEWAY)
    .map((name) => resolveGatewayName(name, service.namespace));
  return bound.filter((ref) =>
    wanted.some(({ namespace, name }) => namespace === ref.namespace && name === ref.name),
  );
}

/** The ports of the hosts that sidecars and waypoints apply routes of this protocol to. */
function hostPorts(graph: Graph<EntryKind>, service: VirtualService, protocol: RouteProtocol): OpenPorts {
  const registry = hostRegistry(graph);
  const ports = new Set<number>();
  let complete = true;
  for (const host of service.spec.hosts ?? []) {
    // A host that is no Service is called on whatever port its clients like.
    const [target, other] = isWildcard(host)
      ? []
      : registry.find(host.toLowerCase(), service.namespace, service);
    if (target === undefined || other !== undefined || graph.changedBy(target.resource) !== undefined) {
      complete = false;
      continue;
    }
    const { resource } = target;
    const declared =
      resource.kind === 'Service'
        ? (resource.spec.ports ?? []).map((port) => [port.port, protocolOf(port)] as const)
        : (resource.spec.ports ?? []).map(
            (port) => [port.number, parseProtocol(port.protocol ?? '')] as const,
          );
    for (const [number, spoken] of declared) {
      if (number !== undefined && carried[protocol].has(spoken)) ports.add(number);
    }
  }
  return { ports, complete };
}

/** Protocols of ports that routes of a kind apply to; `Unsupported` ones are sniffed. */
const carried: Readonly<Record<RouteProtocol, ReadonlySet<Protocol>>> = {
  http: new Set(['HTTP', 'HTTP2', 'HTTP_PROXY', 'GRPC', 'GRPC-Web', 'Unsupported']),
  tls: new Set(['TLS', 'HTTPS']),
  tcp: new Set(['TCP', 'Mongo', 'Redis', 'MySQL', 'Unsupported']),
};

/** The ports of a Gateway's servers that take the hosts and the protocol. */
function serverPorts(
  graph: Graph<EntryKind>,
  service: VirtualService,
  ref: Ref,
  protocol: RouteProtocol,
): OpenPorts {
  const [gateway, other] = graph.nearest(service, graph.copies('Gateway', ref));
  if (gateway === undefined || other !== undefined || graph.changedBy(gateway) !== undefined)
    return unknownPorts;
  const { clusterDomain } = graph.mesh;
  const hosts = (service.spec.hosts ?? []).map((host) => expandHost(host, service.namespace, clusterDomain));
  const ports = new Set<number>();
  for (const server of gateway.spec.servers ?? []) {
    const number = server.port?.number;
    if (number === undefined || !carries(server, protocol)) continue;
    const accepted = hostsFor(server, gateway, service.namespace);
    if (accepted.some((a) => hosts.some((b) => hostsOverlap(a, b)))) ports.add(number);
  }
  return { ports, complete: service.namespace !== FLOATING };
}

/** Which kind of route a server takes; one that only redirects to HTTPS sends nothing on. */
function carries({ port, tls }: Server, protocol: RouteProtocol): boolean {
  const spoken = parseProtocol(port?.protocol ?? '');
  const passesThrough = tls !== undefined && /^(?:AUTO_)?PASSTHROUGH$/.test(tls.mode ?? 'PASSTHROUGH');
  if (spoken === 'HTTPS' || spoken === 'TLS') {
    if (passesThrough) return protocol === 'tls';
    return protocol === (spoken === 'HTTPS' ? 'http' : 'tcp');
  }
  return carried[protocol].has(spoken) && tls?.httpsRedirect !== true;
}

/** Hosts of a server for VirtualServices of a namespace (`NamesForNamespace` in pkg/config/host/names.go). */
function hostsFor(server: Server, gateway: Gateway, namespace: string): readonly string[] {
  return (server.hosts ?? []).flatMap((written) => {
    const slash = written.indexOf('/');
    if (slash < 0) return [written];
    const prefix = written.slice(0, slash);
    const owner = prefix === '.' ? gateway.namespace : prefix;
    return owner === '*' || owner === namespace ? [written.slice(slash + 1)] : [];
  });
}
