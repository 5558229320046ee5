import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { hasBareSelector, targetablePolicies } from '../policies/policies.ts';
import { type AmbientWorkload, ambientReach, hasStandIn } from './ambient-reach.ts';
import { waypointReads } from './waypoints.ts';
import { translateForZtunnel } from './ztunnel.ts';

/** A policy that sidecars apply to a whole namespace or mesh, and no ztunnel to anything. */
export interface BareSelector {
  readonly policy: Resource<'AuthorizationPolicy'>;
  readonly action: 'ALLOW' | 'DENY';
  /** Ambient workloads that it means. */
  readonly workloads: readonly AmbientWorkload[];
}

/**
 * Policies with `selector: {}` over ambient workloads: `convertAuthorizationPolicy` gives them the scope of chosen
 * workloads, and `buildWorkloadPolicies` in pilot/pkg/serviceregistry/ambient/workloads.go finds no labels to choose by.
 * What ztunnel would not be sent in any case is not among them.
 */
export const bareSelectors = view(
  { ...waypointReads, ...targetablePolicies.reads },
  (graph): readonly BareSelector[] => {
    const found: BareSelector[] = [];
    for (const policy of graph.list('AuthorizationPolicy')) {
      if (!hasBareSelector(policy) || graph.changedBy(policy) !== undefined) continue;
      const sent = translateForZtunnel(policy);
      if (sent.state === 'skipped' || (sent.action === 'DENY' && sent.rules.length === 0)) continue;
      const workloads = ambientReach(graph)
        .covered(policy)
        .filter((one) => !hasStandIn(graph, policy, one));
      if (workloads.length > 0) found.push({ policy, action: sent.action, workloads });
    }
    return found;
  },
);
