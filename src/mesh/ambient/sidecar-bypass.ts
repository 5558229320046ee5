import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import type { ReadKinds } from '../../graph/view.ts';
import { compareText } from '../../model/collections.ts';
import { FLOATING, showRef } from '../../model/names.ts';
import type { At } from '../../model/paths.ts';
import { visibleIn } from '../hosts/visibility.ts';
import { isBefore } from '../installation/releases.ts';
import { membership } from '../membership/membership.ts';
import { sidecarNamespaces } from '../membership/sidecar-namespaces.ts';
import { networkPolicies } from '../policies/network-policies.ts';
import { type EnforcementPoint, policyReach, targetRefsOf } from '../policies/policies.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { type AccessPolicy, bypassReads, openWorkloads, protects } from './bypassable-workloads.ts';
import { type Peer, ruleMatches } from './peer-match.ts';
import { audienceOf, type NamedClient } from './policy-audience.ts';
import { enforcedAt, isAboutPeer } from './waypoint-admission.ts';
import { hasSidecarsOnly } from './waypoint-identity.ts';
import type { Bindable } from './waypoint-labels.ts';
import { waypoints } from './waypoints.ts';

export const sidecarBypassReads = {
  ...bypassReads,
  ...networkPolicies.reads,
  ...sidecarNamespaces.reads,
} as const;
type Judging = Graph<ReadKinds<typeof sidecarBypassReads>>;
type Waypoint = Resource<'KubernetesGateway'>;

/** A policy at a waypoint that makes demands of clients whose sidecars go past the waypoint. */
export interface SidecarBypass {
  readonly policy: AccessPolicy;
  readonly gateway: Waypoint;
  readonly at: At;
  /** `denied`: a DENY policy names them; `named`: another one does; `open`: it is for everybody. */
  readonly how: 'denied' | 'named' | 'open';
  /** As the policy names them; empty where it is for everybody. */
  readonly clients: readonly string[];
  /** Where they are, where it is for everybody. */
  readonly sidecars: readonly Workload[];
  /** The policy that would keep them from the pods. */
  readonly lookup: Lookup<unknown>;
}

/**
 * Sidecars choose pods by themselves and call them directly; only gateways can be told to call waypoints
 * (`findServiceWaypoint` in pilot/pkg/xds/endpoints/endpoint_builder.go). Up to 1.21 they did call the waypoints of
 * workloads. Every DENY policy that names such clients; otherwise one policy for each waypoint. Whether clients that no
 * policy names call at all is not known, so those for everybody are left out unless they are wanted.
 */
export function sidecarBypasses(graph: Judging, wanted: { open: boolean }): readonly SidecarBypass[] {
  if (isBefore(graph, '1.22')) return [];
  const denied: SidecarBypass[] = [];
  const byWaypoint = new Map<Waypoint, SidecarBypass>();
  for (const policy of [...graph.list('AuthorizationPolicy'), ...graph.list('RequestAuthentication')]) {
    if (!protects(policy) || graph.changedBy(policy) !== undefined) continue;
    const found = judge(graph, policy, wanted.open);
    if (found === undefined) continue;
    const known = byWaypoint.get(found.gateway);
    if (found.how === 'denied') denied.push(found);
    if (known === undefined || weight(found) > weight(known)) byWaypoint.set(found.gateway, found);
  }
  const others = [...byWaypoint.values()].filter(({ how }) => how !== 'denied');
  return [...denied, ...others];
}

function weight({ how }: SidecarBypass): number {
  return how === 'denied' ? 2 : how === 'named' ? 1 : 0;
}

function judge(graph: Judging, policy: AccessPolicy, withOpen: boolean): SidecarBypass | undefined {
  const audience = isKind(policy, 'AuthorizationPolicy') ? audienceOf(policy) : forEverybody(policy);
  const { named } = audience;
  const everybody = withOpen ? audience.everybody : undefined;
  const meant = named.filter((client) => hasSidecarsOnly(graph, client));
  if (meant.length === 0 && everybody === undefined) return undefined;
  for (const point of policyReach(graph).pointsOf(policy)) {
    if (point.type !== 'waypoint' || !graph.coexist(policy, point.gateway)) continue;
    const ways = waysPast(graph, policy, point);
    if (ways.length === 0) continue;
    const { gateway } = point;
    const lookup = guardOf(graph, policy, gateway, ways);
    const clients = meant.filter((client) => ways.some((way) => leadsFor(graph, way, client)));
    const [client] = clients;
    if (client !== undefined) {
      const how = isKind(policy, 'AuthorizationPolicy') && policy.spec.action === 'DENY' ? 'denied' : 'named';
      return { policy, gateway, at: client.at, how, clients: textsOf(clients), sidecars: [], lookup };
    }
    if (everybody === undefined) continue;
    const sidecars = sidecarsBeside(graph, policy).filter(({ namespace }) => {
      const peer = { namespace, account: undefined };
      if (everybody.spared.has(namespace)) return false;
      return ways.some((way) => isSeen(graph, way.object, namespace) && leadsFor(graph, way, peer));
    });
    if (sidecars.length === 0) continue;
    const [ref] = targetRefsOf(policy);
    const at: At = { owner: ref ?? policy.spec, key: ref === undefined ? undefined : 'name', part: 'value' };
    return { policy, gateway, at, how: 'open', clients: [], sidecars, lookup };
  }
  return undefined;
}

