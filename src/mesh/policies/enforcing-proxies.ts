import type { Graph } from '../../graph/graph.ts';
import type { ReadKinds } from '../../graph/view.ts';
import { FLOATING, showRef } from '../../model/names.ts';
import type { waypointReads } from '../ambient/waypoints.ts';
import { defaultIngress } from '../gateways/default-ingress.ts';
import { isDefaultIngress } from '../workloads/workloads.ts';
import {
  type EnforcementPoint,
  policyReach,
  selectorLabels,
  type TargetablePolicy,
  targetRefsOf,
} from './policies.ts';

/** A proxy that enforces a policy about HTTP. */
export interface EnforcingProxy {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent for the gateway that Istio brings. */
  readonly point?: EnforcementPoint;
}

/**
 * Where a policy about HTTP is in force: sidecars, gateways and waypoints, the gateway that Istio brings among them.
 */
export function proxiesOf(
  graph: Graph<ReadKinds<typeof waypointReads>>,
  policy: TargetablePolicy,
): readonly EnforcingProxy[] {
  const found: EnforcingProxy[] = [];
  for (const point of policyReach(graph).pointsOf(policy)) {
    if (point.type === 'proxy') {
      const { resource, namespace, labels } = point.workload;
      if (graph.changedBy(resource) !== undefined) continue;
      const kind = resource.kind === 'KubernetesGateway' ? 'Gateway' : resource.kind;
      found.push({ name: `${kind} ${showRef(resource)}`, namespace, labels, point });
    } else if (point.type === 'waypoint') {
      const { gateway, target } = point;
      const name = `waypoint ${showRef(gateway)}`;
      found.push({ name, namespace: target?.namespace ?? gateway.namespace, labels: {}, point });
    }
  }
  const labels = selectorLabels(policy);
  const isMeshWide = policy.namespace === graph.mesh.rootNamespace;
  const ingress = defaultIngress(graph);
  if (
    found.length === 0 &&
    ingress !== undefined &&
    targetRefsOf(policy).length === 0 &&
    Object.keys(labels).length > 0 &&
    policy.namespace !== FLOATING &&
    policyReach(graph).selected(policy).length === 0 &&
    isDefaultIngress(graph, labels, isMeshWide ? undefined : policy.namespace)
  ) {
    return [{ name: 'the default ingress gateway', ...ingress }];
  }
  return found;
}
