import type { Graph } from '../../graph/graph.ts';
import { incomplete, type Knowledge, type NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { FLOATING } from '../../model/names.ts';
import { waypointReads, waypoints } from '../ambient/waypoints.ts';
import { isDryRun } from '../ambient/ztunnel.ts';
import { isChecked } from '../routing/claim-routes.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { anyWorkload } from '../workloads/workloads.ts';
import { policiesUsing } from './authorization-fields.ts';
import { type EnforcingProxy, proxiesOf } from './enforcing-proxies.ts';
import { authorizationPolicies, type EnforcementPoint, targetablePolicies } from './policies.ts';
import { type TokenField, tokenFields, tokenRules } from './token-conditions.ts';

type Policy = Resource<'AuthorizationPolicy'>;

/** What comes of conditions on tokens where nobody checks them. */
export type TokenConsequence =
  | 'admits-nothing'
  | 'admits-less'
  | 'admits-anybody'
  | 'denies-nothing'
  | 'denies-everything';

/** A policy about tokens that comes into force where no RequestAuthentication checks any. */
export interface UncheckedTokens {
  readonly policy: Policy;
  readonly consequence: TokenConsequence;
  readonly fields: readonly TokenField[];
  /** Who enforces the policy and checks no tokens, in words. */
  readonly points: readonly string[];
  /** Whether tokens are checked at none of the places where the policy is in force. */
  readonly everywhere: boolean;
  /** RequestAuthentications of the namespaces in question, none of which applies there. */
  readonly others: readonly Resource<'RequestAuthentication'>[];
  readonly lookup: NotFound;
}

const reads = {
  ...waypointReads,
  AuthorizationPolicy: 'some',
  RequestAuthentication: 'all',
  EnvoyFilter: 'some',
  WasmPlugin: 'some',
  Telemetry: 'some',
  TrafficExtension: 'some',
} as const;
type Judging = Graph<ReadKinds<typeof reads>>;

/**
 * Policies about tokens without a RequestAuthentication at the same proxy. A check at the ingress does not help further
 * inside: what a proxy knows of a token stays with it (`ShouldAttachPolicy` in pilot/pkg/model/policyattachment.go).
 */
export const uncheckedTokens = view(reads, (graph): readonly UncheckedTokens[] =>
  policiesUsing(graph, tokenFields).flatMap((policy) => {
    const found = judge(graph, policy);
    return found === undefined ? [] : [found];
  }),
);

function judge(graph: Judging, policy: Policy): UncheckedTokens | undefined {
  const { action = 'ALLOW' } = policy.spec;
  if (graph.changedBy(policy) !== undefined || isDryRun(policy)) return undefined;
  if (action !== 'ALLOW' && action !== 'DENY') return undefined;
  const fields = tokenRules(policy).flatMap((rule) => rule.fields);
  if (fields.length === 0) return undefined;
  const points = proxiesOf(graph, policy);
  const unchecked = points.filter((point) => !isCheckedAt(graph, point));
  const [first] = unchecked;
  if (first === undefined) return undefined;
  const positive = fields.filter(({ negated }) => !negated);
  const consequence = consequenceOf(graph, policy, action, positive.length > 0, unchecked);
  const knowledge = knowledgeOf(graph, first.namespace, policy);
  const scopes = new Set([policy.namespace, first.namespace, graph.mesh.rootNamespace]);
  return {
    policy,
    consequence,
    fields: positive.length > 0 ? positive : fields,
    points: unchecked.map(({ name }) => name),
    everywhere: unchecked.length === points.length,
    others: [...scopes].flatMap((scope) => graph.list('RequestAuthentication', scope)),
    lookup: graph.missing({ what: 'RequestAuthentication', name: `for ${first.name}`, knowledge }, policy),
  };
}

/** Namespaces in which something may check tokens that says so in no way that could be judged. */
const unsure = view(reads, (graph) => {
  const checks = graph
    .list('RequestAuthentication')
    .filter((check) => check.namespace === FLOATING || graph.changedBy(check) !== undefined);
  const filters = graph.list('EnvoyFilter').filter(bringsChecks);
  return new Set([...checks, ...filters].map(({ namespace }) => namespace));
});

/** Whether an EnvoyFilter brings the filter that checks tokens. */
function bringsChecks({ spec }: Resource<'EnvoyFilter'>): boolean {
  return (spec.configPatches ?? []).some(
    ({ patch }) => patch?.value !== undefined && JSON.stringify(patch.value).includes('jwt_authn'),
  );
}

function isCheckedAt(graph: Judging, { namespace, labels, point }: EnforcingProxy): boolean {
  const gateway = point?.type === 'waypoint' ? point.gateway.namespace : namespace;
  const scopes = [namespace, gateway, graph.mesh.rootNamespace, FLOATING];
  if (scopes.some((scope) => unsure(graph).has(scope))) return true;
  if (point === undefined || namespace === FLOATING) return isChecked(graph, { namespace, labels });
  const checks = targetablePolicies(graph).RequestAuthentication;
  return checks.at(point).length > 0 || targetsBehind(graph, point).some((one) => checks.at(one).length > 0);
}

/** Where a whole waypoint is meant, tokens may be checked for each Service by itself. */
function targetsBehind(graph: Judging, point: EnforcementPoint): readonly EnforcementPoint[] {
  if (point.type !== 'waypoint' || point.target !== undefined) return [];
  const { gateway } = point;
  return waypoints(graph)
    .boundTo(gateway)
    .flatMap((target) =>
      'kind' in target && (isKind(target, 'Service') || isKind(target, 'ServiceEntry'))
        ? [{ type: 'waypoint', gateway, target }]
        : [],
    );
}

function consequenceOf(
  graph: Judging,
  policy: Policy,
  action: 'ALLOW' | 'DENY',
  asksForToken: boolean,
  unchecked: readonly EnforcingProxy[],
): TokenConsequence {
  if (action === 'DENY') return asksForToken ? 'denies-nothing' : 'denies-everything';
  if (!asksForToken) return 'admits-anybody';
  const admits = (one: Policy): boolean => tokenRules(one).some(({ matches }) => matches !== 'never');
  const isAdmitted = ({ point }: EnforcingProxy): boolean =>
    point !== undefined &&
    authorizationPolicies(graph)
      .at(point)
      .some(
        (other) =>
          other !== policy &&
          (other.spec.action ?? 'ALLOW') === 'ALLOW' &&
          graph.coexist(other, policy) &&
          (graph.changedBy(other) !== undefined || admits(other)),
      );
  return admits(policy) || unchecked.some(isAdmitted) ? 'admits-less' : 'admits-nothing';
}

/**
 * Checks stand beside the proxy or in the root namespace. Whoever loaded one there loaded all; where there is none at
 * all, both places have to be known otherwise.
 */
function knowledgeOf(graph: Judging, namespace: string, from: Policy): Knowledge {
  const { rootNamespace } = graph.mesh;
  for (const scope of [namespace, rootNamespace]) {
    const known = graph.known('RequestAuthentication', scope, from);
    if (known.complete) return known;
  }
  const here = graph.known(anyWorkload, namespace, from);
  if (!here.complete) return here;
  for (const kind of [anyWorkload, 'AuthorizationPolicy', 'EnvoyFilter'] as const) {
    if (graph.known(kind, rootNamespace, from).complete) return here;
  }
  return incomplete(
    `nothing is loaded of namespace ${rootNamespace}, where a RequestAuthentication for all may stand`,
  );
}
