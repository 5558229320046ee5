import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';
import type { ExtensionProvider, ExtensionService } from '../../model/kinds.gen.ts';
import { nearestName } from '../../model/near.ts';
import { isAtLeast } from '../../model/releases.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import { meshKnowledge } from '../installation/mesh-knowledge.ts';
import { membership } from '../membership/membership.ts';
import { policyReach, targetRefsOf } from './policies.ts';

type Policy = Resource<'AuthorizationPolicy'>;

/** An authorizer of the mesh configuration, or what else goes by its name. */
export interface NamedProvider {
  readonly provider: ExtensionProvider;
  /** Absent for a provider that is no authorizer. */
  readonly service?: ExtensionService;
}

/** What is wrong with the definition of an authorizer. */
export type ProviderFault =
  | { readonly fault: 'other' }
  | { readonly fault: 'name' }
  | { readonly fault: 'port'; readonly service: ExtensionService }
  | { readonly fault: 'service'; readonly service: ExtensionService; readonly lookup: Lookup<unknown> };

/** The provider that a policy with action CUSTOM asks. */
export function providerName({ spec }: Policy): string | undefined {
  return spec.action === 'CUSTOM' ? spec.provider?.name || undefined : undefined;
}

/** Looks a provider up by its name; nothing is known of them when no mesh configuration is loaded. */
export function findProvider(graph: Graph<'MeshConfig'>, name: string, from: Policy): Lookup<NamedProvider> {
  const all = authorizers(graph);
  const provider = graph.mesh.config.extensionProviders?.find((one) => one.name === name);
  if (provider !== undefined) {
    const service = serviceOf(provider);
    const value = { provider, ...(service === undefined ? {} : { service }) };
    return { state: 'found', value, all: [value] };
  }
  const suggestion =
    all.find((known) => known.toLowerCase() === name.toLowerCase()) ?? nearestName(name, all);
  const knowledge = meshKnowledge(graph, from, all.length > 0);
  return graph.missing({ what: 'extension provider', name, knowledge, suggestion }, from);
}

/** Names of the authorizers of the mesh. */
export function authorizers({ mesh }: Graph): readonly string[] {
  return (mesh.config.extensionProviders ?? [])
    .filter((provider) => serviceOf(provider) !== undefined)
    .flatMap(({ name }) => name ?? []);
}

function serviceOf({
  envoyExtAuthzHttp,
  envoyExtAuthzGrpc,
}: ExtensionProvider): ExtensionService | undefined {
  return envoyExtAuthzHttp ?? envoyExtAuthzGrpc;
}

/** Release since which names of authorizers are checked, and several of them can be asked at one workload. */
const SEVERAL_SINCE = '1.30';

/**
 * Why istiod cannot use a provider; it then denies instead of asking (`processExtensionProvider` in
 * pilot/pkg/security/authz/builder/extauthz.go, `LookupCluster` in pilot/pkg/model/telemetry_logging.go).
 */
export function providerFault(
  graph: Graph<keyof typeof hostRegistry.reads>,
  { provider, service }: NamedProvider,
  from: Policy,
): ProviderFault | undefined {
  if (service === undefined) return { fault: 'other' };
  const { istioVersion, rootNamespace } = graph.mesh;
  const { port = 0, service: written = '' } = service;
  const checksNames = istioVersion !== undefined && isAtLeast(istioVersion, SEVERAL_SINCE);
  if (checksNames && !/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(provider.name ?? ''))
    return { fault: 'name' };
  if (port < 1 || port > 65_535) return { fault: 'port', service };
  const [namespace, host] = written.includes('/') ? written.split('/', 2) : [rootNamespace, written];
  // What has no dot may still be the host of a ServiceEntry.
  if (host === undefined || namespace === undefined || !host.includes('.')) return undefined;
  return { fault: 'service', service, lookup: hostRegistry(graph).resolve(host, namespace, from) };
}

/** A policy that asks one provider where others ask another. */
export interface ProviderRivalry {
  readonly policy: Policy;
  readonly others: readonly Policy[];
  /** Where they meet. */
  readonly where: Resource;
}

/**
 * Policies that ask different providers at one workload. istiod then denies whatever any of them matches, unless it
 * is told to ask them all (`buildHTTP` in pilot/pkg/security/authz/builder/builder.go; before 1.30 it never can).
 */
export const providerRivals = view(
  { ...waypointReads, ...istiodEnvironment.reads, AuthorizationPolicy: 'some' },
  (graph): readonly ProviderRivalry[] => {
    const asking = graph
      .list('AuthorizationPolicy')
      .filter((policy) => providerName(policy) !== undefined && graph.changedBy(policy) === undefined);
    if (asking.length < 2 || asksSeveral(graph)) return [];
    const meeting = new Map<Resource, Set<Policy>>();
    for (const policy of asking) {
      for (const point of policyReach(graph).pointsOf(policy)) {
        const where = point.type === 'waypoint' ? point.target : point.workload.resource;
        if (where !== undefined && point.type !== 'ztunnel')
          ensure(meeting, where, () => new Set()).add(policy);
      }
    }
    const found = new Map<Policy, ProviderRivalry>();
    for (const [where, policies] of meeting) {
      if (policies.size < 2) continue;
      for (const policy of policies) {
        if (found.has(policy)) continue;
        const others = [...policies].filter(
          (other) => providerName(other) !== providerName(policy) && areTogether(graph, other, policy),
        );
        if (others.length > 0) found.set(policy, { policy, others, where });
      }
    }
    return [...found.values()];
  },
);

/** What stands in another folder may be an exercise, or another way, that is never applied along with it. */
function areTogether(graph: Graph, one: Policy, other: Policy): boolean {
  return graph.coexist(one, other) && graph.nearness(one, other) !== 'apart';
}

function asksSeveral(graph: Graph<keyof typeof istiodEnvironment.reads>): boolean {
  const { istioVersion } = graph.mesh;
  if (istioVersion !== undefined && !isAtLeast(istioVersion, SEVERAL_SINCE)) return false;
  return isSwitchedOn(istiodEnvironment(graph), 'PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS', false);
}

/** Whether only ztunnels would enforce the policy, which ask nobody: another matter than its provider. */
export function isForZtunnelsOnly(graph: Graph<keyof typeof waypointReads>, policy: Policy): boolean {
  if (targetRefsOf(policy).length > 0) return false;
  const selected = policyReach(graph).selected(policy);
  const { modeOf } = membership(graph);
  return selected.length > 0 && selected.every((workload) => modeOf(workload) === 'ambient');
}
