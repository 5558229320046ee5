import type { Graph } from '../../graph/graph.ts';
import { incomplete, type Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { FLOATING } from '../../model/names.ts';
import { nearestName } from '../../model/near.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { meshKnowledge } from '../installation/mesh-knowledge.ts';
import { findNamespaces } from '../membership/namespace-patterns.ts';
import { workloads } from '../workloads/workloads.ts';
import { type ComparedValue, comparedValues } from './authorization-values.ts';
import { policyReach, targetRefsOf } from './policies.ts';

type Policy = Resource<'AuthorizationPolicy'>;

export const principalReads = {
  ...waypointReads,
  AuthorizationPolicy: 'some',
  MeshConfig: 'some',
  ServiceAccount: 'all',
} as const;
type PrincipalGraph = Graph<keyof typeof principalReads>;

/** Why a value matches no caller. */
export type PrincipalFault =
  | { readonly fault: 'star' }
  | { readonly fault: 'form' }
  | { readonly fault: 'domain'; readonly domain: string; readonly lookup: Lookup<unknown> }
  | { readonly fault: 'literal'; readonly domain: string }
  | { readonly fault: 'namespace'; readonly namespace: string; readonly lookup: Lookup<unknown> }
  | {
      readonly fault: 'account';
      readonly namespace: string;
      readonly account: string;
      readonly lookup: Lookup<unknown>;
    };

/** A value that stands for the identity of callers, and what may be wrong with it. */
export type DoubtfulPrincipal = PrincipalFault & { readonly value: ComparedValue };

/** The domain that stands for that of the mesh in every policy (pilot/pkg/security/trustdomain/bundle.go). */
const LOCAL_DOMAIN = 'cluster.local';

/**
 * Identities that a policy compares callers with. Envoys and ztunnel compare them with the certificate as texts, with
 * `*` at one end (`srcPrincipalGenerator` in pilot/pkg/security/authz/model/generator.go, `stringToMatch` in
 * pilot/pkg/serviceregistry/ambient/authorization.go).
 */
export function* doubtfulPrincipals(graph: PrincipalGraph, policy: Policy): Iterable<DoubtfulPrincipal> {
  for (const value of comparedValues(policy, 'principals')) {
    const found = principalFault(graph, policy, value);
    if (found !== undefined) yield { ...found, value };
  }
  for (const value of comparedValues(policy, 'serviceAccounts')) {
    const parts = value.text.split('/');
    const [namespace, account] = parts.length === 1 ? [policy.namespace, parts[0]] : parts;
    if (namespace === undefined || account === undefined || parts.length > 2) continue;
    const found = accountFault(graph, namespace, account, policy);
    if (found !== undefined) yield { ...found, value };
  }
}

function principalFault(
  graph: PrincipalGraph,
  policy: Policy,
  value: ComparedValue,
): PrincipalFault | undefined {
  const { text } = value;
  // A scheme, or nothing at all, is another matter.
  if (text === '*' || text === '' || text.startsWith('spiffe://')) return undefined;
  const stars = text.split('*').length - 1;
  if (stars > 1 || (stars === 1 && !text.startsWith('*') && !text.endsWith('*'))) return { fault: 'star' };
  const match = /^([^/]*)\/ns\/([^/*]+)\/(?:sa\/)?([^/]+)$/.exec(text);
  const [, domain = '', namespace = '', account = ''] = match ?? [];
  if (match === null || (!account.endsWith('*') && !text.includes('/sa/'))) {
    // Identities may carry further pairs before the account and behind it.
    const isWhole = text.includes('/ns/') && text.includes('/sa/');
    return stars === 0 && !isWhole ? { fault: 'form' } : undefined;
  }
  if (!domain.includes('*')) {
    const unknown = domainFault(graph, policy, value, domain);
    if (unknown !== undefined) return unknown;
  }
  if (!account.includes('*')) return accountFault(graph, namespace, account, policy);
  return { fault: 'namespace', namespace, lookup: findSpace(graph, namespace, policy) };
}

function domainFault(
  graph: PrincipalGraph,
  policy: Policy,
  { text, at }: ComparedValue,
  domain: string,
): PrincipalFault | undefined {
  const { trustDomain, trustDomainAliases, config, configKnown } = graph.mesh;
  const isOfMesh = [graph, ...graph.peers()].some(({ mesh }) => mesh.trustDomain === domain);
  if (isOfMesh) return undefined;
  if (domain === LOCAL_DOMAIN || trustDomainAliases.includes(domain)) {
    const rest = text.slice(domain.length);
    const isCovered =
      Array.isArray(at.owner) && ['*', trustDomain].some((own) => listed(at.owner, own + rest));
    return isCovered || !reachesZtunnel(graph, policy) ? undefined : { fault: 'literal', domain };
  }
  const known = [trustDomain, LOCAL_DOMAIN, ...trustDomainAliases];
  const isFederated = (config.caCertificates ?? []).length > 0;
  const knowledge = isFederated
    ? incomplete('the mesh trusts further authorities')
    : meshKnowledge(graph, policy, configKnown && trustDomain !== LOCAL_DOMAIN);
  const suggestion = nearestName(domain, known);
  const lookup = graph.missing({ what: 'trust domain', name: domain, knowledge, suggestion }, policy);
  return { fault: 'domain', domain, lookup };
}

function listed(list: object, text: string): boolean {
  return Array.isArray(list) && list.includes(text);
}

/** Whether a ztunnel enforces the policy; it knows neither aliases nor `cluster.local` for another domain. */
function reachesZtunnel(graph: PrincipalGraph, policy: Policy): boolean {
  if (targetRefsOf(policy).length > 0) return false;
  return policyReach(graph)
    .pointsOf(policy)
    .some(({ type }) => type === 'ztunnel');
}

/** Service accounts that workloads run as, by namespace. */
const usedAccounts = view(waypointReads, (graph): ReadonlyMap<string, ReadonlySet<string>> => {
  const used = new Map<string, Set<string>>();
  for (const { namespace, serviceAccount } of workloads(graph).all) {
    const accounts = used.get(namespace) ?? new Set();
    used.set(namespace, accounts.add(serviceAccount));
  }
  return used;
});

/** Who keeps a single namespace here has callers in those of others. */
function findSpace(graph: PrincipalGraph, namespace: string, from: Policy): Lookup<unknown> {
  const lookup = findNamespaces(graph, namespace, from);
  if (lookup.state !== 'absent' || graph.isClosed('Namespace') || graph.list('Namespace').length > 1)
    return lookup;
  return { ...lookup, state: 'unknown', why: 'a single Namespace is loaded' };
}

function accountFault(
  graph: PrincipalGraph,
  namespace: string,
  account: string,
  from: Policy,
): PrincipalFault | undefined {
  // Most are the accounts of workloads that are loaded, in whichever cluster of the mesh.
  const isHad = [graph, ...graph.peers()].some(
    (one) =>
      usedAccounts(one).get(namespace)?.has(account) === true ||
      one.copies('ServiceAccount', { namespace, name: account }).length > 0,
  );
  if (isHad) return undefined;
  const space = namespace === FLOATING ? undefined : findSpace(graph, namespace, from);
  if (space?.state === 'absent' && usedAccounts(graph).get(namespace) === undefined)
    return { fault: 'namespace', namespace, lookup: space };
  return { fault: 'account', namespace, account, lookup: findAccount(graph, namespace, account, from) };
}

function findAccount(graph: PrincipalGraph, namespace: string, name: string, from: Policy): Lookup<unknown> {
  const used = usedAccounts(graph);
  // Every namespace has an account of this name.
  if (name === 'default') return { state: 'found', value: name, all: [name] };
  const lookup = graph.find('ServiceAccount', { namespace, name }, from);
  if (lookup.state === 'found') return lookup;
  const suggestion = lookup.suggestion ?? nearestName(name, used.get(namespace) ?? []);
  const known = { ...lookup, ...(suggestion === undefined ? {} : { suggestion }) };
  if (lookup.state === 'unknown' || graph.isClosed('ServiceAccount', namespace)) return known;
  if (namespace === graph.mesh.rootNamespace)
    return { state: 'unknown', why: 'Istio brings accounts of its own' };
  const isElsewhere = used.get(FLOATING)?.has(name) === true;
  return isElsewhere ? { state: 'unknown', why: 'only a workload without a namespace runs as it' } : known;
}
