import type { Resource } from '../../graph/resource.ts';
import { viewOf } from '../../graph/view.ts';
import { parseRange } from '../../model/addresses.ts';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';

/**
 * What ztunnel makes of an AuthorizationPolicy. Mirrors `convertAuthorizationPolicy` and `handleRule` in
 * pilot/pkg/serviceregistry/ambient/authorization.go, and how src/rbac.rs of istio/ztunnel matches the result.
 */

/** A field of a policy, so that a finding can point at it. */
export interface PolicyField {
  readonly owner: object;
  readonly key: string;
  readonly part: 'key' | 'value';
  /** As people write it: `paths`, `request.headers[x-user]`. */
  readonly name: string;
}

/** What ztunnel can match on; values of one field are ORed, fields are ANDed. */
export type L4Field =
  | 'ports'
  | 'notPorts'
  | 'ipBlocks'
  | 'notIpBlocks'
  | 'namespaces'
  | 'notNamespaces'
  | 'serviceAccounts'
  | 'notServiceAccounts'
  | 'principals'
  | 'notPrincipals'
  | 'destinationIps'
  | 'notDestinationIps';
export type L4Match = { readonly [F in L4Field]?: readonly string[] };

/** One entry of `to` or `from`, or one condition of `when`. */
export interface EntryTranslation {
  readonly part: 'to' | 'from' | 'when';
  readonly index: number;
  /** HTTP fields, which ztunnel cannot see. */
  readonly l7: readonly PolicyField[];
  /** Fields about the peer that are left out although they are no HTTP: trust domains, and two keys of `when`. */
  readonly untranslated: readonly PolicyField[];
  readonly match: L4Match;
  /** `lost`: nothing is left to match on, and ztunnel skips such an entry. `broader`: a restriction is gone. */
  readonly fate: 'kept' | 'broader' | 'lost';
}

/**
 * `dropped`: the ALLOW rule is not sent. `dead`: a clause lost every entry, so the rule never matches. `narrower`: some
 * entries are lost. `broader`: some restrict less. `matches-all`: a rule without clauses.
 */
export type RuleEffect = 'kept' | 'dropped' | 'dead' | 'narrower' | 'broader' | 'matches-all';

export interface RuleTranslation {
  readonly rule: AuthorizationRule;
  readonly index: number;
  /** ANDed; the entries of one clause are ORed. */
  readonly clauses: readonly (readonly EntryTranslation[])[];
  readonly l7: readonly PolicyField[];
  readonly untranslated: readonly PolicyField[];
  readonly effect: RuleEffect;
}

/** What becomes of a policy as a whole because of its HTTP fields. */
export type L7Consequence =
  | 'denies-nothing'
  | 'denies-less'
  | 'denies-more'
  | 'admits-nothing'
  | 'admits-less';

export interface ZtunnelPolicy {
  readonly state: 'sent';
  readonly action: 'ALLOW' | 'DENY';
  readonly rules: readonly RuleTranslation[];
  /** Absent for a policy without HTTP fields. */
  readonly consequence?: L7Consequence;
}
export interface ZtunnelSkip {
  readonly state: 'skipped';
  readonly why: 'target-refs' | 'action' | 'dry-run';
}

export const DRY_RUN_ANNOTATION = 'istio.io/dry-run';
const trueWords: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** Whether the policy only logs what it would do. */
export function isDryRun(policy: Resource<'AuthorizationPolicy'>): boolean {
  return trueWords.has(policy.metadata.annotations?.[DRY_RUN_ANNOTATION] ?? '');
}

/** Why ztunnel is sent nothing of the policy. */
function whySkipped(policy: Resource<'AuthorizationPolicy'>): ZtunnelSkip['why'] | undefined {
  const { action = 'ALLOW', targetRef, targetRefs } = policy.spec;
  if (isDryRun(policy)) return 'dry-run';
  if (targetRef !== undefined || (targetRefs ?? []).length > 0) return 'target-refs';
  return action === 'ALLOW' || action === 'DENY' ? undefined : 'action';
}

/** Whether ztunnel is sent anything of the policy. */
export function isSentToZtunnel(policy: Resource<'AuthorizationPolicy'>): boolean {
  return whySkipped(policy) === undefined;
}

/** What ztunnel is sent for the policy. */
export const ztunnelPolicy = viewOf(
  { AuthorizationPolicy: 'some' },
  (_, policy: Resource<'AuthorizationPolicy'>) => translateForZtunnel(policy),
);

