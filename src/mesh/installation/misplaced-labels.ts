import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { type MeshLabel, meshLabel, meshLabelNames } from '../../model/istio-labels.ts';
import type { Labels } from '../../model/labels.ts';
import { INJECT_KEY, REVISION_LABEL } from '../membership/membership.ts';
import { GATEWAY_NAME_LABEL, type Workload } from '../workloads/workloads.ts';
import { type LabelBearing, labelBearers, labelReads } from './label-bearers.ts';

/** A label of Istio's on something where Istio does not read it. */
export interface MisplacedLabel {
  readonly bearing: LabelBearing;
  readonly key: string;
  readonly facts: MeshLabel;
}

/** An annotation about ambient mode that does nothing, or harm. */
export interface IdleAnnotation {
  readonly bearing: LabelBearing;
  readonly key: string;
  readonly fault: 'captured' | 'not-captured' | 'account' | 'label';
  /** What does not happen, where it is a label. */
  readonly otherwise: string;
}

export interface MisplacedLabels {
  readonly labels: readonly MisplacedLabel[];
  readonly annotations: readonly IdleAnnotation[];
}

const REDIRECTION_ANNOTATION = 'ambient.istio.io/redirection';
const ACCOUNT_ANNOTATION = 'istio.io/for-service-account';

/** Labels of Istio's that stand where nobody reads them, and annotations that only look as if they enrolled something. */
export const misplacedLabels = view(labelReads, (graph): MisplacedLabels => {
  const labels: MisplacedLabel[] = [];
  const annotations: IdleAnnotation[] = [];
  for (const bearing of labelBearers(graph)) {
    // A patch may put the label where it belongs.
    if (graph.changedBy(bearing.resource) !== undefined) continue;
    if (isOfIstio(bearing.resource, graph.mesh.rootNamespace) || isOfGateway(bearing.labels)) continue;
    for (const key of Object.keys(bearing.labels)) {
      const facts = meshLabel(key);
      if (facts !== undefined && isMisplaced(bearing, key, facts)) labels.push({ bearing, key, facts });
    }
    for (const [key, value] of Object.entries(bearing.annotations)) {
      const fault = annotationFault(bearing, key, value);
      if (fault !== undefined)
        annotations.push({ bearing, key, fault, otherwise: meshLabel(key)?.otherwise ?? '' });
    }
  }
  return { labels, annotations };
});

function isMisplaced({ bearer, template }: LabelBearing, key: string, facts: MeshLabel): boolean {
  if ([...facts.on, ...(facts.via ?? [])].some((kind) => kind === bearer)) return false;
  if (template === undefined) return true;
  // Where the pods say it too nothing is missing, or it is said there that it is misplaced.
  const isSaid = Object.hasOwn(template.labels, key);
  return !isSaid && !(key === INJECT_KEY && Object.hasOwn(template.annotations, key));
}

/**
 * Only the CNI writes that a pod is captured: `setTunnelProtocol` of pilot/pkg/serviceregistry/ambient/workloads.go
 * believes it. Waypoints of one service account ended with release 1.22.
 */
function annotationFault(
  { bearer, workload }: LabelBearing,
  key: string,
  value: string,
): IdleAnnotation['fault'] | undefined {
  if (key === REDIRECTION_ANNOTATION) {
    if (workload === undefined || comesFromCluster(workload)) return undefined;
    return value === 'enabled' ? 'captured' : 'not-captured';
  }
  if (key === ACCOUNT_ANNOTATION) return bearer === 'Gateway' ? 'account' : undefined;
  const isLabel = key !== REVISION_LABEL && key !== INJECT_KEY && meshLabelNames.includes(key);
  return isLabel && beyondAnnotations.has(bearer) ? 'label' : undefined;
}

/** The end of a name that a controller made up: Kubernetes draws from letters and digits that spell nothing. */
const GENERATED = /-[a-z0-9]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** A pod that a cluster recorded, also where somebody took out of it what a cluster adds. */
function comesFromCluster({ resource, recorded, labels, pod }: Workload): boolean {
  if (recorded || pod?.nodeName !== undefined || Object.hasOwn(labels, 'pod-template-hash')) return true;
  return resource.kind === 'Pod' && GENERATED.test(resource.name);
}

/** Kinds whose annotations are not judged as such (src/mesh/installation/annotations.ts). */
const beyondAnnotations: ReadonlySet<string> = new Set([
  'Gateway',
  'GatewayClass',
  'ServiceEntry',
  'WorkloadEntry',
]);

/** What installs Istio puts the same labels on everything. */
function isOfIstio({ namespace, metadata }: Resource, rootNamespace: string): boolean {
  const { labels = {} } = metadata;
  if (namespace === rootNamespace || labels.release === 'istio') return true;
  if (labels['app.kubernetes.io/part-of'] === 'istio') return true;
  return ['istio', 'operator.istio.io/component', 'install.operator.istio.io/owning-resource'].some((key) =>
    Object.hasOwn(labels, key),
  );
}

/** Pods, Services and Deployments of a Gateway repeat its labels, also where somebody wrote them out. */
function isOfGateway(labels: Labels): boolean {
  return Object.hasOwn(labels, GATEWAY_NAME_LABEL) || Object.hasOwn(labels, 'istio.io/gateway-name');
}
