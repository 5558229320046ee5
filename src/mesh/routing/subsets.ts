import type { Graph } from '../../graph/graph.ts';
import { complete, incomplete, type Knowledge, type Lookup, type NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { FLOATING } from '../../model/names.ts';
import { nearestName } from '../../model/near.ts';
import { relevantCopies } from '../conflicts/copies.ts';
import { defaultIngress } from '../gateways/default-ingress.ts';
import { isWildcard, parseServiceHost } from '../hosts/hosts.ts';
import { hostNamers, type namingReads } from '../hosts/named-hosts.ts';
import { type HostTarget, hostRegistry } from '../hosts/registry.ts';
import { scopeOf } from '../hosts/visibility.ts';
import { anyWorkload, isDefaultIngress, workloadReads, workloads } from '../workloads/workloads.ts';
import { destinationRules } from './destination-rules.ts';
import { findGateway, gatewayRefs, isMeshBound, type RouteTarget, routeTargets } from './virtual-services.ts';

type Rule = Resource<'DestinationRule'>;
type VirtualService = Resource<'VirtualService'>;

/** What the look-up of a subset reads. */
export const subsetReads = {
  ...destinationRules.reads,
  ...hostRegistry.reads,
  ...workloadReads,
  Gateway: 'all',
} as const;
type SubsetKind = keyof typeof subsetReads;

/** Why clients of a VirtualService do not get a subset that it names. */
export interface MissingSubset {
  /**
   * `noRule`: nothing defines subsets of the host; `undefined`: its DestinationRules have others; `unseen`: some
   * DestinationRule defines it, but no client of the VirtualService gets that one.
   */
  readonly reason: 'noRule' | 'undefined' | 'unseen';
  readonly lookup: NotFound;
  /** The rules that should define it (`undefined`), or that define it in vain (`unseen`). */
  readonly rules: readonly Rule[];
  /** Names of the subsets that the rules of the host define. */
  readonly known: readonly string[];
}

/**
 * Looks up the subset of a destination in the DestinationRules that clients of the VirtualService get. Undefined
 * when there is none to look up, when it is found, and when the host itself is missing, which is the cause then.
 */
export function findMissingSubset(
  graph: Graph<SubsetKind>,
  { destination, host: name, service: from }: RouteTarget,
): MissingSubset | undefined {
  const { host = '', subset = '' } = destination;
  if (host === '' || subset === '' || subsetsForEveryone(graph)(name).has(subset)) return undefined;
  const target = hostRegistry(graph).resolve(host, from.namespace, from);
  if (target.state === 'absent') return undefined;

  const rules = destinationRules(graph);
  const covering = relevantCopies(graph, rules.forHost(name), from);
  const owners = ownersOf(target, name, graph.mesh.clusterDomain);
  for (const client of clientsOf(graph, from, owners, covering)) {
    const entries = rules.forClient({ client, host: name, owners, from });
    if (entries.some(({ subsets }) => subsets.has(subset))) return undefined;
  }

  const defining = covering.filter((rule) => defines(rule, subset));
  const others = rules.maybeForHost(name);
  const known = namesOf([...covering, ...others]);
  const knowledge = judge(graph, { from, target, covering, others, subset });
  const suggestion = nearestName(subset, known);
  const lookup = graph.missing({ what: 'subset', name: `${subset} of ${host}`, knowledge, suggestion }, from);
  if (defining.length > 0) return { reason: 'unseen', lookup, rules: defining, known };
  // A wildcard rule says how to reach many hosts; the subsets of one stand in a rule of its own.
  const own = covering.filter((rule) => !isWildcard(rule.spec.host ?? ''));
  const deciding = own.length > 0 ? own : covering.filter((rule) => (rule.spec.subsets ?? []).length > 0);
  return { reason: deciding.length > 0 ? 'undefined' : 'noRule', lookup, rules: deciding, known };
}

/**
 * The subsets of a host that each client gets. What is so in most meshes: the one rule of the host stands beside its
 * Service, and nothing narrows who gets it.
 */
const subsetsForEveryone = view(subsetReads, (graph) => {
  const known = new Map<string, ReadonlySet<string>>();
  const registry = hostRegistry(graph);
  const rules = destinationRules(graph);
  function find(host: string): ReadonlySet<string> {
    const [rule, ...others] = rules.forHost(host);
    if (rule === undefined || others.length > 0 || !scopeOf(graph, rule).everywhere) return none;
    const targets = registry.targets(host);
    const isBeside = targets.every((one) => one.host === host && one.resource.namespace === rule.namespace);
    return targets.length > 0 && isBeside ? new Set(namesOf([rule])) : none;
  }
  return (host: string): ReadonlySet<string> => graph.keep(known, host, () => find(host));
});

const none: ReadonlySet<string> = new Set();

function defines(rule: Rule, name: string): boolean {
  return (rule.spec.subsets ?? []).some((subset) => subset.name === name);
}

function namesOf(rules: readonly Rule[]): string[] {
  const names = rules.flatMap((rule) => (rule.spec.subsets ?? []).map((subset) => subset.name ?? ''));
  return [...new Set(names)].filter((name) => name !== '').sort();
}

/** Namespaces that a host belongs to, where that is known. */
function ownersOf(target: Lookup<HostTarget>, host: string, domain: string): readonly string[] | undefined {
  if (target.state === 'found') return [...new Set(target.all.map(({ resource }) => resource.namespace))];
  const service = parseServiceHost(host, domain);
  return service && [service.namespace];
}

/**
 * Namespaces from which clients may follow the VirtualService, as far as they can differ in the rules they get; the
 * namespace without a name stands for all that nothing is said about.
 */
function clientsOf(
  graph: Graph<SubsetKind>,
  from: VirtualService,
  owners: readonly string[] | undefined,
  rules: readonly Rule[],
): ReadonlySet<string> {
  const behindGateways = gatewayNamespaces(graph, from);
  if (behindGateways !== undefined && !isMeshBound(from)) return behindGateways;
  const clients = new Set([from.namespace, ...(behindGateways ?? [])]);
  const scope = scopeOf(graph, from);
  // Who includes a delegate is seen elsewhere, so its clients may be anyone.
  if (!scope.everywhere && (from.spec.hosts ?? []).length > 0) {
    for (const namespace of scope.namespaces) clients.add(namespace);
    return clients;
  }
  for (const namespace of [...(owners ?? []), graph.mesh.rootNamespace, '']) clients.add(namespace);
  for (const rule of rules) {
    for (const entry of rule.spec.exportTo ?? []) if (!/^[.*~]$/.test(entry)) clients.add(entry);
    if (mayHoldClients(graph, rule.namespace, from)) clients.add(rule.namespace);
  }
  return clients;
}

function mayHoldClients(graph: Graph<SubsetKind>, namespace: string, from: VirtualService): boolean {
  return workloads(graph).in(namespace).length > 0 || !graph.known(anyWorkload, namespace, from).complete;
}

/** Where the pods of the gateways run that the VirtualService binds to; undefined when that is not known of all. */
function gatewayNamespaces(graph: Graph<SubsetKind>, from: VirtualService): ReadonlySet<string> | undefined {
  const namespaces = new Set<string>();
  for (const ref of gatewayRefs(from)) {
    const gateway = findGateway(graph, ref, from);
    if (gateway.state !== 'found') return undefined;
    for (const { kind, namespace, spec } of gateway.all) {
      const selector = 'selector' in spec ? spec.selector : undefined;
      if (kind === 'KubernetesGateway') namespaces.add(namespace);
      else if (selector === undefined) return undefined;
      else {
        const pods = workloads(graph).matching(selector);
        for (const pod of pods) namespaces.add(pod.namespace);
        if (pods.length > 0) continue;
        // The gateway that comes with Istio stands in its place; where any other one runs is not known.
        const ingress = graph.isClosed(anyWorkload) && isDefaultIngress(graph, selector, undefined);
        if (!ingress) return undefined;
        namespaces.add(defaultIngress(graph)?.namespace ?? graph.mesh.rootNamespace);
      }
    }
  }
  return namespaces;
}

interface Evidence {
  readonly from: VirtualService;
  readonly target: Lookup<HostTarget>;
  readonly covering: readonly Rule[];
  /** Rules of the host if one namespace that is not known is that of the other. */
  readonly others: readonly Rule[];
  readonly subset: string;
}

/** World rules 3 to 5 for subsets. */
function judge(graph: Graph<SubsetKind>, { from, target, covering, others, subset }: Evidence): Knowledge {
  for (const rule of [...covering, ...others]) {
    const changed = graph.changedBy(rule);
    if (changed !== undefined) return incomplete(`${changed} changes DestinationRule ${rule.name}`);
  }
  if (graph.isClosed('DestinationRule')) return complete;
  // Clients follow the rules of their own namespaces, too.
  if (graph.world === 'live') return graph.knownEverywhere('DestinationRule', from);
  const exact = covering.filter((rule) => !isWildcard(rule.spec.host ?? ''));
  const other = others.find((rule) => exact.length === 0 || defines(rule, subset));
  if (other !== undefined) {
    return incomplete(
      `whether DestinationRule ${other.name} is for this host hangs on a namespace that is not known`,
    );
  }
  const hidden = covering.find((rule) => defines(rule, subset));
  if (hidden !== undefined && (hidden.namespace === FLOATING || from.namespace === FLOATING)) {
    return incomplete(`who sees DestinationRule ${hidden.name} hangs on a namespace that is not known`);
  }
  if (exact.length > 0) return allComplete(exact.map((rule) => inScopeOf(graph, rule, from)));
  if (target.state !== 'found')
    return incomplete('neither a DestinationRule nor a Service of the host is loaded');
  const { resource } = target.value;
  return graph.known(resource.kind, resource.namespace, from);
}

/** What may be concluded from the content of a rule: nothing near it, or near the one who asks, is unreadable. */
function inScopeOf(graph: Graph, rule: Rule, from: VirtualService): Knowledge {
  if (rule.namespace !== FLOATING) return graph.known('DestinationRule', rule.namespace, from);
  if (from.namespace !== FLOATING) return incomplete('its namespace is not known');
  const here = graph.known('VirtualService', FLOATING, from);
  return here.complete ? graph.known('DestinationRule', FLOATING, rule) : here;
}

function allComplete(all: readonly Knowledge[]): Knowledge {
  return all.find(({ complete: known }) => !known) ?? complete;
}

/** VirtualServices that send traffic to a subset of a fully qualified host. */
export function subsetUsers(
  graph: Graph<keyof typeof namingReads>,
  host: string,
  subset: string,
): readonly VirtualService[] {
  return (hostNamers(graph).get(host) ?? []).filter(
    (namer): namer is VirtualService =>
      namer.kind === 'VirtualService' &&
      routeTargets(graph, namer).some(
        (target) => target.host === host && target.destination.subset === subset,
      ),
  );
}
