import type { Resource } from '../../graph/resource.ts';
import type { IngressBackend } from '../../model/kinds.gen.ts';
import type { Labels } from '../../model/labels.ts';
import { USE_WAYPOINT_LABEL, USE_WAYPOINT_NAMESPACE_LABEL } from '../ambient/waypoint-labels.ts';
import { secrets } from '../gateways/secrets.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { isKind, templateOf } from '../workloads/workload-sources.ts';
import { workloadKinds, workloads } from '../workloads/workloads.ts';
import {
  type Edge,
  type EdgeGraph,
  foundEdge,
  lookupEdge,
  namedEdge,
  type Start,
  selectorEdges,
  targetOf,
} from './edge-maker.ts';
import { accountEdge } from './istio-edges.ts';

export function* serviceEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const from of graph.list('Service')) {
    const { selector, type } = from.spec;
    if (selector === undefined || Object.keys(selector).length === 0 || type === 'ExternalName') continue;
    const start: Start = { from, relation: 'selects', at: { owner: selector } };
    const selected = serviceWorkloads(graph).of(from);
    if (selected.length > 0) yield* selected.map(({ resource }) => foundEdge(start, resource));
    else yield* selectorEdges(graph, start, selector, from.namespace);
  }
}

/** Labels that send traffic through a waypoint: on namespaces, services and pods. */
export function* waypointEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const from of graph.list('Namespace')) yield* enrolment(graph, from, from.metadata.labels, from.name);
  for (const kind of ['Service', 'ServiceEntry'] as const) {
    for (const from of graph.list(kind)) yield* enrolment(graph, from, from.metadata.labels, from.namespace);
  }
  for (const kind of workloadKinds) {
    for (const from of graph.list(kind)) {
      const labels = isKind(from, 'WorkloadGroup')
        ? from.spec.metadata?.labels
        : (templateOf(from)?.metadata ?? from.metadata).labels;
      yield* enrolment(graph, from, labels, from.namespace);
    }
  }
}

function* enrolment(
  graph: EdgeGraph,
  from: Resource,
  labels: Labels | undefined,
  home: string,
): Iterable<Edge> {
  const name = labels?.[USE_WAYPOINT_LABEL];
  if (labels === undefined || name === undefined || name === 'none') return;
  const start: Start = { from, relation: 'enrols-in', at: { owner: labels, key: USE_WAYPOINT_LABEL } };
  const namespace = labels[USE_WAYPOINT_NAMESPACE_LABEL] ?? home;
  yield namedEdge(graph, start, 'KubernetesGateway', { name, namespace });
}

/** The accounts under which pods run, where they are named. */
export function* accountEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const { resource: from, pod, serviceAccount: name, namespace } of workloads(graph).all) {
    if (pod === undefined || (pod.serviceAccountName ?? pod.serviceAccount ?? '') === '') continue;
    const key = (pod.serviceAccountName ?? '') === '' ? 'serviceAccount' : 'serviceAccountName';
    yield accountEdge(graph, { from, relation: 'runs-as', at: { owner: pod, key } }, { namespace, name });
  }
}

export function* ingressEdges(graph: EdgeGraph): Iterable<Edge> {
  for (const from of graph.list('Ingress')) {
    const { defaultBackend, backend, rules = [], tls = [] } = from.spec;
    const backends = [
      defaultBackend,
      backend,
      ...rules.flatMap((rule) => rule.http?.paths ?? []).map((path) => path.backend),
    ];
    for (const one of backends) {
      const named = one && nameIn(one);
      if (named === undefined) continue;
      const start: Start = { from, relation: 'routes-to', at: named.at };
      yield namedEdge(graph, start, 'Service', { name: named.name, namespace: from.namespace });
    }
    for (const entry of tls) {
      const { secretName = '' } = entry;
      if (secretName === '') continue;
      const ref = { name: secretName, namespace: from.namespace };
      const start: Start = { from, relation: 'uses-secret', at: { owner: entry, key: 'secretName' } };
      yield lookupEdge(start, targetOf('Secret', ref), secrets(graph).find(ref, from));
    }
  }
}

/** The Service behind a path, in the form of today or that of `v1beta1`. */
function nameIn(backend: IngressBackend): { name: string; at: Edge['at'] } | undefined {
  const { service, serviceName } = backend;
  if (service?.name !== undefined) return { name: service.name, at: { owner: service, key: 'name' } };
  return serviceName === undefined
    ? undefined
    : { name: serviceName, at: { owner: backend, key: 'serviceName' } };
}
