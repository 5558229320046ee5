import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view, viewOf } from '../../graph/view.ts';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';
import type { At } from '../../model/paths.ts';
import { isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import { membership } from '../membership/membership.ts';
import { authorizationPolicies, type EnforcementPoint } from '../policies/policies.ts';
import { containerPort, servedPorts } from '../workloads/container-ports.ts';
import { anyWorkload } from '../workloads/workload.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { mayReachAmbient } from './ambient-reach.ts';
import {
  type Connection,
  entryMatches,
  every,
  peerOf,
  ruleMatches,
  some,
  type Verdict,
} from './peer-match.ts';
import { callsThroughWaypoints, type WaypointFront, waypointFronts } from './waypoint-identity.ts';
import { waypointReads } from './waypoints.ts';
import {
  type EntryTranslation,
  isSentToZtunnel,
  type L4Field,
  type RuleTranslation,
  survives,
  ztunnelPolicy,
} from './ztunnel.ts';

type Policy = Resource<'AuthorizationPolicy'>;

export const waypointPolicyReads = {
  ...istiodEnvironment.reads,
  ...waypointReads,
  AuthorizationPolicy: 'some',
} as const;
type Judging = Graph<ReadKinds<typeof waypointPolicyReads>>;

/** Policies of one action that the ztunnel before a workload enforces, with what is left of their rules. */
export interface Enforced {
  readonly policy: Policy;
  readonly rules: readonly RuleTranslation[];
}

/** What the ztunnel before a workload enforces. */
export const enforcedAt = viewOf(
  waypointPolicyReads,
  (graph, workload: Workload): Readonly<Record<'ALLOW' | 'DENY', readonly Enforced[]>> => {
    const found: Record<'ALLOW' | 'DENY', Enforced[]> = { ALLOW: [], DENY: [] };
    for (const policy of authorizationPolicies(graph).at({ type: 'ztunnel', workload })) {
      const sent = ztunnelPolicy(graph, policy);
      if (sent.state === 'sent' && graph.coexist(policy, workload.resource))
        found[sent.action].push({ policy, rules: sent.rules });
    }
    return found;
  },
);

/** Whether istiod admits waypoints by itself; off by default. */
export const admitsWaypoints = view(istiodEnvironment.reads, (graph): boolean =>
  isSwitchedOn(istiodEnvironment(graph), 'PILOT_AUTO_ALLOW_WAYPOINT_POLICY', false),
);

/** What the ALLOW policies at a workload mean for one of its waypoints. */
export interface WaypointAdmission {
  readonly front: WaypointFront;
  readonly verdict: Verdict;
  /** The policy in which the waypoint is missing: of several the one that says most about who is let in. */
  readonly decisive: Policy;
  /** Whether no ALLOW policy has a rule at all. */
  readonly isDefaultDeny: boolean;
}

/** For each waypoint before a workload, whether its ALLOW policies let the waypoint in; none without such policies. */
export const waypointAdmissions = viewOf(
  waypointPolicyReads,
  (graph, workload: Workload): readonly WaypointAdmission[] => {
    const { ALLOW: allowing } = enforcedAt(graph, workload);
    const decisive = decisiveOf(allowing);
    if (decisive === undefined || admitsWaypoints(graph)) return [];
    const isDefaultDeny = allowing.every(({ policy }) => (policy.spec.rules ?? []).length === 0);
    const isChanged = allowing.some(({ policy }) => graph.changedBy(policy) !== undefined);
    return waypointFronts(graph, workload).map((front) => {
      const verdict = isChanged ? 'unknown' : admission(workload, front, allowing);
      return { front, verdict, decisive, isDefaultDeny };
    });
  },
);

/** The ALLOW policies in which a waypoint is missing. */
const decisivePolicies = view(waypointPolicyReads, (graph): ReadonlySet<Policy> => {
  const ambient = workloads(graph).all.filter((one) => membership(graph).modeOf(one) === 'ambient');
  const refusals = ambient.flatMap((one) =>
    waypointAdmissions(graph, one).filter(({ verdict }) => verdict === 'no'),
  );
  return new Set(refusals.map(({ decisive }) => decisive));
});

/** Whether it is worth asking whom a policy reaches: it may refuse a waypoint somewhere. */
export function mayRefuseWaypoints(graph: Judging, policy: Policy): boolean {
  if (!isSentToZtunnel(policy) || !mayReachAmbient(graph, policy)) return false;
  if (policy.spec.action !== 'DENY') return decisivePolicies(graph).has(policy);
  const sent = ztunnelPolicy(graph, policy);
  return (
    sent.state === 'sent' &&
    sent.rules.some((rule) => survives(rule) && rule.clauses.flat().some(isException))
  );
}

function decisiveOf(allowing: readonly Enforced[]): Policy | undefined {
  const weight = ({ policy, rules }: Enforced): number =>
    (rules.some(survives) ? 4 : rules.length > 0 ? 2 : 0) + (policy.spec.selector === undefined ? 0 : 1);
  const [first, ...others] = allowing;
  if (first === undefined) return undefined;
  return others.reduce((best, one) => (weight(one) > weight(best) ? one : best), first).policy;
}

/** Whether the waypoint is let in on any of the ports that its requests go to. */
function admission(workload: Workload, front: WaypointFront, allowing: readonly Enforced[]): Verdict {
  const ports = portsOf(workload, front);
  const admits = some(ports, (port) =>
    some(allowing, ({ policy, rules }) =>
      some(rules, (rule) => ruleMatches(rule, { peer: front.identity, port }, policy.namespace)),
    ),
  );
  if (admits !== 'no' || allowing.every(({ rules }) => rules.length === 0)) return admits;
  // Where nobody at all is let in on these ports, the waypoint is not what is missing.
  const isOpen = ports.some((port) =>
    allowing.some(({ policy, rules }) =>
      rules.some(
        (rule) => survives(rule) && isForPort(rule, { peer: front.identity, port }, policy.namespace),
      ),
    ),
  );
  return isOpen ? 'no' : 'unknown';
}

function isForPort({ clauses }: RuleTranslation, to: Connection, namespace: string): boolean {
  return clauses
    .filter((clause) => clause.every((entry) => !isAboutPeer(entry)))
    .every((clause) => some(clause, (entry) => entryMatches(entry, to, namespace)) !== 'no');
}

/** Whether a rule, whatever it says of peers, is about a port that requests of the waypoint go to. */
export function isForAnyPort(
  rule: RuleTranslation,
  workload: Workload,
  front: WaypointFront,
  namespace: string,
): boolean {
  return portsOf(workload, front).some((port) => isForPort(rule, { peer: front.identity, port }, namespace));
}

/** The ports of the containers to which requests of a waypoint go; undefined for one that is not known. */
function portsOf(workload: Workload, { services }: WaypointFront): readonly (number | undefined)[] {
  const ports = services.flatMap((service) => {
    const served = servedPorts(service);
    return served.length === 0 ? [undefined] : served.map((port) => containerPort(workload, port));
  });
  return ports.length === 0 ? [undefined] : [...new Set(ports)];
}

const positive: readonly L4Field[] = ['principals', 'namespaces', 'serviceAccounts', 'ipBlocks'];
const negative: readonly L4Field[] = ['notPrincipals', 'notNamespaces', 'notServiceAccounts', 'notIpBlocks'];

/** Whether an entry says something about who opens the connection. */
export function isAboutPeer({ match }: EntryTranslation): boolean {
  return [...positive, ...negative].some((field) => match[field] !== undefined);
}

/** An entry that denies all peers but those that it lists, and who is not among them. */
export interface UnlistedWaypoint {
  readonly front: WaypointFront;
  readonly entry: EntryTranslation;
  readonly rule: RuleTranslation;
}

/** The entries of a DENY policy that, whatever the port, also refuse a waypoint before the workload. */
export function unlistedWaypoints(graph: Judging, policy: Policy, workload: Workload): UnlistedWaypoint[] {
  const sent = ztunnelPolicy(graph, policy);
  if (sent.state === 'skipped' || sent.action === 'ALLOW') return [];
  return waypointFronts(graph, workload).flatMap((front) =>
    sent.rules.flatMap((rule) => {
      const entry = rule.clauses.flat().find(isException);
      const isForAll = every(portsOf(workload, front), (port) =>
        ruleMatches(rule, { peer: front.identity, port }, policy.namespace),
      );
      const isGuard = rule.clauses.flat().every((one) => !isAboutPeer(one) || isException(one));
      return entry !== undefined && isGuard && isForAll === 'yes' ? [{ front, entry, rule }] : [];
    }),
  );
}

/** Whether an entry says of peers only who is spared. */
export function isException({ match }: EntryTranslation): boolean {
  return (
    negative.some((field) => match[field] !== undefined) &&
    positive.every((field) => match[field] === undefined)
  );
}

/**
 * Whether the ztunnel before a workload keeps anybody out: by an ALLOW policy, by a DENY policy that spares some only, or
 * because istiod admits nobody but waypoints.
 */
export function isGuarded(graph: Judging, workload: Workload): boolean {
  const { ALLOW: allowing, DENY: denying } = enforcedAt(graph, workload);
  if (allowing.length > 0 || admitsWaypoints(graph)) return true;
  return denying.some(
    ({ policy, rules }) =>
      graph.changedBy(policy) !== undefined ||
      rules.some((rule) => survives(rule) && rule.clauses.flat().some(isException)),
  );
}

/** Nobody in particular: a peer that a rule can only mean when it means everybody. */
const anybody = { namespace: '\u0000', account: '\u0000' };

/** Whether an ALLOW policy at a workload lets everybody in, at least on some port or from some addresses. */
export function allowsAnybody(graph: Judging, workload: Workload): boolean {
  return enforcedAt(graph, workload).ALLOW.some(({ policy, rules }) =>
    rules.some((rule) => ruleMatches(rule, { peer: anybody }, policy.namespace) !== 'no'),
  );
}

/** Whether rules of the ALLOW policies at a workload are for peers that leave waypoints aside, as gateways do. */
export function admitsOthersDirectly(graph: Judging, workload: Workload): boolean {
  const { ALLOW: allowing } = enforcedAt(graph, workload);
  return allowing.some(({ policy, rules }) =>
    rules
      .filter(survives)
      .flatMap(({ clauses }) => clauses.flat())
      .some((entry) => peersOf(entry, policy.namespace).some((peer) => isDirect(graph, peer))),
  );
}

/** A peer that calls pods itself, or that may: it looks like a gateway, or its pods could not be read from a cluster. */
export function isDirect(graph: Judging, peer: NamedPeer): boolean {
  const through = callsThroughWaypoints(graph, peer);
  if (through !== undefined) return !through;
  const isHidden = graph.world === 'live' && !graph.isClosed(anyWorkload, peer.namespace);
  return isHidden || /gateway|ingress/.test(peer.account ?? peer.namespace);
}

export interface NamedPeer {
  readonly namespace: string;
  readonly account: string | undefined;
  /** As it is written. */
  readonly text: string;
  readonly field: 'principals' | 'namespaces' | 'serviceAccounts';
}

/** The peers that an entry names, or whose namespace it names; other patterns are left out. */
export function peersOf({ match }: EntryTranslation, policyNamespace: string): readonly NamedPeer[] {
  const found: NamedPeer[] = [];
  for (const text of match.principals ?? []) {
    const peer = peerOf(text) ?? namespaceOf(text);
    if (peer !== undefined) found.push({ ...peer, text, field: 'principals' });
  }
  for (const text of match.serviceAccounts ?? []) {
    const [first = '', second] = text.split('/', 2);
    const [namespace, account] = second === undefined ? [policyNamespace, first] : [first, second];
    found.push({ namespace, account, text, field: 'serviceAccounts' });
  }
  for (const text of match.namespaces ?? []) {
    if (!text.includes('*')) found.push({ namespace: text, account: undefined, text, field: 'namespaces' });
  }
  return found;
}

/** The namespace of `<trust domain>/ns/<namespace>/*`. */
function namespaceOf(principal: string): Pick<NamedPeer, 'namespace' | 'account'> | undefined {
  const namespace = /\/ns\/([^/*]+)\/(?:sa\/)?\*$/.exec(principal)?.[1];
  return namespace === undefined ? undefined : { namespace, account: undefined };
}

/** The AuthorizationPolicies that a waypoint applies to a Service, or to everything behind it. */
export function policiesAtWaypoint(graph: Judging, { gateway, services }: WaypointFront): readonly Policy[] {
  const points: EnforcementPoint[] =
    services.length === 0
      ? [{ type: 'waypoint', gateway }]
      : services.map((target) => ({ type: 'waypoint', gateway, target }));
  const all = points.flatMap((point) => authorizationPolicies(graph).at(point));
  return [...new Set(all)].filter((policy) => graph.coexist(policy, gateway));
}

/** Where an entry says whom it spares. */
export function exceptionsAt({ rule: { rule }, entry }: Pick<UnlistedWaypoint, 'rule' | 'entry'>): At {
  const field = negative.find((one) => entry.match[one] !== undefined) ?? 'notPrincipals';
  return fieldAt(rule, entry, field);
}

/** Where a field of an entry is written. */
export function fieldAt(rule: AuthorizationRule, { part, index }: EntryTranslation, field: string): At {
  const owner = part === 'from' ? rule.from?.[index]?.source : rule.when?.[index];
  const key = part === 'from' ? field : field.startsWith('not') ? 'notValues' : 'values';
  return { owner: owner ?? rule, key, part: 'value' };
}
