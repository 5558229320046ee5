import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import type { At } from '../../model/paths.ts';
import { comparedValues } from '../policies/authorization-values.ts';
import {
  authorizationPolicies,
  type EnforcementPoint,
  policyReach,
  targetRefsOf,
} from '../policies/policies.ts';
import { fieldAt, isAboutPeer, isException, peersOf, waypointPolicyReads } from './waypoint-admission.ts';
import { waypointAccounts } from './waypoint-identity.ts';
import { waypointReads } from './waypoints.ts';
import { type EntryTranslation, type L4Field, type RuleTranslation, translateRule } from './ztunnel.ts';

type Policy = Resource<'AuthorizationPolicy'>;
type Waypoint = Resource<'KubernetesGateway'>;
type Judging = Graph<ReadKinds<typeof waypointPolicyReads>>;

/** A policy for pods, which lets nobody but a waypoint in, that is attached to the waypoint itself. */
export interface MisplacedGuard {
  readonly policy: Policy;
  readonly effect: 'denies-everybody' | 'admits-nobody';
  readonly at: At;
  readonly waypoint: Waypoint;
}

/** Whether a DENY policy spares waypoints only, or an ALLOW policy admits waypoints only, where it meets their clients. */
export const misplacedGuards = view(waypointPolicyReads, (graph): readonly MisplacedGuard[] =>
  graph.list('AuthorizationPolicy').flatMap((policy) => {
    const { action = 'ALLOW', rules = [] } = policy.spec;
    if (targetRefsOf(policy).length === 0 || rules.length === 0) return [];
    if ((action !== 'ALLOW' && action !== 'DENY') || graph.changedBy(policy) !== undefined) return [];
    if (!mentionsWaypoint(graph, policy)) return [];
    const translated = rules.map((rule, index) => translateRule(rule, index, 'DENY'));
    const found =
      action === 'DENY' ? inDenial(graph, policy, translated) : inAdmission(graph, policy, translated);
    if (found === undefined) return [];
    const point = policyReach(graph)
      .pointsOf(policy)
      .find((one) => one.type === 'waypoint');
    if (point?.type !== 'waypoint') return [];
    if (action === 'ALLOW' && hasOtherAdmission(graph, policy, point)) return [];
    const effect = action === 'DENY' ? 'denies-everybody' : 'admits-nobody';
    return [{ policy, effect, at: found, waypoint: point.gateway }];
  }),
);

/** Whether a policy has the account of some waypoint in it, which few have. */
function mentionsWaypoint(graph: Judging, policy: Policy): boolean {
  const names = waypointAccountNames(graph);
  const fields = ['principals', 'serviceAccounts'] as const;
  return fields.some((field) =>
    comparedValues(policy, field).some(({ text }) => names.has(text.slice(text.lastIndexOf('/') + 1))),
  );
}

const waypointAccountNames = view(waypointReads, (graph): ReadonlySet<string> => {
  const accounts = [...waypointAccounts(graph).keys()];
  return new Set(accounts.map((account) => account.slice(account.indexOf('/') + 1)));
});

/** The first list of exceptions that holds waypoints alone. */
function inDenial(graph: Judging, policy: Policy, rules: readonly RuleTranslation[]): At | undefined {
  for (const rule of rules) {
    const about = rule.clauses.flat().filter((entry) => entry.part !== 'to');
    // What else a rule says of clients may narrow it to some of them.
    if (about.some((entry) => entry.fate !== 'kept' || !isException(entry))) continue;
    for (const entry of about) {
      const [field] = fieldsOf(entry, excepted);
      if (field !== undefined && about.every((one) => namesWaypointsOnly(graph, policy, one, excepted)))
        return fieldAt(rule.rule, entry, field);
    }
  }
  return undefined;
}

/** The first list of clients, where every rule admits waypoints alone. */
function inAdmission(graph: Judging, policy: Policy, rules: readonly RuleTranslation[]): At | undefined {
  const isForWaypoints = (rule: RuleTranslation): boolean =>
    rule.clauses.some(
      (clause) =>
        clause.every((entry) => entry.part !== 'to' && isAboutPeer(entry)) &&
        clause.every((entry) => namesWaypointsOnly(graph, policy, entry, admitted)),
    );
  const [first] = rules;
  if (first === undefined || !rules.every(isForWaypoints)) return undefined;
  for (const entry of first.clauses.flat()) {
    const [field] = fieldsOf(entry, admitted);
    if (field !== undefined && namesWaypointsOnly(graph, policy, entry, admitted))
      return fieldAt(first.rule, entry, field);
  }
  return undefined;
}

function hasOtherAdmission(graph: Judging, policy: Policy, point: EnforcementPoint): boolean {
  return authorizationPolicies(graph)
    .at(point)
    .some((other) => other !== policy && (other.spec.action ?? 'ALLOW') === 'ALLOW');
}

/** The fields that name accounts. */
type Accounts = Readonly<Record<'principals' | 'serviceAccounts', L4Field>>;
const admitted: Accounts = { principals: 'principals', serviceAccounts: 'serviceAccounts' };
const excepted: Accounts = { principals: 'notPrincipals', serviceAccounts: 'notServiceAccounts' };

/** Whether an entry names accounts by these fields, each that of a loaded waypoint, and says nothing else of peers. */
function namesWaypointsOnly(
  graph: Judging,
  policy: Policy,
  { match, ...rest }: EntryTranslation,
  fields: Accounts,
): boolean {
  const named = {
    principals: match[fields.principals] ?? [],
    serviceAccounts: match[fields.serviceAccounts] ?? [],
  };
  const values = [...named.principals, ...named.serviceAccounts];
  const isAll = Object.keys(match).every((field) => Object.values(fields).some((one) => one === field));
  const peers = peersOf({ ...rest, match: named }, policy.namespace);
  const known = waypointAccounts(graph);
  return (
    isAll &&
    values.length > 0 &&
    peers.length === values.length &&
    peers.every(({ namespace, account }) => known.has(`${namespace}/${account ?? ''}`))
  );
}

function fieldsOf({ match }: EntryTranslation, fields: Accounts): readonly L4Field[] {
  return Object.values(fields).filter((field) => match[field] !== undefined);
}
