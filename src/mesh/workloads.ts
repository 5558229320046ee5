import type { SoughtKind } from '../graph/evidence.ts';
import type { Graph } from '../graph/graph.ts';
import { incomplete, type Knowledge, type Lookup } from '../graph/lookup.ts';
import type { Resource } from '../graph/resource.ts';
import { view } from '../graph/view.ts';
import { pushTo } from '../model/collections.ts';
import type { PodSpec, PodTemplate } from '../model/kinds.gen.ts';
import { type Labels, matchesLabels, showLabels } from '../model/labels.ts';
import { FLOATING } from '../model/names.ts';
import { nearestName } from '../model/near.ts';

/** Kinds that run, or stand for, pods or machines. */
export const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Rollout',
  'Pod',
  'WorkloadEntry',
  'WorkloadGroup',
] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** One of them loaded in a namespace is evidence that its workloads are. */
export const anyWorkload: SoughtKind<WorkloadKind> = { name: 'workload', kinds: workloadKinds };

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
} as const;

/** One set of pods (or machines) that are alike: what its owner's template says. */
export interface Workload {
  /** Who runs it; a Gateway of the Gateway API for the pods that Istio deploys for it. */
  readonly resource: Resource<WorkloadKind> | Resource<'KubernetesGateway'>;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly serviceAccount: string;
  /** Absent for WorkloadEntry, WorkloadGroup and Gateways. */
  readonly pod?: PodSpec;
  /** A Pod that exists in a cluster (or in a closed world), so that what it lacks will not be added on creation. */
  readonly recorded: boolean;
  readonly origin: Resource['origin'];
}

export interface Workloads {
  readonly all: readonly Workload[];
  in(namespace: string): readonly Workload[];
  /** Workloads that carry all labels, in one namespace or everywhere; no look-up is counted. */
  matching(labels: Labels, namespace?: string): readonly Workload[];
  /** The same as a look-up: what is not loaded is told apart from what is not there. */
  select(labels: Labels, namespace: string | undefined, from: Resource): Lookup<Workload>;
}

/** Label that ties pods, Services and policies to a Gateway of the Gateway API. */
export const GATEWAY_NAME_LABEL = 'gateway.networking.k8s.io/gateway-name';

/**
 * Every workload of the input: pod templates by owner, Pods without a loaded owner, WorkloadEntries and -Groups, and
 * what Istio deploys for Gateways. Selecting never scans them all.
 */
export const workloads = view(workloadReads, (graph): Workloads => {
  const all: Workload[] = [];
  for (const kind of workloadKinds) {
    for (const resource of graph.list(kind)) {
      const workload = workloadOf(graph, resource);
      if (workload !== undefined) all.push(workload);
    }
  }
  for (const gateway of graph.list('KubernetesGateway')) all.push(gatewayWorkload(gateway));

  const byNamespace = new Map<string, Workload[]>();
  const byPair = new Map<string, Workload[]>();
  for (const workload of all) {
    pushTo(byNamespace, workload.namespace, workload);
    for (const key of Object.keys(workload.labels))
      pushTo(byPair, pairOf(key, workload.labels[key]), workload);
  }

  function matching(labels: Labels, namespace?: string): readonly Workload[] {
    let candidates = namespace === undefined ? all : (byNamespace.get(namespace) ?? []);
    for (const key of Object.keys(labels)) {
      const holders = byPair.get(pairOf(key, labels[key])) ?? [];
      if (holders.length < candidates.length) candidates = holders;
    }
    return candidates.filter(
      (workload) =>
        (namespace === undefined || workload.namespace === namespace) &&
        matchesLabels(labels, workload.labels),
    );
  }

  return {
    all,
    in: (namespace) => byNamespace.get(namespace) ?? [],
    matching,
    select(labels, namespace, from) {
      const [value, ...others] = graph.nearest(from, matching(labels, namespace));
      if (value !== undefined) return { state: 'found', value, all: [value, ...others] };
      const suggestion = nearestLabels(labels, namespace, matching, all);
      const knowledge = selectorKnowledge(graph, labels, namespace, from, matching);
      return graph.missing({ what: 'workload', name: showLabels(labels), knowledge, suggestion }, from);
    },
  };
});

function workloadOf(graph: Graph<WorkloadKind>, resource: Resource<WorkloadKind>): Workload | undefined {
  if (is(resource, 'Pod')) {
    if (hasLoadedOwner(graph, resource)) return undefined;
    return podWorkload(resource, resource.metadata, resource.spec, isRecorded(graph, resource));
  }
  if (is(resource, 'WorkloadEntry') || is(resource, 'WorkloadGroup')) {
    const group = is(resource, 'WorkloadGroup') ? resource.spec : undefined;
    const entry = is(resource, 'WorkloadEntry') ? resource.spec : group?.template;
    return {
      resource,
      namespace: resource.namespace,
      labels: is(resource, 'WorkloadEntry')
        ? { ...resource.metadata.labels, ...entry?.labels }
        : { ...group?.metadata?.labels, ...entry?.labels },
      annotations: group?.metadata?.annotations ?? {},
      serviceAccount: entry?.serviceAccount ?? 'default',
      recorded: false,
      origin: resource.origin,
    };
  }
  const template = templateOf(resource);
  return podWorkload(resource, template?.metadata ?? {}, template?.spec ?? {}, false);
}

/** The pod template of a controller. */
export function templateOf(resource: Resource<WorkloadKind>): PodTemplate | undefined {
  if (is(resource, 'CronJob')) return resource.spec.jobTemplate?.spec?.template;
  if (is(resource, 'Pod') || is(resource, 'WorkloadEntry') || is(resource, 'WorkloadGroup')) return undefined;
  return (resource as Resource<'Deployment'>).spec.template;
}

