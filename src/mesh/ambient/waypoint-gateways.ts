import type { Resource } from '../../graph/resource.ts';
import type { Listener } from '../../model/kinds.gen.ts';
import { type Labels, matchesSelector } from '../../model/labels.ts';
import type { Mesh } from '../../model/mesh.ts';

type WaypointGateway = Resource<'KubernetesGateway'>;

/** What a Gateway is to those that name it as their waypoint (pilot/pkg/serviceregistry/ambient/waypoints.go). */

export const WAYPOINT_FOR_LABEL = 'istio.io/waypoint-for';
const INBOUND_BINDING_ANNOTATION = 'ambient.istio.io/waypoint-inbound-binding';
const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';
const SANDWICH_PROTOCOL = 'istio.io/PROXY';
export const HBONE_PORT = 15008;

const builtInControllers: Readonly<Partial<Record<string, string>>> = {
  istio: 'istio.io/gateway-controller',
  'istio-waypoint': 'istio.io/mesh-controller',
};

/** Who implements a Gateway, as far as it is known: the class that is loaded says so, or one that Istio brings. */
function controllerOf({ spec }: WaypointGateway, gatewayClass?: Resource<'GatewayClass'>): string {
  return gatewayClass?.spec.controllerName ?? builtInControllers[spec.gatewayClassName ?? ''] ?? '';
}

/** Whether istiod deploys the Gateway as a waypoint of its own. */
export function isIstioWaypoint(gateway: WaypointGateway, gatewayClass?: Resource<'GatewayClass'>): boolean {
  return controllerOf(gateway, gatewayClass) === 'istio.io/mesh-controller';
}

/**
 * Whether the Gateway is one for traffic from outside, which no ztunnel can reach as a waypoint: nothing there listens
 * on the port for HBONE, and no binding says how else ztunnel should hand traffic over.
 */
export function isNorthSouth(gateway: WaypointGateway, gatewayClass?: Resource<'GatewayClass'>): boolean {
  return (
    controllerOf(gateway, gatewayClass) === 'istio.io/gateway-controller' &&
    bindingOf(gateway, gatewayClass) === undefined &&
    !(gateway.spec.listeners ?? []).some(({ port }) => port === HBONE_PORT)
  );
}

/** How ztunnel hands traffic to a waypoint that does not speak HBONE, as written on the Gateway or its class. */
export function bindingOf(
  { metadata }: WaypointGateway,
  gatewayClass?: Resource<'GatewayClass'>,
): string | undefined {
  return (
    metadata.annotations?.[INBOUND_BINDING_ANNOTATION] ??
    gatewayClass?.metadata.annotations?.[INBOUND_BINDING_ANNOTATION]
  );
}

/** What a waypoint may serve: `service`, `workload`, `all`; anything else serves nothing. */
export function trafficType(gateway: WaypointGateway, gatewayClass?: Resource<'GatewayClass'>): string {
  return (
    gateway.metadata.labels?.[WAYPOINT_FOR_LABEL] ??
    gatewayClass?.metadata.labels?.[WAYPOINT_FOR_LABEL] ??
    'service'
  );
}

/** Whether a waypoint of this traffic type serves Services (and ServiceEntries), or single workloads. */
export function serves(type: string, what: 'service' | 'workload'): boolean {
  return type === 'all' || type === what;
}

/**
 * The listener whose `allowedRoutes` decide who may attach: the one of the inbound binding, else the one for HBONE;
 * without either only the Gateway's own namespace may.
 */
export function attachmentListener(
  gateway: WaypointGateway,
  gatewayClass?: Resource<'GatewayClass'>,
): Listener | undefined {
  const listeners = gateway.spec.listeners ?? [];
  return (
    boundListener(listeners, bindingOf(gateway, gatewayClass)) ??
    listeners.find(({ protocol, port }) => protocol === 'HBONE' && port === HBONE_PORT)
  );
}

/** `NONE` or `PROXY`, alone or with a port behind a slash. */
function boundListener(listeners: readonly Listener[], binding: string | undefined): Listener | undefined {
  const [protocol, port, ...rest] = (binding ?? '').split('/');
  if ((protocol !== 'NONE' && protocol !== 'PROXY') || rest.length > 0) return undefined;
  const number = Number(port ?? 0);
  if (number > 0) return listeners.find((listener) => listener.port === number);
  return protocol === 'PROXY' ? listeners.find((one) => one.protocol === SANDWICH_PROTOCOL) : undefined;
}

/**
 * Whether objects of `namespace` may use the waypoint; undefined when the labels of the namespace decide and are
 * not known.
 */
export function allowsNamespace(
  gateway: WaypointGateway,
  listener: Listener | undefined,
  namespace: string,
  labels: Labels | undefined,
): boolean | undefined {
  const allowed = listener?.allowedRoutes?.namespaces;
  if (allowed?.from === 'All') return true;
  if (allowed?.from !== 'Selector') return gateway.namespace === namespace;
  const { selector } = allowed;
  // Kubernetes itself puts the name on every Namespace, so this one label is known without it.
  const named = { [NAMESPACE_NAME_LABEL]: namespace };
  if (labels !== undefined) return matchesSelector(selector, { ...labels, ...named });
  const keys = [
    ...Object.keys(selector?.matchLabels ?? {}),
    ...(selector?.matchExpressions ?? []).map(({ key }) => key),
  ];
  return keys.every((key) => key === NAMESPACE_NAME_LABEL) ? matchesSelector(selector, named) : undefined;
}

/** A Gateway that the cluster looked at and gave no address: istiod does not use it yet. */
export function isNotReady({ body }: WaypointGateway): boolean {
  const { conditions, addresses } = body.status ?? {};
  return (conditions ?? []).length > 0 && (addresses ?? []).length === 0;
}

/**
 * Whether `MeshConfig.serviceEntryVisibility` keeps ServiceEntries of a namespace with these labels to that namespace,
 * which forbids a waypoint elsewhere (pilot/pkg/model/serviceentry_visibility.go). Unknown labels match no policy.
 */
export function hidesFromOthers({ config }: Mesh, labels: Labels | undefined): boolean {
  const { policies, defaultVisibility } = config.serviceEntryVisibility ?? {};
  const policy = (policies ?? []).find(({ matchingRules }) =>
    (matchingRules ?? []).every(
      ({ namespaceSelector }) => labels !== undefined && matchesSelector(namespaceSelector, labels),
    ),
  );
  return (policy === undefined ? defaultVisibility : policy.visibility) === 'NAMESPACE';
}
