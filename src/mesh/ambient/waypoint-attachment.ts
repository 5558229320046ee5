import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import type { Ref } from '../../model/names.ts';
import type { Membership } from '../membership/membership.ts';
import {
  allowsNamespace,
  attachmentListener,
  hidesFromOthers,
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

/** Whether a Gateway that is named as a waypoint serves as one. */
export type Attachment =
  | { readonly state: 'bound'; readonly gateway: Resource<'KubernetesGateway'> }
  | { readonly state: 'error'; readonly fault: WaypointFault }
  | { readonly state: 'unknown'; readonly why: string };

/** Looks the named Gateway up; of copies that are equally near one that serves is enough. */
export function attach(
  graph: Resolving,
  members: Membership,
  wanted: Ref,
  from: Resource,
  what: 'service' | 'workload',
): Attachment {
  const lookup = graph.find('KubernetesGateway', wanted, from);
  if (lookup.state === 'absent') return { state: 'error', fault: 'missing' };
  if (lookup.state === 'unknown') return { state: 'unknown', why: lookup.why };
  const answers = graph
    .nearest(from, lookup.all)
    .map((gateway) => judge(graph, members, gateway, from, what));
  return (
    answers.find(({ state }) => state === 'bound') ??
    answers.find(({ state }) => state === 'unknown') ??
    answers[0] ?? { state: 'error', fault: 'missing' }
  );
}

function judge(
  graph: Resolving,
  members: Membership,
  gateway: Resource<'KubernetesGateway'>,
  from: Resource,
  what: 'service' | 'workload',
): Attachment {
  const fault = faultOf();
  if (fault === undefined) return { state: 'bound', gateway };
  if (fault === 'unknown') return { state: 'unknown', why: 'the labels of its Namespace are not known' };
  if (graph.changedBy(gateway) === undefined) return { state: 'error', fault };
  return { state: 'unknown', why: 'a kustomization changes the waypoint before it is applied' };

  function faultOf(): WaypointFault | 'unknown' | undefined {
    if (isNotReady(gateway)) return 'not-ready';
    const classRef = { namespace: '', name: gateway.spec.gatewayClassName ?? '' };
    const [gatewayClass] = graph.copies('GatewayClass', classRef);
    const labels = members.namespaceLabels(from.namespace, from);
    const listener = attachmentListener(gateway, gatewayClass);
    const allowed = allowsNamespace(gateway, listener, from.namespace, labels);
    if (allowed === undefined) return 'unknown';
    if (!allowed) return 'attachment-denied';
    if (!serves(trafficType(gateway, gatewayClass), what)) return 'type-mismatch';
    const leaves = from.kind === 'ServiceEntry' && gateway.namespace !== from.namespace;
    return leaves && hidesFromOthers(graph.mesh, labels) ? 'cross-namespace-forbidden' : undefined;
  }
}
