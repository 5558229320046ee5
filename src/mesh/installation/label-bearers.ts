import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type Reads, view } from '../../graph/view.ts';
import type { Labels } from '../../model/labels.ts';
import { showRef } from '../../model/names.ts';
import {
  isManaged,
  podKinds,
  podReads,
  type Workload,
  workloadReads,
  workloads,
} from '../workloads/workloads.ts';

/** What a rule declares that judges labels: whatever carries some of Istio's is a subject. */
export const labelReads = {
  ...workloadReads,
  ...podReads,
  Namespace: 'some',
  Service: 'some',
  ServiceEntry: 'some',
  WorkloadEntry: 'some',
  KubernetesGateway: 'some',
  GatewayClass: 'some',
} as const satisfies Reads;

/** The kinds that carry them. */
export const labelKinds = [
  ...podKinds,
  'Namespace',
  'Service',
  'ServiceEntry',
  'WorkloadEntry',
  'KubernetesGateway',
  'GatewayClass',
] as const;

/** Something that carries labels. */
export interface LabelBearing {
  readonly resource: Resource;
  /** What carries them: the kind as people know it, and `Pod` for the template of a controller. */
  readonly bearer: string;
  /** The very objects as written. */
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Set for what stands on a controller itself: where its pods get theirs from. */
  readonly template?: { readonly path: string; readonly labels: Labels; readonly annotations: Labels };
  /** Set for pods and their templates. */
  readonly workload?: Workload;
}

/**
 * Everything that carries labels which Istio reads. Left out is what nobody wrote: what a controller made has the
 * labels of that controller, and what Istio deploys for a Gateway those of the Gateway
 * (pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go).
 */
export const labelBearers = view(labelReads, (graph): readonly LabelBearing[] => [
  ...objects(graph),
  ...workloads(graph).all.flatMap(ofWorkload),
]);

/** Most objects have labels of their own making only; those of Istio have a domain, or its name in front. */
function mayConcernIstio(labels: Labels, annotations: Labels): boolean {
  for (const key in labels) if (key.includes('/') || key.startsWith('istio')) return true;
  for (const key in annotations) if (key.includes('/') || key.startsWith('istio')) return true;
  return false;
}

function* objects(graph: Graph<keyof typeof labelReads>): Iterable<LabelBearing> {
  const all: readonly Resource[] = [
    ...graph.list('Namespace'),
    ...graph.list('Service'),
    ...graph.list('ServiceEntry'),
    ...graph.list('WorkloadEntry'),
    ...graph.list('KubernetesGateway'),
    ...graph.list('GatewayClass'),
  ];
  for (const resource of all) {
    const { labels = {}, annotations = {} } = resource.metadata;
    if (resource.kind !== 'Namespace' && !mayConcernIstio(labels, annotations)) continue;
    if (isMade(resource)) continue;
    const bearer = resource.kind === 'KubernetesGateway' ? 'Gateway' : resource.kind;
    yield { resource, bearer, labels, annotations };
  }
}

function ofWorkload(workload: Workload): readonly LabelBearing[] {
  const { resource, labels, annotations, pod } = workload;
  if (pod === undefined || isManaged(labels) || isManaged(resource.metadata.labels)) return [];
  const { labels: own = {}, annotations: notes = {} } = resource.metadata;
  if (!mayConcernIstio(labels, annotations) && !mayConcernIstio(own, notes)) return [];
  const pods: LabelBearing = { resource, bearer: 'Pod', labels, annotations, workload };
  if (resource.kind === 'Pod' || isMade(resource)) return [pods];
  const path = `spec.${resource.kind === 'CronJob' ? 'jobTemplate.spec.' : ''}template.metadata`;
  const template = { path, labels, annotations };
  return [pods, { resource, bearer: resource.kind, labels: own, annotations: notes, template }];
}

function isMade({ metadata }: Resource): boolean {
  return (metadata.ownerReferences ?? []).length > 0 || isManaged(metadata.labels);
}

/** Who carries the labels, in words: `Service shop/orders`, `pods of Deployment shop/orders`. */
export function showBearer({ resource, bearer }: LabelBearing): string {
  const name = showRef(resource);
  if (bearer !== 'Pod') return `${bearer} ${name}`;
  return resource.kind === 'Pod' ? `Pod ${name}` : `pods of ${resource.kind} ${name}`;
}
