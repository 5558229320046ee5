import type { Resource } from '../../graph/resource.ts';
import type { PolicyTargetReference } from '../../model/kinds.gen.ts';
import type { Labels } from '../../model/labels.ts';
import { gateways, selectorOf } from '../gateways/gateways.ts';
import { credentialRef, secrets } from '../gateways/secrets.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { destinationRules } from '../routing/destination-rules.ts';
import { findMissingSubset } from '../routing/subsets.ts';
import { anyGateway, gatewayRefs, type RouteTarget, routeTargets } from '../routing/virtual-services.ts';
import {
  type Edge,
  type EdgeGraph,
  type EdgeKind,
  foundEdge,
  kindOfReference,
  lookupEdge,
  namedEdge,
  type Relation,
  type Start,
  selectorEdges,
  targetOf,
  workloadEdges,
} from './edge-maker.ts';

export function* virtualServiceEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const from of graph.list('VirtualService')) {
    for (const ref of gatewayRefs(from)) {
      const at = { owner: from.spec.gateways ?? [], key: ref.index };
      yield namedEdge(graph, { from, relation: 'binds-to', at }, anyGateway, ref);
    }
    for (const { delegate } of from.spec.http ?? []) {
      if (delegate === undefined) continue;
      const { name = '', namespace = from.namespace } = delegate;
      const start: Start = { from, relation: 'delegates-to', at: { owner: delegate, key: 'name' } };
      yield namedEdge(graph, start, 'VirtualService', { name, namespace });
    }
    for (const target of routeTargets(graph, from)) {
      const { destination, role } = target;
      const relation = role === 'mirror' ? 'mirrors-to' : 'routes-to';
      const at = { owner: destination, key: 'host' };
      yield hostEdge(graph, { from, relation, at }, destination.host ?? '');
      if ((destination.subset ?? '') !== '') yield subsetEdge(graph, target);
    }
  }
}

/** To what a host stands for. */
export function hostEdge(graph: EdgeGraph, start: Start, host: string): Edge {
  const { from } = start;
  const lookup = hostRegistry(graph).resolve(host, from.namespace, from);
  if (lookup.state === 'found') return foundEdge(start, lookup.value.resource);
  return { ...start, to: { kind: 'host', name: host }, state: lookup.state };
}

function subsetEdge(graph: EdgeGraph, target: RouteTarget): Edge {
  const { service: from, destination } = target;
  const { host = '', subset = '' } = destination;
  const start: Start = { from, relation: 'uses-subset', at: { owner: destination, key: 'subset' } };
  const missing = findMissingSubset(graph, target);
  const defining = destinationRules(graph)
    .forHost(target.host)
    .filter((rule) => (rule.spec.subsets ?? []).some((one) => one.name === subset));
  const [rule] = graph.nearest(from, defining);
  if (missing === undefined && rule !== undefined) return foundEdge(start, rule);
  const to = { kind: 'subset', name: `${subset} of ${host}` };
  return { ...start, to, state: missing?.lookup.state ?? 'unknown' };
}

export function* destinationRuleEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const from of graph.list('DestinationRule')) {
    const { host, workloadSelector } = from.spec;
    if (host !== undefined) {
      yield hostEdge(graph, { from, relation: 'configures', at: { owner: from.spec, key: 'host' } }, host);
    }
    yield* labelEdges(graph, from, workloadSelector?.matchLabels, from.namespace);
  }
}

export function* gatewayEdges(graph: EdgeGraph): Iterable<Edge> {
  const view = gateways(graph);
  for (const from of graph.list('Gateway')) {
    const labels = selectorOf(from);
    if (from.spec.selector !== undefined) {
      const start: Start = { from, relation: 'selects', at: { owner: from.spec, key: 'selector' } };
      const namespace = view.isScoped ? from.namespace : undefined;
      const found = view.workloadsOf(from);
      yield* workloadEdges(graph, start, { labels, namespace, lookup: view.select(from), found });
    }
    for (const { tls } of from.spec.servers ?? []) {
      const { credentialName, credentialNames = [] } = tls ?? {};
      if (tls !== undefined && credentialName !== undefined) {
        yield* credentialEdges(graph, from, credentialName, { owner: tls, key: 'credentialName' });
      }
      for (const [key, name] of credentialNames.entries()) {
        yield* credentialEdges(graph, from, name, { owner: credentialNames, key });
      }
    }
  }
}

/** To the Secret in each namespace where pods of the Gateway run. */
function* credentialEdges(
  graph: EdgeGraph,
  from: Resource<'Gateway'>,
  name: string,
  at: Edge['at'],
): Iterable<Edge> {
  const start: Start = { from, relation: 'uses-secret', at };
  const where = gateways(graph).namespacesOf(from);
  if (where.length === 0 && credentialRef(name, '') !== undefined) {
    yield { ...start, to: { kind: 'Secret', name }, state: 'unknown' };
  }
  const seen = new Set<string>();
  for (const namespace of where) {
    const ref = credentialRef(name, namespace);
    if (ref === undefined || seen.has(ref.namespace)) continue;
    seen.add(ref.namespace);
    yield lookupEdge(start, targetOf('Secret', ref), secrets(graph).find(ref, from));
  }
}

