import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { TrafficPolicy } from '../../model/kinds.gen.ts';
import { showRef } from '../../model/names.ts';
import type { At } from '../../model/paths.ts';
import { expandHost, isWildcard } from '../hosts/hosts.ts';
import { type HostTarget, hostRegistry } from '../hosts/registry.ts';
import { scopeOf } from '../hosts/visibility.ts';
import { ambientNamespaces } from '../membership/ambient-namespaces.ts';
import { clientsIn, sidecarNamespaces } from '../membership/sidecar-namespaces.ts';
import { lackWaypoint } from './mesh-routes.ts';
import {
  anyRoute,
  passesEverything,
  proxyDestinationReads,
  proxyDestinations,
} from './proxy-destinations.ts';
import { waypointReads } from './waypoints.ts';

type Rule = Resource<'DestinationRule'>;

export const unreadRuleReads = {
  ...waypointReads,
  ...sidecarNamespaces.reads,
  ...proxyDestinationReads,
  DestinationRule: 'some',
} as const;

/** Something that a DestinationRule asks of the client, and that no ztunnel does. */
export interface LostSetting {
  readonly name: string;
  readonly at: At;
  /** TLS that the proxy of the client was to begin. */
  readonly isTls: boolean;
}

/** A DestinationRule that nobody reads: each possible client is in ambient mode, and no waypoint is on the way. */
export interface UnreadRule {
  readonly rule: Rule;
  readonly target: HostTarget['resource'];
  /** TLS first; never empty. */
  readonly settings: readonly LostSetting[];
  /** The route of a gateway that is not there. */
  readonly lookup: Lookup<unknown>;
}

/**
 * DestinationRules are for the proxy that opens a connection: a sidecar, a gateway or a waypoint
 * (`applyDestinationRule` in pilot/pkg/networking/core). Nothing in pilot/pkg/serviceregistry/ambient, which tells
 * ztunnel what there is, reads one.
 */
export const unreadDestinationRules = view(unreadRuleReads, (graph): readonly UnreadRule[] => {
  const registry = hostRegistry(graph);
  const ambient = ambientNamespaces(graph);
  if (ambient.size === 0) return [];
  return graph.list('DestinationRule').flatMap((rule) => {
    const { host = '', workloadSelector } = rule.spec;
    if (host === '' || workloadSelector !== undefined) return [];
    if (isWildcard(expandHost(host, rule.namespace, graph.mesh.clusterDomain))) return [];
    const targets = registry.find(host, rule.namespace, rule);
    const [first] = targets;
    if (first === undefined) return [];
    if (targets.some((one) => isWildcard(one.host) || !ambient.has(one.resource.namespace))) return [];
    const settings = lostSettings(rule);
    if (settings.length === 0 || targets.some(({ resource }) => !graph.coexist(rule, resource))) return [];
    if (graph.changedBy(rule) !== undefined || !lackWaypoint(graph, targets)) return [];
    const scope = scopeOf(graph, rule);
    const isHidden = !scope.everywhere && scope.namespaces.size === 0;
    if (isHidden || clientsIn(sidecarNamespaces(graph), scope).length > 0) return [];
    if (targets.some(({ resource }) => proxyDestinations(graph).has(resource))) return [];
    if (passesEverything(graph)) return [];
    const { resource: target } = first;
    const knowledge = graph.known(anyRoute, target.namespace, rule);
    const lookup = graph.missing({ what: anyRoute.name, name: `to ${showRef(target)}`, knowledge }, rule);
    return [{ rule, target, settings, lookup }];
  });
});

/** What of a DestinationRule makes a difference in a sidecar and none in ztunnel. */
export function lostSettings({ spec }: Rule): readonly LostSetting[] {
  const policies = [spec.trafficPolicy, ...(spec.subsets ?? []).map(({ trafficPolicy }) => trafficPolicy)];
  const found = policies.flatMap((policy) =>
    policy === undefined ? [] : [policy, ...(policy.portLevelSettings ?? [])].flatMap(settingsOf),
  );
  return [...found.filter(({ isTls }) => isTls), ...found.filter(({ isTls }) => !isTls)];
}

const keys = [
  'loadBalancer',
  'connectionPool',
  'outlierDetection',
  'proxyProtocol',
  'retryBudget',
  'tunnel',
] as const;

function settingsOf(policy: TrafficPolicy): readonly LostSetting[] {
  const found: LostSetting[] = [];
  const mode = policy.tls?.mode;
  // Mutual TLS of the mesh is ztunnel's own affair, and no TLS besides that is what it does anyway.
  if (policy.tls !== undefined && (mode === 'SIMPLE' || mode === 'MUTUAL'))
    found.push({
      name: `tls.mode: ${mode}`,
      at: { owner: policy.tls, key: 'mode', part: 'value' },
      isTls: true,
    });
  for (const key of keys) {
    const value = policy[key];
    if (value === undefined || !saysSomething(key === 'loadBalancer' ? balancing(policy) : value)) continue;
    found.push({ name: key, at: { owner: policy, key, part: 'key' }, isTls: false });
  }
  return found;
}

/** What is left of how load is balanced, without what ztunnel does by itself: it picks at random, zones left aside. */
function balancing({ loadBalancer = {} }: TrafficPolicy): object {
  const { simple, localityLbSetting, ...others } = loadBalancer;
  return {
    ...others,
    ...(simple === undefined || simple === 'RANDOM' || simple === 'UNSPECIFIED' ? {} : { simple }),
    ...(localityLbSetting?.enabled === false ? {} : localityLbSetting),
  };
}

function saysSomething(value: object): boolean {
  return Object.values(value).some((inner: unknown) =>
    typeof inner === 'object' && inner !== null ? saysSomething(inner) : inner !== undefined,
  );
}
