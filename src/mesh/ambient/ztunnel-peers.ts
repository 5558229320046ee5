import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { policiesUsing } from '../policies/authorization-fields.ts';
import { hasBareSelector, targetablePolicies } from '../policies/policies.ts';
import { type AmbientWorkload, ambientReach, consequenceAt, hasStandIn } from './ambient-reach.ts';
import { waypointReads } from './waypoints.ts';
import {
  type EntryTranslation,
  type PolicyField,
  type RuleTranslation,
  survives,
  untranslatedFields,
  type ZtunnelPolicy,
  ztunnelPolicy,
} from './ztunnel.ts';

/** A field about the peer that is no HTTP and that ztunnel is not sent all the same. */
export interface UnsentField {
  readonly policy: Resource<'AuthorizationPolicy'>;
  readonly field: PolicyField;
  /** What it costs: a rule (`rules[0]`), or one entry of it (`rules[0].from[1]`). */
  readonly part: string;
  readonly verdict: 'admits-nothing' | 'admits-less' | 'admits-others' | 'denies-less' | 'denies-more';
  readonly workloads: readonly AmbientWorkload[];
}

type Loss = Pick<UnsentField, 'field' | 'part'> & { readonly fate: 'lost' | 'broader' };

/**
 * Trust domains are left out in silence, `source.serviceAccount` and `source.trustDomain` in `when` count as HTTP
 * (`handleRule` in pilot/pkg/serviceregistry/ambient/authorization.go). Rules that need HTTP as well are not judged.
 */
export const unsentFields = view(
  { ...waypointReads, ...targetablePolicies.reads },
  (graph): readonly UnsentField[] => {
    const found: UnsentField[] = [];
    for (const policy of policiesUsing(graph, untranslatedFields)) {
      if (graph.changedBy(policy) !== undefined || hasBareSelector(policy)) continue;
      const sent = ztunnelPolicy(graph, policy);
      if (sent.state === 'skipped') continue;
      for (const rule of sent.rules) {
        if (rule.untranslated.length === 0 || rule.l7.length > 0) continue;
        for (const loss of lossesOf(graph, sent, rule)) {
          const all = ambientReach(graph).covered(policy);
          const isStoodIn = (one: AmbientWorkload): boolean =>
            sent.action === 'DENY' && loss.fate === 'lost' && hasStandIn(graph, policy, one);
          const workloads = all.filter((one) => !isStoodIn(one));
          if (workloads.length === 0) continue;
          const { field, part } = loss;
          found.push({ policy, field, part, verdict: verdictOn(policy, sent, loss, workloads), workloads });
        }
      }
    }
    return found;

    function verdictOn(
      policy: UnsentField['policy'],
      sent: ZtunnelPolicy,
      { fate }: Loss,
      workloads: readonly AmbientWorkload[],
    ): UnsentField['verdict'] {
      if (sent.action === 'DENY') return fate === 'lost' ? 'denies-less' : 'denies-more';
      if (fate === 'broader') return 'admits-others';
      if (sent.rules.some(survives)) return 'admits-less';
      return consequenceAt(graph, policy, 'admits-nothing', workloads) === 'admits-nothing'
        ? 'admits-nothing'
        : 'admits-less';
    }
  },
);

/** What the fields cost: the whole rule at most once, or each entry by itself. */
function lossesOf(graph: Graph, { action }: ZtunnelPolicy, rule: RuleTranslation): readonly Loss[] {
  const makesDifference = (entry: EntryTranslation): boolean => changes(graph, action, rule, entry);
  const whole = `rules[${rule.index}]`;
  if (rule.effect === 'dropped') {
    const [condition] = rule.clauses
      .flat()
      .filter(({ part, untranslated }) => part === 'when' && untranslated[0]);
    const [field] = condition?.untranslated ?? [];
    return field === undefined ? [] : [{ field, part: whole, fate: 'lost' }];
  }
  if (rule.effect === 'dead') {
    const lost = rule.clauses.filter((clause) => clause.every(({ fate }) => fate === 'lost'));
    // Something else may have killed the rule as well, as a port that is none.
    const isByPeers = lost.every((clause) => clause.every(({ untranslated }) => untranslated.length > 0));
    const [field] = lost
      .flat()
      .filter(makesDifference)
      .flatMap(({ untranslated }) => untranslated);
    return isByPeers && field !== undefined ? [{ field, part: whole, fate: 'lost' }] : [];
  }
  return rule.clauses
    .flat()
    .filter(makesDifference)
    .flatMap(({ fate, part, index, untranslated: [field] }) =>
      field === undefined || fate === 'kept' ? [] : [{ field, part: `${whole}.${part}[${index}]`, fate }],
    );
}

/**
 * Whether it matters that the fields of an entry are left out. ztunnel takes HBONE only from its own trust domain
 * (`TrustDomainVerifier` in src/tls/workload.rs of istio/ztunnel), so whoever has an identity is of that one.
 */
function changes(
  graph: Graph,
  action: ZtunnelPolicy['action'],
  { rule }: RuleTranslation,
  { part, index, fate, match, untranslated }: EntryTranslation,
): boolean {
  if (untranslated.length === 0) return false;
  const isLost = fate === 'lost';
  if (isLost && action === 'ALLOW') return true;
  const { is, isNot } = domainsOf(rule, part, index);
  if (is.length + isNot.length === 0) return true;
  const own = is.length === 0 || is.some((value) => meansOwn(graph, value));
  const isExcluded = isNot.some((value) => meansOwn(graph, value));
  // Where nothing tells the trust domain, a name that is not the usual one may be it.
  const isKnown = graph.mesh.configKnown || graph.isClosed('ConfigMap', graph.mesh.rootNamespace);
  if (isLost) return is.length === 0 || (own && !isExcluded);
  if (!own) return isKnown;
  if (isExcluded) return true;
  const asksForPeer = [match.principals, match.namespaces, match.serviceAccounts].some(
    (list) => list?.length,
  );
  return is.length > 0 && !asksForPeer;
}

/** The trust domains that an entry names, and those that it excludes. */
function domainsOf(
  { from, when }: RuleTranslation['rule'],
  part: EntryTranslation['part'],
  index: number,
): { readonly is: readonly string[]; readonly isNot: readonly string[] } {
  if (part === 'from') {
    const { trustDomains = [], notTrustDomains = [] } = from?.[index]?.source ?? {};
    return { is: trustDomains, isNot: notTrustDomains };
  }
  const { key, values = [], notValues = [] } = when?.[index] ?? {};
  return key === 'source.trustDomain' ? { is: values, isNot: notValues } : { is: [], isNot: [] };
}

/** Whether the mesh's own trust domain fits; `cluster.local` and the aliases are other names of it. */
function meansOwn({ mesh }: Graph, value: string): boolean {
  return [mesh.trustDomain, 'cluster.local', ...mesh.trustDomainAliases].some((name) => {
    if (value.startsWith('*')) return name.endsWith(value.slice(1));
    return value.endsWith('*') ? name.startsWith(value.slice(0, -1)) : name === value;
  });
}
