import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';
import { type Labels, matchesLabels } from '../../model/labels.ts';
import { FLOATING } from '../../model/names.ts';
import { isDryRun } from '../ambient/ztunnel.ts';
import { mayBeAlternative } from '../conflicts/copies.ts';
import { selectorLabels, targetRefsOf } from './policies.ts';

type Policy = Resource<'AuthorizationPolicy'>;

/** A rule that admits everybody. */
export interface OpenRule {
  readonly policy: Policy;
  readonly rules: readonly AuthorizationRule[];
  /** Where it stands in `rules`. */
  readonly index: number;
  /** Other policies that decide nothing any more, wherever they apply. */
  readonly voided: readonly Policy[];
  /** Whether a policy with a wider scope shuts others out, so that this one is an exception on purpose. */
  readonly wider: Lookup<Policy>;
}

/** Whether a rule names no sources, no operations and no conditions, and so matches every request. */
export function matchesAll({ from = [], to = [], when = [] }: AuthorizationRule): boolean {
  return from.length + to.length + when.length === 0;
}

/**
 * Rules of ALLOW policies that match every request, and what becomes of the other ALLOW policies: a request is let in
 * when one rule of any of them fits (the order of evaluation is that of `build` in
 * pilot/pkg/security/authz/builder/builder.go).
 */
export const openRules = view({ AuthorizationPolicy: 'all' }, (graph): readonly OpenRule[] => {
  const allowing = allowPolicies(graph);
  return graph.list('AuthorizationPolicy').flatMap((policy) => {
    const { rules = [] } = policy.spec;
    const index = rules.findIndex(matchesAll);
    if (index < 0 || !isAllow(policy) || graph.changedBy(policy) !== undefined) return [];
    const voided = allowing.within(policy).filter((other) => isBeside(graph, policy, other));
    return [{ policy, rules, index, voided, wider: widerThan(graph, allowing, policy) }];
  });
});

function isAllow(policy: Policy): boolean {
  return (policy.spec.action ?? 'ALLOW') === 'ALLOW' && !isDryRun(policy);
}

/** Whether both surely apply to one mesh, and neither is a copy of the other. */
function isBeside(graph: Graph<'AuthorizationPolicy'>, policy: Policy, other: Policy): boolean {
  if (other.name === policy.name && other.namespace === policy.namespace) return false;
  if (!graph.coexist(policy, other) || graph.changedBy(other) !== undefined) return false;
  if (mayBeAlternative(graph, policy, other) || mayBeAlternative(graph, other, policy)) return false;
  return policy.namespace !== FLOATING || graph.nearness(policy, other) !== 'apart';
}

function widerThan(
  graph: Graph<'AuthorizationPolicy'>,
  allowing: AllowPolicies,
  policy: Policy,
): Lookup<Policy> {
  const { rootNamespace } = graph.mesh;
  const [value, ...others] = allowing.around(policy).filter((other) => graph.coexist(policy, other));
  if (value !== undefined) return { state: 'found', value, all: [value, ...others] };
  const own = graph.known('AuthorizationPolicy', policy.namespace, policy);
  const knowledge = own.complete ? graph.known('AuthorizationPolicy', rootNamespace, policy) : own;
  return graph.missing({ what: 'AuthorizationPolicy', name: 'for the whole mesh', knowledge }, policy);
}

/** ALLOW policies by their scopes. */
interface AllowPolicies {
  /** Those with the same scope or a narrower one. */
  within(policy: Policy): readonly Policy[];
  /** Those with a wider scope. */
  around(policy: Policy): readonly Policy[];
}

function allowPolicies(graph: Graph<'AuthorizationPolicy'>): AllowPolicies {
  const root = graph.mesh.rootNamespace;
  const all = graph.list('AuthorizationPolicy').filter(isAllow);
  const byKey = new Map<string, Policy[]>();
  const byTarget = new Map<string, Policy[]>();
  const unaimed: Policy[] = [];
  for (const policy of all) {
    const targets = targetKeys(policy);
    for (const key of targets) pushTo(byTarget, key, policy);
    if (targets.length > 0) continue;
    unaimed.push(policy);
    for (const key of keysOf(policy.namespace, selectorLabels(policy))) pushTo(byKey, key, policy);
  }
  return {
    within(policy) {
      const [target, ...others] = targetKeys(policy);
      if (target !== undefined) {
        const aimed = [target, ...others].flatMap((key) => byTarget.get(key) ?? []);
        const own = new Set([target, ...others]);
        return [...new Set(aimed)].filter((one) => targetKeys(one).every((key) => own.has(key)));
      }
      const { namespace } = policy;
      const labels = selectorLabels(policy);
      const [pair] = Object.entries(labels);
      const candidates =
        namespace === root
          ? unaimed
          : (byKey.get(pair === undefined ? namespace : `${namespace} ${pair[0]} ${pair[1]}`) ?? []);
      return candidates.filter((one) => matchesLabels(labels, selectorLabels(one)));
    },
    around(policy) {
      if (targetKeys(policy).length > 0) return [];
      const labels = selectorLabels(policy);
      const scopes = new Set([policy.namespace, root]);
      const keys = [...scopes].flatMap((scope) => [
        `${scope} `,
        ...Object.entries(labels).map(([key, value]) => `${scope} ${key} ${value}`),
      ]);
      return keys
        .flatMap((key) => byKey.get(key) ?? [])
        .filter((one) => matchesLabels(selectorLabels(one), labels) && isWider(one, policy));
    },
  };
}

/** All policies of a namespace, those without labels, and those with each pair. */
function keysOf(namespace: string, labels: Labels): readonly string[] {
  const pairs = Object.entries(labels).map(([key, value]) => `${namespace} ${key} ${value}`);
  return [namespace, ...(pairs.length === 0 ? [`${namespace} `] : pairs)];
}

function isWider(one: Policy, policy: Policy): boolean {
  return (
    one.namespace !== policy.namespace ||
    Object.keys(selectorLabels(one)).length < Object.keys(selectorLabels(policy)).length
  );
}

function targetKeys(policy: Policy): readonly string[] {
  return targetRefsOf(policy).map(({ kind, name }) => `${policy.namespace} ${kind} ${name}`);
}
