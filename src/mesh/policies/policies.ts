import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import type { PolicyTargetReference } from '../../model/kinds.gen.ts';
import { type Labels, matchesLabels } from '../../model/labels.ts';
import { waypointReads, waypoints } from '../ambient/waypoints.ts';
import { isSentToZtunnel } from '../ambient/ztunnel.ts';
import { membership } from '../membership/membership.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { GATEWAY_NAME_LABEL, type Workload, workloads } from '../workloads/workloads.ts';

/** Kinds that attach to workloads by a selector, or to Gateways, classes and Services by `targetRefs`. */
export type TargetableKind =
  | 'AuthorizationPolicy'
  | 'RequestAuthentication'
  | 'WasmPlugin'
  | 'Telemetry'
  | 'TrafficExtension';
export type TargetablePolicy = { [K in TargetableKind]: Resource<K> }[TargetableKind];

/** Where a policy comes into force. */
export type EnforcementPoint =
  /** The ztunnel before an ambient workload. */
  | { readonly type: 'ztunnel'; readonly workload: Workload }
  /** The Envoy that is a sidecar or a gateway. */
  | { readonly type: 'proxy'; readonly workload: Workload }
  /** A waypoint, for one of the Services behind it or for all of them. */
  | {
      readonly type: 'waypoint';
      readonly gateway: Resource<'KubernetesGateway'>;
      readonly target?: Resource<'Service' | 'ServiceEntry'>;
    };

/** The only class that a policy may target (pilot/pkg/model/policyattachment.go). */
export const WAYPOINT_CLASS = 'istio-waypoint';

/** Every policy of the input that may have targets. */
export function* listTargetable(graph: Graph<TargetableKind>): Iterable<TargetablePolicy> {
  yield* graph.list('AuthorizationPolicy');
  yield* graph.list('RequestAuthentication');
  yield* graph.list('WasmPlugin');
  yield* graph.list('Telemetry');
  yield* graph.list('TrafficExtension');
}

const none: readonly PolicyTargetReference[] = [];

/** The targets of a policy: `targetRefs`, else the older `targetRef`. */
export function targetRefsOf({ spec }: TargetablePolicy): readonly PolicyTargetReference[] {
  const { targetRefs } = spec;
  if (targetRefs !== undefined && targetRefs.length > 0) return targetRefs;
  return 'targetRef' in spec && spec.targetRef !== undefined ? [spec.targetRef] : none;
}

const groups: Readonly<Record<string, string>> = {
  Service: '',
  ServiceEntry: 'networking.istio.io',
  Gateway: 'gateway.networking.k8s.io',
  GatewayClass: 'gateway.networking.k8s.io',
};

/** Whether the reference means this kind, group included; `core` is another name of the group of Services. */
export function aimsAt(
  { group = '', kind }: PolicyTargetReference,
  wanted: 'Service' | 'ServiceEntry' | 'Gateway' | 'GatewayClass',
): boolean {
  return kind === wanted && (group === 'core' ? '' : group) === groups[wanted];
}

/** The labels that select; `{}` selects all of the scope, as does no selector. */
export function selectorLabels({ spec }: TargetablePolicy): Labels {
  return spec.selector?.matchLabels ?? {};
}

/**
 * A bare `selector: {}`. Envoys read it as no selector; istiod gives it the scope of chosen workloads and then finds
 * no labels to choose by, so no ztunnel gets it (`PolicyCollections` in pilot/pkg/serviceregistry/ambient/policies.go).
 */
export function hasBareSelector({ spec }: TargetablePolicy): boolean {
  return spec.selector !== undefined && spec.selector.matchLabels === undefined;
}

/** The policies of one kind, found by where they come into force. */
export interface PolicyIndex<P extends TargetablePolicy> {
  /** Everything that is enforced at the point (`ShouldAttachPolicy` in pilot/pkg/model/policyattachment.go). */
  at(point: EnforcementPoint): readonly P[];
}

