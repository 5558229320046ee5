import type { Resource } from '../../graph/resource.ts';
import type { Labels } from '../../model/labels.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { MANAGED_LABEL, type Workload } from '../workloads/workloads.ts';

export const USE_WAYPOINT_LABEL = 'istio.io/use-waypoint';
export const USE_WAYPOINT_NAMESPACE_LABEL = 'istio.io/use-waypoint-namespace';
export const CANARY_LABEL = 'istio.io/use-waypoint-canary';
export const CANARY_NAMESPACE_LABEL = 'istio.io/use-waypoint-canary-namespace';
export const CANARY_WEIGHT_ANNOTATION = 'istio.io/use-waypoint-canary-weight';

/** What may have a waypoint. */
export type Bindable = Resource<'Service' | 'ServiceEntry' | 'WorkloadEntry'> | Workload;

/** The label that decides about the waypoint of an object. */
export interface WaypointLabel {
  /** On the object itself (its pod template), or on its namespace. */
  readonly via: 'own' | 'namespace';
  readonly resource: Resource;
  /** The mapping as written that holds the label. */
  readonly labels: Labels;
  readonly value: string;
}

export function labelOf(
  via: WaypointLabel['via'],
  resource: Resource,
  labels: Labels,
): WaypointLabel | undefined {
  const value = labels[USE_WAYPOINT_LABEL];
  return value === undefined ? undefined : { via, resource, labels: holderOf(resource, labels), value };
}

/** Labels of machines are merged from two places; the one that holds the label is meant. */
function holderOf(resource: Resource, labels: Labels): Labels {
  const places = isKind(resource, 'WorkloadEntry')
    ? [resource.metadata.labels, resource.spec.labels]
    : isKind(resource, 'WorkloadGroup')
      ? [resource.spec.metadata?.labels, resource.spec.template?.labels]
      : [];
  return places.find((place) => place?.[USE_WAYPOINT_LABEL] === labels[USE_WAYPOINT_LABEL]) ?? labels;
}

export function describe(object: Bindable): { resource: Resource; labels: Labels; isWorkload: boolean } {
  if ('resource' in object) return { resource: object.resource, labels: object.labels, isWorkload: true };
  const { kind, metadata } = object;
  const labels = isKind(object, 'WorkloadEntry')
    ? { ...object.spec.labels, ...metadata.labels }
    : (metadata.labels ?? {});
  return { resource: object, labels, isWorkload: kind === 'WorkloadEntry' };
}

/** The Service of a waypoint or of an east-west gateway has no waypoint itself. */
export function isManagedService(labels: Labels): boolean {
  const manager = labels[MANAGED_LABEL];
  return manager === 'istio.io-mesh-controller' || manager === 'istio.io-eastwest-controller';
}