function textsOf(clients: readonly NamedClient[]): readonly string[] {
  return [...new Set(clients.map(({ text }) => text))];
}

function forEverybody({ spec }: Resource<'RequestAuthentication'>): ReturnType<typeof audienceOf> {
  const isBare = (spec.jwtRules ?? []).length === 0;
  return { named: [], everybody: isBare ? undefined : { spared: new Set() } };
}

/** What can be called past a waypoint. */
interface WayPast {
  readonly object: Bindable;
  /** The pods that keep nobody out; none for what is outside of the mesh. */
  readonly workloads: readonly Workload[];
}

function waysPast(
  graph: Judging,
  policy: AccessPolicy,
  { gateway, target }: Extract<EnforcementPoint, { type: 'waypoint' }>,
): readonly WayPast[] {
  const objects: readonly Bindable[] = target === undefined ? waypoints(graph).boundTo(gateway) : [target];
  return objects.flatMap((object): readonly WayPast[] => {
    // Nothing stands before what is outside of the mesh, unless it means pods.
    if (isEntry(object)) {
      const isOutside = object.spec.workloadSelector === undefined && graph.coexist(policy, object);
      return isOutside ? [{ object, workloads: [] }] : [];
    }
    const open = openWorkloads(graph, policy, [object]).filter(
      (one) => networkPolicies(graph).isolationOf(one, 'ingress') === undefined,
    );
    return open.length === 0 ? [] : [{ object, workloads: open }];
  });
}

/** Whether a DENY policy that ztunnel enforces at a workload is about a peer, or may be. */
function mayDeny(graph: Judging, workload: Workload, peer: Peer): boolean {
  return enforcedAt(graph, workload).DENY.some(({ policy: { namespace }, rules }) =>
    rules
      .filter(({ clauses }) => clauses.flat().some(isAboutPeer))
      .some((rule) => ruleMatches(rule, { peer }, namespace) !== 'no'),
  );
}

/** Whether no DENY policy at the pods is about these clients. */
function leadsFor(graph: Judging, { workloads: pods }: WayPast, peer: Peer): boolean {
  return pods.length === 0 || pods.some((pod) => !mayDeny(graph, pod, peer));
}

function isSeen(graph: Judging, object: Bindable, namespace: string): boolean {
  if (isEntry(object)) return visibleIn(graph, object, namespace);
  return 'resource' in object || !isKind(object, 'Service') || visibleIn(graph, object, namespace);
}

function isEntry(object: Bindable): object is Resource<'ServiceEntry'> {
  return !('resource' in object) && isKind(object, 'ServiceEntry');
}

/** Looks for what would keep sidecars from the pods: an AuthorizationPolicy beside them. */
function guardOf(
  graph: Judging,
  policy: AccessPolicy,
  gateway: Waypoint,
  ways: readonly WayPast[],
): Lookup<unknown> {
  const pods = ways.flatMap((way) => way.workloads);
  const asked = [...pods.map(({ namespace }) => namespace), policy.namespace];
  const unsure = asked.find((space) => !graph.known('AuthorizationPolicy', space, policy).complete);
  const knowledge = graph.known('AuthorizationPolicy', unsure ?? policy.namespace, policy);
  return graph.missing(
    { what: 'AuthorizationPolicy for pods behind', name: showRef(gateway), knowledge },
    policy,
  );
}

/** For each namespace with sidecars a workload that has one and may belong to the same mesh as the policy. */
function sidecarsBeside(graph: Judging, policy: AccessPolicy): readonly Workload[] {
  const { modeOf } = membership(graph);
  return [...sidecarNamespaces(graph).certain]
    .filter((namespace) => namespace !== FLOATING)
    .sort(compareText)
    .flatMap((namespace) => {
      const isMeant = (one: Workload): boolean =>
        modeOf(one) === 'sidecar' && graph.coexist(policy, one.resource);
      return workloads(graph).in(namespace).find(isMeant) ?? [];
    });
}
