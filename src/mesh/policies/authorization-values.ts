import type { Resource } from '../../graph/resource.ts';
import type { AuthorizationOperation, AuthorizationSource } from '../../model/kinds.gen.ts';
import type { At } from '../../model/paths.ts';

/** Something that an AuthorizationPolicy compares, by the name that it has in `source` or `operation`. */
export type ComparedField = keyof typeof fields;

interface Compared {
  readonly source?: readonly [is: keyof AuthorizationSource, isNot: keyof AuthorizationSource];
  readonly operation?: readonly [is: keyof AuthorizationOperation, isNot: keyof AuthorizationOperation];
  /** The condition of `when` that compares the same. */
  readonly key?: string;
}

const fields = {
  principals: { source: ['principals', 'notPrincipals'], key: 'source.principal' },
  serviceAccounts: { source: ['serviceAccounts', 'notServiceAccounts'], key: 'source.serviceAccount' },
  hosts: { operation: ['hosts', 'notHosts'] },
  methods: { operation: ['methods', 'notMethods'] },
  paths: { operation: ['paths', 'notPaths'] },
  ports: { operation: ['ports', 'notPorts'], key: 'destination.port' },
} as const satisfies Readonly<Record<string, Compared>>;

/** One value of a list that a request is compared with. */
export interface ComparedValue {
  readonly text: string;
  readonly at: At;
  /** The list as people write it: `methods`, `notMethods`, `values`. */
  readonly field: string;
  /** Whether requests that have the value are left out instead of taken. */
  readonly isNot: boolean;
}

/**
 * The values that the rules of a policy compare with one thing, wherever they stand: in `from`, in `to`, or under a
 * condition of `when` (`New` in pilot/pkg/security/authz/model/model.go); those only that are sought, if not all are.
 */
export function comparedValues(
  { spec }: Resource<'AuthorizationPolicy'>,
  field: ComparedField,
  isSought: (text: string) => boolean = () => true,
): readonly ComparedValue[] {
  const { source, operation, key }: Compared = fields[field];
  const found: ComparedValue[] = [];
  for (const { from = [], to = [], when = [] } of spec.rules ?? []) {
    if (source !== undefined) for (const entry of from) addPair(entry.source ?? {}, source);
    if (operation !== undefined) for (const entry of to) addPair(entry.operation ?? {}, operation);
    for (const condition of when) {
      if (key !== undefined && condition.key === key) addPair(condition, ['values', 'notValues']);
    }
  }
  return found;

  function addPair<K extends string>(
    owner: { readonly [name in K]?: readonly string[] },
    [is, isNot]: readonly [K, K],
  ): void {
    addList(owner[is], is, false);
    addList(owner[isNot], isNot, true);
  }
  function addList(list: readonly string[] = [], name: string, isNot: boolean): void {
    for (let key = 0; key < list.length; key++) {
      const text = list[key] ?? '';
      if (isSought(text)) found.push({ text, at: { owner: list, key, part: 'value' }, field: name, isNot });
    }
  }
}

/**
 * The test of a text with `*`: alone it stands for anything, at the start or else at the end for any rest, and
 * elsewhere for itself (`StringMatcher` in pilot/pkg/security/authz/matcher/string.go).
 */
export function authorizationMatch(pattern: string): (text: string) => boolean {
  if (pattern === '*') return (text) => text !== '';
  if (pattern.startsWith('*')) return (text) => text.endsWith(pattern.slice(1));
  if (pattern.endsWith('*')) return (text) => text.startsWith(pattern.slice(0, -1));
  return (text) => text === pattern;
}
