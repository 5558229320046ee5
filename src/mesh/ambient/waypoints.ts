import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import { type Labels, matchesLabels } from '../../model/labels.ts';
import type { Ref } from '../../model/names.ts';
import { type Membership, membership, membershipReads } from '../membership/membership.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { GATEWAY_NAME_LABEL, type Workload, workloadReads, workloads } from '../workloads/workloads.ts';
import { attach, type Resolving, type WaypointFault } from './waypoint-attachment.ts';
import {
  type Bindable,
  CANARY_LABEL,
  CANARY_NAMESPACE_LABEL,
  CANARY_WEIGHT_ANNOTATION,
  describe,
  isManagedService,
  labelOf,
  USE_WAYPOINT_LABEL,
  USE_WAYPOINT_NAMESPACE_LABEL,
  type WaypointLabel,
} from './waypoint-labels.ts';

/** The one name that no waypoint can have. */
export const NO_WAYPOINT = 'none';

type WaypointGateway = Resource<'KubernetesGateway'>;
/** The waypoint of an object, as far as the input tells. */
export type WaypointBinding =
  | { readonly state: 'none'; readonly label?: WaypointLabel }
  | { readonly state: 'bound'; readonly gateway: WaypointGateway; readonly label: WaypointLabel }
  | {
      readonly state: 'error';
      readonly fault: WaypointFault;
      readonly wanted: Ref;
      readonly label: WaypointLabel;
      /** The Gateway that does not serve, unless it is missing. */
      readonly gateway?: WaypointGateway;
    }
  | {
      /** A waypoint is meant when there is a label; without one not even that is known. */
      readonly state: 'unknown';
      readonly why: string;
      readonly wanted?: Ref;
      readonly label?: WaypointLabel;
    };

/** The second waypoint that takes a share of the traffic. */
export type WaypointCanary =
  | { readonly state: 'bound'; readonly gateway: WaypointGateway; readonly weight: number }
  | { readonly state: 'error'; readonly fault: WaypointFault | 'same-as-primary' | 'invalid-weight' }
  | { readonly state: 'unknown'; readonly why: string };

export interface Waypoints {
  waypointOf(object: Bindable): WaypointBinding;
  /** The canary of a Service or ServiceEntry that has a waypoint; undefined when none is named. */
  canaryOf(object: Resource<'Service' | 'ServiceEntry'>): WaypointCanary | undefined;
  /**
   * The waypoint that traffic to a workload passes: its own, else that of a Service or ServiceEntry that selects it.
   * A bound one comes before one that is only meant, this before a faulty one.
   */
  before(workload: Workload): WaypointBinding;
  /** Services and ServiceEntries of its namespace that select the workload. */
  servicesOf(workload: Workload): readonly Resource<'Service' | 'ServiceEntry'>[];
  /** The inverse: Services, ServiceEntries and workloads whose waypoint (or canary) the Gateway is. */
  boundTo(gateway: WaypointGateway): readonly Bindable[];
}

/** What a declaration of reads needs for waypoints, workloads and membership included. */
export const waypointReads = {
  ...workloadReads,
  ...membershipReads,
  Service: 'some',
  ServiceEntry: 'some',
} as const;

/** Which waypoint stands before what (pilot/pkg/serviceregistry/ambient/waypoints.go). */
export const waypoints = view(waypointReads, (graph): Waypoints => {
  const members = membership(graph);
  const selectors = serviceWorkloads(graph);
  const bindings = new Map<Bindable, WaypointBinding>();
  const fronts = new Map<Workload, WaypointBinding>();
  let entries: ((workload: Workload) => readonly Resource<'ServiceEntry'>[]) | undefined;
  const inverse = {};

  const waypointOf = (object: Bindable): WaypointBinding =>
    graph.keep(bindings, object, () => resolve(graph, members, object));

  function servicesOf(workload: Workload): readonly Resource<'Service' | 'ServiceEntry'>[] {
    entries ??= entriesByWorkload(graph);
    return [...selectors.servicesOf(workload), ...entries(workload)];
  }

  function front(workload: Workload): WaypointBinding {
    const own = waypointOf(workload);
    const services = servicesOf(workload);
    if (services.length === 0 && own.state === 'none' && own.label?.via === 'namespace' && !optsOut(own)) {
      return {
        ...own,
        state: 'unknown',
        why: 'the waypoint is for Services, and none that selects it is loaded',
      };
    }
    const found = [own, ...services.map(waypointOf)];
    return (
      found.find(({ state }) => state === 'bound') ??
      found.find(({ state, label }) => state === 'unknown' && label !== undefined) ??
      found.find(({ state }) => state === 'unknown') ??
      found.find(({ state }) => state === 'error') ??
      own
    );
  }

  function canaryOf(object: Resource<'Service' | 'ServiceEntry'>): WaypointCanary | undefined {
    const primary = waypointOf(object);
    return primary.state === 'bound' ? resolveCanary(graph, members, object, primary.gateway) : undefined;
  }

  function invert(): ReadonlyMap<WaypointGateway, readonly Bindable[]> {
    const found = new Map<WaypointGateway, Bindable[]>();
    for (const service of [...graph.list('Service'), ...graph.list('ServiceEntry')]) {
      const canary = canaryOf(service);
      if (canary?.state === 'bound') pushTo(found, canary.gateway, service);
    }
    const all = [...graph.list('Service'), ...graph.list('ServiceEntry'), ...workloads(graph).all];
    for (const object of all) {
      const binding = waypointOf(object);
      if (binding.state === 'bound') pushTo(found, binding.gateway, object);
    }
    return found;
  }

  return {
    waypointOf,
    canaryOf,
    servicesOf,
    before: (workload) => graph.keep(fronts, workload, () => front(workload)),
    boundTo(gateway) {
      return graph.memo(inverse, invert).get(gateway) ?? [];
    },
  };
});

