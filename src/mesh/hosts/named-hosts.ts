import type { Graph } from '../../graph/graph.ts';
import { complete, incomplete, type Knowledge } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';
import { folderOf } from '../../model/layout.ts';
import { FLOATING } from '../../model/names.ts';
import { routeTargets } from '../routing/virtual-services.ts';
import { expandHost, parseServiceHost } from './hosts.ts';

/** The kinds whose hosts are looked at. */
export const namingReads = { VirtualService: 'some', DestinationRule: 'some' } as const;

type Namer = Resource<'VirtualService'> | Resource<'DestinationRule'>;

/** The VirtualServices that send to a host and the DestinationRules for it, each once, by its full name. */
export const hostNamers = view(namingReads, (graph): ReadonlyMap<string, readonly Namer[]> => {
  const namers = new Map<string, Namer[]>();
  function add(host: string, namer: Namer): void {
    const list = ensure(namers, host, () => []);
    if (list.at(-1) !== namer) list.push(namer);
  }
  for (const service of graph.list('VirtualService')) {
    let last: string | undefined;
    for (const { host } of routeTargets(graph, service)) {
      // Most VirtualServices send to one host, and to its subsets.
      if (host !== last) add(host, service);
      last = host;
    }
  }
  for (const rule of graph.list('DestinationRule'))
    add(expandHost(rule.spec.host ?? '', rule.namespace, graph.mesh.clusterDomain), rule);
  return namers;
});

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
  // By path, the namespaces of which a file holds a Service.
  let files: Map<string, Set<string>> | undefined;
  let homes: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  let tallies: Tallies | undefined;

  function serviceFiles(): ReadonlyMap<string, ReadonlySet<string>> {
    if (files !== undefined) return files;
    files = new Map();
    for (const { namespace, origin } of graph.list('Service'))
      ensure(files, origin.source.path, () => new Set<string>()).add(namespace);
    return files;
  }
  /** By name, the namespaces with such a Service. */
  function homesOf(name: string): ReadonlySet<string> | undefined {
    if (homes === undefined) {
      const found = new Map<string, Set<string>>();
      for (const { name, namespace } of graph.list('Service'))
        ensure(found, name, () => new Set<string>()).add(namespace);
      homes = found;
    }
    return homes.get(name);
  }
  /** Where a namespace is not known, the name alone decides. */
  function isLoaded(host: string, name: string, namespace: string): boolean {
    if (isRegistered(host)) return true;
    const found = homesOf(name);
    return found !== undefined && (namespace === FLOATING || found.has(FLOATING));
  }

  function count(): Tallies {
    const goodFiles = new Map<string, Set<string>>();
    const places = new Map<string, { loaded: number; missing: number }>();
    for (const [host, namers] of hostNamers(graph)) {
      const service = parseServiceHost(host, clusterDomain);
      if (service === undefined) continue;
      const { name, namespace } = service;
      const isHere = isLoaded(host, name, namespace);
      for (const from of namers) {
        const tally = ensure(places, placeOf(namespace, from), () => ({ loaded: 0, missing: 0 }));
        if (isHere) ensure(goodFiles, from.origin.source.path, () => new Set()).add(namespace);
        if (isHere) tally.loaded++;
        else tally.missing++;
      }
    }
    return { goodFiles, places };
  }

  /** What several files name alike is no slip: it may well be kept elsewhere. */
  function isSlip(host: string, name: string, namespace: string): boolean {
    const namers = hostNamers(graph).get(host) ?? [];
    const paths = new Set(namers.map(({ origin }) => origin.source.path));
    return paths.size < MANY_NAMERS || isLoaded(host, name, namespace);
  }

  return (host, from) => {
    const service = parseServiceHost(host, clusterDomain);
    if (service === undefined || graph.world !== 'auto') return complete;
    const { name, namespace } = service;
    const { path } = from.origin.source;
    const mayBeSlip = isSlip(host, name, namespace);
    if (mayBeSlip && serviceFiles().get(path)?.has(namespace)) return complete;
    tallies ??= count();
    if (mayBeSlip && tallies.goodFiles.get(path)?.has(namespace)) return complete;
    const { loaded = 0, missing = 0 } = tallies.places.get(placeOf(namespace, from)) ?? {};
    return loaded > 0 && loaded >= 2 * missing
      ? complete
      : incomplete('too few of the hosts that are named beside it are loaded');
  };
}

interface Tallies {
  /** By path, the namespaces of which a file names a host that is loaded. */
  readonly goodFiles: ReadonlyMap<string, ReadonlySet<string>>;
  /** How many of the hosts that are named in a place are loaded, and how many are not. */
  readonly places: ReadonlyMap<string, { readonly loaded: number; readonly missing: number }>;
}

const MANY_NAMERS = 3;

/** A namespace; where it is not known, the folder of the one who names a host of it. */
function placeOf(namespace: string, from: Resource): string {
  return namespace === FLOATING ? `${FLOATING}${folderOf(from.origin.source.path)}` : namespace;
}