function createIndex<P extends TargetablePolicy>(root: string, policies: readonly P[]): PolicyIndex<P> {
  const wide = new Map<string, P[]>();
  const byPair = new Map<string, P[]>();
  const byTarget = new Map<string, P[]>();
  for (const policy of policies) {
    const { namespace } = policy;
    const refs = targetRefsOf(policy);
    for (const { kind, name, namespace: written } of refs) {
      // A reference into another namespace never matches.
      if (written !== undefined && written !== '' && written !== namespace) continue;
      pushTo(byTarget, `${kind} ${namespace} ${name}`, policy);
    }
    if (refs.length > 0) continue;
    const [pair] = Object.entries(selectorLabels(policy));
    if (pair === undefined) pushTo(wide, namespace, policy);
    else pushTo(byPair, `${namespace} ${pair[0]} ${pair[1]}`, policy);
  }

  function selecting({ namespace, labels }: Workload): P[] {
    const found: P[] = [];
    for (const scope of new Set([namespace, root])) {
      found.push(...(wide.get(scope) ?? []));
      for (const [key, value] of Object.entries(labels)) {
        for (const policy of byPair.get(`${scope} ${key} ${value}`) ?? [])
          if (matchesLabels(selectorLabels(policy), labels)) found.push(policy);
      }
    }
    return found;
  }
  function targeting(
    kind: 'Service' | 'ServiceEntry' | 'Gateway' | 'GatewayClass',
    namespace: string,
    name: string,
  ): readonly P[] {
    const named = byTarget.get(`${kind} ${namespace} ${name}`) ?? [];
    return named.filter((policy) => targetRefsOf(policy).some((ref) => aimsAt(ref, kind)));
  }

  return {
    at(point) {
      if (point.type === 'ztunnel') {
        return selecting(point.workload).filter((policy) => !hasBareSelector(policy) && isForZtunnel(policy));
      }
      if (point.type === 'proxy') {
        const { namespace, labels } = point.workload;
        const gateway = labels[GATEWAY_NAME_LABEL];
        const aimed = gateway === undefined ? [] : targeting('Gateway', namespace, gateway);
        return [...new Set([...selecting(point.workload), ...aimed])];
      }
      const { gateway, target } = point;
      const found = [
        ...targeting('Gateway', gateway.namespace, gateway.name),
        ...targeting('GatewayClass', root, WAYPOINT_CLASS),
        ...(target === undefined ? [] : targeting(target.kind, target.namespace, target.name)),
      ];
      return [...new Set(found)];
    },
  };
}

function isForZtunnel(policy: TargetablePolicy): boolean {
  return isKind(policy, 'AuthorizationPolicy') && isSentToZtunnel(policy);
}

export const authorizationPolicies = view({ AuthorizationPolicy: 'some' }, (graph) =>
  createIndex(graph.mesh.rootNamespace, graph.list('AuthorizationPolicy')),
);

/** The policies of every kind, each kind by itself. */
export const targetablePolicies = view(
  {
    AuthorizationPolicy: 'some',
    RequestAuthentication: 'some',
    WasmPlugin: 'some',
    Telemetry: 'some',
    TrafficExtension: 'some',
  },
  (graph): Readonly<Record<TargetableKind, PolicyIndex<TargetablePolicy>>> => {
    const root = graph.mesh.rootNamespace;
    return {
      AuthorizationPolicy: authorizationPolicies(graph),
      RequestAuthentication: createIndex(root, graph.list('RequestAuthentication')),
      WasmPlugin: createIndex(root, graph.list('WasmPlugin')),
      Telemetry: createIndex(root, graph.list('Telemetry')),
      TrafficExtension: createIndex(root, graph.list('TrafficExtension')),
    };
  },
);

