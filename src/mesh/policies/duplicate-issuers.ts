import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import type { JwtRule } from '../../model/kinds.gen.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { proxiesOf } from './enforcing-proxies.ts';
import { targetablePolicies } from './policies.ts';

type Check = Resource<'RequestAuthentication'>;

/** A rule that asks for an audience, and one that lets the same tokens in without it. */
export interface VoidAudiences {
  readonly check: Check;
  readonly rule: JwtRule;
  readonly laxer: { readonly check: Check; readonly rule: JwtRule };
}

const reads = { ...waypointReads, ...targetablePolicies.reads } as const;

/**
 * Rules for one issuer that meet at a proxy. A token is good there when any of them takes it
 * (`convertToEnvoyJwtConfig` in pilot/pkg/security/authn/policy_applier.go), so audiences that one asks for are void when
 * another with the same keys asks for others or none. Different keys are for different tokens.
 */
export const voidAudiences = view(reads, (graph): readonly VoidAudiences[] => {
  const found = new Map<JwtRule, VoidAudiences>();
  for (const check of graph.list('RequestAuthentication')) {
    const strict = (check.spec.jwtRules ?? []).filter(({ audiences = [] }) => asksFor(audiences));
    if (strict.length === 0 || graph.changedBy(check) !== undefined) continue;
    const rules = rulesBeside(graph, check);
    for (const rule of strict) {
      const laxer = (rules.get(keyOf(rule)) ?? []).find((other) => isLaxer(other.rule, rule));
      // Of two that differ both are void; one finding tells of both.
      if (laxer !== undefined && found.get(laxer.rule)?.laxer.rule !== rule)
        ensure(found, rule, () => ({ check, rule, laxer }));
    }
  }
  return [...found.values()];
});

/** All rules that meet those of a policy at some proxy, by issuer, keys and places of the token. */
function rulesBeside(
  graph: Graph<ReadKinds<typeof reads>>,
  check: Check,
): ReadonlyMap<string, readonly VoidAudiences['laxer'][]> {
  const index = targetablePolicies(graph).RequestAuthentication;
  const beside = new Set<Check>([check]);
  for (const { point } of proxiesOf(graph, check)) {
    for (const other of point === undefined ? [] : index.at(point)) {
      if (!isKind(other, 'RequestAuthentication') || graph.changedBy(other) !== undefined) continue;
      if (graph.coexist(check, other)) beside.add(other);
    }
  }
  const rules = new Map<string, VoidAudiences['laxer'][]>();
  for (const one of beside)
    for (const rule of one.spec.jwtRules ?? []) pushTo(rules, keyOf(rule), { check: one, rule });
  return rules;
}

function keyOf({ issuer, jwks, jwksUri, jwks_uri, fromHeaders, fromParams, fromCookies }: JwtRule): string {
  const places = [fromHeaders ?? [], fromParams ?? [], fromCookies ?? []];
  return JSON.stringify([issuer ?? '', jwks ?? '', jwksUri ?? jwks_uri ?? '', places]);
}

/** Whether a rule takes tokens that the other one would refuse for their audience. */
function isLaxer({ audiences = [] }: JwtRule, { audiences: strict = [] }: JwtRule): boolean {
  return audiences.length === 0 || audiences.some((one) => !strict.includes(one));
}

/** An empty audience is refused by istiod, which is another matter. */
function asksFor(audiences: readonly string[]): boolean {
  return audiences.length > 0 && !audiences.includes('');
}
