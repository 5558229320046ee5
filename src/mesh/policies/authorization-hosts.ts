import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { expandHost, parsePartialHost, parseServiceHost, serviceHost } from '../hosts/hosts.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { virtualHosts } from '../routing/virtual-services.ts';
import { type ComparedValue, comparedValues } from './authorization-values.ts';

type Policy = Resource<'AuthorizationPolicy'>;

export const authorizationHostReads = {
  ...hostRegistry.reads,
  ...virtualHosts.reads,
  AuthorizationPolicy: 'some',
  Namespace: 'some',
} as const;
type HostGraph = Graph<keyof typeof authorizationHostReads>;

/** A value of `hosts` that reads like the name of a Service, and the answer whether there is one. */
export interface NamedHost {
  readonly value: ComparedValue;
  /** Without the port. */
  readonly host: string;
  readonly isShort: boolean;
  readonly lookup: Lookup<unknown>;
}

/**
 * Values that are compared with the Host header and can only mean a Service of the cluster: names without a dot,
 * `name.namespace`, and names that end in `.svc` or in the domain of the cluster. All others are names of the outside.
 */
export function* namedHosts(graph: HostGraph, policy: Policy): Iterable<NamedHost> {
  for (const value of comparedValues(policy, 'hosts')) {
    const host = value.text.replace(/:\d+$/, '').toLowerCase();
    const full = fullName(graph, host, policy);
    if (full === undefined) continue;
    const isShort = !host.includes('.');
    if (
      hostRegistry(graph).targets(host).length > 0 ||
      isRouted(graph, [host, full]) ||
      (isShort && serviceNames(graph).has(host))
    )
      continue;
    yield { value, host, isShort, lookup: hostRegistry(graph).resolve(full, policy.namespace, policy) };
  }
}

/** What the host stands for in full; undefined when it may be any name. */
function fullName(graph: HostGraph, host: string, { namespace }: Policy): string | undefined {
  if (host === '' || host === 'localhost' || /[*:[{]/.test(host)) return undefined;
  const { clusterDomain } = graph.mesh;
  if (!host.includes('.')) return expandHost(host, namespace, clusterDomain);
  if (parseServiceHost(host, clusterDomain) !== undefined) return host;
  const partial = parsePartialHost(host, clusterDomain);
  if (partial === undefined) return undefined;
  const isNamespace = graph.copies('Namespace', { namespace: '', name: partial.namespace }).length > 0;
  const isService = host.endsWith('.svc') || isNamespace;
  return isService ? serviceHost(partial.name, partial.namespace, clusterDomain) : undefined;
}

function isRouted(graph: HostGraph, names: readonly string[]): boolean {
  return names.some((name) => virtualHosts(graph).has(name));
}

/** Clients of any namespace may send the short name of a Service beside them. */
const serviceNames = view(
  { Service: 'some' },
  (graph): ReadonlySet<string> => new Set(graph.list('Service').map(({ name }) => name)),
);
