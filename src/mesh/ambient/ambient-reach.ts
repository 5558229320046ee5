import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';
import { isSwitchedOn } from '../installation/istiod.ts';
import { ambientNamespaces } from '../membership/ambient-namespaces.ts';
import { membership } from '../membership/membership.ts';
import {
  authorizationPolicies,
  type EnforcementPoint,
  hasBareSelector,
  policyReach,
  type TargetableKind,
  type TargetablePolicy,
  targetablePolicies,
} from '../policies/policies.ts';
import { isKind } from '../workloads/workload-sources.ts';
import type { Workload } from '../workloads/workloads.ts';
import { type WaypointBinding, waypointReads, waypoints } from './waypoints.ts';
import { type L7Consequence, survives, ztunnelPolicy } from './ztunnel.ts';

/** An ambient workload and what stands before it. */
export interface AmbientWorkload {
  readonly workload: Workload;
  readonly waypoint: WaypointBinding;
  /** Services and ServiceEntries that select it. */
  readonly services: readonly Resource<'Service' | 'ServiceEntry'>[];
}

/** The ambient workloads that a policy without `targetRefs` selects; those that nothing is known of are in neither list. */
export interface AmbientReach {
  /** Without a waypoint, or with a label that leads to none. */
  readonly exposed: readonly AmbientWorkload[];
  /** Behind a waypoint, or labelled for one that is not loaded. */
  readonly behind: readonly AmbientWorkload[];
}

export interface PolicyReachInAmbient {
  of(policy: TargetablePolicy): AmbientReach;
  /** All ambient workloads that scope and labels mean, behind a waypoint or not, also for a bare `selector: {}`. */
  covered(policy: TargetablePolicy): readonly AmbientWorkload[];
}

/** Who is ambient among those that a policy selects, and whether something reads HTTP before them. */
export const ambientReach = view(waypointReads, (graph): PolicyReachInAmbient => {
  const reach = policyReach(graph);
  const members = membership(graph);
  const front = waypoints(graph);
  const known = new Map<TargetablePolicy, AmbientReach>();
  const scopes = new Map<TargetablePolicy, readonly (readonly AmbientWorkload[])[]>();
  const standings = new Map<Workload, AmbientWorkload>();

  const standing = (workload: Workload): AmbientWorkload =>
    graph.keep(standings, workload, () => ({
      workload,
      waypoint: front.before(workload),
      services: front.servicesOf(workload),
    }));

  /** Of several copies that may be meant, one that is not ambient is enough to be silent about all. */
  const inScope = (policy: TargetablePolicy): readonly (readonly AmbientWorkload[])[] =>
    graph.keep(scopes, policy, () =>
      [...byIdentity(mayReachAmbient(graph, policy) ? reach.selected(policy) : [])]
        .filter((copies) => copies.every((workload) => members.modeOf(workload) === 'ambient'))
        .map((copies) => copies.map(standing)),
    );

  function sort(policy: TargetablePolicy): AmbientReach {
    // Only AuthorizationPolicies come to ztunnel, and only there a bare selector selects nothing.
    if (policy.kind === 'AuthorizationPolicy' && hasBareSelector(policy)) return { exposed: [], behind: [] };
    const exposed: AmbientWorkload[] = [];
    const behind: AmbientWorkload[] = [];
    for (const all of inScope(policy)) {
      if (all.every(({ waypoint }) => isMissing(waypoint))) exposed.push(...all.slice(0, 1));
      else if (all.every(({ waypoint }) => isMeant(waypoint))) behind.push(...all.slice(0, 1));
    }
    return { exposed, behind };
  }
  return {
    of: (policy) => graph.keep(known, policy, () => sort(policy)),
    covered: (policy) => inScope(policy).flatMap((copies) => copies.slice(0, 1)),
  };
});

/** A first, cheap answer to whether a policy may select anything in ambient mode. */
export function mayReachAmbient(
  graph: Graph<ReadKinds<typeof waypointReads>>,
  { namespace }: TargetablePolicy,
): boolean {
  const homes = ambientNamespaces(graph);
  return namespace === graph.mesh.rootNamespace ? homes.size > 0 : homes.has(namespace);
}

