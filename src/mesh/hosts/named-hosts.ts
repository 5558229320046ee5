import type { Graph } from '../../graph/graph.ts';
import { complete, incomplete, type Knowledge } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { ensure } from '../../model/collections.ts';
import { folderOf } from '../../model/layout.ts';
import { FLOATING } from '../../model/names.ts';
import { routeTargets } from '../routing/virtual-services.ts';
import { expandHost, parseServiceHost } from './hosts.ts';

/** The kinds whose hosts are looked at. */
export const namingReads = { VirtualService: 'some', DestinationRule: 'some' } as const;

interface NamedHost {
  readonly from: Resource;
  /** Fully qualified. */
  readonly host: string;
}

/** The hosts that VirtualServices send to and DestinationRules are for, each once for every resource. */
export function* namedHosts(graph: Graph<keyof typeof namingReads>): Iterable<NamedHost> {
  for (const from of graph.list('VirtualService')) {
    const seen = new Set<string>();
    for (const { host } of routeTargets(graph, from)) {
      if (seen.has(host)) continue;
      seen.add(host);
      yield { from, host };
    }
  }
  for (const from of graph.list('DestinationRule')) {
    yield { from, host: expandHost(from.spec.host ?? '', from.namespace, graph.mesh.clusterDomain) };
  }
}

/**
 * World rule 4 has a second half: that some Service of a namespace is loaded does not say that those of this
 * application are, for people keep routes apart from what they route to, and analyze one folder of many. So a Service
 * is absent only in good company: its Services stand in the same file, or another host that this file names is
 * loaded, or of the hosts that are named in that namespace (or folder) twice as many are loaded as not.
 */
export function createCompany(
  graph: Graph<keyof typeof namingReads | 'Service'>,
  isRegistered: (host: string) => boolean,
): (host: string, from: Resource) => Knowledge {
  const { clusterDomain } = graph.mesh;
  let tallies: Tallies | undefined;

  function count(): Tallies {
    const goodFiles = new Map<string, Set<string>>();
    const places = new Map<string, { loaded: number; missing: number }>();
    const namers = new Map<string, Set<string>>();
    const homes = new Map<string, Set<string>>();
    for (const { name, namespace, origin } of graph.list('Service')) {
      ensure(goodFiles, origin.source.path, () => new Set()).add(namespace);
      ensure(homes, name, () => new Set()).add(namespace);
    }
    // Where a namespace is not known, the name alone decides.
    const isLoaded = (host: string, name: string, namespace: string): boolean =>
      isRegistered(host) || homes.get(name)?.has(FLOATING) || (namespace === FLOATING && homes.has(name));
    for (const { from, host } of namedHosts(graph)) {
      const service = parseServiceHost(host, clusterDomain);
      if (service === undefined) continue;
      const { name, namespace } = service;
      const tally = ensure(places, placeOf(namespace, from), () => ({ loaded: 0, missing: 0 }));
      if (isLoaded(host, name, namespace)) {
        tally.loaded++;
        ensure(goodFiles, from.origin.source.path, () => new Set()).add(namespace);
      } else {
        tally.missing++;
        ensure(namers, host, () => new Set()).add(from.origin.source.path);
      }
    }
    return { goodFiles, places, namers };
  }

  return (host, from) => {
    const namespace = parseServiceHost(host, clusterDomain)?.namespace;
    if (namespace === undefined || graph.world !== 'auto') return complete;
    tallies ??= count();
    // What several files name alike is no slip: it may well be kept elsewhere.
    const isSlip = (tallies.namers.get(host)?.size ?? 0) < MANY_NAMERS;
    if (isSlip && tallies.goodFiles.get(from.origin.source.path)?.has(namespace)) return complete;
    const { loaded = 0, missing = 0 } = tallies.places.get(placeOf(namespace, from)) ?? {};
    return loaded > 0 && loaded >= 2 * missing
      ? complete
      : incomplete('too few of the hosts that are named beside it are loaded');
  };
}

interface Tallies {
  /** By path, the namespaces of which a file holds a Service, or names one that is loaded. */
  readonly goodFiles: ReadonlyMap<string, ReadonlySet<string>>;
  /** How many of the hosts that are named in a place are loaded, and how many are not. */
  readonly places: ReadonlyMap<string, { readonly loaded: number; readonly missing: number }>;
  /** The files that name a host that is not loaded. */
  readonly namers: ReadonlyMap<string, ReadonlySet<string>>;
}

const MANY_NAMERS = 3;

/** A namespace; where it is not known, the folder of the one who names a host of it. */
function placeOf(namespace: string, from: Resource): string {
  return namespace === FLOATING ? `${FLOATING}${folderOf(from.origin.source.path)}` : namespace;
}