export function* serviceEntryEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const from of graph.list('ServiceEntry')) {
    yield* labelEdges(graph, from, from.spec.workloadSelector?.labels, from.namespace);
  }
}

/** Kinds that choose workloads by label; `everywhere`: from the root namespace those of all namespaces. */
const selecting = [
  { kind: 'AuthorizationPolicy', everywhere: true },
  { kind: 'EnvoyFilter', everywhere: true },
  { kind: 'PeerAuthentication', everywhere: false },
  { kind: 'ProxyConfig', everywhere: false },
  { kind: 'RequestAuthentication', everywhere: true },
  { kind: 'Sidecar', everywhere: false },
  { kind: 'Telemetry', everywhere: false },
  { kind: 'TrafficExtension', everywhere: true },
  { kind: 'WasmPlugin', everywhere: true },
] as const satisfies readonly { readonly kind: EdgeKind; readonly everywhere: boolean }[];

/** Policies and the like: to the targets that they name, or the workloads that they select. */
export function* policyEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const { kind, everywhere } of selecting) {
    for (const from of graph.list(kind)) {
      const { spec } = from;
      const targetRefs = 'targetRefs' in spec ? (spec.targetRefs ?? []) : [];
      const targetRef = 'targetRef' in spec ? spec.targetRef : undefined;
      const targets = targetRefs.length === 0 && targetRef !== undefined ? [targetRef] : targetRefs;
      for (const target of targets) yield targetEdge(graph, from, target);
      if (targets.length > 0) continue;
      const isMeshWide = everywhere && from.namespace === graph.mesh.rootNamespace;
      const labels =
        'workloadSelector' in spec
          ? spec.workloadSelector?.labels
          : 'selector' in spec
            ? spec.selector?.matchLabels
            : undefined;
      yield* labelEdges(graph, from, labels, isMeshWide ? undefined : from.namespace);
    }
  }
}

/** Policies of the Gateway API for backends: to the backends. */
export function* backendPolicyEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const kind of ['BackendTLSPolicy', 'XBackendTrafficPolicy'] as const) {
    for (const from of graph.list(kind)) {
      for (const target of from.spec.targetRefs ?? []) yield targetEdge(graph, from, target);
    }
  }
}

function targetEdge(graph: EdgeGraph, from: Resource, target: PolicyTargetReference): Edge {
  const { group = '', kind = '', name = '' } = target;
  const start: Start = { from, relation: 'attaches-to', at: { owner: target, key: 'name' } };
  const known = kindOfReference(group, kind);
  const namespace = known === 'GatewayClass' ? '' : (target.namespace ?? from.namespace);
  const ref = { name, namespace };
  if (known === undefined) return { ...start, to: targetOf(kind, ref), state: 'unknown' };
  return namedEdge(graph, start, known, ref);
}

function labelEdges(
  graph: EdgeGraph,
  from: Resource,
  labels: Labels | undefined,
  namespace: string | undefined,
): readonly Edge[] {
  if (labels === undefined || Object.keys(labels).length === 0) return [];
  const start: Start = { from, relation: 'selects', at: { owner: labels } };
  return selectorEdges(graph, start, labels, namespace);
}

/** Whom AuthorizationPolicies let in or keep out: namespaces and service accounts that they name. */
export function* callerEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const from of graph.list('AuthorizationPolicy')) {
    const relation: Relation = from.spec.action === 'DENY' ? 'denies' : 'authorizes';
    for (const { source } of (from.spec.rules ?? []).flatMap((rule) => rule.from ?? [])) {
      const { namespaces = [], principals = [] } = source ?? {};
      for (const [key, name] of namespaces.entries()) {
        if (name.includes('*')) continue;
        const start: Start = { from, relation, at: { owner: namespaces, key } };
        yield namedEdge(graph, start, 'Namespace', { name, namespace: '' });
      }
      for (const [key, principal] of principals.entries()) {
        const [, namespace, name] = /^[^/*]+\/ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(principal) ?? [];
        if (namespace === undefined || name === undefined) continue;
        const start: Start = { from, relation, at: { owner: principals, key } };
        yield accountEdge(graph, start, { namespace, name });
      }
    }
  }
}

/** Every namespace has an account `default`, loaded or not. */
export function accountEdge(graph: EdgeGraph, start: Start, ref: { namespace: string; name: string }): Edge {
  const isBuiltIn = ref.name === 'default' && graph.copies('ServiceAccount', ref).length === 0;
  if (isBuiltIn) return { ...start, to: targetOf('ServiceAccount', ref), state: 'found' };
  return namedEdge(graph, start, 'ServiceAccount', ref);
}