export function translateForZtunnel(policy: Resource<'AuthorizationPolicy'>): ZtunnelPolicy | ZtunnelSkip {
  const why = whySkipped(policy);
  if (why !== undefined) return { state: 'skipped', why };
  const { rules = [] } = policy.spec;
  const action = policy.spec.action === 'DENY' ? 'DENY' : 'ALLOW';
  const translated = rules.map((rule, index) => translateRule(rule, index, action));
  const consequence = consequenceOf(action, translated);
  return { state: 'sent', action, rules: translated, ...(consequence === undefined ? {} : { consequence }) };
}

/** Whether ztunnel can still match the rule. */
export function survives({ effect }: RuleTranslation): boolean {
  return effect !== 'dropped' && effect !== 'dead';
}

/** The parts of a policy that ztunnel no longer matches because of their HTTP fields: `rules[0]`, `rules[1].to[0]`. */
export function lostParts(policy: ZtunnelPolicy): readonly string[] {
  return policy.rules
    .filter(({ l7 }) => l7.length > 0)
    .flatMap((rule) => {
      if (!survives(rule)) return [`rules[${rule.index}]`];
      const lost = rule.clauses.flat().filter(({ fate, l7 }) => fate === 'lost' && l7.length > 0);
      return lost.map(({ part, index }) => `rules[${rule.index}].${part}[${index}]`);
    });
}

/** The HTTP fields that lead to the consequence, in written order. */
export function decisiveFields(policy: ZtunnelPolicy): readonly PolicyField[] {
  const affected = policy.rules.filter(({ l7 }) => l7.length > 0);
  if (policy.consequence !== 'denies-less') return affected.flatMap(({ l7 }) => l7);
  return affected.flatMap((rule) =>
    survives(rule) ? rule.clauses.flat().flatMap(({ fate, l7 }) => (fate === 'lost' ? l7 : [])) : rule.l7,
  );
}

export function translateRule(
  rule: AuthorizationRule,
  index: number,
  action: 'ALLOW' | 'DENY',
): RuleTranslation {
  const to = (rule.to ?? []).map(({ operation = {} }, i) => translateTo(operation, i));
  const from = (rule.from ?? []).map(({ source = {} }, i) => translateFrom(source, i));
  const when = (rule.when ?? []).map((condition, i) => translateWhen(condition, i));
  const clauses = [to, from, ...when.map((entry) => [entry])].filter((clause) => clause.length > 0);
  const entries = clauses.flat();
  // Two keys of `when` count as HTTP although they are not; trust domains are passed over in silence.
  const isDropped = entries.some(
    ({ part, l7, untranslated }) => l7.length > 0 || (part === 'when' && untranslated.length > 0),
  );
  return {
    rule,
    index,
    clauses,
    l7: entries.flatMap(({ l7 }) => l7),
    untranslated: entries.flatMap(({ untranslated }) => untranslated),
    effect: action === 'ALLOW' && isDropped ? 'dropped' : effectOf(clauses),
  };
}

function effectOf(clauses: RuleTranslation['clauses']): RuleEffect {
  if (clauses.length === 0) return 'matches-all';
  if (clauses.some((clause) => clause.every(({ fate }) => fate === 'lost'))) return 'dead';
  const entries = clauses.flat();
  if (entries.some(({ fate }) => fate === 'lost')) return 'narrower';
  return entries.some(({ fate }) => fate === 'broader') ? 'broader' : 'kept';
}

function consequenceOf(
  action: 'ALLOW' | 'DENY',
  rules: readonly RuleTranslation[],
): L7Consequence | undefined {
  const affected = rules.filter(({ l7 }) => l7.length > 0);
  if (affected.length === 0) return undefined;
  const nothingLeft = !rules.some(survives);
  if (action === 'ALLOW') return nothingLeft ? 'admits-nothing' : 'admits-less';
  if (nothingLeft) return 'denies-nothing';
  const losesPart = affected.some(
    (rule) => !survives(rule) || rule.clauses.flat().some(({ fate, l7 }) => fate === 'lost' && l7.length > 0),
  );
  return losesPart ? 'denies-less' : 'denies-more';
}

