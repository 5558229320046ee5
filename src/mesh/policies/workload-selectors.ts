import type { Graph } from '../../graph/graph.ts';
import { incomplete, type Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { type Labels, showLabels } from '../../model/labels.ts';
import { folderOf } from '../../model/layout.ts';
import { anyWorkload, type Workload, workloads } from '../workloads/workloads.ts';
import { targetRefsOf } from './policies.ts';

/** Kinds with a selector of workloads that nothing of Istio's own analysis looks at. */
export type SelectingKind =
  | 'PeerAuthentication'
  | 'RequestAuthentication'
  | 'WasmPlugin'
  | 'TrafficExtension'
  | 'EnvoyFilter'
  | 'ProxyConfig'
  | 'DestinationRule'
  | 'ServiceEntry';

/** A selector with labels, and where it looks for workloads. */
export interface SelectorUse {
  readonly resource: Resource<SelectingKind>;
  /** The mapping as written. */
  readonly labels: Labels;
  /** Undefined: in every namespace. */
  readonly namespace: string | undefined;
}

/**
 * Every selector that has labels and comes to effect. In the root namespace those of policies and extensions look at
 * all namespaces (`ShouldAttachPolicy` in pilot/pkg/model/policyattachment.go); those of DestinationRules,
 * ServiceEntries and ProxyConfigs never leave their own (`mergedWorkloadConfig` in pilot/pkg/model/proxy_config.go).
 */
export function* selectorUses(graph: Graph<SelectingKind>): Iterable<SelectorUse> {
  const { rootNamespace } = graph.mesh;
  const use = (
    resource: Resource<SelectingKind>,
    labels: Labels | undefined,
    reach: 'mesh' | 'own',
  ): SelectorUse[] => {
    if (labels === undefined || !isSelecting(labels)) return [];
    const everywhere = reach === 'mesh' && resource.namespace === rootNamespace;
    return [{ resource, labels, namespace: everywhere ? undefined : resource.namespace }];
  };
  for (const policy of graph.list('PeerAuthentication')) {
    // There it selects nobody, whatever the labels, which is another matter (IST1103).
    if (policy.namespace !== rootNamespace) yield* use(policy, policy.spec.selector?.matchLabels, 'own');
  }
  for (const kind of ['RequestAuthentication', 'WasmPlugin', 'TrafficExtension'] as const) {
    for (const policy of graph.list(kind)) {
      if (targetRefsOf(policy).length === 0) yield* use(policy, policy.spec.selector?.matchLabels, 'mesh');
    }
  }
  for (const filter of graph.list('EnvoyFilter')) {
    if ((filter.spec.targetRefs ?? []).length === 0) {
      yield* use(filter, filter.spec.workloadSelector?.labels, 'mesh');
    }
  }
  for (const config of graph.list('ProxyConfig')) {
    yield* use(config, config.spec.selector?.matchLabels, 'own');
  }
  for (const rule of graph.list('DestinationRule')) {
    yield* use(rule, rule.spec.workloadSelector?.matchLabels, 'own');
  }
  for (const entry of graph.list('ServiceEntry')) {
    yield* use(entry, entry.spec.workloadSelector?.labels, 'own');
  }
}

/** Labels that could stand on a pod; what istiod refuses as a selector is another matter. */
function isSelecting(labels: Labels): boolean {
  const pairs = Object.entries(labels);
  return pairs.length > 0 && pairs.every(([key, value]) => key !== '' && !`${key}${value}`.includes('*'));
}

/** The files in which workloads of each namespace stand. */
const workloadFiles = view(
  workloads.reads,
  (graph): ReadonlySet<string> =>
    new Set(workloads(graph).all.map(({ namespace, resource }) => fileKey(namespace, resource))),
);

function fileKey(namespace: string, { origin }: Resource): string {
  return `${namespace} ${origin.source.path}`;
}

/**
 * Whom a selector finds. Projects keep policies for workloads that others deploy into the same namespace, so some
 * workload there is not yet evidence that all are loaded: the Namespace has to stand beside the selector or above it, or
 * a workload of that namespace in the same file.
 */
export function findSelected(
  graph: Graph<ReadKinds<typeof workloads.reads>>,
  { resource, labels, namespace }: SelectorUse,
): Lookup<Workload> {
  const lookup = workloads(graph).select(labels, namespace, resource);
  if (lookup.state !== 'absent' || namespace === undefined || graph.isClosed(anyWorkload, namespace))
    return lookup;
  if (workloadFiles(graph).has(fileKey(namespace, resource))) return lookup;
  const spaces = graph.copies('Namespace', { namespace: '', name: namespace });
  const isHome = spaces.some(
    (space) =>
      graph.nearness(space, resource) !== 'apart' ||
      resource.origin.source.path.startsWith(`${folderOf(space.origin.source.path)}/`),
  );
  if (isHome) return lookup;
  const { suggestion } = lookup;
  const knowledge = incomplete(`Namespace ${namespace} is kept elsewhere, and others may deploy into it`);
  return graph.missing({ what: 'workload', name: showLabels(labels), knowledge, suggestion }, resource);
}
