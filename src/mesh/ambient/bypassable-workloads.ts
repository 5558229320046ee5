import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import { membership } from '../membership/membership.ts';
import { type EnforcementPoint, policyReach, targetRefsOf } from '../policies/policies.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { isKind } from '../workloads/workload-sources.ts';
import type { Workload } from '../workloads/workloads.ts';
import { isGuarded, waypointPolicyReads } from './waypoint-admission.ts';
import type { Bindable } from './waypoint-labels.ts';
import { waypoints } from './waypoints.ts';
import { isDryRun } from './ztunnel.ts';

export const bypassReads = { ...waypointPolicyReads, RequestAuthentication: 'some' } as const;
type Judging = Graph<ReadKinds<typeof bypassReads>>;
export type AccessPolicy = Resource<'AuthorizationPolicy'> | Resource<'RequestAuthentication'>;

/** A policy that only a waypoint enforces, and pods behind it that anybody can call directly. */
export interface BypassableWorkloads {
  readonly policy: AccessPolicy;
  readonly gateway: Resource<'KubernetesGateway'>;
  readonly workloads: readonly Workload[];
}

/** Requests to the address of a pod go past the waypoint of its Service; only the ztunnel of the pod can refuse them. */
export const bypassableWorkloads = view(bypassReads, (graph): readonly BypassableWorkloads[] =>
  [...graph.list('AuthorizationPolicy'), ...graph.list('RequestAuthentication')].flatMap((policy) => {
    if (!protects(policy) || graph.changedBy(policy) !== undefined) return [];
    const found = new Set<Workload>();
    let gateway: Resource<'KubernetesGateway'> | undefined;
    for (const point of policyReach(graph).pointsOf(policy)) {
      if (point.type !== 'waypoint') continue;
      for (const workload of exposedAt(graph, policy, point)) {
        gateway ??= point.gateway;
        found.add(workload);
      }
    }
    return gateway === undefined ? [] : [{ policy, gateway, workloads: [...found] }];
  }),
);

/** Whether the policy has targets and refuses anybody anything. */
export function protects(policy: AccessPolicy): boolean {
  if (targetRefsOf(policy).length === 0) return false;
  if (!isKind(policy, 'AuthorizationPolicy')) return true;
  return policy.spec.action !== 'AUDIT' && !isDryRun(policy);
}

function exposedAt(
  graph: Judging,
  policy: AccessPolicy,
  { gateway, target }: Extract<EnforcementPoint, { type: 'waypoint' }>,
): readonly Workload[] {
  const objects: readonly Bindable[] = target === undefined ? waypoints(graph).boundTo(gateway) : [target];
  return openWorkloads(graph, policy, objects);
}

/** The ambient workloads behind these whose ztunnel keeps nobody out. */
export function openWorkloads(
  graph: Judging,
  policy: AccessPolicy,
  objects: readonly Bindable[],
): readonly Workload[] {
  const copies = new Map<string, Workload[]>();
  for (const workload of objects.flatMap((object) => workloadsOf(graph, object))) {
    const { kind, namespace, name } = workload.resource;
    if (graph.coexist(policy, workload.resource)) pushTo(copies, `${kind} ${namespace}/${name}`, workload);
  }
  // Of several copies that may be meant, one that is well is enough.
  const { modeOf } = membership(graph);
  return [...copies.values()]
    .filter((all) => all.every((one) => modeOf(one) === 'ambient' && !isGuarded(graph, one)))
    .flatMap((all) => all.slice(0, 1));
}

function workloadsOf(graph: Judging, object: Bindable): readonly Workload[] {
  if ('resource' in object) return [object];
  return isKind(object, 'Service') ? serviceWorkloads(graph).of(object) : [];
}
