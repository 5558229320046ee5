import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { Kind, PodSpec, PodTemplate } from '../../model/kinds.gen.ts';
import type { Labels } from '../../model/labels.ts';
import {
  GATEWAY_NAME_LABEL,
  MANAGED_LABEL,
  type Workload,
  type WorkloadKind,
  workloadKinds,
} from './workload.ts';

/** Every workload of the input, kind by kind. */
export function* collectWorkloads(graph: Graph<WorkloadKind | 'KubernetesGateway'>): Iterable<Workload> {
  for (const kind of workloadKinds) {
    for (const resource of graph.list(kind)) {
      if (!hasLoadedOwner(graph, resource)) yield workloadOf(graph, resource);
    }
  }
  for (const gateway of graph.list('KubernetesGateway')) {
    if (isDeployedByIstio(gateway)) yield gatewayWorkload(gateway);
  }
}

/** Tells the kind of a resource that may be of several. */
export function isKind<K extends Kind>(resource: Resource, kind: K): resource is Resource<K> {
  return resource.kind === kind;
}

const templatedKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'Rollout',
] as const;

/** The pod template of a controller; undefined for whatever is none. */
export function templateOf(resource: Resource): PodTemplate | undefined {
  if (isKind(resource, 'CronJob')) return resource.spec.jobTemplate?.spec?.template;
  return isTemplated(resource) ? resource.spec.template : undefined;
}

function isTemplated(resource: Resource): resource is Resource<(typeof templatedKinds)[number]> {
  return templatedKinds.some((kind) => kind === resource.kind);
}

function workloadOf(graph: Graph, resource: Resource<WorkloadKind>): Workload {
  if (isKind(resource, 'Pod')) {
    return podWorkload(resource, resource.metadata, resource.spec, isRecorded(graph, resource));
  }
  if (isKind(resource, 'WorkloadEntry')) return entryWorkload(resource);
  if (isKind(resource, 'WorkloadGroup')) return groupWorkload(resource);
  const template = templateOf(resource);
  return podWorkload(resource, template?.metadata ?? {}, template?.spec ?? {}, false);
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

/** A machine that is listed (`ConvertWorkloadEntry` in pilot/pkg/serviceregistry/serviceentry/conversion.go). */
function entryWorkload(entry: Resource<'WorkloadEntry'>): Workload {
  return {
    resource: entry,
    namespace: entry.namespace,
    labels: { ...entry.spec.labels, ...entry.metadata.labels },
    annotations: entry.metadata.annotations ?? {},
    serviceAccount: nonEmpty(entry.spec.serviceAccount) ?? 'default',
    recorded: false,
    origin: entry.origin,
  };
}

/** Machines that register themselves (`workloadEntryFromGroup` in pilot/pkg/autoregistration/controller.go). */
function groupWorkload(group: Resource<'WorkloadGroup'>): Workload {
  const { metadata, template } = group.spec;
  return {
    resource: group,
    namespace: group.namespace,
    labels: { ...template?.labels, ...metadata?.labels },
    annotations: metadata?.annotations ?? {},
    serviceAccount: nonEmpty(template?.serviceAccount) ?? 'default',
    recorded: false,
    origin: group.origin,
  };
}

/** A Pod, ReplicaSet or Job counts through its owner where that is loaded. */
function hasLoadedOwner(graph: Graph<WorkloadKind>, resource: Resource<WorkloadKind>): boolean {
  const { namespace } = resource;
  for (const { kind, name } of resource.metadata.ownerReferences ?? []) {
    const owner = workloadKinds.find((known) => known === kind);
    if (owner === undefined || name === undefined) continue;
    if (graph.copies(owner, { namespace, name }).length > 0) return true;
    // Pods of a Deployment are owned by its ReplicaSet, which is called like the Deployment plus a hash.
    const labels = resource.metadata.labels ?? {};
    const hash = labels['pod-template-hash'] ?? labels['rollouts-pod-template-hash'];
    if (owner === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)) {
      const deployment = { namespace, name: name.slice(0, -hash.length - 1) };
      if (graph.copies('Deployment', deployment).length > 0) return true;
      if (graph.copies('Rollout', deployment).length > 0) return true;
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
    pod.origin.source.live !== undefined ||
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

/** Which controller of Istio a class belongs to, as the label of its pods says. */
const controllers: Readonly<Partial<Record<string, string>>> = {
  'istio-waypoint': 'istio.io-mesh-controller',
  'istio-east-west': 'istio.io-eastwest-controller',
};

/** A Gateway that names the Service of existing pods gets none of its own (`IsManaged` in gatewaycommon). */
export function isDeployedByIstio(gateway: Resource<'KubernetesGateway'>): boolean {
  const addresses = gateway.spec.addresses ?? [];
  const [first] = addresses;
  return first === undefined || (addresses.length === 1 && (first.type ?? 'IPAddress') === 'IPAddress');
}

/**
 * The pods that Istio deploys for a Gateway (pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go): their
 * labels, and the account that is the identity of a waypoint.
 */
function gatewayWorkload(gateway: Resource<'KubernetesGateway'>): Workload {
  const annotations = gateway.metadata.annotations ?? {};
  const className = gateway.spec.gatewayClassName ?? '';
  const deployed = barelyNamedClasses.has(className) ? gateway.name : `${gateway.name}-${className}`;
  const own = gateway.spec.infrastructure;
  return {
    resource: gateway,
    namespace: gateway.namespace,
    labels: {
      'service.istio.io/canonical-name': annotations['gateway.istio.io/name-override'] ?? deployed,
      'service.istio.io/canonical-revision': 'latest',
      // Labels meant for the pods stand in for those of the Gateway, they do not add to them.
      ...(own?.labels ?? gateway.metadata.labels),
      [GATEWAY_NAME_LABEL]: gateway.name,
      'gateway.networking.k8s.io/gateway-class-name': className,
      [MANAGED_LABEL]: controllers[className] ?? 'istio.io-gateway-controller',
    },
    annotations: own?.annotations ?? annotations,
    serviceAccount: annotations['gateway.istio.io/service-account'] ?? deployed,
    recorded: false,
    origin: gateway.origin,
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