function isMissing(waypoint: WaypointBinding): boolean {
  return waypoint.state === 'none' || (waypoint.state === 'error' && waypoint.fault !== 'not-ready');
}

function isMeant(waypoint: WaypointBinding): boolean {
  return !isMissing(waypoint) && waypoint.label !== undefined;
}

function byIdentity(all: readonly Workload[]): Iterable<readonly Workload[]> {
  const groups = new Map<string, Workload[]>();
  for (const workload of all) {
    const { kind, namespace, name } = workload.resource;
    ensure(groups, `${kind} ${namespace}/${name}`, () => []).push(workload);
  }
  return groups.values();
}

/**
 * What the loss of HTTP fields comes to at these workloads: an ALLOW policy that lost every rule still denies only
 * where no other ALLOW policy lets something through.
 */
export function consequenceAt(
  graph: Graph<'AuthorizationPolicy'>,
  policy: Resource<'AuthorizationPolicy'>,
  consequence: L7Consequence,
  at: readonly AmbientWorkload[],
): L7Consequence {
  if (consequence !== 'admits-nothing') return consequence;
  const policies = authorizationPolicies(graph);
  const isAdmitted = ({ workload }: AmbientWorkload): boolean =>
    policies.at({ type: 'ztunnel', workload }).some((other) => {
      if (other === policy || !graph.coexist(other, policy)) return false;
      const sent = ztunnelPolicy(graph, other);
      return sent.state === 'sent' && sent.action === 'ALLOW' && sent.rules.some(survives);
    });
  return at.every(isAdmitted) ? 'admits-less' : consequence;
}

/**
 * Whether the waypoint before the workload applies another policy that stands in for this one: of the same kind, and
 * for AuthorizationPolicies with the same action and rules.
 */
export function hasStandIn(
  graph: Graph<TargetableKind>,
  policy: TargetablePolicy,
  { waypoint, services }: AmbientWorkload,
): boolean {
  if (waypoint.state !== 'bound') return false;
  const { gateway } = waypoint;
  const points: EnforcementPoint[] = services.map((target) => ({ type: 'waypoint', gateway, target }));
  const all = targetablePolicies(graph)[policy.kind];
  return (points.length > 0 ? points : [{ type: 'waypoint', gateway } as const]).every((point) =>
    all.at(point).some((other) => graph.coexist(other, policy) && saysTheSame(other, policy)),
  );
}

function saysTheSame(other: TargetablePolicy, policy: TargetablePolicy): boolean {
  if (!isKind(other, 'AuthorizationPolicy') || !isKind(policy, 'AuthorizationPolicy')) return true;
  const said = [other, policy].map(({ spec }) => JSON.stringify([spec.action ?? 'ALLOW', spec.rules ?? []]));
  return said[0] === said[1];
}

/** Whether a policy is about HTTP, so that ztunnel cannot enforce it as written. */
export function hasL7Content(graph: Graph<TargetableKind>, policy: TargetablePolicy): boolean {
  if (isKind(policy, 'AuthorizationPolicy')) {
    const sent = ztunnelPolicy(graph, policy);
    return sent.state === 'sent' && sent.consequence !== undefined;
  }
  if (isKind(policy, 'RequestAuthentication')) return (policy.spec.jwtRules ?? []).length > 0;
  if (!isKind(policy, 'Telemetry')) return true;
  const { tracing, accessLogging, metrics } = policy.spec;
  const lists = [tracing, accessLogging, ...(metrics ?? []).map(({ overrides }) => overrides)];
  return lists.some((list) => (list ?? []).length > 0);
}

/** Whether istiod is known to make waypoints enforce what ztunnel could enforce of selector policies; off by default. */
export function layersWaypointPolicies(environment: ReadonlyMap<string, string>): boolean {
  return isSwitchedOn(environment, 'ENABLE_LAYERED_WAYPOINT_AUTHORIZATION_POLICIES', false);
}
