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
  const byKey = new Map<string, Map<string, T[]>>();
  for (const thing of things) {
    for (const [key, value] of labelsOf(thing)) pushTo(ensure(byKey, key, newMap<T>), value, thing);
  }

  const near = new Map<string, NearNames>();
  return {
    candidates(labels) {
      let shortest = things;
      for (const key of Object.keys(labels)) {
        const holders = byKey.get(key)?.get(labels[key] ?? '') ?? [];
        if (holders.length < shortest.length) shortest = holders;
      }
      return shortest;
    },
    valuesOf(key) {
      const values = byKey.get(key);
      return values && ensure(near, key, () => createNearNames(values.keys()));
    },
    *keysWith(value) {
      for (const [key, values] of byKey) if (values.has(value)) yield key;
    },
  };
}

function newMap<T>(): Map<string, T[]> {
  return new Map();
}
