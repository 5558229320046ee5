import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type ReadKinds, view, viewOf } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';
import { FLOATING } from '../../model/names.ts';
import { type MeshMode, membership } from '../membership/membership.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { GATEWAY_NAME_LABEL, type Workload, workloads } from '../workloads/workloads.ts';
import { waypointReads, waypoints } from './waypoints.ts';

type Waypoint = Resource<'KubernetesGateway'>;

/** Who a waypoint is to the ztunnels that it sends requests to. */
export interface WaypointIdentity {
  readonly namespace: string;
  readonly account: string;
}

/**
 * The account of a waypoint's pods: that of the pods that are loaded, else what the annotation
 * `gateway.istio.io/service-account` says, else the name of the Gateway (`setServiceAccount` and `getDefaultName` in
 * pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go). Undefined where others deploy them.
 */
export const waypointIdentity = viewOf(
  waypointReads,
  (graph, gateway: Waypoint): WaypointIdentity | undefined => {
    const { namespace, name } = gateway;
    if (namespace === FLOATING || graph.changedBy(gateway) !== undefined) return undefined;
    const instances = workloads(graph)
      .matching({ [GATEWAY_NAME_LABEL]: name }, namespace)
      .filter(({ resource }) => graph.coexist(gateway, resource))
      // Copies of the Gateway stand for pods as well.
      .filter(({ resource }) => !isKind(resource, 'KubernetesGateway') || resource === gateway);
    const pods = instances.filter(({ pod }) => pod !== undefined);
    const [first, ...others] = pods.length > 0 ? pods : instances;
    if (first === undefined || others.some((one) => one.serviceAccount !== first.serviceAccount))
      return undefined;
    const isBuiltIn = builtInClasses.has(gateway.spec.gatewayClassName ?? '');
    if (pods.length === 0 && !isBuiltIn) return undefined;
    return { namespace, account: first.serviceAccount };
  },
);

/** The classes whose pods are known to be called like the Gateway. */
const builtInClasses: ReadonlySet<string> = new Set(['istio-waypoint']);

/** The identity as it stands in policies. */
export function showIdentity(graph: Graph, { namespace, account }: WaypointIdentity): string {
  return `${graph.mesh.trustDomain}/ns/${namespace}/sa/${account}`;
}

/** Every waypoint of the input whose identity is known, by `namespace/account`. */
export const waypointAccounts = view(waypointReads, (graph): ReadonlyMap<string, Waypoint> => {
  const modes = membership(graph);
  const found = new Map<string, Waypoint>();
  for (const workload of workloads(graph).all) {
    if (!isKind(workload.resource, 'KubernetesGateway') || modes.modeOf(workload) !== 'waypoint') continue;
    const identity = waypointIdentity(graph, workload.resource);
    if (identity !== undefined) found.set(`${identity.namespace}/${identity.account}`, workload.resource);
  }
  return found;
});

/** A waypoint that sends requests to a workload, and those whose requests they are. */
export interface WaypointFront {
  readonly gateway: Waypoint;
  readonly identity: WaypointIdentity;
  /** Empty for a waypoint of the workload itself. */
  readonly services: readonly Resource<'Service' | 'ServiceEntry'>[];
}

/** The waypoints, with a known identity, that requests to a workload pass: its own and those of its Services. */
export const waypointFronts = viewOf(waypointReads, (graph, workload: Workload): readonly WaypointFront[] => {
  const fronts = waypoints(graph);
  const found = new Map<Waypoint, Resource<'Service' | 'ServiceEntry'>[]>();
  const add = (gateway: Waypoint, service?: Resource<'Service' | 'ServiceEntry'>): void => {
    const services = found.get(gateway) ?? [];
    if (service !== undefined) services.push(service);
    found.set(gateway, services);
  };
  const own = fronts.waypointOf(workload);
  if (own.state === 'bound') add(own.gateway);
  for (const service of fronts.servicesOf(workload)) {
    const binding = fronts.waypointOf(service);
    if (binding.state === 'bound') add(binding.gateway, service);
    const canary = fronts.canaryOf(service);
    if (canary?.state === 'bound' && canary.weight > 0) add(canary.gateway, service);
  }
  return [...found].flatMap(([gateway, services]) => {
    const identity = graph.coexist(gateway, workload.resource) ? waypointIdentity(graph, gateway) : undefined;
    return identity === undefined ? [] : [{ gateway, identity, services }];
  });
});

/** How the workloads of each namespace take part in the mesh, by their accounts; under '' those of all accounts. */
const modesByAccount = view(waypointReads, (graph) => {
  const found = new Map<string, ReadonlyMap<string, ReadonlySet<MeshMode>>>();
  const { modeOf } = membership(graph);
  return (namespace: string): ReadonlyMap<string, ReadonlySet<MeshMode>> =>
    graph.keep(found, namespace, () => {
      const modes = new Map<string, Set<MeshMode>>();
      for (const workload of workloads(graph).in(namespace)) {
        for (const account of ['', workload.serviceAccount])
          ensure(modes, account, () => new Set<MeshMode>()).add(modeOf(workload));
      }
      return modes;
    });
});

/**
 * How the pods of a peer call Services: a sidecar or gateway calls pods and leaves waypoints aside, ambient pods go
 * through them; undefined when nothing tells.
 */
export function callsThroughWaypoints(
  graph: Graph<ReadKinds<typeof waypointReads>>,
  { namespace, account }: { readonly namespace: string; readonly account: string | undefined },
): boolean | undefined {
  const modes = modesByAccount(graph)(namespace).get(account ?? '');
  if (modes?.has('ambient')) return true;
  return modes === undefined || modes.has('unknown') ? undefined : false;
}

/** Whether all pods of a peer are known to have a sidecar. */
export function hasSidecarsOnly(
  graph: Graph<ReadKinds<typeof waypointReads>>,
  { namespace, account }: { readonly namespace: string; readonly account: string | undefined },
): boolean {
  const modes = modesByAccount(graph)(namespace).get(account ?? '') ?? new Set<MeshMode>();
  return modes.size === 1 && modes.has('sidecar');
}
