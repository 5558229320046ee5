import type { Graph } from '../../graph/graph.ts';
import { incomplete, type Knowledge } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import { istiodEnvironment } from '../installation/istiod.ts';
import { membership } from '../membership/membership.ts';
import { authorizationPolicies, targetRefsOf } from '../policies/policies.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { isKind } from '../workloads/workload-sources.ts';
import type { Workload } from '../workloads/workloads.ts';
import { layersWaypointPolicies } from './ambient-reach.ts';
import { allowsAnybody, waypointAdmissions, waypointPolicyReads } from './waypoint-admission.ts';
import { waypoints } from './waypoints.ts';
import { isSentToZtunnel } from './ztunnel.ts';

type Policy = Resource<'AuthorizationPolicy'>;
type Target = Resource<'Service' | 'ServiceEntry'>;
type Waypoint = Resource<'KubernetesGateway'>;
type Judging = Graph<ReadKinds<typeof waypointPolicyReads>>;

/** A Service that a default-deny is meant to close, and that anybody can call through its waypoint. */
export interface OpenService {
  readonly target: Target;
  readonly gateway: Waypoint;
  /** Whether all AuthorizationPolicies are loaded that could close it at the waypoint. */
  readonly knowledge: Knowledge;
}

export interface IgnoredDefaultDeny {
  readonly policy: Policy;
  readonly open: readonly OpenService[];
}

/**
 * ALLOW policies without rules for a whole namespace or mesh, which waypoints do not apply: without an ALLOW policy of
 * its own a waypoint lets everybody through (`ShouldAttachPolicy` in pilot/pkg/model/policyattachment.go). Only where
 * what stands behind it then accepts what the waypoint sends.
 */
export const ignoredDefaultDenials = view(waypointPolicyReads, (graph): readonly IgnoredDefaultDeny[] => {
  const denials = new Map<string, Policy[]>();
  for (const policy of graph.list('AuthorizationPolicy'))
    if (isDefaultDeny(policy) && graph.changedBy(policy) === undefined)
      pushTo(denials, policy.namespace, policy);
  if (denials.size === 0 || layersWaypointPolicies(istiodEnvironment(graph))) return [];
  const found = new Map<Policy, OpenService[]>();
  for (const target of [...graph.list('Service'), ...graph.list('ServiceEntry')]) {
    const own = denials.get(target.namespace) ?? [];
    const all = [...own, ...(denials.get(graph.mesh.rootNamespace) ?? [])];
    // One that stands nearer to the Service is the one to look at.
    const policy = all.find((one) => graph.coexist(one, target));
    if (policy === undefined) continue;
    const binding = waypoints(graph).waypointOf(target);
    if (binding.state !== 'bound' || !graph.coexist(policy, binding.gateway)) continue;
    const { gateway } = binding;
    if (isRestricted(graph, gateway, target) || !isOpenBehind(graph, gateway, target)) continue;
    const open = { target, gateway, knowledge: knowledgeOf(graph, policy, gateway, target) };
    ensure(found, policy, () => []).push(open);
  }
  return [...found].map(([policy, open]) => ({ policy, open }));
});

function isDefaultDeny(policy: Policy): boolean {
  const { action = 'ALLOW', rules = [], selector } = policy.spec;
  const isBare = targetRefsOf(policy).length === 0 && selector === undefined && rules.length === 0;
  return isBare && action === 'ALLOW' && isSentToZtunnel(policy);
}

/** Whether a policy at the waypoint says who may call: any ALLOW or CUSTOM one, or one that denies all but some. */
function isRestricted(graph: Judging, gateway: Waypoint, target: Target): boolean {
  return authorizationPolicies(graph)
    .at({ type: 'waypoint', gateway, target })
    .some(({ spec: { action = 'ALLOW', rules = [] } }) => {
      if (action === 'AUDIT') return false;
      if (action !== 'DENY') return true;
      const sources = rules.flatMap(({ from = [] }) => from.map(({ source = {} }) => source));
      const conditions = rules.flatMap(({ when = [] }) => when);
      const spares = (key: string): boolean => key.startsWith('not');
      return [...sources, ...conditions].some((one) => Object.keys(one).some(spares));
    });
}

/** Whether what the waypoint sends on gets there: to pods that admit it, or to where no proxy of the mesh is. */
function isOpenBehind(graph: Judging, gateway: Waypoint, target: Target): boolean {
  if (isKind(target, 'ServiceEntry')) {
    const { workloadSelector, location } = target.spec;
    return workloadSelector === undefined && location !== 'MESH_INTERNAL';
  }
  if (!isKind(target, 'Service')) return false;
  const all = serviceWorkloads(graph).of(target);
  return all.length > 0 && all.every((workload) => letsIn(graph, gateway, workload));
}

function letsIn(graph: Judging, gateway: Waypoint, workload: Workload): boolean {
  if (membership(graph).modeOf(workload) !== 'ambient') return false;
  const admits = waypointAdmissions(graph, workload).some(
    ({ front, verdict }) => front.gateway === gateway && verdict === 'yes',
  );
  // Who is open to all is meant to be.
  return admits && !allowsAnybody(graph, workload);
}

function knowledgeOf(graph: Judging, policy: Policy, gateway: Waypoint, target: Target): Knowledge {
  const places = new Set([target.namespace, gateway.namespace, graph.mesh.rootNamespace]);
  for (const namespace of places) {
    const known = graph.known('AuthorizationPolicy', namespace, policy);
    if (!known.complete) return incomplete(known.why);
  }
  return { complete: true };
}
