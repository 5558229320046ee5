import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { type MeshMode, membership } from '../membership/membership.ts';
import {
  listTargetable,
  policyReach,
  selectorLabels,
  type TargetableKind,
  type TargetablePolicy,
  targetablePolicies,
  targetRefsOf,
} from '../policies/policies.ts';
import { type AmbientWorkload, ambientReach, hasL7Content } from './ambient-reach.ts';
import { waypointReads } from './waypoints.ts';

/** Kinds of which ztunnel is sent nothing at all. */
type UnreadKind = Exclude<TargetableKind, 'AuthorizationPolicy'>;

/** A policy that nothing reads on behalf of ambient workloads, as no waypoint stands before them. */
export interface UnreadPolicy {
  readonly policy: { [K in UnreadKind]: Resource<K> }[UnreadKind];
  readonly exposed: readonly AmbientWorkload[];
  /** Whether a sidecar or a gateway in its scope applies it, or may. */
  readonly isReadElsewhere: boolean;
  /** Whether it is for everything in its scope. */
  readonly isWide: boolean;
}

/** Who applies policies by selector, or may. */
const readers: ReadonlySet<MeshMode> = new Set(['sidecar', 'gateway', 'unknown']);

const reads = { ...waypointReads, ...targetablePolicies.reads } as const;

/**
 * Policies about HTTP without `targetRefs` that select ambient workloads without a waypoint. ztunnel only receives
 * AuthorizationPolicies and what PeerAuthentications come to: `PolicyCollections` in
 * pilot/pkg/serviceregistry/ambient/policies.go.
 */
export const unreadPolicies = view(reads, (graph): readonly UnreadPolicy[] => {
  const members = membership(graph);
  const reach = ambientReach(graph);
  const found: UnreadPolicy[] = [];
  for (const policy of listTargetable(graph)) {
    if (!isUnread(policy) || targetRefsOf(policy).length > 0 || graph.changedBy(policy) !== undefined)
      continue;
    if (!hasL7Content(graph, policy)) continue;
    const isWide = Object.keys(selectorLabels(policy)).length === 0;
    const isMeshWide = isWide && policy.namespace === graph.mesh.rootNamespace;
    // One for the whole mesh is judged by what is surely applied together with it.
    const exposed = reach
      .of(policy)
      .exposed.filter(
        ({ workload }) => !isMeshWide || graph.nearness(policy, workload.resource) === 'together',
      );
    if (exposed.length === 0) continue;
    const isReadElsewhere =
      // Gateways anywhere take it, also those that are not among these files.
      isMeshWide ||
      policyReach(graph)
        .selected(policy)
        .some((workload) => readers.has(members.modeOf(workload)));
    found.push({ policy, exposed, isReadElsewhere, isWide });
  }
  return found;
});

function isUnread(policy: TargetablePolicy): policy is UnreadPolicy['policy'] {
  return policy.kind !== 'AuthorizationPolicy';
}
