import { ensure, pushTo } from '../model/collections.ts';
import type { Labels } from '../model/labels.ts';
import { createNearNames, type NearNames, nearestName } from '../model/near.ts';

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
  // Keyed by pair, and by namespace and pair: neither a busy namespace nor a common label makes a query long.
  const byPair = new Map<string, T[]>();
  for (const thing of all) {
    pushTo(byNamespace, thing.namespace, thing);
    for (const [key, value] of labelsOf(thing)) {
      pushTo(byPair, pairKey(undefined, key, value), thing);
      pushTo(byPair, pairKey(thing.namespace, key, value), thing);
    }
  }
  const here = (namespace: string): readonly T[] => byNamespace.get(namespace) ?? [];

  // Both are only wanted when something was not found.
  let near: Near | undefined;
  const nearIndex = (): Near => {
    near ??= createNear(all, labelsOf);
    return near;
  };

  return {
    in: here,
    candidates(labels, namespace) {
      let shortest = namespace === undefined ? all : here(namespace);
      for (const key of Object.keys(labels)) {
        const holders = byPair.get(pairKey(namespace, key, labels[key] ?? '')) ?? [];
        if (holders.length < shortest.length) shortest = holders;
      }
      return shortest;
    },
    nearValue: (key, value, namespace) => nearIndex().values(namespace, key)?.nearest(value),
    nearKey: (key, value, namespace) => nearestName(key, nearIndex().keys(namespace, value)),
  };
}

interface Near {
  values(namespace: string | undefined, key: string): NearNames | undefined;
  /** Few keys ever hold the same value. */
  keys(namespace: string | undefined, value: string): Iterable<string>;
}

function createNear<T extends Labelled>(
  all: readonly T[],
  labelsOf: (thing: T) => Iterable<readonly [string, string]>,
): Near {
  const values = new Map<string, Set<string>>();
  const keys = new Map<string, Set<string>>();
  for (const thing of all) {
    for (const [key, value] of labelsOf(thing)) {
      for (const namespace of [undefined, thing.namespace]) {
        ensure(values, scopeKey(namespace, key), () => new Set()).add(value);
        ensure(keys, scopeKey(namespace, value), () => new Set()).add(key);
      }
    }
  }
  const built = new Map<string, NearNames>();
  return {
    values(namespace, key) {
      const scope = scopeKey(namespace, key);
      const known = values.get(scope);
      return known && ensure(built, scope, () => createNearNames(known));
    },
    keys: (namespace, value) => keys.get(scopeKey(namespace, value)) ?? [],
  };
}

// A blank stands in no namespace, key or value.
function pairKey(namespace: string | undefined, key: string, value: string): string {
  return `${namespace ?? ''} ${key} ${value}`;
}

function scopeKey(namespace: string | undefined, text: string): string {
  return `${namespace ?? ''} ${text}`;
}