function is<K extends WorkloadKind>(resource: Resource<WorkloadKind>, kind: K): resource is Resource<K> {
  return resource.kind === kind;
}

function podWorkload(
  resource: Resource<WorkloadKind>,
  metadata: { readonly labels?: Labels; readonly annotations?: Labels },
  pod: PodSpec,
  recorded: boolean,
): Workload {
  return {
    resource,
    namespace: resource.namespace,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    serviceAccount: nonEmpty(pod.serviceAccountName) ?? nonEmpty(pod.serviceAccount) ?? 'default',
    pod,
    recorded,
    origin: resource.origin,
  };
}

/** A Pod counts through its owner where that is loaded. */
function hasLoadedOwner(graph: Graph<WorkloadKind>, pod: Resource<'Pod'>): boolean {
  for (const { kind, name } of pod.metadata.ownerReferences ?? []) {
    const owner = workloadKinds.find((known) => known === kind);
    if (owner === undefined || name === undefined) continue;
    if (graph.copies(owner, { namespace: pod.namespace, name }).length > 0) return true;
    // Pods of a Deployment are owned by its ReplicaSet, which is called like the Deployment plus a hash.
    const hash = pod.metadata.labels?.['pod-template-hash'];
    if (owner === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)) {
      const deployment = name.slice(0, -hash.length - 1);
      if (graph.copies('Deployment', { namespace: pod.namespace, name: deployment }).length > 0) return true;
      if (graph.copies('Rollout', { namespace: pod.namespace, name: deployment }).length > 0) return true;
    }
  }
  return false;
}

/** Pods written by hand are injected when they are created; those that a cluster recorded are as they are. */
function isRecorded(graph: Graph, pod: Resource<'Pod'>): boolean {
  const { uid, ownerReferences } = pod.metadata;
  const status = pod.body.status;
  return (
    graph.world === 'closed' ||
    uid !== undefined ||
    (ownerReferences ?? []).length > 0 ||
    (status !== undefined && Object.keys(status).length > 0)
  );
}

/** Classes whose pods are called like the Gateway itself; the others get the class as a suffix. */
const barelyNamedClasses: ReadonlySet<string> = new Set([
  'istio-waypoint',
  'istio-east-west',
  'agentgateway',
]);

/**
 * The pods that Istio deploys for a Gateway (pilot/pkg/config/kube/gateway/deploymentcontroller.go): their
 * labels, and the account that is the identity of a waypoint.
 */
function gatewayWorkload(gateway: Resource<'KubernetesGateway'>): Workload {
  const annotations = gateway.metadata.annotations ?? {};
  const className = gateway.spec.gatewayClassName ?? '';
  const deployed = barelyNamedClasses.has(className) ? gateway.name : `${gateway.name}-${className}`;
  return {
    resource: gateway,
    namespace: gateway.namespace,
    labels: {
      ...gateway.metadata.labels,
      ...gateway.spec.infrastructure?.labels,
      [GATEWAY_NAME_LABEL]: gateway.name,
      'gateway.networking.k8s.io/gateway-class-name': className,
    },
    annotations: gateway.spec.infrastructure?.annotations ?? {},
    serviceAccount: annotations['gateway.istio.io/service-account'] ?? deployed,
    recorded: false,
    origin: gateway.origin,
  };
}

/** What a selector that matches nothing may be concluded from. */
function selectorKnowledge(
  graph: Graph<WorkloadKind>,
  labels: Labels,
  namespace: string | undefined,
  from: Resource,
  matching: Workloads['matching'],
): Knowledge {
  if (namespace === undefined) return graph.knownEverywhere(anyWorkload, from);
  const [elsewhere] = matching(labels);
  if (elsewhere !== undefined && graph.world === 'auto') {
    if (elsewhere.namespace === FLOATING)
      return incomplete('only a workload without a namespace carries these labels');
    if (namespace === FLOATING)
      return incomplete(`a workload of namespace ${elsewhere.namespace} carries these labels`);
  }
  return graph.known(anyWorkload, namespace, from);
}

/** The labels with one value (or key) put right, where that selects something. */
function nearestLabels(
  labels: Labels,
  namespace: string | undefined,
  matching: Workloads['matching'],
  all: readonly Workload[],
): string | undefined {
  for (const key of Object.keys(labels).sort()) {
    const value = labels[key] ?? '';
    const { [key]: _, ...others } = labels;
    const rest = Object.keys(others).length > 0 ? matching(others, namespace) : scoped(all, namespace);
    const values = new Set<string>();
    const keys = new Set<string>();
    for (const workload of rest) {
      const known = workload.labels[key];
      if (known !== undefined) values.add(known);
      for (const other of Object.keys(workload.labels)) if (workload.labels[other] === value) keys.add(other);
    }
    const nearValue = nearestName(value, values);
    if (nearValue !== undefined) return `${key}: ${nearValue}`;
    const nearKey = nearestName(key, keys);
    if (nearKey !== undefined) return `${nearKey}: ${value}`;
  }
  return undefined;
}

/** Workloads of a namespace, and those without one, which may be meant. */
function scoped(all: readonly Workload[], namespace: string | undefined): readonly Workload[] {
  if (namespace === undefined || namespace === FLOATING) return all;
  return all.filter((workload) => workload.namespace === namespace || workload.namespace === FLOATING);
}

function pairOf(key: string, value: string | undefined): string {
  return `${key}=${value ?? ''}`;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
