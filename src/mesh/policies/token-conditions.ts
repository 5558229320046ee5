import type { Resource } from '../../graph/resource.ts';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';
import type { At } from '../../model/paths.ts';
import { isWorkloadIdentity } from './request-principals.ts';

/** A field of an AuthorizationPolicy that is about a token whose signature was checked. */
export interface TokenField {
  readonly at: At;
  readonly name: string;
  /** Whether it asks for a token without these values; one that asks for both asks for a token. */
  readonly negated: boolean;
}

/** What a policy about tokens has in it. */
export const tokenFields = ['requestPrincipals', 'notRequestPrincipals', 'when'] as const;

/** A rule of a policy, as it works for requests without a checked token. */
export interface TokenRule {
  readonly rule: AuthorizationRule;
  readonly fields: readonly TokenField[];
  /** `never`: it cannot match. `less`: some of its sources cannot. `as-ever`: nothing in it asks for a token. */
  readonly matches: 'never' | 'less' | 'as-ever';
}

type Source = NonNullable<NonNullable<AuthorizationRule['from']>[number]['source']>;
type Condition = NonNullable<AuthorizationRule['when']>[number];

/**
 * How the rules of a policy ask for tokens. Values that are asked for do not match without a token, values that are
 * excluded always do (pilot/pkg/security/authz/model/generator.go).
 */
export function tokenRules({ spec }: Resource<'AuthorizationPolicy'>): readonly TokenRule[] {
  return (spec.rules ?? []).map((rule) => {
    const sources = (rule.from ?? []).map(({ source = {} }) => fieldsOfSource(source));
    const conditions = (rule.when ?? []).map(fieldsOfCondition);
    const fields = [...sources, ...conditions].flat();
    const dead = sources.filter(asksForToken).length;
    const isDead = conditions.some(asksForToken) || (dead > 0 && dead === sources.length);
    return { rule, fields, matches: isDead ? 'never' : dead > 0 ? 'less' : 'as-ever' };
  });
}

function asksForToken(fields: readonly TokenField[]): boolean {
  return fields.some(({ negated }) => !negated);
}

function fieldsOfSource(source: Source): TokenField[] {
  return (
    (['requestPrincipals', 'notRequestPrincipals'] as const)
      // Identities of workloads are no tokens: that they are written here is the mistake (IST1156).
      .filter((key) => (source[key] ?? []).some((value) => !isWorkloadIdentity(value)))
      .map((key) => ({
        at: { owner: source, key, part: 'key' },
        name: key,
        negated: key === 'notRequestPrincipals',
      }))
  );
}

function fieldsOfCondition(condition: Condition): TokenField[] {
  const { key = '', values = [], notValues = [] } = condition;
  if (!key.startsWith('request.auth.') || values.length + notValues.length === 0) return [];
  return [{ at: { owner: condition, key: 'key', part: 'value' }, name: key, negated: values.length === 0 }];
}
