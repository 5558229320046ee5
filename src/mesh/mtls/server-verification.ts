import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { ClientTls } from '../../model/kinds.gen.ts';
import { FLOATING } from '../../model/names.ts';
import { createHostIndex } from '../hosts/host-index.ts';
import { expandHost, serviceHost } from '../hosts/hosts.ts';
import { hostRegistry, isExternalName } from '../hosts/registry.ts';
import { isBefore } from '../installation/releases.ts';
import { membership, membershipReads } from '../membership/membership.ts';
import { MESH_GATEWAY, routeTargets } from '../routing/virtual-services.ts';
import { workloadReads, workloads } from '../workloads/workloads.ts';
import { tlsSettings } from './tls-settings.ts';

type Rule = Resource<'DestinationRule'>;

/**
 * Why a client with these TLS settings does not make sure of its server. `skipped`: it is told not to; `dropped`: a
 * sidecar may not read the Secret that is named and sends plain text instead; `system`: it trusts public authorities
 * for a name that none of them signs; `nothing`: it trusts everybody, as releases before 1.21 do.
 */
export type Doubt = 'skipped' | 'dropped' | 'system' | 'nothing';

const culprits = {
  skipped: 'insecureSkipVerify',
  dropped: 'credentialName',
  system: 'mode',
  nothing: 'mode',
} as const;

/** TLS settings of a DestinationRule with which a server is not verified as meant. */
export interface UnverifiedServer {
  readonly rule: Rule;
  readonly tls: ClientTls;
  readonly doubt: Doubt;
  /** What of the settings leaves it open. */
  readonly field: (typeof culprits)[Doubt];
  /** Undefined for settings of all ports. */
  readonly port: number | undefined;
  /** Whether a sidecar is known that follows the rule. */
  readonly hasSidecars: boolean;
}

/** What the search for unverified servers reads. */
export const verificationReads = {
  ...hostRegistry.reads,
  ...workloadReads,
  ...membershipReads,
  DestinationRule: 'some',
  VirtualService: 'some',
  GRPCRoute: 'some',
  HTTPRoute: 'some',
  TCPRoute: 'some',
  TLSRoute: 'some',
} as const;

/**
 * TLS settings that leave open who the server is, of whole rules, of ports and of subsets
 * (`buildUpstreamClusterTLSContext` and `constructUpstreamTLS` in pilot/pkg/networking/core/cluster_tls.go).
 */
export const unverifiedServers = view(verificationReads, (graph): readonly UnverifiedServer[] => {
  const found: UnverifiedServer[] = [];
  let forGateways: ReadonlySet<Rule> | undefined;
  let withSidecars: ReadonlySet<string> | undefined;
  for (const [rule, settings] of tlsSettings(graph)) {
    if (graph.changedBy(rule) !== undefined) continue;
    for (const { tls, port } of settings) {
      const doubt = doubtAbout(graph, rule, tls);
      if (doubt === undefined) continue;
      // A gateway may read the Secret: who names one for its routes has it in mind.
      if (doubt === 'dropped') forGateways ??= rulesOfGateways(graph);
      if (doubt === 'dropped' && forGateways?.has(rule) === true) continue;
      withSidecars ??= sidecarNamespaces(graph);
      const hasSidecars = withSidecars.has(rule.namespace);
      found.push({ rule, tls, doubt, field: culprits[doubt], port, hasSidecars });
    }
  }
  return found;
});

function doubtAbout(
  graph: Graph<keyof typeof hostRegistry.reads>,
  rule: Rule,
  tls: ClientTls,
): Doubt | undefined {
  const { mode, caCertificates = '', credentialName = '', insecureSkipVerify } = tls;
  if (mode !== 'SIMPLE' && mode !== 'MUTUAL') return undefined;
  const isForChosen = rule.spec.workloadSelector !== undefined;
  // A ConfigMap holds authorities only; everybody may read it.
  const isSecret = credentialName !== '' && !credentialName.startsWith('configmap://');
  if (isSecret && !isForChosen && caCertificates === '') return 'dropped';
  if (insecureSkipVerify === true) return 'skipped';
  if (caCertificates !== '' || credentialName !== '') return undefined;
  if (isBefore(graph, '1.21')) return 'nothing';
  return isPrivateName(graph, rule, tls) ? 'system' : undefined;
}

/** Whether the certificate has to be for a name of the cluster, which no public authority signs. */
function isPrivateName(
  graph: Graph<keyof typeof hostRegistry.reads>,
  rule: Rule,
  { sni = '', subjectAltNames = [] }: ClientTls,
): boolean {
  const suffix = `.svc.${graph.mesh.clusterDomain}`;
  const names = [...subjectAltNames, ...(sni === '' ? [] : [sni])];
  if (names.some((name) => !name.endsWith(suffix))) return false;
  const { host = '' } = rule.spec;
  if (!expandHost(host, rule.namespace, graph.mesh.clusterDomain).endsWith(suffix)) return false;
  return !hostRegistry(graph)
    .find(host, rule.namespace, rule)
    .some(({ resource }) => isExternalName(resource));
}

type RouteKind = 'VirtualService' | 'GRPCRoute' | 'HTTPRoute' | 'TCPRoute' | 'TLSRoute';

/** Rules for hosts to which routes of gateways lead. */
function rulesOfGateways(graph: Graph<RouteKind | 'DestinationRule'>): ReadonlySet<Rule> {
  const index = createHostIndex<Rule>();
  for (const rule of graph.list('DestinationRule')) {
    const host = expandHost(rule.spec.host ?? '', rule.namespace, graph.mesh.clusterDomain);
    if (host !== '') index.add(host, rule);
  }
  const rules = new Set<Rule>();
  for (const host of gatewayHosts(graph))
    for (const covering of index.covering(host)) for (const rule of covering) rules.add(rule);
  return rules;
}

function* gatewayHosts(graph: Graph<RouteKind>): Iterable<string> {
  const { clusterDomain } = graph.mesh;
  const isGateway = (name: string): boolean => name !== MESH_GATEWAY;
  for (const service of graph.list('VirtualService')) {
    // A delegate may be included by a route of a gateway.
    const isDelegate = (service.spec.hosts ?? []).length === 0;
    if (!isDelegate && !(service.spec.gateways ?? []).some(isGateway)) continue;
    for (const { host, matches } of routeTargets(graph, service)) {
      const entries = matches.length === 0 ? [{}] : matches;
      const isEntered = entries.some(
        ({ gateways = [] }) => gateways.length === 0 || gateways.some(isGateway),
      );
      if (isEntered) yield host;
    }
  }
  for (const kind of ['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute'] as const) {
    for (const { namespace, spec } of graph.list(kind)) {
      for (const { backendRefs = [] } of spec.rules ?? []) {
        for (const ref of backendRefs) {
          const { kind: target = 'Service', name = '' } = ref;
          if (target === 'Hostname') yield name;
          else if (target === 'Service') yield serviceHost(name, ref.namespace ?? namespace, clusterDomain);
        }
      }
    }
  }
}

/** Namespaces in which some workload is known to have a sidecar. */
function sidecarNamespaces(
  graph: Graph<keyof typeof workloadReads | keyof typeof membershipReads>,
): ReadonlySet<string> {
  const { modeOf } = membership(graph);
  const namespaces = new Set<string>();
  for (const workload of workloads(graph).all) {
    const { namespace } = workload;
    if (namespace !== FLOATING && !namespaces.has(namespace) && modeOf(workload) === 'sidecar')
      namespaces.add(namespace);
  }
  return namespaces;
}
