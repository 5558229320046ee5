import { complete, incomplete, type Knowledge, type Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { compareText, pushTo } from '../../model/collections.ts';
import { installedGatewayNames } from '../../model/installed-names.ts';
import type { Labels } from '../../model/labels.ts';
import { isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import { membership } from '../membership/membership.ts';
import { labelPairs, mayCarry, templateLabels } from '../workloads/pod-labels.ts';
import { anyWorkload, isDefaultIngress, type Workload, workloads } from '../workloads/workloads.ts';
import { defaultIngress } from './default-ingress.ts';

type Gateway = Resource<'Gateway'>;

export interface Gateways {
  /** Whether istiod looks for the pods of a Gateway in its own namespace only. */
  readonly isScoped: boolean;
  /** Workloads that open the servers of a Gateway; no look-up is counted. */
  workloadsOf(gateway: Gateway): readonly Workload[];
  /** The same as a look-up. The gateway that Istio brings is never missing, though it has no workload to show. */
  select(gateway: Gateway): Lookup<Workload>;
  /** Whether a Gateway opens on the gateway that Istio brings, maybe beside others. */
  selectsDefaultIngress(gateway: Gateway): boolean;
  /** Whether a Gateway opens on the gateway that Istio brings, and on no other that is loaded. */
  usesDefaultIngress(gateway: Gateway): boolean;
  /** Those of the workloads that are gateways; all of them where none is known to be one. */
  podsOf(gateway: Gateway): readonly Workload[];
  /** The namespaces in which pods of the Gateway run; none when that is not known. */
  namespacesOf(gateway: Gateway): readonly string[];
  /** Gateways that open on a workload, the oldest first. */
  gatewaysOf(workload: Workload): readonly Gateway[];
}

const reads = { ConfigMap: 'all', GatewayClass: 'all', ...istiodEnvironment.reads, Gateway: 'some' } as const;

/**
 * Which pods a Gateway configures: those that carry all labels of its selector, in every namespace, or in its own
 * where istiod is told so (`mergeGateways` in pilot/pkg/model/push_context.go).
 */
export const gateways = view(reads, (graph): Gateways => {
  const set = workloads(graph);
  const { modeOf } = membership(graph);
  const isGatewayPod = (workload: Workload): boolean => /^(?:gateway|waypoint)$/.test(modeOf(workload));
  const isScoped = isSwitchedOn(istiodEnvironment(graph), 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE', false);
  const scopeOf = (gateway: Gateway): string | undefined => (isScoped ? gateway.namespace : undefined);
  // Gateways by the first pair of their selector; those without one under the bare name of their scope.
  const byPair = new Map<string, Gateway[]>();
  for (const gateway of graph.list('Gateway')) {
    const [pair] = Object.entries(templateLabels(selectorOf(gateway)));
    pushTo(byPair, pairKey(scopeOf(gateway), pair), gateway);
  }

  const workloadsOf = (gateway: Gateway): readonly Workload[] =>
    set
      .matching(selectorOf(gateway), scopeOf(gateway))
      .filter(({ resource }) => graph.coexist(gateway, resource));
  const selectsDefaultIngress = (gateway: Gateway): boolean =>
    isDefaultIngress(graph, selectorOf(gateway), scopeOf(gateway));
  const usesDefaultIngress = (gateway: Gateway): boolean =>
    selectsDefaultIngress(gateway) && workloadsOf(gateway).length === 0;

  // An empty selector matches applications too; they open no servers.
  function podsOf(gateway: Gateway): readonly Workload[] {
    const selected = workloadsOf(gateway);
    return selected.some(isGatewayPod) ? selected.filter(isGatewayPod) : selected;
  }
  function namespacesOf(gateway: Gateway): readonly string[] {
    if (usesDefaultIngress(gateway)) return [defaultIngress(graph)?.namespace ?? ''];
    return [...new Set(podsOf(gateway).map(({ namespace }) => namespace))].sort();
  }
  const whereabouts = new Map<Gateway, readonly string[]>();

  // The same for every Gateway, and only wanted when one selects nothing.
  let loaded: Knowledge | undefined;
  function loadedGateways(): Knowledge {
    if (!set.all.some(isGatewayPod)) return incomplete('no gateway of any kind is loaded');
    const empty = graph.list('Namespace').find(({ name }) => set.in(name).length === 0);
    return empty === undefined ? complete : incomplete(`no workload is loaded in namespace ${empty.name}`);
  }
  function gatewayKnowledge(gateway: Gateway): Knowledge {
    const names = Object.values(selectorOf(gateway));
    if (names.some((name) => installedGatewayNames.has(name)))
      return incomplete('the installation of Istio may bring a gateway of that name');
    const everywhere = isScoped
      ? graph.known(anyWorkload, gateway.namespace, gateway)
      : graph.knownEverywhere(anyWorkload, gateway);
    if (!everywhere.complete) return everywhere;
    loaded ??= loadedGateways();
    return loaded;
  }

  return {
    isScoped,
    workloadsOf,
    selectsDefaultIngress,
    usesDefaultIngress,
    podsOf,
    select(gateway) {
      const labels = selectorOf(gateway);
      // By namespace alone nothing can be said: gateways are often installed by a chart that is kept elsewhere.
      const knowledge = graph.world === 'auto' ? () => gatewayKnowledge(gateway) : undefined;
      return set.select(labels, scopeOf(gateway), gateway, knowledge);
    },
    namespacesOf: (gateway) => graph.keep(whereabouts, gateway, () => namespacesOf(gateway)),
    gatewaysOf(workload) {
      const scope = isScoped ? workload.namespace : undefined;
      const found: Gateway[] = [];
      for (const pair of [undefined, ...labelPairs(workload)]) {
        for (const gateway of byPair.get(pairKey(scope, pair)) ?? []) {
          if (mayCarry(workload, selectorOf(gateway)) && graph.coexist(gateway, workload.resource))
            found.push(gateway);
        }
      }
      return found.sort(byAge);
    },
  };
});

/** The labels that a Gateway asks of its pods; none: every gateway pod. */
export function selectorOf(gateway: Gateway): Labels {
  return gateway.spec.selector ?? {};
}

function byAge(a: Gateway, b: Gateway): number {
  return (
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(a.name, b.name) ||
    compareText(a.namespace, b.namespace)
  );
}

function pairKey(scope: string | undefined, pair: readonly [string, string] | undefined): string {
  return pair === undefined ? (scope ?? '') : `${scope ?? ''} ${pair[0]} ${pair[1]}`;
}