type Operation = NonNullable<NonNullable<AuthorizationRule['to']>[number]['operation']>;
type Source = NonNullable<NonNullable<AuthorizationRule['from']>[number]['source']>;
type Condition = NonNullable<AuthorizationRule['when']>[number];

const httpOperations = ['hosts', 'notHosts', 'methods', 'notMethods', 'paths', 'notPaths'] as const;
const httpSources = [
  'remoteIpBlocks',
  'notRemoteIpBlocks',
  'requestPrincipals',
  'notRequestPrincipals',
] as const;
const trustDomains = ['trustDomains', 'notTrustDomains'] as const;
const portLists = ['ports', 'notPorts'] as const;
const addressLists = ['ipBlocks', 'notIpBlocks'] as const;
const peerLists = [
  'namespaces',
  'notNamespaces',
  'serviceAccounts',
  'notServiceAccounts',
  'principals',
  'notPrincipals',
] as const;

function translateTo(operation: Operation, index: number): EntryTranslation {
  const match = matchOf(operation, portLists, isPort);
  return entryOf('to', index, match, fieldsOf(operation, httpOperations), []);
}

function translateFrom(source: Source, index: number): EntryTranslation {
  const match = { ...matchOf(source, addressLists, isRange), ...matchOf(source, peerLists) };
  return entryOf('from', index, match, fieldsOf(source, httpSources), fieldsOf(source, trustDomains));
}

/** The keys of `when` that ztunnel understands, and the fields that they come to. */
const l4Keys: Readonly<Record<string, readonly [L4Field, L4Field]>> = {
  'source.ip': ['ipBlocks', 'notIpBlocks'],
  'source.namespace': ['namespaces', 'notNamespaces'],
  'source.principal': ['principals', 'notPrincipals'],
  'destination.ip': ['destinationIps', 'notDestinationIps'],
  'destination.port': ['ports', 'notPorts'],
};
const peerKeys: ReadonlySet<string> = new Set(['source.serviceAccount', 'source.trustDomain']);

/** The fields that are about the peer, and that ztunnel is not sent. */
export const untranslatedFields: readonly string[] = [...trustDomains, ...peerKeys];

function translateWhen(condition: Condition, index: number): EntryTranslation {
  const { key = '', values = [], notValues = [] } = condition;
  const fields = Object.hasOwn(l4Keys, key) ? l4Keys[key] : undefined;
  if (fields !== undefined) {
    const [is, isNot] = fields;
    const isValid = key === 'destination.port' ? isPort : key.endsWith('.ip') ? isRange : undefined;
    const match = matchOf({ [is]: values, [isNot]: notValues }, fields, isValid);
    return entryOf('when', index, match, [], []);
  }
  const field: PolicyField = { owner: condition, key: 'key', part: 'value', name: key };
  return peerKeys.has(key)
    ? entryOf('when', index, {}, [], [field])
    : entryOf('when', index, {}, [field], []);
}

function entryOf(
  part: EntryTranslation['part'],
  index: number,
  match: L4Match,
  l7: readonly PolicyField[],
  untranslated: readonly PolicyField[],
): EntryTranslation {
  const isBroader = l7.length > 0 || untranslated.length > 0;
  const fate = Object.keys(match).length === 0 ? 'lost' : isBroader ? 'broader' : 'kept';
  return { part, index, l7, untranslated, match, fate };
}

/** The fields among `names` that hold something, in written order. */
function fieldsOf<N extends string>(
  owner: { readonly [K in N]?: readonly string[] },
  names: readonly N[],
): PolicyField[] {
  const known: readonly string[] = names.filter((name) => (owner[name] ?? []).length > 0);
  if (known.length === 0) return [];
  return Object.keys(owner)
    .filter((key) => known.includes(key))
    .map((key) => ({ owner, key, part: 'key', name: key }));
}

/** The lists of these names that hold something valid; the rest is left out in silence. */
function matchOf<N extends L4Field>(
  owner: { readonly [K in N]?: readonly string[] },
  names: readonly N[],
  isValid?: (text: string) => boolean,
): L4Match {
  const match: { -readonly [K in L4Field]?: readonly string[] } = {};
  for (const name of names) {
    const values = owner[name] ?? [];
    const kept = isValid === undefined ? values : values.filter(isValid);
    if (kept.length > 0) match[name] = kept;
  }
  return match;
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) <= 65_535;
}

function isRange(text: string): boolean {
  return parseRange(text) !== undefined;
}