/** ServiceEntries of the namespace whose `workloadSelector` picks the workload. */
function entriesByWorkload(
  graph: Graph<'ServiceEntry'>,
): (workload: Workload) => readonly Resource<'ServiceEntry'>[] {
  // By the first pair of the selector: a workload only looks at those that share a label with it.
  const byPair = new Map<string, Resource<'ServiceEntry'>[]>();
  for (const entry of graph.list('ServiceEntry')) {
    for (const [key, value] of Object.entries(entry.spec.workloadSelector?.labels ?? {}).slice(0, 1))
      pushTo(byPair, `${entry.namespace} ${key} ${value}`, entry);
  }
  return ({ namespace, labels }) =>
    Object.entries(labels)
      .flatMap(([key, value]) => byPair.get(`${namespace} ${key} ${value}`) ?? [])
      .filter((entry) => matchesLabels(entry.spec.workloadSelector?.labels ?? {}, labels));
}

/** Whether a label says that there shall be no waypoint. */
function optsOut({ label }: WaypointBinding): boolean {
  return label?.value === NO_WAYPOINT;
}

function resolve(graph: Resolving, members: Membership, object: Bindable): WaypointBinding {
  const { resource, labels, isWorkload } = describe(object);
  const { namespace } = resource;
  if (!isWorkload && isManagedService(labels)) return { state: 'none' };
  if (isWorkload && isInstance(graph, namespace, labels)) return { state: 'none' };
  const own = labelOf('own', resource, labels);
  if (graph.changedBy(resource) !== undefined) {
    const why = 'a kustomization changes it before it is applied';
    return {
      state: 'unknown',
      why,
      ...(own === undefined || own.value === NO_WAYPOINT ? {} : { label: own }),
    };
  }
  const label = own ?? namespaceLabel(graph, members, namespace, resource);
  if (label === 'unknown') return { state: 'unknown', why: 'its Namespace is not loaded' };
  if (label === undefined) return { state: 'none' };
  if (label.value === NO_WAYPOINT) return { state: 'none', label };
  const wanted = { namespace: label.labels[USE_WAYPOINT_NAMESPACE_LABEL] ?? namespace, name: label.value };
  const answer = attach(graph, wanted, {
    resource,
    namespace,
    labels: members.namespaceLabels(namespace, resource),
    what: isWorkload ? 'workload' : 'service',
  });
  if (answer.state === 'bound') return { ...answer, label };
  // The waypoint of a namespace may be for Services only: its pods then simply have none.
  if (answer.state === 'error' && answer.fault === 'type-mismatch' && isWorkload && label.via === 'namespace')
    return { state: 'none', label };
  return { ...answer, wanted, label };
}

/** `ResolveUseWaypointCanary`: the object's own canary, the namespace's only when the object names no waypoint itself. */
function resolveCanary(
  graph: Resolving,
  members: Membership,
  object: Resource<'Service' | 'ServiceEntry'>,
  primary: WaypointGateway,
): WaypointCanary | undefined {
  const own = object.metadata;
  const [space] =
    own.labels?.[USE_WAYPOINT_LABEL] === undefined
      ? graph.nearest(object, graph.copies('Namespace', { namespace: '', name: object.namespace }))
      : [];
  const inherited = space?.metadata;
  const labels = own.labels?.[CANARY_LABEL] === undefined ? inherited?.labels : own.labels;
  const name = labels?.[CANARY_LABEL];
  if (name === undefined || name === '' || name === NO_WAYPOINT) return undefined;
  const wanted = { namespace: labels?.[CANARY_NAMESPACE_LABEL] ?? object.namespace, name };
  if (wanted.name === primary.name && wanted.namespace === primary.namespace)
    return { state: 'error', fault: 'same-as-primary' };
  const written =
    own.annotations?.[CANARY_WEIGHT_ANNOTATION] ?? inherited?.annotations?.[CANARY_WEIGHT_ANNOTATION] ?? '0';
  const weight = /^[+-]?\d+$/.test(written) ? Number(written) : -1;
  if (weight < 0 || weight > 100) return { state: 'error', fault: 'invalid-weight' };
  const { namespace } = object;
  const answer = attach(graph, wanted, {
    resource: object,
    namespace,
    labels: members.namespaceLabels(namespace, object),
    what: 'service',
  });
  return answer.state === 'bound' ? { ...answer, weight } : answer;
}

/** Whether pods with these labels are those of a Gateway of their namespace. */
function isInstance(graph: Resolving, namespace: string, labels: Labels): boolean {
  const name = labels[GATEWAY_NAME_LABEL];
  return name !== undefined && graph.copies('KubernetesGateway', { namespace, name }).length > 0;
}

function namespaceLabel(
  graph: Resolving,
  members: Membership,
  namespace: string,
  from: Resource,
): WaypointLabel | undefined | 'unknown' {
  const labels = members.namespaceLabels(namespace, from);
  if (labels === undefined) return 'unknown';
  const [resource] = graph.nearest(from, graph.copies('Namespace', { namespace: '', name: namespace }));
  return resource && labelOf('namespace', resource, labels);
}
