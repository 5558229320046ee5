import type { Graph } from '../../graph/graph.ts';
import { complete, type NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { showRef } from '../../model/names.ts';
import { membership, membershipReads } from '../membership/membership.ts';
import {
  anyWorkload,
  isDefaultIngress,
  type Workload,
  workloadReads,
  workloads,
} from '../workloads/workloads.ts';

type EnvoyFilter = Resource<'EnvoyFilter'>;

/** An EnvoyFilter without targets that no proxy takes: everything that it is for has none of its own. */
export interface IdleEnvoyFilter {
  readonly filter: EnvoyFilter;
  /** `waypoint`: it selects pods of waypoints, which pass over selectors. */
  readonly reason: 'ambient' | 'waypoint';
  readonly workloads: readonly Workload[];
  readonly lookup: NotFound;
}

const reads = { EnvoyFilter: 'some', ...workloadReads, ...membershipReads } as const;

/**
 * EnvoyFilters change Envoys, and ztunnel is none; waypoints take those with `targetRefs` only (`ShouldAttachPolicy` in
 * pilot/pkg/model/policyattachment.go). Where one sidecar or gateway takes the filter it does what it can.
 */
export const idleEnvoyFilters = view(reads, (graph): readonly IdleEnvoyFilter[] =>
  graph.list('EnvoyFilter').flatMap((filter) => {
    const found = judge(graph, filter);
    return found === undefined ? [] : [found];
  }),
);

function judge(graph: Graph<ReadKinds<typeof reads>>, filter: EnvoyFilter): IdleEnvoyFilter | undefined {
  const { namespace, spec } = filter;
  if ((spec.targetRefs ?? []).length > 0 || graph.changedBy(filter) !== undefined) return undefined;
  const contexts = (spec.configPatches ?? []).map(({ match }) => match?.context ?? 'ANY');
  if (contexts.length === 0 || contexts.every((context) => context === 'GATEWAY')) return undefined;
  const onlySidecars = contexts.every((context) => context.startsWith('SIDECAR_'));
  const labels = spec.workloadSelector?.labels ?? {};
  const isWide = Object.keys(labels).length === 0;
  const isMeshWide = namespace === graph.mesh.rootNamespace;
  // The whole mesh is more than what is loaded; there is a gateway at least.
  if (isMeshWide && isWide) return undefined;
  const scope = isMeshWide ? undefined : namespace;
  if (isDefaultIngress(graph, labels, scope)) return undefined;
  const set = workloads(graph);
  const selected = isWide ? set.in(namespace) : set.matching(labels, scope);
  const members = membership(graph);
  const idle: Workload[] = [];
  for (const workload of selected) {
    if (!graph.coexist(filter, workload.resource)) continue;
    const mode = members.modeOf(workload);
    if (mode === 'sidecar' || mode === 'unknown' || (mode === 'gateway' && !onlySidecars)) return undefined;
    if (mode === 'ambient' || mode === 'waypoint') idle.push(workload);
  }
  const ambient = idle.filter((workload) => members.modeOf(workload) === 'ambient');
  // What covers a namespace was not meant for its waypoint alone.
  if (idle.length === 0 || (isWide && ambient.length === 0)) return undefined;
  const knowledge = scope === undefined ? complete : graph.known(anyWorkload, scope, filter);
  const sought = { what: 'sidecar for EnvoyFilter', name: showRef(filter), knowledge };
  return {
    filter,
    reason: ambient.length === 0 ? 'waypoint' : 'ambient',
    workloads: ambient.length === 0 ? idle : ambient,
    lookup: graph.missing(sought, filter),
  };
}
