import type { Graph } from '../graph/graph.ts';
import { incomplete, type Knowledge, type Lookup } from '../graph/lookup.ts';
import type { Resource } from '../graph/resource.ts';
import { view } from '../graph/view.ts';
import { FLOATING } from '../model/names.ts';
import { createNearNames, type NearNames } from '../model/near.ts';
import { expandHost, isWildcard, parsePartialHost, parseServiceHost, serviceHost } from './hosts.ts';

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
   * What `host`, written in a resource of `namespace`, stands for. Mirrors istiod: a name without a dot gets the
   * namespace and the cluster's domain, everything else is taken as written. Visibility is not looked at.
   */
  resolve(host: string, namespace: string, from: Resource): Lookup<HostTarget>;
  /** Targets of a fully qualified host, wildcard entries included; no look-up is counted. */
  targets(host: string): readonly HostTarget[];
  /** All registered hosts. */
  hosts(): Iterable<string>;
}

export const hostRegistry = view(
  { Service: 'all', ServiceEntry: 'all', KubernetesGateway: 'some' },
  (graph): HostRegistry => {
    const { clusterDomain } = graph.mesh;
    const exact = new Map<string, HostTarget[]>();
    const wildcards = new Map<string, HostTarget[]>();
    let near: Near | undefined;

    function add(host: string, resource: HostTarget['resource']): void {
      const index = isWildcard(host) ? wildcards : exact;
      const target = { resource, host, origin: resource.origin };
      const known = index.get(host);
      if (known === undefined) index.set(host, [target]);
      else known.push(target);
    }
    for (const service of graph.list('Service')) {
      add(serviceHost(service.name, service.namespace, clusterDomain), service);
    }
    for (const entry of graph.list('ServiceEntry')) {
      for (const host of new Set(entry.spec.hosts ?? [])) {
        if (host !== '') add(expandHost(host, entry.namespace, clusterDomain), entry);
      }
    }

    /** Wildcard entries whose suffix ends the host, the longest first. */
    function wildcardTargets(host: string): readonly HostTarget[] {
      if (wildcards.size === 0) return [];
      const text = isWildcard(host) ? host.slice(1) : host;
      const found: HostTarget[] = [];
      for (let i = 0; i <= text.length; i++) found.push(...(wildcards.get(`*${text.slice(i)}`) ?? []));
      return found;
    }
    function targets(host: string): readonly HostTarget[] {
      return exact.get(host) ?? wildcardTargets(host);
    }

    return {
      targets,
      *hosts() {
        yield* exact.keys();
        yield* wildcards.keys();
      },
      resolve(host, namespace, from) {
        const query = expandHost(host, namespace, clusterDomain);
        const [value, ...others] = graph.nearest(from, targets(query));
        if (value !== undefined) return { state: 'found', value, all: [value, ...others] };
        near ??= createNear(graph, exact.keys());
        const knowledge = hostKnowledge(graph, query, from);
        return graph.missing(
          { what: 'host', name: shown(query), knowledge, suggestion: near.suggest(host, query) },
          from,
        );
      },
    };
  },
);

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

/** A host without the stand-in for an unknown namespace. */
function shown(host: string): string {
  const floating = `.${FLOATING}.`;
  const i = host.indexOf(floating);
  return i < 0 ? host : host.slice(0, i);
}

/** World rule 4 for hosts, and what Istio and Kubernetes bring themselves (rule 5). */
function hostKnowledge(
  graph: Graph<'Service' | 'KubernetesGateway'>,
  host: string,
  from: Resource,
): Knowledge {
  if (graph.world === 'closed') return { complete: true };
  const service = parseServiceHost(host, graph.mesh.clusterDomain);
  if (service === undefined) return incomplete("it lies outside the cluster's domain");
  const { name, namespace } = service;
  if (isBuiltIn(graph, name, namespace)) return incomplete('Istio or Kubernetes brings it');
  if (
    graph
      .list('KubernetesGateway', namespace)
      .some((gateway) => name === gateway.name || name.startsWith(`${gateway.name}-`))
  ) {
    return incomplete('a Gateway of that name creates its own Service');
  }
  const other =
    namespace === FLOATING ? undefined : graph.copies('Service', { name, namespace: FLOATING })[0];
  if (other !== undefined) return incomplete('only a Service without a namespace has this name');
  if (namespace === FLOATING) {
    const elsewhere = graph.list('Service').find((one) => one.name === name);
    if (elsewhere !== undefined) {
      return incomplete(
        `it is a Service of namespace ${elsewhere.namespace}, and the namespace of the one who asks is not known`,
      );
    }
  }
  return graph.known('Service', namespace, from);
}

function isBuiltIn(graph: Graph, name: string, namespace: string): boolean {
  if (namespace === 'default' && name === 'kubernetes') return true;
  if (namespace.startsWith('kube-')) return true;
  return (
    namespace === graph.mesh.rootNamespace && /^(?:istiod|istio-(?:ingress|egress)gateway)(?:-|$)/.test(name)
  );
}

interface Near {
  suggest(host: string, query: string): string | undefined;
}

/** Known hosts that look like the one written. */
function createNear(graph: Graph<'Service'>, hosts: Iterable<string>): Near {
  const { clusterDomain } = graph.mesh;
  const full = createNearNames(hosts);
  let names: NearNames | undefined;
  return {
    suggest(host, query) {
      const partial = host.includes('.') ? parsePartialHost(host) : undefined;
      if (partial !== undefined && graph.copies('Service', partial).length > 0) {
        return serviceHost(partial.name, partial.namespace, clusterDomain);
      }
      const folded = query.toLowerCase().replace(/\.$/, '');
      const service = parseServiceHost(folded, clusterDomain);
      if (folded !== query && service !== undefined && graph.copies('Service', service).length > 0)
        return folded;
      const same = full.nearest(query);
      if (same !== undefined)
        return host.includes('.') ? same : (parseServiceHost(same, clusterDomain)?.name ?? same);
      if (service === undefined) return undefined;
      // Where the namespace is not known on one side, the bare name decides.
      names ??= createNearNames(graph.list('Service').map((one) => one.name));
      const floats = service.namespace === FLOATING;
      const name = names.nearest(service.name);
      if (name === undefined) return undefined;
      if (floats) return name;
      return graph.copies('Service', { name, namespace: FLOATING }).length > 0
        ? serviceHost(name, service.namespace, clusterDomain)
        : undefined;
    },
  };
}
