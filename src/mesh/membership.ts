import type { Graph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { view } from '../graph/view.ts';
import { ensure } from '../model/collections.ts';
import type { Labels } from '../model/labels.ts';
import { FLOATING } from '../model/names.ts';
import { injector } from './injector.ts';
import { GATEWAY_NAME_LABEL, type Workload } from './workloads.ts';

export const INJECTION_LABEL = 'istio-injection';
export const REVISION_LABEL = 'istio.io/rev';
export const DATAPLANE_LABEL = 'istio.io/dataplane-mode';
export const INJECT_KEY = 'sidecar.istio.io/inject';
const TEMPLATES_ANNOTATION = 'inject.istio.io/templates';
const REDIRECTION_ANNOTATION = 'ambient.istio.io/redirection';

/** Namespaces in which nothing is ever injected or captured. */
const untouchedNamespaces: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
]);

/** How a workload takes part in the mesh; `unknown` when its Namespace, whose labels decide, is not loaded. */
export type MeshMode = 'sidecar' | 'ambient' | 'gateway' | 'waypoint' | 'none' | 'unknown';

export interface Membership {
  modeOf(workload: Workload): MeshMode;
  /** The labels of a namespace: those of the Namespace nearest to who asks; undefined when none is loaded. */
  namespaceLabels(namespace: string, from: Pick<Resource, 'origin'>): Labels | undefined;
}

/** Injection and ambient enrolment of every workload. */
export const membership = view({ Namespace: 'some', ConfigMap: 'some' }, (graph): Membership => {
  const known = new Map<Workload, MeshMode>();
  return {
    modeOf(workload) {
      const mode = ensure(known, workload, () => decide(graph, workload));
      return mode;
    },
    namespaceLabels: (namespace, from) => namespaceLabels(graph, namespace, from),
  };
});

function namespaceLabels(
  graph: Graph<'Namespace'>,
  namespace: string,
  from: Pick<Resource, 'origin'>,
): Labels | undefined {
  if (namespace === FLOATING) return undefined;
  const copies = graph.copies('Namespace', { namespace: '', name: namespace });
  const [nearest] = graph.nearest(from, copies);
  if (nearest === undefined) return graph.world === 'closed' ? {} : undefined;
  return nearest.metadata.labels ?? {};
}

function decide(graph: Graph<'Namespace' | 'ConfigMap'>, workload: Workload): MeshMode {
  if (workload.resource.kind === 'KubernetesGateway') return isWaypoint(workload) ? 'waypoint' : 'gateway';
  if (workload.resource.kind === 'WorkloadEntry' || workload.resource.kind === 'WorkloadGroup') {
    // A machine that registers itself runs the proxy; one that is only listed may not.
    return workload.resource.kind === 'WorkloadGroup' ? 'sidecar' : 'unknown';
  }
  if (isGateway(workload))
    return workload.labels[GATEWAY_NAME_LABEL] !== undefined && isWaypoint(workload) ? 'waypoint' : 'gateway';
  if (hasProxy(workload)) return 'sidecar';
  if (workload.annotations[REDIRECTION_ANNOTATION] === 'enabled') return 'ambient';
  if (workload.pod?.hostNetwork === true || untouchedNamespaces.has(workload.namespace)) return 'none';
  const labels = namespaceLabels(graph, workload.namespace, workload);
  if (labels === undefined) return modeWithoutNamespace(workload);
  if (!workload.recorded && isInjected(graph, workload, labels)) return 'sidecar';
  return isEnrolled(workload, labels) ? 'ambient' : 'none';
}

/**
 * Whether a new pod gets a sidecar, in the order of the injection webhook: its selectors
 * (manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml), then the policy of
 * pkg/kube/inject/inject.go.
 */
function isInjected(graph: Graph<'ConfigMap'>, workload: Workload, namespace: Labels): boolean {
  const label = workload.labels[INJECT_KEY];
  if (label === 'false') return false;
  const injection = namespace[INJECTION_LABEL];
  let selected: boolean;
  if (injection !== undefined) selected = injection === 'enabled';
  else if (namespace[REVISION_LABEL] !== undefined) selected = true;
  else if (workload.labels[REVISION_LABEL] !== undefined) selected = true;
  else selected = label === 'true' || injector(graph).injectsByDefault;
  return selected && (label !== undefined || workload.annotations[INJECT_KEY] !== 'false');
}

function isEnrolled(workload: Workload, namespace: Labels): boolean {
  const own = workload.labels[DATAPLANE_LABEL];
  return own === 'ambient' || (namespace[DATAPLANE_LABEL] === 'ambient' && own !== 'none');
}

/** What a declaration of reads needs besides those of the workloads. */
export const membershipReads = { Namespace: 'some', ConfigMap: 'some' } as const;

/** What the template alone settles when the Namespace is not loaded. */
function modeWithoutNamespace(workload: Workload): MeshMode {
  const refusesSidecar = workload.labels[INJECT_KEY] === 'false';
  const own = workload.labels[DATAPLANE_LABEL];
  if (refusesSidecar && own === 'ambient') return 'ambient';
  if (refusesSidecar && own === 'none') return 'none';
  return 'unknown';
}

function hasProxy(workload: Workload): boolean {
  const containers = [...(workload.pod?.containers ?? []), ...(workload.pod?.initContainers ?? [])];
  return containers.some((container) => container.name === 'istio-proxy' && (container.image ?? '') !== '');
}

/** Pods of a gateway: injected by the gateway template, or with a proxy of their own and the labels of a gateway. */
function isGateway(workload: Workload): boolean {
  const templates = (workload.annotations[TEMPLATES_ANNOTATION] ?? '').split(',').map((name) => name.trim());
  if (templates.includes('gateway')) return true;
  if (workload.labels[GATEWAY_NAME_LABEL] !== undefined) return true;
  const istio = workload.labels.istio;
  return istio === 'ingressgateway' || istio === 'egressgateway' || istio === 'eastwestgateway';
}

/** Classes (and the label of managed pods) that make a Gateway a waypoint. */
export function isWaypoint(workload: Workload): boolean {
  if (workload.resource.kind === 'KubernetesGateway') {
    const spec = workload.resource.spec;
    return 'gatewayClassName' in spec && spec.gatewayClassName === 'istio-waypoint';
  }
  return workload.labels['gateway.istio.io/managed'] === 'istio.io-mesh-controller';
}
