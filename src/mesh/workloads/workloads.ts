import type { Graph } from '../../graph/graph.ts';
import { complete, incomplete, type Knowledge, type Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { type Labels, matchesLabels, showLabels } from '../../model/labels.ts';
import { FLOATING } from '../../model/names.ts';
import { isNearMiss } from '../../model/near.ts';
import { defaultIngress, installedGateways } from '../gateways/default-ingress.ts';
import { createLabelIndex, type LabelIndex } from './label-index.ts';
import { labelPairs, mayCarry, templateLabels } from './pod-labels.ts';
import { anyWorkload, type Workload, type WorkloadKind } from './workload.ts';
import { collectWorkloads } from './workload-sources.ts';

export * from './workload.ts';

/** What a rule declares that looks at workloads. */
export const workloadReads = {
  Deployment: 'all',
  StatefulSet: 'all',
  DaemonSet: 'all',
  ReplicaSet: 'all',
  ReplicationController: 'all',
  Job: 'all',
  CronJob: 'all',
  Rollout: 'all',
  Pod: 'all',
  WorkloadEntry: 'all',
  WorkloadGroup: 'all',
  KubernetesGateway: 'all',
  Namespace: 'all',
} as const;

export interface Workloads {
  readonly all: readonly Workload[];
  in(namespace: string): readonly Workload[];
  /** Workloads that carry all labels, in one namespace or everywhere; no look-up is counted. */
  matching(labels: Labels, namespace?: string): readonly Workload[];
  /**
   * The same as a look-up: what is not loaded is told apart from what is not there. `knowledge` is for those who
   * know better than by namespace what their absence may be concluded from.
   */
  select(
    labels: Labels,
    namespace: string | undefined,
    from: Resource,
    knowledge?: () => Knowledge,
  ): Lookup<Workload>;
}

/**
 * Every workload of the input: pod templates by owner, Pods without a loaded owner, WorkloadEntries and -Groups, and
 * what Istio deploys for Gateways. Selecting never scans them all.
 */
export const workloads = view(workloadReads, (graph): Workloads => {
  const all = [...collectWorkloads(graph)];
  const index = createLabelIndex(all, labelPairs);

  // Asked of every selector that finds nothing, the same for all of them.
  let mesh: Knowledge | undefined;

  function matching(labels: Labels, namespace?: string): readonly Workload[] {
    return index.candidates(templateLabels(labels), namespace).filter((one) => mayCarry(one, labels));
  }

  function known(labels: Labels, namespace: string | undefined, from: Resource): Knowledge {
    if (namespace === undefined) {
      mesh ??= meshKnowledge(graph, all);
      return knownInMesh(graph, from, mesh);
    }
    // Where it is not known on one side which namespace is meant, whoever carries the labels may be meant.
    const elsewhere = matching(labels, namespace === FLOATING ? undefined : FLOATING);
    const hasPods = index.in(namespace).some(({ resource }) => !isMachine(resource));
    return knownIn(graph, namespace, from, elsewhere, hasPods);
  }

  return {
    all,
    in: index.in,
    matching,
    select(labels, namespace, from, given) {
      const [value, ...others] = graph.nearest(from, matching(labels, namespace));
      if (value !== undefined) return { state: 'found', value, all: [value, ...others] };
      if (isDefaultIngress(graph, labels, namespace)) {
        return { state: 'unknown', why: 'Istio brings the default ingress gateway' };
      }
      const sought = { what: 'workload', name: showLabels(labels) };
      // Services and policies are often the same in all clusters, and their workloads in one.
      if (graph.peers().some((peer) => workloads(peer).matching(labels, namespace).length > 0)) {
        return graph.missing({ ...sought, knowledge: incomplete('another cluster has it') }, from);
      }
      const suggestion = nearestLabels(graph, labels, namespace, index, matching);
      const knowledge = given === undefined ? known(labels, namespace, from) : given();
      return graph.missing({ ...sought, knowledge, suggestion }, from);
    },
  };
});

/**
 * Whether the labels select the gateway that Istio brings; labels that select everything do too. A namespace that
 * is not known may be the one where it stands.
 */
export function isDefaultIngress(graph: Graph, labels: Labels, namespace: string | undefined): boolean {
  const ingress = defaultIngress(graph);
  if (ingress === undefined) return false;
  const isThere = namespace === undefined || namespace === FLOATING || namespace === ingress.namespace;
  return isThere && matchesLabels(labels, ingress.labels);
}

/** The label of a selector that keeps it from matching: the one that the suggestion changes, else the first. */
export function suspectLabel(labels: Labels, lookup: Lookup<unknown>): string | undefined {
  const keys = Object.keys(labels);
  if (lookup.state === 'found' || lookup.suggestion === undefined) return keys[0];
  const [key = '', value] = lookup.suggestion.split(': ', 2);
  return Object.hasOwn(labels, key) ? key : (keys.find((other) => labels[other] === value) ?? keys[0]);
}

/** Who keeps machines outside of Kubernetes here may keep pods elsewhere. */
function isMachine({ kind }: Resource): boolean {
  return kind === 'WorkloadEntry' || kind === 'WorkloadGroup';
}

/** What a selector that matches nothing in a namespace may be concluded from. */
function knownIn(
  graph: Graph<WorkloadKind>,
  namespace: string,
  from: Resource,
  [elsewhere]: readonly Workload[],
  hasPods: boolean,
): Knowledge {
  if (graph.world !== 'auto') return graph.known(anyWorkload, namespace, from);
  if (elsewhere === undefined) {
    const known = graph.known(anyWorkload, namespace, from);
    return known.complete && !hasPods ? incomplete('only machines are loaded') : known;
  }
  return incomplete(
    namespace === FLOATING
      ? `a workload of namespace ${elsewhere.namespace} carries these labels`
      : 'only a workload without a namespace carries these labels',
  );
}

function knownInMesh(graph: Graph<WorkloadKind>, from: Resource, mesh: Knowledge): Knowledge {
  const knowledge = graph.knownEverywhere(anyWorkload, from);
  return knowledge.complete && !graph.isClosed(anyWorkload) ? mesh : knowledge;
}

/**
 * World rule 4 for the whole mesh: workloads are loaded in every namespace, and so are the Namespaces themselves;
 * else some of the mesh is kept elsewhere.
 */
function meshKnowledge(graph: Graph<'Namespace'>, all: readonly Workload[]): Knowledge {
  const inhabited = new Set(all.map((workload) => workload.namespace));
  for (const namespace of inhabited) {
    if (graph.copies('Namespace', { namespace: '', name: namespace }).length === 0)
      return incomplete(`Namespace ${namespace} is in use and not loaded`);
  }
  const empty = graph.list('Namespace').find(({ name }) => !inhabited.has(name));
  return empty === undefined ? complete : incomplete(`no workload is loaded in namespace ${empty.name}`);
}

/** The labels with one value (or key) put right, where that selects something. */
function nearestLabels(
  graph: Graph,
  labels: Labels,
  namespace: string | undefined,
  index: LabelIndex<Workload>,
  matching: Workloads['matching'],
): string | undefined {
  // Workloads without a namespace may be meant too; who has none himself may mean any.
  const scopes = namespace === undefined || namespace === FLOATING ? [undefined] : [namespace, FLOATING];
  const ingress = defaultIngress(graph);
  for (const scope of scopes) {
    const selects = (changed: Labels): boolean =>
      matching(changed, scope).length > 0 || isDefaultIngress(graph, changed, scope);
    for (const key of Object.keys(labels).sort()) {
      const value = labels[key] ?? '';
      const { [key]: _, ...others } = labels;
      const known = [index.nearValue(key, value, scope), nearest(value, ingress?.labels[key])];
      for (const near of known) {
        if (near !== undefined && selects({ ...others, [key]: near })) return `${key}: ${near}`;
      }
      const nearKey = index.nearKey(key, value, scope);
      if (nearKey !== undefined && selects({ ...others, [nearKey]: value })) return `${nearKey}: ${value}`;
    }
  }
  const mayBeInstalled =
    namespace === undefined || namespace === FLOATING || namespace === graph.mesh.rootNamespace;
  return mayBeInstalled ? nearInstalled(labels) : undefined;
}

/** A gateway of Istio's installation that one label keeps from being selected. */
function nearInstalled(labels: Labels): string | undefined {
  for (const gateway of installedGateways) {
    for (const key of Object.keys(labels).sort()) {
      const near = nearest(labels[key] ?? '', gateway[key]);
      if (near !== undefined && matchesLabels({ ...labels, [key]: near }, gateway)) return `${key}: ${near}`;
    }
  }
  return undefined;
}

function nearest(written: string, known: string | undefined): string | undefined {
  return known !== undefined && isNearMiss(written, known) ? known : undefined;
}
