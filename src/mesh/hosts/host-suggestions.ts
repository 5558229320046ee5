import type { Graph } from '../../graph/graph.ts';
import type { NotFound } from '../../graph/lookup.ts';
import { defaultMesh } from '../../model/mesh.ts';
import { FLOATING } from '../../model/names.ts';
import { createNearNames, type NearNames } from '../../model/near.ts';
import { foldHost, parseForeignHost, parsePartialHost, parseServiceHost, serviceHost } from './hosts.ts';
import { hostNamers, type namingReads } from './named-hosts.ts';
import { createNearHosts, nearestLabel } from './near-hosts.ts';

export interface Suggestions {
  suggest(host: string, query: string): string | undefined;
}

/** Known hosts that look like the one written, in the form in which they are to be written. */
export function createSuggestions(
  graph: Graph<'Service' | keyof typeof namingReads>,
  hosts: ReadonlyMap<string, unknown>,
): Suggestions {
  const { clusterDomain, rootNamespace } = graph.mesh;
  const installed = installedServices.map((name) => serviceHost(name, rootNamespace, clusterDomain));
  const near = createNearHosts([...hosts.keys(), ...installed]);
  let names: ReturnType<typeof namesOf> | undefined;
  let namespaces: ReadonlySet<string> | undefined;

  /** The Service that was meant although its name is not written in a form that istiod understands. */
  function misspelt(host: string, query: string): string | undefined {
    const folded = foldHost(query);
    if (folded !== query && hosts.has(folded)) return folded;
    if (!host.includes('.')) return undefined;
    const foreign = parseForeignHost(host);
    const meant =
      parsePartialHost(host, clusterDomain) ??
      (foreign?.domain === defaultMesh.clusterDomain ? foreign : undefined);
    return meant !== undefined && graph.copies('Service', meant).length > 0
      ? serviceHost(meant.name, meant.namespace, clusterDomain)
      : undefined;
  }
  /** Where the namespace is not known on one side, the bare name decides. */
  function byBareName(query: string): string | undefined {
    const service = parseServiceHost(query, clusterDomain);
    if (service === undefined) return undefined;
    names ??= namesOf(graph);
    if (names.all.has(service.name)) return byNamespace(service.name, service.namespace);
    const name = nearestLabel(service.name, names.near);
    if (name === undefined) return undefined;
    const { namespace } = service;
    if (namespace !== FLOATING && graph.copies('Service', { name, namespace: FLOATING }).length === 0)
      return undefined;
    return serviceHost(name, namespace, clusterDomain);
  }

  /** A Service that floats under this name, and a namespace that is nearly one that is used otherwise. */
  function byNamespace(name: string, namespace: string): string | undefined {
    if (namespace === FLOATING || graph.copies('Service', { name, namespace: FLOATING }).length === 0)
      return undefined;
    namespaces ??= usedNamespaces(graph);
    if (namespaces.has(namespace)) return undefined;
    const meant = nearestLabel(namespace, createNearNames(namespaces));
    return meant && serviceHost(name, meant, clusterDomain);
  }

  function suggest(host: string, query: string): string | undefined {
    const meant = misspelt(host, query) ?? near.nearest(query) ?? byBareName(query);
    if (meant === undefined || host.includes('.')) return meant;
    return parseServiceHost(meant, clusterDomain)?.name ?? meant;
  }

  const known = new Map<string, string | undefined>();
  return {
    suggest(host, query) {
      const key = `${host} ${query}`;
      if (!known.has(key)) known.set(key, suggest(host, query));
      return known.get(key);
    },
  };
}

/** Services that the installers of Istio bring, in the root namespace. */
const installedServices: readonly string[] = [
  'istiod',
  'istio-ingressgateway',
  'istio-egressgateway',
  'istio-eastwestgateway',
];

/** Namespaces that something stands in, or that several hosts name. */
function usedNamespaces(graph: Graph<'Service' | keyof typeof namingReads>): ReadonlySet<string> {
  const used = new Set<string>();
  for (const kind of ['Service', 'VirtualService', 'DestinationRule'] as const) {
    for (const { namespace } of graph.list(kind)) if (namespace !== FLOATING) used.add(namespace);
  }
  const named = new Set<string>();
  for (const [host, namers] of hostNamers(graph)) {
    const namespace = parseServiceHost(host, graph.mesh.clusterDomain)?.namespace ?? FLOATING;
    if (namespace === FLOATING) continue;
    if (namers.length > 1 || named.has(namespace)) used.add(namespace);
    named.add(namespace);
  }
  return used;
}

function namesOf(graph: Graph<'Service'>): { readonly all: ReadonlySet<string>; readonly near: NearNames } {
  const all = new Set(graph.list('Service').map(({ name }) => name));
  return { all, near: createNearNames(all) };
}

/** The full name that was meant by a host that lacks parts of it, if that is why the look-up found nothing. */
export function completedHost(host: string, { suggestion }: NotFound, domain: string): string | undefined {
  const meant = host.includes('.') ? parsePartialHost(host, domain) : undefined;
  const full = meant && serviceHost(meant.name, meant.namespace, domain);
  return full === suggestion ? full : undefined;
}
