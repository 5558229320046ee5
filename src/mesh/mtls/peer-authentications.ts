import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { compareText, pushTo } from '../../model/collections.ts';
import { type Labels, matchesLabels } from '../../model/labels.ts';
import { folderOf } from '../../model/layout.ts';
import { FLOATING } from '../../model/names.ts';
import { mayBeAlternative, relevantCopies } from '../conflicts/copies.ts';
import { membership, membershipReads } from '../membership/membership.ts';
import { type Workload, workloadReads, workloads } from '../workloads/workloads.ts';

export type PeerPolicy = Resource<'PeerAuthentication'>;

export interface PeerAuthentications {
  /** Those for a whole namespace (for the mesh, in the root namespace). */
  wide(namespace: string): readonly PeerPolicy[];
  /** Those of a namespace for chosen workloads; none from the root namespace, where a selector applies to nothing. */
  selecting(namespace: string): readonly PeerPolicy[];
  /** Namespaces that hold any. */
  readonly namespaces: readonly string[];
}

/** PeerAuthentications by what they are for (`addPeerAuthentication` in pilot/pkg/model/authentication.go). */
export const peerAuthentications = view({ PeerAuthentication: 'some' }, (graph): PeerAuthentications => {
  const wide = new Map<string, PeerPolicy[]>();
  const selecting = new Map<string, PeerPolicy[]>();
  const namespaces = new Set<string>();
  for (const policy of graph.list('PeerAuthentication')) {
    namespaces.add(policy.namespace);
    if (Object.keys(selectorOf(policy)).length === 0) pushTo(wide, policy.namespace, policy);
    else if (policy.namespace !== graph.mesh.rootNamespace) pushTo(selecting, policy.namespace, policy);
  }
  return {
    wide: (namespace) => wide.get(namespace) ?? [],
    selecting: (namespace) => selecting.get(namespace) ?? [],
    namespaces: [...namespaces],
  };
});

/** Labels that a policy selects workloads by; empty when it is for all. */
function selectorOf(policy: PeerPolicy): Labels {
  return policy.spec.selector?.matchLabels ?? {};
}

export function selectsWorkload(policy: PeerPolicy, workload: Workload): boolean {
  return matchesLabels(selectorOf(policy), workload.labels);
}

/**
 * Of policies that compete, those that may be the one that counts: the oldest, on a tie the first by name. Several
 * when nothing tells their age, as in files.
 */
export function possibleWinners(
  graph: Graph,
  policies: readonly PeerPolicy[],
  from: Resource,
): readonly PeerPolicy[] {
  if (policies.length < 2) return policies;
  const rivals = relevantCopies(graph, policies, from);
  const undated = rivals.filter((policy) => policy.metadata.creationTimestamp === undefined);
  const [oldest] = rivals.filter((policy) => !undated.includes(policy)).sort(byAge);
  return oldest === undefined ? undated : [oldest, ...undated];
}

function byAge(a: PeerPolicy, b: PeerPolicy): number {
  return (
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(a.name, b.name)
  );
}

/** A policy and those that claim the same workloads, of which only one counts. */
export interface Rivalry {
  readonly policy: PeerPolicy;
  readonly others: readonly PeerPolicy[];
  /** The one that counts, where it is known; never the policy itself. */
  readonly winner: PeerPolicy | undefined;
  /** A workload that several select; undefined for policies of a whole namespace. */
  readonly workload: Workload | undefined;
  /** Whether it makes no difference which of them counts. */
  readonly agree: boolean;
}

/** Policies for one and the same namespace (or the mesh), each with its rivals. */
export function* widePolicyRivals(graph: Graph<'PeerAuthentication'>): Iterable<Rivalry> {
  const policies = peerAuthentications(graph);
  for (const namespace of policies.namespaces) {
    const wide = policies.wide(namespace);
    if (wide.length < 2) continue;
    // A policy for all workloads has no ports of its own, so only the modes may differ.
    for (const policy of wide) yield* rivalry(graph, policy, wide, undefined, modeOf);
  }
}

export const overlapReads = { PeerAuthentication: 'some', ...membershipReads, ...workloadReads } as const;

/** Policies that select a workload that others select too, each with its rivals. */
export function* overlappingPolicies(graph: Graph<keyof typeof overlapReads>): Iterable<Rivalry> {
  const policies = peerAuthentications(graph);
  for (const namespace of policies.namespaces) {
    const selecting = policies.selecting(namespace);
    if (selecting.length < 2) continue;
    const claims = new Map<Workload, PeerPolicy[]>();
    for (const policy of selecting) {
      for (const workload of workloads(graph).matching(selectorOf(policy), namespace)) {
        if (graph.coexist(policy, workload.resource)) pushTo(claims, workload, policy);
      }
    }
    const reported = new Set<PeerPolicy>();
    for (const [workload, claimants] of claims) {
      if (claimants.length < 2 || membership(graph).modeOf(workload) === 'none') continue;
      for (const policy of claimants) {
        if (reported.has(policy)) continue;
        for (const found of rivalry(graph, policy, claimants, workload, settingsOf)) {
          reported.add(policy);
          yield found;
        }
      }
    }
  }
}

/** At most one: nothing when the policy has no rivals, or is known to win. */
function* rivalry(
  graph: Graph<'PeerAuthentication'>,
  policy: PeerPolicy,
  all: readonly PeerPolicy[],
  workload: Workload | undefined,
  meaningOf: (policy: PeerPolicy) => string,
): Iterable<Rivalry> {
  if (graph.changedBy(policy) !== undefined) return;
  const others = all.filter((other) => areRivals(graph, policy, other));
  if (others.length === 0) return;
  const [winner, ...more] = possibleWinners(graph, [policy, ...others], policy);
  const known = more.length === 0 ? winner : undefined;
  if (known === policy) return;
  const meaning = meaningOf(policy);
  const agree = others.every((other) => meaningOf(other) === meaning);
  yield { policy, others, winner: known, workload, agree };
}

function areRivals(graph: Graph<'PeerAuthentication'>, a: PeerPolicy, b: PeerPolicy): boolean {
  if (a.name === b.name || !graph.coexist(a, b) || graph.changedBy(b) !== undefined) return false;
  if (mayBeAlternative(graph, a, b) || mayBeAlternative(graph, b, a)) return false;
  // Without a namespace they only surely share one where they are applied together.
  return a.namespace !== FLOATING || folder(a) === folder(b);
}

function folder(policy: PeerPolicy): string {
  return folderOf(policy.origin.source.path);
}

function modeOf({ spec }: PeerPolicy): string {
  return spec.mtls?.mode ?? 'UNSET';
}

/** Mode and ports as one text, the same for policies that mean the same. */
function settingsOf(policy: PeerPolicy): string {
  const ports = Object.entries(policy.spec.portLevelMtls ?? {})
    .map(([port, { mode }]) => `${port}=${mode ?? 'UNSET'}`)
    .sort();
  return [modeOf(policy), ...ports].join(' ');
}
