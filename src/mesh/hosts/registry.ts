import type { Graph } from '../../graph/graph.ts';
import { incomplete, type Knowledge, type Lookup, type NotFound } from '../../graph/lookup.ts';
import { byNearness } from '../../graph/places.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import { FLOATING } from '../../model/names.ts';
import { createHostIndex } from './host-index.ts';
import { createHostKnowledge } from './host-knowledge.ts';
import { createSuggestions, type Suggestions } from './host-suggestions.ts';
import { expandHost, isWildcard, parseServiceHost, serviceHost } from './hosts.ts';
import { namingReads } from './named-hosts.ts';
import { visibleIn } from './visibility.ts';

/** What a host name stands for: a Service, or a host of a ServiceEntry. */
export interface HostTarget {
  readonly resource: Resource<'Service'> | Resource<'ServiceEntry'>;
  /** The host under which it is registered; `*.suffix` for wildcard entries. */
  readonly host: string;
  readonly origin: Resource['origin'];
}

/** A port that clients may name. */
export interface TargetPort {
  readonly number: number;
  readonly name: string;
  readonly protocol: string;
}

/** Everything that can be called by name: Services and the hosts of ServiceEntries (never VirtualService hosts). */
export interface HostRegistry {
  /**
   * What `host`, written in a resource of `namespace`, stands for: of every Service and ServiceEntry that has the
   * name, the nearest copies. Mirrors istiod: a name without a dot gets the namespace and the cluster's domain,
   * everything else is taken as written. Visibility is not looked at, but for wildcards over the cluster's own domain.
   */
  resolve(host: string, namespace: string, from: Resource): Lookup<HostTarget>;
  /** The same where a miss is no finding of who asks: nothing is counted. */
  find(host: string, namespace: string, from: Resource): readonly HostTarget[];
  /** Whether everything that could answer to a fully qualified host is loaded. */
  known(host: string, from: Resource): Knowledge;
  /** Targets of a fully qualified host, whoever asks: the exact ones, else those of wildcard entries. */
  targets(host: string): readonly HostTarget[];
  /** Wildcard entries that cover a fully qualified host, the longest first. */
  covering(host: string): readonly HostTarget[];
  /** All registered hosts. */
  hosts(): Iterable<string>;
}

export const hostRegistry = view(
  { Service: 'all', ServiceEntry: 'all', KubernetesGateway: 'some', ...namingReads },
  (graph): HostRegistry => {
    const { clusterDomain } = graph.mesh;
    const exact = new Map<string, HostTarget[]>();
    const wildcards = createHostIndex<HostTarget>();
    for (const service of graph.list('Service')) {
      add(serviceHost(service.name, service.namespace, clusterDomain), service);
    }
    for (const entry of graph.list('ServiceEntry')) {
      for (const host of new Set(entry.spec.hosts ?? [])) {
        // The full wildcard catches all traffic and is refused (`ValidateServiceEntry` in pkg/config/validation).
        if (host !== '' && host !== '*') add(expandHost(host, entry.namespace, clusterDomain), entry);
      }
    }
    function add(host: string, resource: HostTarget['resource']): void {
      const target = { resource, host, origin: resource.origin };
      if (isWildcard(host)) wildcards.add(host, target);
      else pushTo(exact, host, target);
    }

    const covering = (host: string): readonly HostTarget[] => [...wildcards.covering(host)].flat();
    function targets(host: string): readonly HostTarget[] {
      return exact.get(host) ?? covering(host);
    }
    function find(host: string, namespace: string, from: Resource): readonly HostTarget[] {
      const query = expandHost(host, namespace, clusterDomain);
      const found = targets(query);
      // A wildcard that covers Services, too, says nothing to those who do not see it.
      const isCovered = !exact.has(query) && parseServiceHost(query, clusterDomain) !== undefined;
      return nearestOfEach(
        graph,
        from,
        isCovered ? found.filter(({ resource }) => visibleIn(graph, resource, namespace)) : found,
      );
    }

    const loaded = createHostKnowledge(graph, (host) => targets(host).length > 0);
    /** Every client of the mesh can call what any cluster of it has. */
    const isElsewhere = (host: string): boolean =>
      graph.peers().some((peer) => hostRegistry(peer).targets(host).length > 0);
    const knowledge = (host: string, from: Resource): Knowledge =>
      isElsewhere(host) ? incomplete('another cluster has it') : loaded(host, from);
    let suggestions: Suggestions | undefined;
    function missing(host: string, namespace: string, from: Resource): NotFound {
      const query = expandHost(host, namespace, clusterDomain);
      suggestions ??= createSuggestions(graph, exact);
      const suggestion = isElsewhere(query) ? undefined : suggestions.suggest(host, query);
      const name = showHost(query);
      return graph.missing({ what: 'host', name, knowledge: knowledge(query, from), suggestion }, from);
    }

    return {
      targets,
      covering,
      find,
      known: knowledge,
      *hosts() {
        yield* exact.keys();
        yield* wildcards.hosts();
      },
      resolve(host, namespace, from) {
        const [value, ...others] = find(host, namespace, from);
        return value === undefined
          ? missing(host, namespace, from)
          : { state: 'found', value, all: [value, ...others] };
      },
    };
  },
);

/** Of the copies of each Service and ServiceEntry those that count for `from` (world rule 3), nearest first. */
function nearestOfEach(graph: Graph, from: Resource, found: readonly HostTarget[]): readonly HostTarget[] {
  if (found.length < 2) return found;
  const copies = new Map<string, HostTarget[]>();
  for (const target of found) {
    const { kind, namespace, name } = target.resource;
    pushTo(copies, `${kind} ${namespace}/${name} ${target.host}`, target);
  }
  return byNearness(
    from,
    [...copies.values()].flatMap((same) => graph.nearest(from, same)),
  );
}

/** A Service that stands for a name outside; whatever ports it declares, that name has its own. */
export function isExternalName(resource: HostTarget['resource']): boolean {
  return resource.kind === 'Service' && resource.spec.type === 'ExternalName';
}

/**
 * Whether more ports may be there than are written. Kubernetes refuses a Service without any, so one that is written
 * like that in a repository is a stub, or is completed before it is applied.
 */
export function mayHaveMorePorts(graph: Graph, { resource }: HostTarget): boolean {
  if (isExternalName(resource) || graph.changedBy(resource) !== undefined) return true;
  if (graph.isClosed('Service', resource.namespace)) return false;
  return resource.kind === 'Service' && (resource.spec.ports ?? []).length === 0;
}

/** The ports a target offers, by number. */
export function portsOf(target: HostTarget): readonly TargetPort[] {
  const { resource } = target;
  if (resource.kind === 'Service') {
    return (resource.spec.ports ?? []).map((port) => ({
      number: port.port ?? 0,
      name: port.name ?? '',
      protocol: port.protocol ?? 'TCP',
    }));
  }
  return (resource.spec.ports ?? []).map((port) => ({
    number: port.number ?? 0,
    name: port.name ?? '',
    protocol: port.protocol ?? '',
  }));
}

/** A host as people know it: without the stand-in for a namespace that is not known. */
export function showHost(host: string): string {
  const floating = host.indexOf(`.${FLOATING}.`);
  return floating < 0 ? host : host.slice(0, floating);
}
