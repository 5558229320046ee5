import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type Reads, view } from '../../graph/view.ts';
import { problemOf } from '../../model/annotation-values.ts';
import {
  type AnnotationFacts,
  annotationFacts,
  annotationNames,
  isIstioAnnotation,
  isIstioLabel,
  labelNames,
} from '../../model/annotations.ts';
import type { Labels } from '../../model/labels.ts';
import { nearestName } from '../../model/near.ts';
import { hasPlaceholder, hasPlaceholderName } from '../../model/placeholder.ts';
import { INJECT_KEY } from '../membership/membership.ts';
import { proxyConfigProblem } from '../membership/proxy-settings.ts';
import { isManaged, type Workload } from '../workloads/workload.ts';
import { workloads } from '../workloads/workloads.ts';

/** What a rule declares that judges annotations: whatever carries some is a subject. */
export const annotationReads = {
  Namespace: 'some',
  Service: 'some',
  Deployment: 'some',
  StatefulSet: 'some',
  DaemonSet: 'some',
  ReplicaSet: 'some',
  ReplicationController: 'some',
  Job: 'some',
  CronJob: 'some',
  Rollout: 'some',
  Pod: 'some',
  WorkloadEntry: 'some',
  WorkloadGroup: 'some',
  KubernetesGateway: 'some',
} as const satisfies Reads;

/** One of Istio's annotations, where it stands. */
export interface Annotation {
  readonly name: string;
  readonly value: string;
  readonly resource: Resource;
  /** The very object that holds it. */
  readonly among: Labels;
  /** What carries it: the kind, and `Pod` for the template of a controller. */
  readonly bearer: string;
  /** Set for what stands on a controller itself: where its pods get theirs from, and what stands there. */
  readonly template?: { readonly path: string; readonly annotations: Labels };
}

export interface Unknown extends Annotation {
  /** What it may be meant for: a known annotation, or a label of the same name. */
  readonly meant?: { readonly name: string; readonly is: 'annotation' | 'label' };
  /** Whether what is meant is read where this stands, and takes its value. */
  readonly fits: boolean;
}
export interface Deprecated extends Annotation {
  readonly instead?: string;
  /** The annotation that takes the same value and has taken its place. */
  readonly renamed?: string;
}
export interface Misplaced extends Annotation {
  readonly on: readonly string[];
}
export interface Invalid extends Annotation {
  /** Goes on after a colon. */
  readonly problem: string;
  readonly strict: boolean;
}

export interface AnnotationFaults {
  readonly unknown: readonly Unknown[];
  readonly deprecated: readonly Deprecated[];
  readonly alpha: readonly Annotation[];
  readonly misplaced: readonly Misplaced[];
  readonly invalid: readonly Invalid[];
}

/**
 * What is wrong with Istio's annotations on Namespaces, Services, Pods and their controllers, in the order in which
 * pkg/config/analysis/analyzers/annotations/annotations.go asks: what is not known is nothing else; a deprecated
 * annotation may be misplaced too; only at its right place its value matters.
 */
export const annotationFaults = view(annotationReads, (graph): AnnotationFaults => {
  const unknown: Unknown[] = [];
  const deprecated: Deprecated[] = [];
  const alpha: Annotation[] = [];
  const misplaced: Misplaced[] = [];
  const invalid: Invalid[] = [];
  // The same slip is often made in many places.
  const meanings = new Map<string, Unknown['meant']>();
  for (const bearer of bearers(graph)) {
    for (const [name, value] of Object.entries(bearer.among)) {
      if (!isIstioAnnotation(name)) continue;
      const annotation: Annotation = { ...bearer.place, among: bearer.among, name, value };
      const facts = annotationFacts(name);
      if (facts === undefined) {
        const meant = meanings.has(name) ? meanings.get(name) : meantBy(name);
        meanings.set(name, meant);
        const fits = meant !== undefined && isRightHere(graph, meant.name, annotation);
        unknown.push(meant === undefined ? { ...annotation, fits } : { ...annotation, meant, fits });
        continue;
      }
      if (facts.alpha && !(bearer.isInjected && setByInjector.has(name))) alpha.push(annotation);
      // Whoever has the label keeps the annotation for older releases.
      if (facts.deprecated !== undefined && !(name === INJECT_KEY && Object.hasOwn(bearer.labels, name)))
        deprecated.push({ ...annotation, ...facts.deprecated });
      if (facts.on === 'any') continue;
      if (!facts.on.some((kind) => kind === bearer.place.bearer)) {
        misplaced.push({ ...annotation, on: facts.on });
        continue;
      }
      const problem = valueProblem(graph, facts, annotation);
      if (problem !== undefined) invalid.push({ ...annotation, problem, strict: facts.strict === true });
    }
  }
  return { unknown, deprecated, alpha, misplaced, invalid };
});

