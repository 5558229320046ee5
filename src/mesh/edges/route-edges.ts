import type { Resource } from '../../graph/resource.ts';
import type { BackendReference, Listener, ParentReference } from '../../model/kinds.gen.ts';
import { secrets } from '../gateways/secrets.ts';
import {
  type Edge,
  type EdgeGraph,
  kindOfReference,
  lookupEdge,
  namedEdge,
  type Start,
  targetOf,
} from './edge-maker.ts';
import { hostEdge } from './istio-edges.ts';

const GATEWAY_GROUP = 'gateway.networking.k8s.io';

type Route = Resource<'GRPCRoute' | 'HTTPRoute' | 'TCPRoute' | 'TLSRoute' | 'UDPRoute'>;

/** Routes of the Gateway API: to their parents, and to where they send requests and copies of them. */
export function* routeEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const kind of ['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'] as const) {
    for (const from of graph.list(kind)) {
      for (const parent of from.spec.parentRefs ?? []) yield parentEdge(graph, from, parent);
      yield* backendEdges(graph, from);
    }
  }
}

function parentEdge(graph: EdgeGraph, from: Resource, parent: ParentReference): Edge {
  const { group = GATEWAY_GROUP, kind = 'Gateway', name = '', namespace = from.namespace } = parent;
  const start: Start = { from, relation: 'attaches-to', at: { owner: parent, key: 'name' } };
  const known = kindOfReference(group, kind);
  if (known === undefined) return { ...start, to: targetOf(kind, { name, namespace }), state: 'unknown' };
  return namedEdge(graph, start, known, { name, namespace });
}

function* backendEdges(graph: EdgeGraph, from: Route): Iterable<Edge> {
  for (const rule of from.spec.rules ?? []) {
    for (const backend of rule.backendRefs ?? []) {
      yield backendEdge(graph, { from, relation: 'routes-to', at: { owner: backend, key: 'name' } }, backend);
      yield* mirrorEdges(graph, from, backend);
    }
    yield* mirrorEdges(graph, from, rule);
  }
}

/** A rule or a backend, of the kinds of routes whose requests can be copied. */
interface Filtered {
  readonly name?: string;
  readonly filters?: readonly { readonly requestMirror?: { readonly backendRef?: BackendReference } }[];
}

function* mirrorEdges(graph: EdgeGraph, from: Route, { filters = [] }: Filtered): Iterable<Edge> {
  for (const { requestMirror } of filters) {
    const backend = requestMirror?.backendRef;
    if (backend === undefined) continue;
    yield backendEdge(graph, { from, relation: 'mirrors-to', at: { owner: backend, key: 'name' } }, backend);
  }
}

function backendEdge(graph: EdgeGraph, start: Start, backend: BackendReference): Edge {
  const { group = '', kind = 'Service', name = '', namespace = start.from.namespace } = backend;
  if (group === 'networking.istio.io' && kind === 'Hostname') return hostEdge(graph, start, name);
  const known = kindOfReference(group, kind);
  if (known === undefined) return { ...start, to: targetOf(kind, { name, namespace }), state: 'unknown' };
  return namedEdge(graph, start, known, { name, namespace });
}

/** Classes that istiod makes itself (pilot/pkg/config/kube/gatewaycommon/classinfo.go). */
const istioClasses: ReadonlySet<string> = new Set([
  'istio',
  'istio-remote',
  'istio-waypoint',
  'istio-east-west',
]);

/** Gateways of the Gateway API: to their class and certificates. */
export function* kubernetesGatewayEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const from of graph.list('KubernetesGateway')) {
    const name = from.spec.gatewayClassName ?? '';
    const start: Start = { from, relation: 'is-of-class', at: { owner: from.spec, key: 'gatewayClassName' } };
    const ref = { name, namespace: '' };
    if (istioClasses.has(name) && graph.copies('GatewayClass', ref).length === 0) {
      yield { ...start, to: { kind: 'GatewayClass', name }, state: 'found' };
    } else if (name !== '') yield namedEdge(graph, start, 'GatewayClass', ref);
    yield* certificateEdges(graph, from, from.spec.listeners ?? []);
  }
  for (const kind of ['ListenerSet', 'XListenerSet'] as const) {
    for (const from of graph.list(kind)) {
      const { parentRef, listeners = [] } = from.spec;
      if (parentRef !== undefined) yield parentEdge(graph, from, parentRef);
      yield* certificateEdges(graph, from, listeners);
    }
  }
}

function* certificateEdges(graph: EdgeGraph, from: Resource, listeners: readonly Listener[]): Iterable<Edge> {
  for (const { tls } of listeners) {
    for (const certificate of tls?.certificateRefs ?? []) {
      const { group = '', kind = 'Secret', name = '', namespace = from.namespace } = certificate;
      const start: Start = { from, relation: 'uses-secret', at: { owner: certificate, key: 'name' } };
      const to = targetOf(kind, { name, namespace });
      if (kindOfReference(group, kind) !== 'Secret') yield { ...start, to, state: 'unknown' };
      else yield lookupEdge(start, to, secrets(graph).find({ name, namespace }, from));
    }
  }
}
