import type { Graph } from '../../graph/graph.ts';
import { complete, type Knowledge } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import type { At } from '../../model/paths.ts';
import { type AmbientWorkload, ambientReach } from './ambient-reach.ts';
import { entryMatches, every, type Peer, some, type Verdict } from './peer-match.ts';
import {
  fieldAt,
  isAboutPeer,
  isDirect,
  isForAnyPort,
  type NamedPeer,
  peersOf,
  policiesAtWaypoint,
  waypointPolicyReads,
} from './waypoint-admission.ts';
import { callsThroughWaypoints, type WaypointFront, waypointFronts } from './waypoint-identity.ts';
import {
  type EntryTranslation,
  type RuleTranslation,
  survives,
  translateRule,
  ztunnelPolicy,
} from './ztunnel.ts';

type Policy = Resource<'AuthorizationPolicy'>;
type Judging = Graph<ReadKinds<typeof waypointPolicyReads>>;

/** A DENY policy that names clients whose requests come from a waypoint, so that it does not match them. */
export interface HiddenClients {
  readonly policy: Policy;
  readonly at: At;
  /** As they are written. */
  readonly clients: readonly string[];
  /** Whether one of them is known to call through waypoints. */
  readonly isSure: boolean;
  readonly ambient: AmbientWorkload;
  readonly front: WaypointFront;
  /** Whether the policies of the waypoint that could refuse them are loaded. */
  readonly knowledge: Knowledge;
}

/** One place for each policy: its first entry that no longer matches whom it names. */
export const hiddenClients = view(waypointPolicyReads, (graph): readonly HiddenClients[] =>
  graph.list('AuthorizationPolicy').flatMap((policy) => {
    if (policy.spec.action !== 'DENY' || graph.changedBy(policy) !== undefined) return [];
    const sent = ztunnelPolicy(graph, policy);
    if (sent.state === 'skipped') return [];
    // What a waypoint should enforce anyhow is reported as that.
    if (sent.consequence !== undefined) return [];
    const rules = sent.rules.filter(survives);
    if (!rules.some((rule) => rule.clauses.flat().some(isAboutPeer))) return [];
    for (const ambient of ambientReach(graph).of(policy).behind) {
      for (const front of waypointFronts(graph, ambient.workload)) {
        const found = rules.map((rule) => judge(graph, policy, rule, ambient, front)).find((one) => one);
        if (found !== undefined) return [found];
      }
    }
    return [];
  }),
);

function judge(
  graph: Judging,
  policy: Policy,
  rule: RuleTranslation,
  ambient: AmbientWorkload,
  front: WaypointFront,
): HiddenClients | undefined {
  const { namespace } = policy;
  if (!isForAnyPort(rule, ambient.workload, front, namespace)) return undefined;
  for (const entry of rule.clauses.flat()) {
    if (entryMatches(entry, { peer: front.identity }, namespace) !== 'no') continue;
    const hidden = peersOf(entry, namespace).filter(
      (peer) => !isDirect(graph, peer) && !isRefused(graph, front, peer),
    );
    const [first] = hidden;
    if (first === undefined) continue;
    return {
      policy,
      at: fieldAt(rule.rule, entry, first.field),
      clients: hidden.map(({ text }) => text),
      isSure: hidden.some((peer) => callsThroughWaypoints(graph, peer) === true),
      ambient,
      front,
      knowledge: knowledgeOf(graph, policy, ambient, front),
    };
  }
  return undefined;
}

/** Whether the waypoint itself refuses the client: a DENY policy means it, or no ALLOW policy does. */
function isRefused(graph: Judging, front: WaypointFront, peer: NamedPeer): boolean {
  const there = policiesAtWaypoint(graph, front);
  if (there.some((policy) => graph.changedBy(policy) !== undefined)) return true;
  const means = (policy: Policy): boolean =>
    (policy.spec.rules ?? []).some((written, index) => {
      const rule = translateRule(written, index, 'DENY');
      return peerVerdict(rule, peer, policy.namespace, policy.spec.action === 'DENY') !== 'no';
    });
  const allowing = there.filter(({ spec: { action = 'ALLOW' } }) => action === 'ALLOW');
  if (allowing.length > 0 && !allowing.some(means)) return true;
  return there.some((policy) => policy.spec.action === 'DENY' && means(policy));
}

/**
 * Whether a rule at a waypoint, which reads HTTP, may mean a client. `byName`: only a rule that says something of
 * clients, or nothing of anything, does.
 */
function peerVerdict(rule: RuleTranslation, peer: Peer, namespace: string, byName: boolean): Verdict {
  const clauses = rule.clauses.filter((clause) => clause.some(saysWho));
  if (byName && clauses.length === 0 && rule.clauses.length > 0) return 'no';
  return every(clauses, (clause) =>
    some(clause, (entry) => (entry.fate === 'lost' ? 'unknown' : entryMatches(entry, { peer }, namespace))),
  );
}

function saysWho(entry: EntryTranslation): boolean {
  return entry.part === 'from' || isAboutPeer(entry);
}

function knowledgeOf(
  graph: Judging,
  policy: Policy,
  { workload }: AmbientWorkload,
  { gateway }: WaypointFront,
): Knowledge {
  for (const namespace of new Set([workload.namespace, gateway.namespace])) {
    const known = graph.known('AuthorizationPolicy', namespace, policy);
    if (!known.complete) return known;
  }
  return complete;
}