/** Whether an annotation of this name would do what it says, in the place of the one at hand. */
function isRightHere(graph: Graph, name: string, at: Annotation): boolean {
  const facts = annotationFacts(name);
  if (facts === undefined || facts.deprecated !== undefined) return false;
  const isRead = facts.on === 'any' || facts.on.some((kind) => kind === at.bearer);
  return isRead && valueProblem(graph, facts, at) === undefined;
}

/** Written by the injector on pods of meshes with the CNI plugin (pkg/config/analysis/analyzers/maturity). */
const setByInjector: ReadonlySet<string> = new Set([
  'sidecar.istio.io/interceptionMode',
  'traffic.sidecar.istio.io/excludeInboundPorts',
  'traffic.sidecar.istio.io/includeInboundPorts',
  'traffic.sidecar.istio.io/includeOutboundIPRanges',
]);

/** Something that carries annotations. */
interface Bearer {
  readonly place: Pick<Annotation, 'resource' | 'bearer' | 'template'>;
  readonly among: Labels;
  readonly labels: Labels;
  /** A pod as the injector left it, without the init container that meshes without the CNI plugin have. */
  readonly isInjected: boolean;
}

function* bearers(graph: Graph<keyof typeof annotationReads>): Iterable<Bearer> {
  for (const resource of [...graph.list('Namespace'), ...graph.list('Service')]) {
    if (isManaged(resource.metadata.labels)) continue;
    yield* bearer({ resource, bearer: resource.kind }, resource.metadata);
  }
  for (const workload of workloads(graph).all) {
    const { resource, annotations, labels, pod } = workload;
    if (pod === undefined || isManaged(labels)) continue;
    yield {
      place: { resource, bearer: 'Pod' },
      among: annotations,
      labels,
      isInjected: isInjected(workload),
    };
    // What its own controller made has the annotations of that controller.
    const isMade = (resource.metadata.ownerReferences ?? []).length > 0;
    if (resource.kind === 'Pod' || isMade) continue;
    const path = `spec.${resource.kind === 'CronJob' ? 'jobTemplate.spec.' : ''}template.metadata.annotations`;
    yield* bearer({ resource, bearer: resource.kind, template: { path, annotations } }, resource.metadata);
  }
}

function* bearer(
  place: Bearer['place'],
  { annotations, labels = {} }: Resource['metadata'],
): Iterable<Bearer> {
  if (annotations !== undefined) yield { place, among: annotations, labels, isInjected: false };
}

function isInjected({ recorded, pod }: Workload): boolean {
  return recorded && !(pod?.initContainers ?? []).some(({ name }) => name === 'istio-init');
}

function meantBy(name: string): Unknown['meant'] {
  if (isIstioLabel(name)) return { name, is: 'label' };
  const near = nearestName(name, [...annotationNames, ...labelNames]) ?? alike(name);
  return near === undefined ? undefined : { name: near, is: isIstioLabel(near) ? 'label' : 'annotation' };
}

/** The same name in other letters, or under another of Istio's prefixes. */
function alike(name: string): string | undefined {
  const folded = name.toLowerCase();
  const slash = name.indexOf('/');
  if (slash < 0 || slash === name.length - 1) return undefined;
  const prefix = name.slice(0, slash + 1);
  const own = folded.slice(slash);
  return (
    annotationNames.find((known) => known.toLowerCase() === folded) ??
    (annotationNames.some((known) => known.startsWith(prefix))
      ? annotationNames.find((known) => known.toLowerCase().endsWith(own))
      : undefined)
  );
}

/** Values that a kustomization may change, or that something else fills in, are not judged. */
function valueProblem(graph: Graph, { value: kind }: AnnotationFacts, at: Annotation): string | undefined {
  if (kind === undefined || graph.changedBy(at.resource) !== undefined) return undefined;
  // A proxy configuration has words in capitals of its own.
  const isFilledIn = kind === 'proxy configuration' ? hasPlaceholder : hasPlaceholderName;
  if (isFilledIn(at.value)) return undefined;
  if (kind !== 'proxy configuration') return problemOf(kind, at.value);
  const reading = graph.proxyReading(at.value);
  return reading === undefined ? undefined : proxyConfigProblem(reading);
}
