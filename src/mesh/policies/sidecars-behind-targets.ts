import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { PolicyTargetReference } from '../../model/kinds.gen.ts';
import { waypointReads, waypoints } from '../ambient/waypoints.ts';
import { membership } from '../membership/membership.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import {
  aimsAt,
  listTargetable,
  type TargetablePolicy,
  targetablePolicies,
  targetRefsOf,
} from './policies.ts';

/** A policy that a waypoint applies to a Service, while sidecars before its pods pass over it. */
export interface SidecarsBehindTarget {
  readonly policy: TargetablePolicy;
  readonly ref: PolicyTargetReference;
  readonly target: Resource<'Service' | 'ServiceEntry'>;
  readonly gateway: Resource<'KubernetesGateway'>;
  readonly sidecars: readonly Workload[];
  /** Whether pods in ambient mode are behind the same Service. */
  readonly isMixed: boolean;
}

const reads = { ...waypointReads, ...targetablePolicies.reads } as const;
type Judging = Graph<ReadKinds<typeof reads>>;

/**
 * Sidecars ignore every policy with targets, waypoint or not (`ShouldAttachPolicy` in
 * pilot/pkg/model/policyattachment.go). Those that another policy covers are left out.
 */
export const sidecarsBehindTargets = view(reads, (graph): readonly SidecarsBehindTarget[] => {
  const found: SidecarsBehindTarget[] = [];
  for (const policy of listTargetable(graph)) {
    if (graph.changedBy(policy) !== undefined) continue;
    for (const ref of targetRefsOf(policy)) {
      const judged = judge(graph, policy, ref);
      if (judged !== undefined) found.push(judged);
    }
  }
  return found;
});

function judge(
  graph: Judging,
  policy: TargetablePolicy,
  ref: PolicyTargetReference,
): SidecarsBehindTarget | undefined {
  const { namespace } = policy;
  const kind = (['Service', 'ServiceEntry'] as const).find((one) => aimsAt(ref, one));
  if (kind === undefined || ((ref.namespace ?? '') !== '' && ref.namespace !== namespace)) return undefined;
  const copies = graph.copies(kind, { namespace, name: ref.name ?? '' });
  const [target, ...others] = graph.nearest<Resource<'Service' | 'ServiceEntry'>>(policy, copies);
  // Where it is not clear which Service is meant, neither is who stands behind it.
  if (target === undefined || others.length > 0 || !graph.coexist(policy, target)) return undefined;
  const binding = waypoints(graph).waypointOf(target);
  if (binding.state !== 'bound') return undefined;
  const { modeOf } = membership(graph);
  const groups = byIdentity(workloadsOf(graph, target)).filter((all) =>
    all.every((workload) => graph.coexist(policy, workload.resource)),
  );
  const sidecars = groups
    .filter((all) => all.every((workload) => modeOf(workload) === 'sidecar'))
    .flatMap((all) => all.slice(0, 1))
    .filter((workload) => !isCovered(graph, policy, workload));
  if (sidecars.length === 0) return undefined;
  const isMixed = groups.some((all) => all.some((workload) => modeOf(workload) === 'ambient'));
  return { policy, ref, target, gateway: binding.gateway, sidecars, isMixed };
}

function workloadsOf(graph: Judging, target: Resource<'Service' | 'ServiceEntry'>): readonly Workload[] {
  if (isKind(target, 'Service')) return serviceWorkloads(graph).of(target);
  const labels = isKind(target, 'ServiceEntry') ? (target.spec.workloadSelector?.labels ?? {}) : {};
  return Object.keys(labels).length === 0 ? [] : workloads(graph).matching(labels, target.namespace);
}

function byIdentity(all: readonly Workload[]): readonly (readonly Workload[])[] {
  const groups = new Map<string, Workload[]>();
  for (const workload of all) pushTo(groups, `${workload.resource.kind} ${workload.resource.name}`, workload);
  return [...groups.values()];
}

/**
 * Whether the sidecar has a policy of its own that does the same: any of the kind, but for AuthorizationPolicies an
 * ALLOW policy (which refuses all that it does not list), or one of the same action and rules.
 */
function isCovered(graph: Judging, policy: TargetablePolicy, workload: Workload): boolean {
  return targetablePolicies(graph)
    [policy.kind].at({ type: 'proxy', workload })
    .some((other) => {
      if (targetRefsOf(other).length > 0 || !graph.coexist(other, policy)) return false;
      if (!isKind(other, 'AuthorizationPolicy') || !isKind(policy, 'AuthorizationPolicy')) return true;
      const { action = 'ALLOW', rules = [] } = other.spec;
      if (action !== (policy.spec.action ?? 'ALLOW')) return false;
      return action === 'ALLOW' || JSON.stringify(rules) === JSON.stringify(policy.spec.rules ?? []);
    });
}
