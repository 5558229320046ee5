import { view } from '../../graph/view.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import { membership } from '../membership/membership.ts';
import { GATEWAY_NAME_LABEL, type Workload } from '../workloads/workloads.ts';
import {
  listTargetable,
  policyReach,
  selectorLabels,
  type TargetablePolicy,
  targetablePolicies,
  targetRefsOf,
} from './policies.ts';

/** A policy that selects the pods of Gateways of the Gateway API by their labels. */
export interface SelectorAtGateway {
  readonly policy: TargetablePolicy;
  readonly gateways: readonly Workload[];
  /** Names of the Gateways. */
  readonly names: readonly string[];
  /** Whether istiod was told to leave such policies aside. */
  readonly ignored: boolean;
}

/**
 * Policies that reach Gateways by labels only, or that are lost there because istiod takes nothing but `targetRefs`
 * (`ShouldAttachPolicy` in pilot/pkg/model/policyattachment.go). Waypoints are another matter: see IST1021.
 */
export const selectorsAtGateways = view(
  { ...istiodEnvironment.reads, ...waypointReads, ...targetablePolicies.reads },
  (graph): readonly SelectorAtGateway[] => {
    const environment = istiodEnvironment(graph);
    const ignored = !isSwitchedOn(environment, 'ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY', true);
    const members = membership(graph);
    const found: SelectorAtGateway[] = [];
    for (const policy of listTargetable(graph)) {
      if (targetRefsOf(policy).length > 0 || graph.changedBy(policy) !== undefined) continue;
      if (Object.keys(selectorLabels(policy)).length === 0) continue;
      const selected = policyReach(graph)
        .selected(policy)
        // A Telemetry never selects beyond its namespace.
        .filter(({ namespace }) => policy.kind !== 'Telemetry' || namespace === policy.namespace);
      const gateways = selected.filter(
        (one) => one.labels[GATEWAY_NAME_LABEL] !== undefined && members.modeOf(one) === 'gateway',
      );
      if (gateways.length === 0 || (!ignored && gateways.length < selected.length)) continue;
      const names = [...new Set(gateways.map(({ labels }) => labels[GATEWAY_NAME_LABEL] ?? ''))];
      found.push({ policy, gateways, names, ignored });
    }
    return found;
  },
);
