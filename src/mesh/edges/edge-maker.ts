import type { SoughtKind } from '../../graph/evidence.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import type { Kind } from '../../model/kinds.gen.ts';
import { type Labels, showLabels } from '../../model/labels.ts';
import { FLOATING, type Ref } from '../../model/names.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { defaultIngress } from '../gateways/default-ingress.ts';
import { gateways } from '../gateways/gateways.ts';
import { secrets } from '../gateways/secrets.ts';
import { subsetReads } from '../routing/subsets.ts';
import { isDefaultIngress, type Workload, workloads } from '../workloads/workloads.ts';

/** How one resource relates to another. */
export type Relation =
  | 'routes-to'
  | 'mirrors-to'
  | 'uses-subset'
  | 'binds-to'
  | 'delegates-to'
  | 'configures'
  | 'selects'
  | 'attaches-to'
  | 'is-of-class'
  | 'uses-secret'
  | 'enrols-in'
  | 'runs-as'
  | 'authorizes'
  | 'denies';

/** One reference from a resource to another. */
export interface Edge {
  readonly from: Resource;
  readonly relation: Relation;
  /** The field that names the target, by the very object that holds it. */
  readonly at: { readonly owner: object; readonly key?: string | number };
  /**
   * The target by kind and name. Where it is not known which kind is meant, or several resources were meant
   * together, the kind is a word: `host`, `subset`, `workload`.
   */
  readonly to: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly state: 'found' | 'absent' | 'unknown';
  /** Missing for what Istio or Kubernetes brings without being loaded. */
  readonly target?: Resource;
}

/** What the edges are made of. */
export const edgeReads = {
  ...waypointReads,
  ...subsetReads,
  ...gateways.reads,
  ...secrets.reads,
  AuthorizationPolicy: 'some',
  BackendTLSPolicy: 'some',
  DestinationRule: 'all',
  EnvoyFilter: 'some',
  GRPCRoute: 'some',
  Gateway: 'all',
  GatewayClass: 'all',
  HTTPRoute: 'some',
  Ingress: 'some',
  KubernetesGateway: 'all',
  ListenerSet: 'all',
  Namespace: 'all',
  PeerAuthentication: 'some',
  ProxyConfig: 'some',
  RequestAuthentication: 'some',
  Service: 'all',
  ServiceAccount: 'all',
  ServiceEntry: 'all',
  Sidecar: 'some',
  TCPRoute: 'some',
  TLSRoute: 'some',
  Telemetry: 'some',
  TrafficExtension: 'some',
  UDPRoute: 'some',
  VirtualService: 'all',
  WasmPlugin: 'some',
  XBackendTrafficPolicy: 'some',
  XListenerSet: 'all',
} as const;
export type EdgeKind = keyof typeof edgeReads;
export type EdgeGraph = Graph<EdgeKind>;

/** Where an edge starts: the resource, what the edge says, and the field. */
export type Start = Pick<Edge, 'from' | 'relation' | 'at'>;

export type Target = Edge['to'];

/** A target by name; a namespace that is not known is not shown. */
export function targetOf(kind: string, { name, namespace }: Ref): Target {
  return namespace === '' || namespace === FLOATING ? { kind, name } : { kind, name, namespace };
}

export function foundEdge(start: Start, target: Resource): Edge {
  return { ...start, to: targetOf(target.kind, target), state: 'found', target };
}

/** An edge to what was looked up; `to` says what was sought. */
export function lookupEdge(start: Start, to: Target, lookup: Lookup<Resource>): Edge {
  return lookup.state === 'found' ? foundEdge(start, lookup.value) : { ...start, to, state: lookup.state };
}

/** Looks up a resource by name. */
export function namedEdge(graph: EdgeGraph, start: Start, sought: SoughtKind<EdgeKind>, ref: Ref): Edge {
  const kind: string = typeof sought === 'string' ? sought : sought.name;
  return lookupEdge(start, targetOf(kind, ref), graph.find(sought, ref, start.from));
}

/** An edge to every workload that carries the labels. */
export function selectorEdges(
  graph: EdgeGraph,
  start: Start,
  labels: Labels,
  namespace: string | undefined,
): Edge[] {
  const set = workloads(graph);
  const lookup = set.select(labels, namespace, start.from);
  return workloadEdges(graph, start, { labels, namespace, lookup, found: set.matching(labels, namespace) });
}

/** What a selector came to. */
export interface Selection {
  readonly labels: Labels;
  /** Undefined: all of them. */
  readonly namespace: string | undefined;
  readonly lookup: Lookup<Workload>;
  readonly found: readonly Workload[];
}

export function workloadEdges(
  graph: EdgeGraph,
  start: Start,
  { labels, namespace, lookup, found }: Selection,
): Edge[] {
  if (lookup.state === 'found') {
    return found
      .filter(({ resource }) => graph.coexist(start.from, resource))
      .map(({ resource }) => foundEdge(start, resource));
  }
  const ingress = defaultIngress(graph);
  if (ingress !== undefined && isDefaultIngress(graph, labels, namespace)) {
    const to = { kind: 'Deployment', name: ingress.service, namespace: ingress.namespace };
    return [{ ...start, to, state: 'found' }];
  }
  const to = targetOf('workload', { name: showLabels(labels), namespace: namespace ?? '' });
  return [{ ...start, to, state: lookup.state }];
}

/** What a reference by group and kind may name. */
const referable: ReadonlyMap<string, Kind & EdgeKind> = new Map([
  ['/Service', 'Service'],
  ['core/Service', 'Service'],
  ['/Secret', 'Secret'],
  ['networking.istio.io/ServiceEntry', 'ServiceEntry'],
  ['gateway.networking.k8s.io/Gateway', 'KubernetesGateway'],
  ['gateway.networking.k8s.io/GatewayClass', 'GatewayClass'],
  ['gateway.networking.k8s.io/ListenerSet', 'ListenerSet'],
  ['gateway.networking.x-k8s.io/XListenerSet', 'XListenerSet'],
]);

/** The kind that a reference by group and kind means, where meshlint knows it. */
export function kindOfReference(group: string, kind: string): EdgeKind | undefined {
  return referable.get(`${group}/${kind}`);
}
