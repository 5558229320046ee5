import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { type Labels, showLabels } from '../../model/labels.ts';
import { FLOATING } from '../../model/names.ts';
import { GATEWAY_NAME_LABEL, MANAGED_LABEL, type Workload } from '../workloads/workloads.ts';
import { type Injectors, injector } from './injector.ts';

export const INJECTION_LABEL = 'istio-injection';
export const REVISION_LABEL = 'istio.io/rev';
export const DATAPLANE_LABEL = 'istio.io/dataplane-mode';
export const INJECT_KEY = 'sidecar.istio.io/inject';
const TEMPLATES_ANNOTATION = 'inject.istio.io/templates';
export const REDIRECTION_ANNOTATION = 'ambient.istio.io/redirection';
const SIDECAR_STATUS_ANNOTATION = 'sidecar.istio.io/status';
const TLS_MODE_LABEL = 'security.istio.io/tlsMode';

/** Namespaces in which nothing is ever injected (pkg/kube/inject/inject.go); the CNI leaves the first alone too. */
const untouchedNamespaces: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
]);

/** Whether nothing is ever injected in a namespace. */
export function isOutsideInjection(namespace: string): boolean {
  return untouchedNamespaces.has(namespace);
}

/**
 * How a workload takes part in the mesh; `unknown` when what decides it is not loaded (its Namespace) or is changed
 * before it is applied.
 */
export type MeshMode = 'sidecar' | 'ambient' | 'gateway' | 'waypoint' | 'none' | 'unknown';

export interface Membership {
  modeOf(workload: Workload): MeshMode;
  /** Whether a pod of the workload would get a sidecar if it were created now; undefined when unknown. */
  injects(workload: Workload): boolean | undefined;
  /** Whether labels ask for ambient mode, whatever else stands against it; undefined when unknown. */
  enrols(workload: Workload): boolean | undefined;
  /**
   * The labels of a namespace: those of the Namespace nearest to who asks; undefined when none is loaded, or
   * when nothing says which of several it is.
   */
  namespaceLabels(namespace: string, from: Pick<Resource, 'origin'>): Labels | undefined;
}

/** What a declaration of reads needs besides those of the workloads. */
export const membershipReads = { Namespace: 'some', ConfigMap: 'some', GatewayClass: 'some' } as const;

/** Injection and ambient enrolment of every workload. */
export const membership = view(membershipReads, (graph): Membership => {
  const modes = new Map<Workload, MeshMode>();
  const world: World = {
    injectors: injector(graph),
    waypointClasses: waypointClasses(graph.list('GatewayClass')),
    namespaceLabels: (namespace, from) => namespaceLabels(graph, namespace, from),
    isChanged: (resource) => graph.changedBy(resource) !== undefined,
    rootNamespace: graph.mesh.rootNamespace,
  };
  return {
    modeOf: (workload) => graph.keep(modes, workload, () => modeOf(world, workload)),
    injects(workload) {
      if (workload.pod?.hostNetwork === true || untouchedNamespaces.has(workload.namespace)) return false;
      const labels = world.namespaceLabels(workload.namespace, workload);
      return labels === undefined ? undefined : isInjected(world.injectors, workload, labels);
    },
    enrols(workload) {
      const labels = world.namespaceLabels(workload.namespace, workload);
      return labels === undefined ? undefined : isEnrolled(workload, labels);
    },
    namespaceLabels: world.namespaceLabels,
  };
});

/** A Pod for itself, apart from the owner through which it counts as a workload. */
export function recordedPod(pod: Resource<'Pod'>): Workload {
  const { metadata, spec, namespace, origin } = pod;
  return {
    resource: pod,
    namespace,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    serviceAccount: spec.serviceAccountName ?? 'default',
    pod: spec,
    recorded: true,
    origin,
  };
}

/** What the decision about one workload looks at, besides the workload itself. */
interface World extends Pick<Membership, 'namespaceLabels'> {
  readonly injectors: Injectors;
  readonly waypointClasses: ReadonlySet<string>;
  readonly rootNamespace: string;
  isChanged(resource: Resource): boolean;
}

function namespaceLabels(
  graph: Graph<'Namespace'>,
  namespace: string,
  from: Pick<Resource, 'origin'>,
): Labels | undefined {
  if (namespace === FLOATING) return undefined;
  const copies = graph.nearest(from, graph.copies('Namespace', { namespace: '', name: namespace }));
  const [nearest, ...others] = copies;
  if (nearest === undefined) return graph.isClosed('Namespace') ? {} : undefined;
  if (graph.changedBy(nearest) !== undefined) return undefined;
  const labels = nearest.metadata.labels ?? {};
  if (others.length === 0) return labels;
  const text = showLabels(labels);
  return others.every((copy) => showLabels(copy.metadata.labels ?? {}) === text) ? labels : undefined;
}

function modeOf(world: World, workload: Workload): MeshMode {
  const { kind } = workload.resource;
  if (kind === 'KubernetesGateway') return gatewayMode(workload, world.waypointClasses);
  if (world.isChanged(workload.resource)) return 'unknown';
  // A machine that registers itself runs the proxy; one that is only listed says so by a label.
  if (kind === 'WorkloadGroup') return 'sidecar';
  if (kind === 'WorkloadEntry') return workload.labels[TLS_MODE_LABEL] === 'istio' ? 'sidecar' : 'unknown';
  if (isGateway(workload)) return gatewayMode(workload, world.waypointClasses);
  if (hasProxy(workload)) return 'sidecar';
  if (workload.annotations[REDIRECTION_ANNOTATION] === 'enabled') return 'ambient';
  if (workload.pod?.hostNetwork === true || isZtunnel(workload, world.rootNamespace)) return 'none';
  const labels = world.namespaceLabels(workload.namespace, workload);
  if (labels === undefined) return modeWithoutNamespace(workload);
  // A recorded pod is as it is: without a proxy it has none.
  if (!workload.recorded && isInjected(world.injectors, workload, labels)) return 'sidecar';
  return isEnrolled(workload, labels) ? 'ambient' : 'none';
}

