import { ensure, pushTo } from '../../model/collections.ts';
import type { Labels } from '../../model/labels.ts';
import { createNearNames, type NearNames, nearestName } from '../../model/near.ts';

/** Something that labels are asked of. */
export interface Labelled {
  readonly namespace: string;
  readonly labels: Labels;
}

/** Finds labelled things by their labels without looking at all of them. */
export interface LabelIndex<T extends Labelled> {
  in(namespace: string): readonly T[];
  /** The shortest list that surely holds everything with these labels, in one namespace or in all. */
  candidates(labels: Labels, namespace: string | undefined): readonly T[];
  /** Known values of the key that look like the one written. */
  nearValue(key: string, value: string, namespace: string | undefined): string | undefined;
  /** Keys that hold the value and look like the one written. */
  nearKey(key: string, value: string, namespace: string | undefined): string | undefined;
}

/** `labelsOf`: every label that a thing may carry; its own ones when not said. */
export function createLabelIndex<T extends Labelled>(
  all: readonly T[],
  labelsOf: (thing: T) => Iterable<readonly [string, string]> = ({ labels }) => Object.entries(labels),
): LabelIndex<T> {
  const byNamespace = new Map<string, T[]>();
  for (const thing of all) pushTo(byNamespace, thing.namespace, thing);

  const scopes = new Map<string | undefined, Scope<T>>();
  const scopeOf = (namespace: string | undefined): Scope<T> =>
    ensure(scopes, namespace, () =>
      createScope(namespace === undefined ? all : (byNamespace.get(namespace) ?? []), labelsOf),
    );

  return {
    in: (namespace) => byNamespace.get(namespace) ?? [],
    candidates: (labels, namespace) => scopeOf(namespace).candidates(labels),
    nearValue: (key, value, namespace) => scopeOf(namespace).valuesOf(key)?.nearest(value),
    nearKey: (key, value, namespace) => nearestName(key, scopeOf(namespace).keysWith(value)),
  };
}

/** The things of one namespace, or of all: neither a busy namespace nor a common label makes a query long. */
interface Scope<T> {
  candidates(labels: Labels): readonly T[];
  valuesOf(key: string): NearNames | undefined;
  /** Few keys ever hold the same value. */
  keysWith(value: string): Iterable<string>;
}

function createScope<T extends Labelled>(
  things: readonly T[],
  labelsOf: (thing: T) => Iterable<readonly [string, string]>,
): Scope<T> {
  const byPair = new Map<string, T[]>();
  for (const thing of things) {
    for (const [key, value] of labelsOf(thing)) pushTo(byPair, pairOf(key, value), thing);
  }

  // Both are only wanted when something was not found.
  let near: Near | undefined;
  const nearIndex = (): Near => {
    near ??= createNear(byPair.keys());
    return near;
  };
  return {
    candidates(labels) {
      let shortest = things;
      for (const key of Object.keys(labels)) {
        const holders = byPair.get(pairOf(key, labels[key] ?? '')) ?? [];
        if (holders.length < shortest.length) shortest = holders;
      }
      return shortest;
    },
    valuesOf: (key) => nearIndex().values(key),
    keysWith: (value) => nearIndex().keys.get(value) ?? [],
  };
}

interface Near {
  values(key: string): NearNames | undefined;
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

function createNear(pairs: Iterable<string>): Near {
  const values = new Map<string, string[]>();
  const keys = new Map<string, string[]>();
  for (const pair of pairs) {
    const end = pair.indexOf(' ');
    const key = pair.slice(0, end);
    const value = pair.slice(end + 1);
    pushTo(values, key, value);
    pushTo(keys, value, key);
  }
  const built = new Map<string, NearNames>();
  return {
    values(key) {
      const known = values.get(key);
      return known && ensure(built, key, () => createNearNames(known));
    },
    keys,
  };
}

/** A blank stands in no key. */
function pairOf(key: string, value: string): string {
  return `${key} ${value}`;
}
