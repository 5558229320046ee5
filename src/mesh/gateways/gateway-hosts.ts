import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { Listener, Server } from '../../model/kinds.gen.ts';
import { FLOATING } from '../../model/names.ts';
import { allowsNamespace } from '../ambient/waypoint-gateways.ts';
import { expandHost, hostsOverlap } from '../hosts/hosts.ts';
import { isKind } from '../workloads/workload-sources.ts';

/** One host of a server, its namespace told apart. */
export interface ServerHost {
  /** The namespace whose VirtualServices may use the host; undefined: any. */
  readonly namespace: string | undefined;
  readonly host: string;
  /** Where it stands in `hosts`. */
  readonly index: number;
}

/**
 * The hosts of a server: `ns/host` is for VirtualServices of that namespace, `./host` for those of the Gateway's own;
 * one entry of a star on both sides opens the whole server (`sanitizeServerHostNamespace` in
 * pilot/pkg/model/gateway.go).
 */
export function serverHosts(server: Server, gatewayNamespace: string): readonly ServerHost[] {
  const hosts: ServerHost[] = [];
  for (const [index, written] of (server.hosts ?? []).entries()) {
    const [first = '', second] = written.split('/');
    if (second === undefined) hosts.push({ namespace: undefined, host: first, index });
    else if (first === '*' && second === '*') return [{ namespace: undefined, host: '*', index }];
    else if (first === '*') hosts.push({ namespace: undefined, host: second, index });
    else hosts.push({ namespace: first === '.' ? gatewayNamespace : first, host: second, index });
  }
  return hosts;
}

/** Why a gateway takes no host of a VirtualService: none of its hosts fits, or one that fits is for others. */
export type Refusal = 'host' | 'namespace';

/**
 * Whether a gateway takes some host of a VirtualService (`pickMatchingGatewayHosts` in
 * pilot/pkg/networking/core/gateway.go). Undefined: it does, or nobody can tell.
 */
export function refusalOf(
  graph: Graph<'Namespace'>,
  gateway: Resource<'Gateway' | 'KubernetesGateway'>,
  service: Resource<'VirtualService'>,
): Refusal | undefined {
  const offers = isKind(gateway, 'Gateway')
    ? serverOffers(gateway, service.namespace)
    : isKind(gateway, 'KubernetesGateway')
      ? listenerOffers(graph, gateway, service)
      : [];
  const written = service.spec.hosts ?? [];
  if (offers.length === 0 || written.length === 0) return undefined;
  const expanded = written.map((host) => expandHost(host, service.namespace, graph.mesh.clusterDomain));
  const hosts = [...written, ...expanded];
  const fitting = offers.filter((offer) => hosts.some((host) => hostsOverlap(offer.host, host)));
  if (fitting.some(({ isOpen }) => isOpen)) return undefined;
  return fitting.length > 0 ? 'namespace' : 'host';
}

interface Offer {
  readonly host: string;
  /** Whether VirtualServices of the namespace in question may use it. */
  readonly isOpen: boolean;
}

function serverOffers(gateway: Resource<'Gateway'>, namespace: string): readonly Offer[] {
  return (gateway.spec.servers ?? []).flatMap((server) =>
    serverHosts(server, gateway.namespace).map(({ host, namespace: owner }) => ({
      host,
      isOpen: owner === undefined || isSame(owner, namespace),
    })),
  );
}

function listenerOffers(
  graph: Graph<'Namespace'>,
  gateway: Resource<'KubernetesGateway'>,
  from: Resource,
): readonly Offer[] {
  return (gateway.spec.listeners ?? []).map((listener) => ({
    host: (listener.hostname ?? '') === '' ? '*' : (listener.hostname ?? ''),
    isOpen: admitsNamespace(graph, listener, gateway, from) !== false,
  }));
}

/**
 * Whether a listener lets routes of the namespace of `from` attach. Undefined when that namespace is not known, or its
 * labels decide and are not loaded.
 */
export function admitsNamespace(
  graph: Graph<'Namespace'>,
  listener: Listener,
  gateway: Resource<'KubernetesGateway'>,
  from: Resource,
): boolean | undefined {
  if (from.namespace === FLOATING || gateway.namespace === FLOATING) return undefined;
  const copies = graph.copies('Namespace', { namespace: '', name: from.namespace });
  const [namespace] = graph.nearest(from, copies);
  const labels = namespace === undefined ? undefined : (namespace.metadata.labels ?? {});
  return allowsNamespace(gateway, listener, from.namespace, labels);
}

/** Equal, or not known to differ. */
function isSame(a: string, b: string): boolean {
  return a === b || a === FLOATING || b === FLOATING;
}
