// What could not be read from a cluster, in words for people.
import { ensure, pushTo } from '../model/collections.ts';
import { isKind } from '../model/kind.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { KindOutcome, KindState } from '../model/live.ts';
import type { WhyUnread } from './evidence.ts';

/** How a reading ended, as people read it: "Pods could not be read: forbidden". */
const stateInWords: Readonly<Record<KindState, string>> = {
  ok: 'read',
  'not-installed': 'not installed',
  'version-unsupported': 'the cluster serves no version of it that meshlint knows',
  forbidden: 'forbidden',
  throttled: 'the API server asked to wait for too long',
  'server-error': 'the API server failed',
  timeout: 'it took too long',
  network: 'the connection broke',
  'bad-body': 'the answer was no list of them',
  expired: 'the list changed faster than it could be read',
};

/** Whether what an outcome is about is known as a whole. */
export function isKnown({ state }: Pick<KindOutcome, 'state'>): boolean {
  return state === 'ok' || state === 'not-installed';
}

/** Answers by kind and namespace what a reading of a cluster left out. */
export function createWhyUnread(outcomes: readonly KindOutcome[]): WhyUnread {
  const byKind = new Map<string, KindOutcome[]>();
  for (const outcome of outcomes) pushTo(byKind, outcome.kind, outcome);
  const answers = new Map<Kind, Map<string, string | undefined>>();
  const whole = new Set(
    outcomes.filter((one) => isKnown(one) && one.namespaces === 'all').map(({ kind }) => kind),
  );
  const asked = new Set(
    outcomes.filter(isKnown).flatMap(({ kind, names = [] }) => names.map((name) => `${kind} ${name}`)),
  );

  // What has no API of its own is written in ConfigMaps.
  const sourceOf = (kind: Kind): Kind => (kinds[kind].pseudo ? 'ConfigMap' : kind);

  function answer(kind: Kind, namespace: string): string | undefined {
    const own = byKind.get(sourceOf(kind)) ?? [];
    const covers = ({ namespaces }: KindOutcome): boolean =>
      namespaces === 'all' || (namespace !== '' && namespaces.includes(namespace));
    if (own.some((outcome) => isKnown(outcome) && covers(outcome))) return undefined;
    const name = manyOf(kind);
    const failed =
      own.find((outcome) => !isKnown(outcome) && covers(outcome)) ?? own.find((o) => !isKnown(o));
    if (failed !== undefined) return sayUnread({ ...failed, namespaces: 'all' });
    const read = own.flatMap(({ namespaces }) => namespaces);
    return read.length === 0 ? `${name} were not read` : `${name} were only read in ${read.join(', ')}`;
  }
  return (kind, namespace = '', name) => {
    if (whole.has(sourceOf(kind))) return undefined;
    if (name !== undefined && asked.has(`${kind} ${namespace === '' ? name : `${namespace}/${name}`}`))
      return undefined;
    const known = ensure(answers, kind, () => new Map<string, string | undefined>());
    if (!known.has(namespace)) known.set(namespace, answer(kind, namespace));
    return known.get(namespace);
  };
}

/**
 * "Pods could not be read: forbidden", with the namespaces where it was so, unless it was in all; `others` are outcomes
 * that may tell of namespaces where the same kind was read.
 */
export function sayUnread(
  { kind, state, namespaces }: Pick<KindOutcome, 'kind' | 'state' | 'namespaces'>,
  others: readonly KindOutcome[] = [],
): string {
  const read = others.flatMap((other) =>
    other.kind === kind && isKnown(other) && other.namespaces !== 'all' ? other.namespaces : [],
  );
  const where =
    namespaces !== 'all'
      ? ` of ${showNamespaces(namespaces)}`
      : read.length > 0
        ? ` outside of ${showNamespaces(read)}`
        : '';
  return `${manyOf(kind)}${where} could not be read: ${stateInWords[state]}`;
}

function showNamespaces(names: readonly string[]): string {
  return `namespace${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}

/** A kind in the plural, as people write it: `Gateways`, `AuthorizationPolicies`. */
function manyOf(kind: string): string {
  if (!isKind(kind)) return kind;
  const { kind: one, plural } = kinds[kind];
  if (plural.endsWith('ies') && one.endsWith('y')) return `${one.slice(0, -1)}ies`;
  return `${one}${plural.slice(one.length)}`;
}
