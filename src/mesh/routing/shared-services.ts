import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { compareText, pushTo } from '../../model/collections.ts';
import type { ServicePort } from '../../model/kinds.gen.ts';
import { FLOATING, showRef } from '../../model/names.ts';
import { isClusterLocal } from '../hosts/cluster-local.ts';
import { serviceHost } from '../hosts/hosts.ts';
import { scopeOf } from '../hosts/visibility.ts';
import { protocolOf } from './protocols.ts';

type Service = Resource<'Service'>;

/**
 * Services that several clusters define under one namespace and name, which istiod makes one service of
 * (`mergeService` in pilot/pkg/serviceregistry/aggregate/controller.go); each with its definitions in the order of
 * the clusters.
 */
export function sharedServices(
  clusters: readonly { readonly graph: Graph<'Service'> }[],
): readonly (readonly Service[])[] {
  const byName = new Map<string, Service[]>();
  for (const { graph } of clusters) {
    for (const service of meshServices(graph)) pushTo(byName, showRef(service), service);
  }
  return [...byName]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, services]) => (services.length > 1 ? [services] : []));
}

/**
 * Services of one cluster that others may have a part in, each once. Left out: those that stay in their cluster or
 * that nobody sees, and those that are not settled, because nothing says where they stand, a kustomization changes
 * them, or several copies contradict each other.
 */
const meshServices = view({ Service: 'some' }, (graph): readonly Service[] => {
  const local = isClusterLocal(graph);
  return graph.list('Service').filter((service) => {
    const { namespace, name } = service;
    if (namespace === FLOATING) return false;
    const copies = graph.copies('Service', service);
    if (copies[0] !== service) return false;
    if (copies.some((copy) => graph.changedBy(copy) !== undefined)) return false;
    if (copies.length > 1 && new Set(copies.map(definitionOf)).size > 1) return false;
    const scope = scopeOf(graph, service);
    if (!scope.everywhere && scope.namespaces.size === 0) return false;
    return !local(serviceHost(name, namespace, graph.mesh.clusterDomain));
  });
});

/** All that clusters have to agree on, as one text. */
function definitionOf(service: Service): string {
  const targets = namedPorts(service).map(([, port]) => targetNumber(port) ?? port.targetPort);
  return JSON.stringify([serviceType(service), isHeadless(service), portSet(service), targets]);
}

export function serviceType({ spec: { type = '' } }: Service): string {
  return type === '' ? 'ClusterIP' : type;
}

export function isHeadless({ spec: { clusterIP } }: Service): boolean {
  return clusterIP === 'None';
}

/** The ports as Istio reads them, whatever their order: name, number and protocol. */
export function portSet(service: Service): string {
  return JSON.stringify(
    namedPorts(service).map(([name, port]) => [name, port.port, protocolOf(port)] as const),
  );
}

/** The ports by their names, in the order of these; a port without a name is called ''. */
function namedPorts({ spec: { ports = [] } }: Service): readonly (readonly [string, ServicePort])[] {
  const byName = new Map(ports.map((port) => [port.name ?? '', port]));
  return [...byName].sort(([a], [b]) => compareText(a, b));
}

/** Ports of one definition, as written, that another has not or not alike; endpoints are found by name, so names pair them. */
export function unlikePorts(one: Service, other: Service): readonly ServicePort[] {
  return (one.spec.ports ?? []).filter((port) => {
    const { name = '' } = port;
    if (portNamed(one, name) !== port) return false;
    const twin = portNamed(other, name);
    return twin === undefined || twin.port !== port.port || protocolOf(twin) !== protocolOf(port);
  });
}

/** The names of the ports of a Service. */
export function portNames(service: Service): readonly string[] {
  return namedPorts(service).map(([name]) => name);
}

/** The port of that name; where a name stands twice, the last counts. */
export function portNamed(service: Service, name: string): ServicePort | undefined {
  return service.spec.ports?.findLast((port) => (port.name ?? '') === name);
}

/** The number that a port leads to; undefined where it has a name, which each cluster may number in its own way. */
export function targetNumber({ port, targetPort }: ServicePort): number | undefined {
  const target = targetPort === undefined || targetPort === 0 || targetPort === '' ? port : targetPort;
  return typeof target === 'number' ? target : undefined;
}

/** A port as people know it: `http 80 (HTTP)`. */
export function showPort(port: ServicePort): string {
  const protocol = protocolOf(port);
  const spoken = protocol === 'Unsupported' ? '' : ` (${protocol})`;
  return `${port.name === undefined ? '' : `${port.name} `}${port.port}${spoken}`;
}

/** What one of several definitions has otherwise than others. */
export interface Dissent<T> {
  readonly one: T;
  /** One of each kind of others, first of those that most have. */
  readonly others: readonly [T, ...T[]];
}

/**
 * Those that stand against what more than half have; where nothing is had by so many, all of them. `keyOf` gives the
 * same text for those that agree, and none for those that have no say.
 */
export function dissents<T>(all: readonly T[], keyOf: (one: T) => string | undefined): readonly Dissent<T>[] {
  const byKey = new Map<string, T[]>();
  let count = 0;
  for (const one of all) {
    const key = keyOf(one);
    if (key === undefined) continue;
    pushTo(byKey, key, one);
    count++;
  }
  const groups = [...byKey.values()];
  const most = groups.find((group) => group.length * 2 > count);
  const sorted = most === undefined ? groups : [most, ...groups.filter((group) => group !== most)];
  return groups.flatMap((group) => {
    if (group === most) return [];
    const [other, ...others] = sorted.filter((one) => one !== group).flatMap(([first]) => first ?? []);
    return other === undefined ? [] : group.map((one) => ({ one, others: [other, ...others] as const }));
  });
}
