import type { Graph } from '../../graph/graph.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { showList, showRef } from '../../model/names.ts';
import {
  type AmbientWorkload,
  ambientReach,
  consequenceAt,
  hasL7Content,
  hasStandIn,
  layersWaypointPolicies,
} from '../ambient/ambient-reach.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { decisiveFields, type L7Consequence, lostParts, ztunnelPolicy } from '../ambient/ztunnel.ts';
import { istiodEnvironment } from '../installation/istiod.ts';
import { membership } from '../membership/membership.ts';
import { isKind } from '../workloads/workload-sources.ts';
import type { Workload } from '../workloads/workloads.ts';
import {
  listTargetable,
  policyReach,
  selectorLabels,
  type TargetablePolicy,
  targetablePolicies,
  targetRefsOf,
} from './policies.ts';

/** A policy without `targetRefs` that a waypoint would have to apply, and what comes of it. */
export interface SelectorAtWaypoint {
  readonly policy: TargetablePolicy;
  /** What ztunnel makes of it; `ignored`: nothing; `waypoint-pods`: it selects nothing but waypoints. */
  readonly verdict: L7Consequence | 'ignored' | 'waypoint-pods';
  readonly waypoint: string;
  /** What `targetRefs` should name, in words. */
  readonly target: string;
  readonly workloads: readonly Workload[];
  /** HTTP fields, and parts of an AuthorizationPolicy, that are lost. */
  readonly fields: readonly string[];
  readonly parts: readonly string[];
}

const reads = { ...istiodEnvironment.reads, ...waypointReads, ...targetablePolicies.reads } as const;
type Judging = Graph<ReadKinds<typeof reads>>;

/**
 * Policies that only a waypoint could apply, and that it will not: waypoints never use selectors
 * (`ShouldAttachPolicy` in pilot/pkg/model/policyattachment.go).
 */
export const selectorsAtWaypoints = view(reads, (graph): readonly SelectorAtWaypoint[] => {
  const isLayered = layersWaypointPolicies(istiodEnvironment(graph));
  const found: SelectorAtWaypoint[] = [];
  for (const policy of listTargetable(graph)) {
    if (targetRefsOf(policy).length > 0 || graph.changedBy(policy) !== undefined) continue;
    const pods = waypointPods(graph, policy);
    if (pods.length === 0) {
      const judged = judge(graph, policy);
      if (judged !== undefined) found.push(judged);
    } else if (!isLayered || hasL7Content(graph, policy) || !isKind(policy, 'AuthorizationPolicy')) {
      const waypoint = showList(pods.map(({ resource }) => showRef(resource)));
      const target = `Gateway ${showList(pods.map(({ resource }) => resource.name))}`;
      found.push({
        policy,
        verdict: 'waypoint-pods',
        waypoint,
        target,
        workloads: pods,
        fields: [],
        parts: [],
      });
    }
  }
  return found;
});

/** The pods of waypoints that the labels of a policy select; none when they select anything else too. */
function waypointPods(graph: Judging, policy: TargetablePolicy): readonly Workload[] {
  if (Object.keys(selectorLabels(policy)).length === 0) return [];
  const selected = policyReach(graph).selected(policy);
  const members = membership(graph);
  return selected.every((workload) => members.modeOf(workload) === 'waypoint') ? selected : [];
}

function judge(graph: Judging, policy: TargetablePolicy): SelectorAtWaypoint | undefined {
  // For a whole namespace or mesh, Telemetry is the one kind that waypoints do take.
  if (policy.kind === 'Telemetry' && Object.keys(selectorLabels(policy)).length === 0) return undefined;
  const { exposed, behind } = ambientReach(graph).of(policy);
  if (behind.length === 0 || !hasL7Content(graph, policy)) return undefined;
  const sent = isKind(policy, 'AuthorizationPolicy') ? ztunnelPolicy(graph, policy) : undefined;
  // Where some workloads have no waypoint at all, that is the problem to solve first (IST1020).
  if (sent !== undefined && (exposed.length > 0 || sent.state === 'skipped')) return undefined;
  const consequence = sent?.state === 'sent' ? sent.consequence : undefined;
  const open = doesHarm(consequence) ? behind : behind.filter((one) => !hasStandIn(graph, policy, one));
  const [first] = open;
  if (first === undefined) return undefined;
  const common = {
    policy,
    waypoint: waypointName(first),
    target: targetFor(graph, policy, open),
    workloads: open.map(({ workload }) => workload),
  };
  if (sent?.state !== 'sent' || consequence === undefined || !isKind(policy, 'AuthorizationPolicy'))
    return { ...common, verdict: 'ignored', fields: [], parts: [] };
  return {
    ...common,
    verdict: consequenceAt(graph, policy, consequence, open),
    fields: [...new Set(decisiveFields(sent).map(({ name }) => name))],
    parts: lostParts(sent),
  };
}

/** Whether ztunnel refuses what should pass, so that another policy at the waypoint makes up for nothing. */
function doesHarm(consequence: L7Consequence | undefined): boolean {
  return consequence !== undefined && consequence !== 'denies-nothing' && consequence !== 'denies-less';
}

function waypointName({ waypoint }: AmbientWorkload): string {
  if (waypoint.state === 'bound') return showRef(waypoint.gateway);
  if (waypoint.state === 'none' || waypoint.wanted === undefined) return waypoint.label?.value ?? '';
  return showRef(waypoint.wanted);
}

/** References never leave the namespace of the policy, save for the class of all waypoints. */
function targetFor(graph: Judging, policy: TargetablePolicy, open: readonly AmbientWorkload[]): string {
  if (policy.namespace === graph.mesh.rootNamespace) return 'GatewayClass istio-waypoint';
  const services = new Set(open.flatMap(({ services }) => services));
  const [only, ...others] = [...services].map(({ kind, name }) => `${kind} ${name}`);
  return only === undefined || others.length > 0 ? 'the Services before these workloads' : only;
}
