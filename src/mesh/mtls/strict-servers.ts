import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import type { ClientTls, PeerMtls } from '../../model/kinds.gen.ts';
import { matchesLabels } from '../../model/labels.ts';
import { expandHost, serviceHost } from '../hosts/hosts.ts';
import { scopeOf } from '../hosts/visibility.ts';
import { membership } from '../membership/membership.ts';
import { decidingRule, destinationRules, type MergedRule } from '../routing/destination-rules.ts';
import { containerPort, type ServedPort, servedPorts } from '../workloads/container-ports.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { capturesInbound } from './capture.ts';
import { type ClientMode, clientModes, clientMtlsReads, modesUnder } from './client-mtls.ts';
import { effectiveMtls, type ServerMode } from './mtls.ts';
import type { PeerPolicy } from './peer-authentications.ts';

type Rule = Resource<'DestinationRule'>;
type Target = Resource<'Service'> | Resource<'ServiceEntry'>;

/** What the search for refused clients reads. */
export const refusedClientReads = {
  ...clientMtlsReads,
  ...serviceWorkloads.reads,
  ServiceEntry: 'some',
} as const;
type MeshGraph = Graph<keyof typeof refusedClientReads>;

/** Clients that send what their server refuses, because of one setting. */
export type RefusedClients = RefusedByRule | RefusedByPolicy;

interface Refused {
  /** Who is refused where, the first found first. */
  readonly at: readonly RefusedAt[];
}

/** TLS settings of a DestinationRule make clients send it. */
export interface RefusedByRule extends Refused {
  readonly rule: Rule;
  readonly tls: ClientTls;
  readonly sends: 'plaintext' | 'simple' | 'mutual';
  /** Whether sidecars drop the settings and send plain text instead. */
  readonly dropped: boolean;
}

/** A policy for the namespace or the mesh makes clients expect a server without mutual TLS. */
export interface RefusedByPolicy extends Refused {
  readonly policy: PeerPolicy;
  readonly setting: PeerMtls;
}

/** A port of a host and a workload behind it that takes nothing but mutual TLS. */
export interface RefusedAt {
  readonly target: Target;
  readonly host: string;
  readonly port: number;
  readonly server: Workload;
  readonly strict: ServerMode;
}

/**
 * Clients with a proxy that a server with a sidecar refuses: it takes nothing but mutual TLS of the mesh, and they
 * send something else. Only what is certain for every reading of the input is returned.
 */
export function findRefusedClients(graph: MeshGraph): readonly RefusedClients[] {
  const byRule = new Map<ClientTls, RefusedByRule & Draft>();
  const byPolicy = new Map<PeerMtls, RefusedByPolicy & Draft>();
  for (const served of servedHosts(graph)) {
    // Settings that can do harm are rarer than servers, and sooner found.
    const rules = plaintextRules(graph, served);
    const expected = expectedPlaintext(graph, served);
    if (rules.length === 0 && expected === undefined) continue;
    const servers = withSidecar(graph, served);
    const strict = servedPorts(served.target).flatMap((port) => strictServers(graph, served, servers, port));
    for (const rule of rules) {
      for (const { mode, tls, at } of refusedByRule(graph, rule, served, strict)) {
        const { sends } = mode;
        if (sends !== 'plaintext' && sends !== 'simple' && sends !== 'mutual') continue;
        const found = { rule, tls, sends, dropped: mode.why === 'dropped' };
        ensure(byRule, tls, () => ({ ...found, at: [] })).at.push(at);
      }
    }
    const at = expected === undefined ? [] : strict.filter((one) => isSentPlaintext(graph, one));
    if (expected === undefined || at.length === 0) continue;
    ensure(byPolicy, expected.setting, () => ({ ...expected, at: [] })).at.push(...at);
  }
  return [...byRule.values(), ...byPolicy.values()];
}

interface Draft {
  readonly at: RefusedAt[];
}

