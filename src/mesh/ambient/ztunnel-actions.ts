import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import { isBefore } from '../installation/releases.ts';
import { hasBareSelector, targetablePolicies, targetRefsOf } from '../policies/policies.ts';
import { type AmbientWorkload, ambientReach, hasStandIn } from './ambient-reach.ts';
import { waypointReads } from './waypoints.ts';
import { isDryRun, survives, translateRule } from './ztunnel.ts';

/** An AuthorizationPolicy that ztunnel takes no notice of as a whole, or takes more seriously than it is meant. */
export interface UnsupportedAction {
  readonly policy: Resource<'AuthorizationPolicy'>;
  /** `trial-ignored`: a dry run that logs nothing; `trial-enforced`: one that is no dry run at all. */
  readonly verdict: 'custom' | 'audit' | 'trial-ignored' | 'trial-enforced';
  /** Ambient workloads that the policy selects. */
  readonly workloads: readonly AmbientWorkload[];
}

/** Release since which istiod looks at the annotation for ztunnel; before, such policies were sent like any other. */
const DRY_RUN_RELEASE = '1.29';

/**
 * Policies without `targetRefs` whose action (or dry run) does not exist in ztunnel: `convertAuthorizationPolicy` in
 * pilot/pkg/serviceregistry/ambient/authorization.go. Where a waypoint applies the same policy by `targetRefs`,
 * nothing is amiss.
 */
export const unsupportedActions = view(
  { ...istiodEnvironment.reads, ...waypointReads, ...targetablePolicies.reads },
  (graph): readonly UnsupportedAction[] => {
    const found: UnsupportedAction[] = [];
    const logsTrials = isSwitchedOn(
      istiodEnvironment(graph),
      'AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY',
      false,
    );
    const enforcesTrials = isBefore(graph, DRY_RUN_RELEASE);
    for (const policy of graph.list('AuthorizationPolicy')) {
      if (targetRefsOf(policy).length > 0 || graph.changedBy(policy) !== undefined) continue;
      const verdict = verdictOn(policy);
      if (verdict === undefined) continue;
      const workloads = ambientReach(graph)
        .covered(policy)
        .filter((one) => verdict === 'trial-enforced' || !hasStandIn(graph, policy, one));
      if (workloads.length > 0) found.push({ policy, verdict, workloads });
    }
    return found;

    function verdictOn(policy: Resource<'AuthorizationPolicy'>): UnsupportedAction['verdict'] | undefined {
      const { action, rules = [] } = policy.spec;
      // Without rules nothing ever matches, save that ALLOW then admits nobody.
      const isIdle = rules.length === 0 && action !== undefined && action !== 'ALLOW';
      if (isIdle) return undefined;
      const isAsked = action === 'CUSTOM' || action === 'AUDIT';
      if (isDryRun(policy) && (!isAsked || !enforcesTrials)) {
        if (!enforcesTrials) return logsTrials ? undefined : 'trial-ignored';
        return isEnforceable(policy) ? 'trial-enforced' : undefined;
      }
      if (!isAsked) return undefined;
      return action === 'CUSTOM' ? 'custom' : 'audit';
    }
  },
);

/** Whether ztunnel would refuse something because of the policy. */
function isEnforceable(policy: Resource<'AuthorizationPolicy'>): boolean {
  if (hasBareSelector(policy)) return false;
  const { action, rules = [] } = policy.spec;
  return action !== 'DENY' || rules.some((rule, index) => survives(translateRule(rule, index, 'DENY')));
}
