import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { ListenerStatus, ParentReference, RouteStatus } from '../../model/kinds.gen.ts';
import { type Ref, showRef } from '../../model/names.ts';

/** What a status of any kind says about one thing. */
interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number | string;
}

/** A condition by which the control plane says that something does not work. */
export interface NegativeCondition {
  readonly resource: Resource;
  readonly condition: Condition;
  /** The part of the resource that it is about, in words; '' for all of it. */
  readonly part: string;
}

const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;
const policyKinds = ['AuthorizationPolicy', 'RequestAuthentication', 'Telemetry', 'WasmPlugin'] as const;

const bound: readonly string[] = ['istio.io/WaypointBound'];
const accepted: readonly string[] = ['ZtunnelAccepted', 'WaypointAccepted'];
const programmed: readonly string[] = ['Accepted', 'Programmed', 'ResolvedRefs'];

/** Reasons that pass by themselves, and those that only point to conditions of a part. */
const passing: ReadonlySet<string> = new Set(['Pending', 'AddressNotAssigned']);
const elsewhere: ReadonlySet<string> = new Set(['ListenersNotValid', 'ListenerSetsNotValid']);

const reads = {
  Service: 'some',
  ServiceEntry: 'some',
  WorkloadEntry: 'some',
  AuthorizationPolicy: 'some',
  RequestAuthentication: 'some',
  Telemetry: 'some',
  WasmPlugin: 'some',
  KubernetesGateway: 'some',
  ListenerSet: 'some',
  GatewayClass: 'some',
  HTTPRoute: 'some',
  GRPCRoute: 'some',
  TLSRoute: 'some',
  TCPRoute: 'some',
  UDPRoute: 'some',
} as const;

/**
 * Conditions in the recorded status of resources that say that Istio could not do what they ask for (those of
 * pkg/config/analysis/analyzers/conditions, and what they mean for the other kinds and for listeners).
 */
export const negativeConditions = view(reads, (graph): readonly NegativeCondition[] => {
  const found: NegativeCondition[] = [];

  function judge(
    resource: Resource,
    conditions: readonly Condition[] | undefined,
    types: readonly string[],
    part = '',
  ): void {
    for (const condition of conditions ?? []) {
      if (isNegative(condition, types) && !isStale(resource, condition))
        found.push({ resource, condition, part });
    }
  }
  function judgeListeners(resource: Resource, listeners: readonly ListenerStatus[] | undefined): void {
    for (const { name = '', conditions } of listeners ?? [])
      judge(resource, conditions, programmed, `listener ${name}`);
  }
  function judgeRoute(resource: Resource, status: RouteStatus | undefined): void {
    for (const { conditions, controllerName, parentRef } of status?.parents ?? []) {
      if (controllerName !== undefined && !isOfIstio(controllerName)) continue;
      judge(resource, conditions, programmed, parentRef && showParent(parentRef, resource));
    }
  }

  for (const service of graph.list('Service')) judge(service, service.body.status?.conditions, bound);
  for (const entry of graph.list('ServiceEntry')) judge(entry, entry.body.status?.conditions, bound);
  for (const entry of graph.list('WorkloadEntry')) judge(entry, entry.body.status?.conditions, bound);
  for (const kind of policyKinds)
    for (const policy of graph.list(kind)) judge(policy, policy.body.status?.conditions, accepted);
  for (const gateway of graph.list('KubernetesGateway')) {
    if (!isClassOfIstio(graph, gateway.spec.gatewayClassName ?? '')) continue;
    judge(gateway, gateway.body.status?.conditions, programmed);
    judgeListeners(gateway, gateway.body.status?.listeners);
  }
  for (const set of graph.list('ListenerSet')) {
    judge(set, set.body.status?.conditions, programmed);
    judgeListeners(set, set.body.status?.listeners);
  }
  for (const kind of routeKinds) for (const route of graph.list(kind)) judgeRoute(route, route.body.status);
  return found;
});

function isNegative({ type = '', status, reason = '' }: Condition, types: readonly string[]): boolean {
  // A policy of which some targets are bound is accepted all the same.
  if (types === accepted && type === 'WaypointAccepted' && reason === 'PartiallyInvalid') return true;
  if (passing.has(reason) || elsewhere.has(reason)) return false;
  if (type === 'Conflicted') return types === programmed && status === 'True';
  return status === 'False' && types.includes(type);
}

/** What was said about an earlier state of the resource. */
function isStale({ metadata }: Resource, { observedGeneration }: Condition): boolean {
  const { generation } = metadata;
  return (
    generation !== undefined && observedGeneration !== undefined && Number(observedGeneration) !== generation
  );
}

function isOfIstio(controller: string): boolean {
  return controller.startsWith('istio.io/');
}

function isClassOfIstio(graph: Graph<'GatewayClass'>, name: string): boolean {
  const classes = graph.copies('GatewayClass', { namespace: '', name });
  if (classes.length > 0) return classes.some(({ spec }) => isOfIstio(spec.controllerName ?? ''));
  return name === 'istio' || name.startsWith('istio-');
}

function showParent(parent: ParentReference, route: Resource): string {
  const ref: Ref = { namespace: parent.namespace ?? route.namespace, name: parent.name ?? '' };
  return `parent ${showRef(ref)}`;
}