/** Where policies come into force. */
export interface PolicyReach {
  /**
   * The workloads that scope and labels of a policy mean, whatever enforces it there and whatever its `targetRefs`:
   * of several copies of one workload the nearest, and none of another variant.
   */
  selected(policy: TargetablePolicy): readonly Workload[];
  pointsOf(policy: TargetablePolicy): readonly EnforcementPoint[];
}

export const policyReach = view(waypointReads, (graph): PolicyReach => {
  const set = workloads(graph);
  const members = membership(graph);
  const front = waypoints(graph);
  let byGateway: ReadonlyMap<Resource, Workload> | undefined;

  const selections = new Map<TargetablePolicy, readonly Workload[]>();

  const selected = (policy: TargetablePolicy): readonly Workload[] =>
    ensure(selections, policy, () => select(policy));
  function select(policy: TargetablePolicy): readonly Workload[] {
    const isMeshWide = policy.namespace === graph.mesh.rootNamespace;
    return set
      .matching(selectorLabels(policy), isMeshWide ? undefined : policy.namespace)
      .filter(({ resource }) => graph.coexist(policy, resource) && isNearest(policy, resource));
  }
  function isNearest(policy: TargetablePolicy, resource: Workload['resource']): boolean {
    const copies: readonly Resource[] = graph.copies(resource.kind, resource);
    return copies.length < 2 || graph.nearest(policy, copies).includes(resource);
  }

  function pointAt(workload: Workload): EnforcementPoint | undefined {
    const mode = members.modeOf(workload);
    if (mode === 'sidecar' || mode === 'gateway') return { type: 'proxy', workload };
    return mode === 'ambient' ? { type: 'ztunnel', workload } : undefined;
  }
  function pointsOfSelector(policy: TargetablePolicy): EnforcementPoint[] {
    const reachesZtunnel = isForZtunnel(policy) && !hasBareSelector(policy);
    return selected(policy)
      .map(pointAt)
      .filter((point) => point !== undefined)
      .filter(({ type }) => type === 'proxy' || reachesZtunnel);
  }

  function pointsOfTarget(policy: TargetablePolicy, ref: PolicyTargetReference): EnforcementPoint[] {
    const { namespace } = policy;
    const { name = '' } = ref;
    if (ref.namespace !== undefined && ref.namespace !== '' && ref.namespace !== namespace) return [];
    for (const kind of ['Service', 'ServiceEntry'] as const) {
      if (!aimsAt(ref, kind)) continue;
      return graph.nearest(policy, graph.copies(kind, { namespace, name })).flatMap((target) => {
        const binding = front.waypointOf(target);
        return binding.state === 'bound' ? [{ type: 'waypoint', gateway: binding.gateway, target }] : [];
      });
    }
    if (aimsAt(ref, 'GatewayClass')) {
      if (name !== WAYPOINT_CLASS || namespace !== graph.mesh.rootNamespace) return [];
      return graph
        .list('KubernetesGateway')
        .flatMap(gatewayPoint)
        .filter(({ type }) => type === 'waypoint');
    }
    if (!aimsAt(ref, 'Gateway')) return [];
    return graph
      .nearest(policy, graph.copies('KubernetesGateway', { namespace, name }))
      .flatMap(gatewayPoint);
  }
  function gatewayPoint(gateway: Resource<'KubernetesGateway'>): EnforcementPoint[] {
    byGateway ??= new Map(set.all.map((workload) => [workload.resource, workload]));
    const workload = byGateway.get(gateway);
    if (workload === undefined) return [];
    const isWaypoint = members.modeOf(workload) === 'waypoint';
    return [isWaypoint ? { type: 'waypoint', gateway } : { type: 'proxy', workload }];
  }

  return {
    selected,
    pointsOf(policy) {
      const refs = targetRefsOf(policy);
      return refs.length === 0
        ? pointsOfSelector(policy)
        : refs.flatMap((ref) => pointsOfTarget(policy, ref));
    },
  };
});
