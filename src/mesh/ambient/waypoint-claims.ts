import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { Labels } from '../../model/labels.ts';
import { FLOATING, type Ref } from '../../model/names.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { workloads } from '../workloads/workloads.ts';
import { type Attachment, attach, classOf } from './waypoint-attachment.ts';
import { isNorthSouth } from './waypoint-gateways.ts';
import {
  type Bindable,
  labelOf,
  USE_WAYPOINT_LABEL,
  USE_WAYPOINT_NAMESPACE_LABEL,
  type WaypointLabel,
} from './waypoint-labels.ts';
import { NO_WAYPOINT, type WaypointBinding, waypointReads, waypoints } from './waypoints.ts';

type WaypointGateway = Resource<'KubernetesGateway'>;

type Traffic = 'service' | 'workload';

/** A label that names a waypoint, and what comes of it for those that it is for. */
export interface WaypointClaim {
  readonly label: WaypointLabel;
  /** Namespace of those that it is for. */
  readonly namespace: string;
  readonly wanted: Ref;
  /** Of a namespace only whether the waypoint is there and admits it: what it serves is seen from each object. */
  readonly attachment: Attachment;
  /** Whom the label decides about: the object that carries it, or those of the namespace without one of their own. */
  readonly objects: readonly Bindable[];
  /** What the waypoint does not serve of that which the label is for: Services (and ServiceEntries), workloads. */
  readonly unserved: readonly Traffic[];
  /** The Gateway that is named, where it is one for traffic from outside. */
  readonly ingress: WaypointGateway | undefined;
  /** The only waypoint of this name, in another namespace, where the one that is named is missing. */
  readonly elsewhere: WaypointGateway | undefined;
}

/** Every label that names a waypoint, each once, however many objects inherit it. */
export const waypointClaims = view(waypointReads, (graph): readonly WaypointClaim[] => {
  const { waypointOf } = waypoints(graph);
  const named = new Map<string, WaypointGateway[]>();
  for (const gateway of graph.list('KubernetesGateway')) {
    if (!isNorthSouth(gateway, classOf(graph, gateway))) pushTo(named, gateway.name, gateway);
  }
  const complete = (claim: Judged): WaypointClaim => complement(graph, claim, named);
  const heirs = new Map<Resource, Bindable[]>();
  const claims: WaypointClaim[] = [];
  const spaces = graph.list('Namespace');
  const labelled = new Set(spaces.filter(isLabelled).map(({ name }) => name));
  for (const object of [...graph.list('Service'), ...graph.list('ServiceEntry'), ...workloads(graph).all]) {
    // Most inputs name no waypoint anywhere.
    const labels = 'resource' in object ? object.labels : object.metadata.labels;
    if (labels?.[USE_WAYPOINT_LABEL] === undefined && !labelled.has(object.namespace)) continue;
    const binding = waypointOf(object);
    const { label } = binding;
    if (label?.via === 'namespace') pushTo(heirs, label.resource, object);
    if (label?.via !== 'own' || binding.state === 'none') continue;
    const { namespace } = label.resource;
    const isMismatch = binding.state === 'error' && binding.fault === 'type-mismatch';
    const unserved: Traffic[] = isMismatch ? ['resource' in object ? 'workload' : 'service'] : [];
    claims.push(complete({ label, namespace, attachment: binding, unserved, objects: [object] }));
  }
  for (const resource of spaces) {
    const labels = resource.metadata.labels ?? {};
    const label = labelOf('namespace', resource, labels);
    if (label === undefined || label.value === NO_WAYPOINT || graph.changedBy(resource) !== undefined)
      continue;
    const namespace = resource.name;
    const wanted = wantedBy(label, namespace);
    const client = { resource, namespace, labels };
    const attachment = attach(graph, wanted, client);
    const unserved = (['service', 'workload'] as const).filter((what) => {
      const answer = attach(graph, wanted, { ...client, what });
      return answer.state === 'error' && answer.fault === 'type-mismatch';
    });
    claims.push(complete({ label, namespace, attachment, unserved, objects: heirs.get(resource) ?? [] }));
  }
  // What no label can say is the concern of those who judge its value.
  return claims.filter(({ label }) => isName(label.value));
});

function isLabelled({ metadata }: Resource): boolean {
  return metadata.labels?.[USE_WAYPOINT_LABEL] !== undefined;
}

function isName(value: string): boolean {
  return /^[^/#]+$/.test(value);
}

const faultyLabels = view(waypointReads, (graph): ReadonlySet<Labels> => {
  const faulty = waypointClaims(graph).filter(
    ({ attachment, unserved }) => attachment.state === 'error' || unserved.includes('service'),
  );
  return new Set(faulty.map(({ label }) => label.labels));
});

/**
 * Whether the label that leads to no waypoint is itself what is wrong, and is reported where it stands; then nothing
 * that depends on it needs a finding of its own.
 */
export function isFaultOfLabel(
  graph: Graph<ReadKinds<typeof waypointReads>>,
  binding: WaypointBinding,
): boolean {
  if (binding.state !== 'error' || binding.fault === 'cross-namespace-forbidden') return false;
  const { labels, value } = binding.label;
  return !isName(value) || faultyLabels(graph).has(labels);
}

type Judged = Omit<WaypointClaim, 'wanted' | 'ingress' | 'elsewhere'>;

function complement(
  graph: Graph<'GatewayClass'>,
  claim: Judged,
  named: ReadonlyMap<string, readonly WaypointGateway[]>,
): WaypointClaim {
  const { attachment, label, namespace } = claim;
  const wanted = wantedBy(label, namespace);
  const gateway = attachment.state === 'unknown' ? undefined : attachment.gateway;
  const isIngress = gateway !== undefined && isNorthSouth(gateway, classOf(graph, gateway));
  const [other, ...more] = gateway === undefined ? (named.get(wanted.name) ?? []) : [];
  const isElsewhere = more.length === 0 && other?.namespace !== wanted.namespace;
  return {
    ...claim,
    wanted,
    ingress: isIngress ? gateway : undefined,
    elsewhere: isElsewhere && other?.namespace !== FLOATING ? other : undefined,
  };
}

function wantedBy({ labels, value }: WaypointLabel, namespace: string): Ref {
  return { namespace: labels[USE_WAYPOINT_NAMESPACE_LABEL] ?? namespace, name: value };
}

/** Whom a label decides about, in words: `Service shop/orders`, or `namespace shop (2 Services and 1 Deployment)`. */
export function showClaimants({ label, namespace, objects }: WaypointClaim): string {
  if (label.via === 'own') return `${label.resource.kind} ${namespace}/${label.resource.name}`;
  const counts = new Map<string, number>();
  for (const object of objects) {
    const kind = 'resource' in object ? 'workload' : object.kind;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const parts = [...counts].map(([kind, count]) => `${count} ${count === 1 ? kind : pluralOf(kind)}`);
  return `namespace ${namespace}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

function pluralOf(kind: string): string {
  return kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

/** Services and ServiceEntries among those that a label decides about. */
export function servicesOf(claim: WaypointClaim): readonly Resource<'Service' | 'ServiceEntry'>[] {
  return claim.objects.flatMap((object) => {
    if ('resource' in object) return [];
    return isKind(object, 'Service') || isKind(object, 'ServiceEntry') ? [object] : [];
  });
}
