import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { ClientTls } from '../../model/kinds.gen.ts';
import { matchesLabels } from '../../model/labels.ts';
import { expandHost, serviceHost } from '../hosts/hosts.ts';
import { scopeOf } from '../hosts/visibility.ts';
import { membership } from '../membership/membership.ts';
import { decidingRule, destinationRules, type MergedRule } from '../routing/destination-rules.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { type ClientMode, clientMtlsReads, modesUnder } from './client-mtls.ts';
import { tlsSettings } from './tls-settings.ts';

type Rule = Resource<'DestinationRule'>;
export type Target = Resource<'Service'> | Resource<'ServiceEntry'>;

/** What the search for clients and servers that do not fit reads. */
export const refusedClientReads = {
  ...clientMtlsReads,
  ...serviceWorkloads.reads,
  ServiceEntry: 'some',
} as const;
export type MeshGraph = Graph<keyof typeof refusedClientReads>;

/** A host and the workloads that serve it. */
export interface Served {
  readonly target: Target;
  readonly host: string;
  servers(): readonly Workload[];
}

/** Hosts of Services, and of ServiceEntries that select workloads. */
export function* servedHosts(graph: MeshGraph): Iterable<Served> {
  const { clusterDomain } = graph.mesh;
  const set = serviceWorkloads(graph);
  for (const target of graph.list('Service')) {
    const host = serviceHost(target.name, target.namespace, clusterDomain);
    yield { target, host, servers: () => set.of(target) };
  }
  for (const target of graph.list('ServiceEntry')) {
    const { hosts = [], location, workloadSelector } = target.spec;
    if (location !== 'MESH_INTERNAL' || workloadSelector === undefined) continue;
    const servers = (): readonly Workload[] =>
      workloads(graph).matching(workloadSelector.labels ?? {}, target.namespace);
    for (const host of new Set(hosts))
      yield { target, host: expandHost(host, target.namespace, clusterDomain), servers };
  }
}

/** Namespaces with clients that have a proxy of their own. */
export const clientsByNamespace = view(
  { ...serviceWorkloads.reads, ...membership.reads },
  (graph): ReadonlyMap<string, readonly Workload[]> => {
    const clients = new Map<string, Workload[]>();
    for (const workload of workloads(graph).all) {
      const mode = membership(graph).modeOf(workload);
      if (mode === 'sidecar' || mode === 'gateway') pushTo(clients, workload.namespace, workload);
    }
    return clients;
  },
);

/** The rules of a host that hold a TLS setting of the sort. */
export function rulesWithTls(
  graph: MeshGraph,
  { host, target }: Served,
  isSought: (tls: ClientTls) => boolean,
): readonly Rule[] {
  const settings = tlsSettings(graph);
  if (settings.size === 0) return [];
  return destinationRules(graph)
    .forHost(host)
    .filter(
      (rule) =>
        settings.get(rule)?.some(({ tls }) => isSought(tls)) === true &&
        graph.changedBy(rule) === undefined &&
        graph.coexist(rule, target),
    );
}

/** A port of a host and a workload behind it. */
export interface ServedAt {
  readonly target: Target;
  readonly host: string;
  readonly port: number;
  readonly server: Workload;
}

/** What TLS settings of a rule make clients send to a server. */
export interface RuleMode<T extends ServedAt> {
  readonly mode: ClientMode;
  readonly tls: ClientTls;
  readonly at: T;
}

/**
 * Settings of the rule that decide what the first clients who get it send to the servers; nothing where it is not
 * certain that they do.
 */
export function* modesByRule<T extends ServedAt>(
  graph: MeshGraph,
  rule: Rule,
  served: Served,
  servers: readonly T[],
): Iterable<RuleMode<T>> {
  const deciding = firstClient(graph, rule, served);
  if (deciding === undefined) return;
  const { client, entry } = deciding;
  const asking = { ...client, mode: membership(graph).modeOf(client) };
  for (const subset of [undefined, ...entry.subsets.keys()]) {
    const labels = subset === undefined ? {} : (entry.subsets.get(subset)?.[0]?.subset.labels ?? {});
    for (const at of servers) {
      if (!matchesLabels(labels, at.server.labels)) continue;
      const request = { ...at, client: asking, from: rule, ...(subset === undefined ? {} : { subset }) };
      const [mode, ...others] = modesUnder(graph, entry, request);
      if (mode?.tls === undefined || mode.rule !== rule) continue;
      if (others.every(({ tls }) => tls === mode.tls)) yield { mode, tls: mode.tls, at };
    }
  }
}

/** A client for which the rule is among those that decide, its own namespace first. */
function firstClient(
  graph: MeshGraph,
  rule: Rule,
  { host, target }: Served,
): { client: Workload; entry: MergedRule } | undefined {
  const clients = clientsByNamespace(graph);
  const entriesFor = (client: string): readonly MergedRule[] =>
    destinationRules(graph).forClient({ client, host, owners: [target.namespace], from: rule });
  const holdsRule = ({ rules }: MergedRule): boolean => rules.includes(rule);

  const { everywhere, namespaces } = scopeOf(graph, rule);
  // What a namespace does not get that nothing is said about, none gets but that of the rule.
  const others = !everywhere ? namespaces : entriesFor('').some(holdsRule) ? clients.keys() : [];
  for (const namespace of new Set([rule.namespace, ...others])) {
    const here = clients.get(namespace) ?? [];
    if (here.length === 0) continue;
    const entries = entriesFor(namespace);
    if (!entries.some(holdsRule)) continue;
    for (const client of here) {
      const entry = decidingRule(entries, client);
      if (entry !== undefined && holdsRule(entry) && graph.coexist(rule, client.resource))
        return { client, entry };
    }
  }
  return undefined;
}

/** One client of each namespace that may be given other rules for the host, and one of all the rest. */
export function* differentClients(graph: MeshGraph, host: string): Iterable<Workload> {
  const clients = clientsByNamespace(graph);
  const named = new Set<string>();
  for (const rule of destinationRules(graph).forHost(host)) {
    const { everywhere, namespaces } = scopeOf(graph, rule);
    named.add(rule.namespace);
    if (!everywhere) for (const namespace of namespaces) named.add(namespace);
  }
  for (const namespace of named) yield* (clients.get(namespace) ?? []).slice(0, 1);
  for (const [namespace, [client]] of clients) {
    if (named.has(namespace) || client === undefined) continue;
    yield client;
    return;
  }
}