/** A host and the workloads that serve it. */
interface Served {
  readonly target: Target;
  readonly host: string;
  servers(): readonly Workload[];
}

function* servedHosts(graph: MeshGraph): Iterable<Served> {
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

function withSidecar(graph: MeshGraph, { target, servers }: Served): readonly Workload[] {
  if (graph.changedBy(target) !== undefined) return [];
  return servers().filter(
    (server) => graph.coexist(target, server.resource) && membership(graph).modeOf(server) === 'sidecar',
  );
}

function strictServers(
  graph: MeshGraph,
  { target, host }: Served,
  servers: readonly Workload[],
  port: ServedPort,
): readonly RefusedAt[] {
  const found: RefusedAt[] = [];
  for (const server of servers) {
    const number = containerPort(server, port);
    if (number !== undefined && !capturesInbound(server, number)) continue;
    const modes = effectiveMtls(graph).serverModes(server, number);
    const [strict] = modes;
    if (strict === undefined || modes.some(({ mode }) => mode !== 'STRICT')) continue;
    if (strict.policy !== undefined && !graph.coexist(target, strict.policy)) continue;
    found.push({ target, host, port: port.number, server, strict });
  }
  return found;
}

/** Rules of a host that somewhere set anything but mutual TLS of the mesh. */
function plaintextRules(graph: MeshGraph, { host, target }: Served): readonly Rule[] {
  return destinationRules(graph)
    .forHost(host)
    .filter(
      (rule) => setsOtherTls(rule) && graph.changedBy(rule) === undefined && graph.coexist(rule, target),
    );
}

function setsOtherTls({ spec }: Rule): boolean {
  const policies = [spec.trafficPolicy, ...(spec.subsets ?? []).map((subset) => subset.trafficPolicy)];
  return policies.some((policy) =>
    [policy, ...(policy?.portLevelSettings ?? [])].some(
      (holder) => holder?.tls !== undefined && holder.tls.mode !== 'ISTIO_MUTUAL',
    ),
  );
}

/** Namespaces with clients that have a proxy of their own. */
const clientsByNamespace = view(
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

interface Refusal {
  readonly mode: ClientMode;
  readonly tls: ClientTls;
  readonly at: RefusedAt;
}

/** Settings of the rule that make the first clients who get it send what the servers refuse. */
function* refusedByRule(
  graph: MeshGraph,
  rule: Rule,
  served: Served,
  strict: readonly RefusedAt[],
): Iterable<Refusal> {
  const deciding = firstClient(graph, rule, served);
  if (deciding === undefined) return;
  const { client, entry } = deciding;
  const asking = { ...client, mode: membership(graph).modeOf(client) };
  for (const subset of [undefined, ...entry.subsets.keys()]) {
    const labels = subset === undefined ? {} : (entry.subsets.get(subset)?.[0]?.subset.labels ?? {});
    for (const at of strict) {
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

/** The policy that makes clients without TLS settings send plain text. */
function expectedPlaintext(graph: MeshGraph, { target }: Served): Omit<RefusedByPolicy, 'at'> | undefined {
  const [mode, ...others] = effectiveMtls(graph).namespaceModes(target.namespace, target);
  const { policy, setting } = mode ?? {};
  if (policy === undefined || setting === undefined || others.length > 0) return undefined;
  return mode?.mode === 'DISABLE' && graph.coexist(target, policy) ? { policy, setting } : undefined;
}

/** Whether there are clients that a policy for the namespace or the mesh makes send plain text there. */
function isSentPlaintext(graph: MeshGraph, { target, host, port }: RefusedAt): boolean {
  for (const [client] of clientsByNamespace(graph).values()) {
    if (client === undefined) continue;
    const sent = clientModes(graph, { client, target, host, port, from: target });
    if (sent.length > 0 && sent.every(({ why }) => why === 'policy')) return true;
  }
  return false;
}