/**
 * Whether a new pod gets a sidecar, in the order of the injection webhook: its selectors
 * (manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml), then `injectRequired` of
 * pkg/kube/inject/inject.go. Revisions are not loaded from files: every one that is named counts as installed.
 */
function isInjected(injectors: Injectors, workload: Workload, namespace: Labels): boolean {
  if (untouchedNamespaces.has(workload.namespace)) return false;
  const revision = webhookFor(injectors, workload.labels, namespace);
  if (revision === undefined) return false;
  const wish = workload.labels[INJECT_KEY] ?? workload.annotations[INJECT_KEY];
  if (wish === 'true') return true;
  return wish !== 'false' && injectors.ofRevision(revision).injects(workload.labels);
}

/** The revision whose webhook is called for the pod, '' for the default one; undefined when none is. */
function webhookFor(injectors: Injectors, pod: Labels, namespace: Labels): string | undefined {
  if (pod[INJECT_KEY] === 'false') return undefined;
  const injection = namespace[INJECTION_LABEL];
  if (injection !== undefined) return injection === 'enabled' ? '' : undefined;
  const revision = namespace[REVISION_LABEL] ?? pod[REVISION_LABEL];
  if (revision !== undefined) return revision;
  if (pod[INJECT_KEY] === 'true') return '';
  return pod[INJECT_KEY] === undefined && injectors.injectsByDefault ? '' : undefined;
}

/** The selectors that the CNI is installed with (cni/pkg/util/enablement_selector.go). */
function isEnrolled(workload: Workload, namespace: Labels): boolean {
  if (workload.namespace === 'kube-system') return false;
  if (workload.annotations[SIDECAR_STATUS_ANNOTATION] !== undefined) return false;
  const own = workload.labels[DATAPLANE_LABEL];
  return own === 'ambient' || (namespace[DATAPLANE_LABEL] === 'ambient' && own !== 'none');
}

/** What the template alone settles when the Namespace is not loaded. */
function modeWithoutNamespace(workload: Workload): MeshMode {
  if (workload.namespace === 'kube-system') return 'none';
  const refusesSidecar =
    workload.recorded ||
    workload.labels[INJECT_KEY] === 'false' ||
    // The label wins over the annotation.
    (workload.labels[INJECT_KEY] === undefined && workload.annotations[INJECT_KEY] === 'false');
  if (!refusesSidecar) return 'unknown';
  const own = workload.labels[DATAPLANE_LABEL];
  return own === 'ambient' ? 'ambient' : own === 'none' ? 'none' : 'unknown';
}

function hasProxy(workload: Workload): boolean {
  return containersOf(workload).some((one) => one.name === 'istio-proxy' && (one.image ?? '') !== '');
}

function containersOf(workload: Workload): NonNullable<NonNullable<Workload['pod']>['containers']> {
  return [...(workload.pod?.containers ?? []), ...(workload.pod?.initContainers ?? [])];
}

/** Pods of ztunnel itself are never captured (cni/pkg/util/podutil.go). */
function isZtunnel(workload: Workload, rootNamespace: string): boolean {
  return workload.namespace === rootNamespace && workload.labels.app === 'ztunnel';
}

/** Pods of a gateway: injected by the gateway template, or with a proxy of their own and the labels of a gateway. */
function isGateway(workload: Workload): boolean {
  const templates = (workload.annotations[TEMPLATES_ANNOTATION] ?? '').split(',').map((name) => name.trim());
  if (templates.includes('gateway')) return true;
  if (workload.labels[GATEWAY_NAME_LABEL] !== undefined) return true;
  const istio = workload.labels.istio;
  if (istio === 'ingressgateway' || istio === 'egressgateway' || istio === 'eastwestgateway') return true;
  // Written out by hand or by an old chart: the proxy itself is told to be a router.
  return containersOf(workload).some(
    (one) => one.name === 'istio-proxy' && (one.args ?? []).includes('router'),
  );
}

/** Classes that are there without a GatewayClass object (pilot/pkg/config/kube/gatewaycommon/classinfo.go). */
const waypointControllers: ReadonlySet<string> = new Set([
  'istio.io/mesh-controller',
  'istio.io/agentgateway-waypoint-controller',
]);
const builtInWaypointClasses = ['istio-waypoint', 'istio-agentgateway-waypoint'];

function waypointClasses(loaded: readonly Resource<'GatewayClass'>[]): ReadonlySet<string> {
  const names = new Set(builtInWaypointClasses);
  for (const { name, spec } of loaded) {
    if (waypointControllers.has(spec.controllerName ?? '')) names.add(name);
  }
  return names;
}

function gatewayMode({ resource, labels }: Workload, classes: ReadonlySet<string>): 'waypoint' | 'gateway' {
  const className =
    resource.kind === 'KubernetesGateway' && 'gatewayClassName' in resource.spec
      ? resource.spec.gatewayClassName
      : labels['gateway.networking.k8s.io/gateway-class-name'];
  if (classes.has(className ?? '')) return 'waypoint';
  // Labels of managed pods are controllers with the slash made a dash.
  const manager = (labels[MANAGED_LABEL] ?? '').replace('-', '/');
  return waypointControllers.has(manager) ? 'waypoint' : 'gateway';
}
