import type { Graph } from '../../graph/graph.ts';
import { incomplete, type Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import type { Labels } from '../../model/labels.ts';
import { FLOATING, type Ref, showRef } from '../../model/names.ts';
import {
  allowsNamespace,
  attachmentListener,
  hidesFromOthers,
  isNorthSouth,
  isNotReady,
  serves,
  trafficType,
} from './waypoint-gateways.ts';

/** Why a label leads to no waypoint. */
export type WaypointFault =
  | 'missing'
  | 'not-ready'
  | 'attachment-denied'
  | 'type-mismatch'
  | 'cross-namespace-forbidden';

const faultWords: Readonly<Record<WaypointFault, string>> = {
  missing: 'does not exist',
  'not-ready': 'has no address yet',
  'attachment-denied': 'does not let this namespace attach',
  'type-mismatch': 'serves another type of traffic',
  'cross-namespace-forbidden': 'stands in a namespace that may not see the ServiceEntry',
};

/** What is wrong with a waypoint, as the rest of a sentence that begins with its name. */
export function showFault(fault: WaypointFault): string {
  return faultWords[fault];
}

/** What resolving a waypoint reads. */
export type Resolving = Graph<'KubernetesGateway' | 'GatewayClass' | 'Namespace'>;

/** Who asks for a waypoint. */
export interface WaypointClient {
  readonly resource: Resource;
  /** The namespace that the waypoint has to admit, and its labels where they are known. */
  readonly namespace: string;
  readonly labels: Labels | undefined;
  /** The traffic that it is to serve; whatever it serves will do when this is absent. */
  readonly what?: 'service' | 'workload';
}

/** Whether a Gateway that is named as a waypoint serves as one. */
export type Attachment =
  | { readonly state: 'bound'; readonly gateway: Resource<'KubernetesGateway'> }
  | {
      readonly state: 'error';
      readonly fault: WaypointFault;
      /** The Gateway that does not serve, unless it is missing. */
      readonly gateway?: Resource<'KubernetesGateway'>;
    }
  | { readonly state: 'unknown'; readonly why: string };

/**
 * Looks for the Gateway that a label names. Waypoints are often deployed by `istioctl waypoint apply`, which leaves no
 * file, and an ingress gateway tells nothing about them: one is only missing where other waypoints are loaded.
 */
export function findWaypoint(
  graph: Resolving,
  wanted: Ref,
  from: Resource,
): Lookup<Resource<'KubernetesGateway'>> {
  const lookup = graph.find('KubernetesGateway', wanted, from);
  if (lookup.state !== 'absent' || graph.isClosed('KubernetesGateway', wanted.namespace)) return lookup;
  // Those without a namespace only tell about their own folder.
  const others = graph
    .list('KubernetesGateway', wanted.namespace)
    .filter((gateway) => wanted.namespace !== FLOATING || graph.nearness(from, gateway) !== 'apart');
  if (others.some((gateway) => !isNorthSouth(gateway, classOf(graph, gateway)))) return lookup;
  const knowledge = incomplete(`no waypoint is loaded in namespace ${wanted.namespace}`);
  return graph.missing({ what: 'Gateway', name: showRef(wanted), knowledge }, from);
}

/** The GatewayClass of a Gateway, when it is loaded. */
export function classOf(
  graph: Graph<'GatewayClass'>,
  { spec }: Resource<'KubernetesGateway'>,
): Resource<'GatewayClass'> | undefined {
  return graph.copies('GatewayClass', { namespace: '', name: spec.gatewayClassName ?? '' })[0];
}

/** Looks the named Gateway up; of copies that are equally near one that serves is enough. */
export function attach(graph: Resolving, wanted: Ref, client: WaypointClient): Attachment {
  const lookup = findWaypoint(graph, wanted, client.resource);
  if (lookup.state === 'absent') return { state: 'error', fault: 'missing' };
  if (lookup.state === 'unknown') return { state: 'unknown', why: lookup.why };
  const answers = graph.nearest(client.resource, lookup.all).map((gateway) => judge(graph, gateway, client));
  return (
    answers.find(({ state }) => state === 'bound') ??
    answers.find(({ state }) => state === 'unknown') ??
    answers[0] ?? { state: 'error', fault: 'missing' }
  );
}

function judge(graph: Resolving, gateway: Resource<'KubernetesGateway'>, client: WaypointClient): Attachment {
  const fault = faultOf(graph, gateway, client);
  if (fault === undefined) return { state: 'bound', gateway };
  if (fault === 'unknown') return { state: 'unknown', why: 'the labels of its Namespace are not known' };
  // Listeners and the kind of traffic may be those that the class says.
  if (graph.world === 'live' && classOf(graph, gateway) === undefined && !graph.isClosed('GatewayClass'))
    return { state: 'unknown', why: 'its GatewayClass was not read' };
  if (graph.changedBy(gateway) === undefined) return { state: 'error', fault, gateway };
  return { state: 'unknown', why: 'a kustomization changes the waypoint before it is applied' };
}

function faultOf(
  graph: Resolving,
  gateway: Resource<'KubernetesGateway'>,
  { resource, namespace, labels, what }: WaypointClient,
): WaypointFault | 'unknown' | undefined {
  if (isNotReady(gateway)) return 'not-ready';
  const gatewayClass = classOf(graph, gateway);
  const listener = attachmentListener(gateway, gatewayClass);
  const allowed = allowsNamespace(gateway, listener, namespace, labels);
  if (allowed === undefined) return 'unknown';
  if (!allowed) return 'attachment-denied';
  if (what !== undefined && !serves(trafficType(gateway, gatewayClass), what)) return 'type-mismatch';
  const leaves = resource.kind === 'ServiceEntry' && gateway.namespace !== namespace;
  return leaves && hidesFromOthers(graph.mesh, labels) ? 'cross-namespace-forbidden' : undefined;
}
