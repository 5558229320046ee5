import { incomplete, type NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { matchesLabels } from '../../model/labels.ts';
import { FLOATING } from '../../model/names.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { isDryRun } from '../ambient/ztunnel.ts';
import { type EnforcingProxy, proxiesOf } from './enforcing-proxies.ts';
import { authorizationPolicies, selectorLabels, targetRefsOf } from './policies.ts';
import { tokenRules } from './token-conditions.ts';

type Check = Resource<'RequestAuthentication'>;

/** Proxies that check tokens and do not mind when there is none. */
export interface OptionalTokens {
  readonly check: Check;
  readonly points: readonly string[];
  readonly lookup: NotFound;
}

/**
 * Checks of tokens where no policy asks for one: a request without a token passes (`convertToEnvoyJwtConfig` in
 * pilot/pkg/security/authn/policy_applier.go allows a missing one).
 */
export const optionalTokens = view(
  { ...waypointReads, RequestAuthentication: 'some', AuthorizationPolicy: 'all' },
  (graph): readonly OptionalTokens[] => {
    const index = authorizationPolicies(graph);
    const asks = (policy: Resource<'AuthorizationPolicy'>): boolean =>
      graph.changedBy(policy) !== undefined || (!isDryRun(policy) && asksForTokens(policy));
    const floats = graph.list('AuthorizationPolicy', FLOATING).some(asks);

    function isOptional({ point, namespace, labels }: EnforcingProxy): boolean {
      if (point !== undefined) return !index.at(point).some(asks);
      return ![...new Set([namespace, graph.mesh.rootNamespace])]
        .flatMap((scope) => graph.list('AuthorizationPolicy', scope))
        .some(
          (policy) =>
            targetRefsOf(policy).length === 0 &&
            matchesLabels(selectorLabels(policy), labels) &&
            asks(policy),
        );
    }
    return graph.list('RequestAuthentication').flatMap((check) => {
      if ((check.spec.jwtRules ?? []).length === 0 || graph.changedBy(check) !== undefined) return [];
      const points = proxiesOf(graph, check).filter(isOptional);
      const [first] = points;
      if (first === undefined) return [];
      const known = graph.known('AuthorizationPolicy', first.namespace, check);
      const knowledge = floats ? incomplete('some policies have no namespace') : known;
      const sought = { what: 'AuthorizationPolicy', name: `for ${first.name}`, knowledge };
      const names = [...new Set(points.map(({ name }) => name))];
      return [{ check, points: names, lookup: graph.missing(sought, check) }];
    });
  },
);

/** Whether requests without a token are refused, some of them at least; whoever is asked outside may do so. */
function asksForTokens(policy: Resource<'AuthorizationPolicy'>): boolean {
  const { action = 'ALLOW' } = policy.spec;
  if (action === 'CUSTOM') return true;
  const fields = tokenRules(policy).flatMap((rule) => rule.fields);
  if (action === 'ALLOW') return fields.some(({ negated }) => !negated);
  return action === 'DENY' && fields.some(({ negated }) => negated);
}
