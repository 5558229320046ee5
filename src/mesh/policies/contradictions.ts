import type { Resource } from '../../graph/resource.ts';
import type { AuthorizationRule } from '../../model/kinds.gen.ts';
import type { At } from '../../model/paths.ts';

/** A part of a rule that no request fits, because it asks for what it excludes. */
export type Contradiction =
  | {
      readonly kind: 'excluded';
      readonly at: At;
      readonly is: string;
      readonly isNot: string;
      readonly notAt: At;
    }
  | { readonly kind: 'everything'; readonly at: At; readonly isNot: string }
  | { readonly kind: 'disjoint'; readonly at: At; readonly key: string; readonly other: At };

type Condition = NonNullable<AuthorizationRule['when']>[number];
type Lists = Readonly<Record<string, readonly string[] | undefined>>;

/** Lists of one `source` or `operation`, with those that exclude; what every request has is marked. */
const pairs = [
  ['principals', 'notPrincipals', false],
  ['namespaces', 'notNamespaces', false],
  ['serviceAccounts', 'notServiceAccounts', false],
  ['trustDomains', 'notTrustDomains', false],
  ['requestPrincipals', 'notRequestPrincipals', false],
  ['ipBlocks', 'notIpBlocks', false],
  ['remoteIpBlocks', 'notRemoteIpBlocks', false],
  ['hosts', 'notHosts', true],
  ['methods', 'notMethods', true],
  ['paths', 'notPaths', true],
  ['ports', 'notPorts', false],
] as const;

/** What a policy has in it that contradicts itself. */
export const contradictingFields: readonly string[] = [...pairs.map(([, isNot]) => isNot), 'when'];

/** Lists whose values are compared in another way than as texts with `*` at one end: only what is equal counts. */
const literal: ReadonlySet<string> = new Set([
  'ipBlocks',
  'remoteIpBlocks',
  'ports',
  'serviceAccounts',
  'source.ip',
  'remote.ip',
  'destination.ip',
  'destination.port',
]);
/** What a caller may have several of, so that two conditions may both fit. */
const several = /^(?:request\.auth\.claims|request\.auth\.audiences|experimental\.)/;

/**
 * Parts of a policy that never fit. The values of one list are alternatives; a list and its opposite, and the
 * conditions of `when`, must all hold (`New` in pilot/pkg/security/authz/model/model.go, `matches_internal` in
 * src/rbac.rs of ztunnel).
 */
export function* contradictions({ spec }: Resource<'AuthorizationPolicy'>): Iterable<Contradiction> {
  for (const { from = [], to = [], when = [] } of spec.rules ?? []) {
    const owners = [...from.map(({ source }) => source), ...to.map(({ operation }) => operation)];
    for (const owner of owners) {
      if (owner === undefined) continue;
      const excluding = pairs.filter(([, isNot]) => isNot in owner);
      const lists: Lists = excluding.length > 0 ? { ...owner } : {};
      for (const [is, isNot, isAlways] of excluding)
        yield* between(owner, lists, is, isNot, { name: is, isAlways });
    }
    for (const condition of when) {
      const lists: Lists = { values: condition.values, notValues: condition.notValues };
      yield* between(condition, lists, 'values', 'notValues', { name: condition.key ?? '', isAlways: false });
    }
    yield* disjoint(when);
  }
}

function* between(
  owner: object,
  lists: Lists,
  is: string,
  isNot: string,
  { name, isAlways }: { readonly name: string; readonly isAlways: boolean },
): Iterable<Contradiction> {
  const wanted = lists[is] ?? [];
  const excluded = lists[isNot] ?? [];
  if (excluded.length === 0) return;
  const notAt: At = { owner, key: isNot, part: 'key' };
  if (isAlways && excluded.includes('*')) yield { kind: 'everything', at: notAt, isNot };
  else if (wanted.length > 0 && wanted.every((one) => excluded.some((other) => covers(name, other, one))))
    yield { kind: 'excluded', at: { owner, key: is, part: 'key' }, is, isNot, notAt };
}

/** Two conditions about one thing that have no value in common. */
function* disjoint(when: readonly Condition[]): Iterable<Contradiction> {
  for (const [i, condition] of when.entries()) {
    const { key = '', values = [] } = condition;
    if (values.length === 0 || several.test(key) || isAddress(key)) continue;
    const other = when
      .slice(0, i)
      .find(
        (earlier) =>
          earlier.key === key &&
          (earlier.values ?? []).length > 0 &&
          !(earlier.values ?? []).some((one) => values.some((two) => mayMeet(key, one, two))),
      );
    if (other === undefined) continue;
    const place = (owner: object): At => ({ owner, key: 'values', part: 'key' });
    yield { kind: 'disjoint', at: place(condition), key, other: place(other) };
  }
}

function isAddress(key: string): boolean {
  return key.endsWith('.ip');
}

type Pattern = { readonly kind: 'any' | 'exact' | 'start' | 'end'; readonly text: string };

/** Undefined for what is compared in another way: `{*}` in paths, stars inside the name of a namespace. */
function parse(name: string, value: string): Pattern | undefined {
  if (literal.has(name)) return { kind: 'exact', text: value };
  if (value === '*') return { kind: 'any', text: '' };
  const rest = value.startsWith('*') ? value.slice(1) : value.endsWith('*') ? value.slice(0, -1) : value;
  if (/[*{}]/.test(rest)) return undefined;
  return { kind: rest === value ? 'exact' : value.startsWith('*') ? 'end' : 'start', text: rest };
}

/** Whether everything that fits `inner` fits `outer`. */
function covers(name: string, outer: string, inner: string): boolean {
  if (outer === inner) return true;
  const [wide, narrow] = [parse(name, outer), parse(name, inner)];
  if (wide === undefined || narrow === undefined) return false;
  if (wide.kind === 'any') return true;
  if (wide.kind === 'start')
    return narrow.kind !== 'end' && narrow.kind !== 'any' && narrow.text.startsWith(wide.text);
  return (
    wide.kind === 'end' &&
    (narrow.kind === 'exact' || narrow.kind === 'end') &&
    narrow.text.endsWith(wide.text)
  );
}

/** Whether some text fits both. */
function mayMeet(name: string, a: string, b: string): boolean {
  const [one, two] = [parse(name, a), parse(name, b)];
  if (one === undefined || two === undefined || one.kind === 'any' || two.kind === 'any') return true;
  if (one.kind === 'exact' || two.kind === 'exact') return covers(name, a, b) || covers(name, b, a);
  if (one.kind !== two.kind) return true;
  return covers(name, a, b) || covers(name, b, a);
}
