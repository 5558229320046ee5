import { incomplete, type Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { Labels } from '../../model/labels.ts';
import { membership, membershipReads } from '../membership/membership.ts';
import {
  anyWorkload,
  isDefaultIngress,
  type Workload,
  workloadReads,
  workloads,
} from '../workloads/workloads.ts';

/** Whom a policy without targets reaches. */
export interface Reach {
  /** Labels that it asks for; empty: all of its namespace. */
  readonly labels: Labels;
  /** What the selector found; its absence is the finding. */
  readonly lookup: Lookup<Workload>;
  /** The workloads that it selects, though none of them is in the mesh; empty when some is, or may be. */
  readonly outside: readonly Workload[];
}

export interface PolicyWorkloads {
  /**
   * Whom an AuthorizationPolicy without targets applies to: workloads of its namespace, or of all namespaces when it
   * stands in the root namespace. Undefined for one that covers the whole mesh, which needs nobody in particular.
   */
  reachOf(policy: Resource<'AuthorizationPolicy'>): Reach | undefined;
}

/**
 * The workloads that enforce a policy (`ShouldAttachPolicy` in pilot/pkg/model/policyattachment.go). Waypoints never
 * do so by selector or by namespace.
 */
export const policyWorkloads = view({ ...membershipReads, ...workloadReads }, (graph): PolicyWorkloads => {
  const set = workloads(graph);
  const { modeOf, injects } = membership(graph);
  const isWaypoint = (workload: Workload): boolean => modeOf(workload) === 'waypoint';
  const isOutside = (workload: Workload): boolean =>
    modeOf(workload) === 'none' && injects(workload) === false;

  function bySelector(labels: Labels, namespace: string | undefined, from: Resource): Reach {
    const selected = set.matching(labels, namespace);
    const [value, ...others] = selected.filter((workload) => !isOutside(workload));
    if (value !== undefined)
      return { labels, lookup: { state: 'found', value, all: [value, ...others] }, outside: [] };
    const lookup = set.select(labels, namespace, from);
    return { labels, lookup, outside: isDefaultIngress(graph, labels, namespace) ? [] : selected };
  }
  function byNamespace(namespace: string, from: Resource): Reach {
    const [value, ...others] = set.in(namespace).filter((workload) => !isWaypoint(workload));
    if (value !== undefined) {
      const all = [value, ...others];
      const outside = all.every(isOutside) ? all : [];
      return { labels: {}, lookup: { state: 'found', value, all }, outside };
    }
    const isElsewhere = graph.peers().some((peer) => workloads(peer).in(namespace).length > 0);
    const knowledge = isElsewhere
      ? incomplete('another cluster has it')
      : graph.isClosed(anyWorkload, namespace)
        ? graph.known(anyWorkload, namespace, from)
        : incomplete(`no workload is loaded in namespace ${namespace}`);
    const lookup = graph.missing({ what: 'workload of namespace', name: namespace, knowledge }, from);
    return { labels: {}, lookup, outside: [] };
  }

  return {
    reachOf(policy) {
      const labels = policy.spec.selector?.matchLabels ?? {};
      const isMeshWide = policy.namespace === graph.mesh.rootNamespace;
      if (Object.keys(labels).length > 0) {
        return bySelector(labels, isMeshWide ? undefined : policy.namespace, policy);
      }
      return isMeshWide ? undefined : byNamespace(policy.namespace, policy);
    },
  };
});
