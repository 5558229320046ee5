import type { Lookup } from '../graph/lookup.ts';
import type { At } from '../model/paths.ts';
import type { FieldValue } from '../text/edit.ts';
import { at, type KeyOf } from './at.ts';

/** One change of the resource, named like a place: by the object that holds the field, and its key. */
export type Edit =
  | { readonly op: 'set' | 'insert'; readonly at: At; readonly value: FieldValue }
  | { readonly op: 'remove'; readonly at: At }
  | { readonly op: 'rename'; readonly at: At; readonly to: string };

/** How a finding can be repaired, inside the resource that it is about. */
export interface Fix {
  /** What it does, as an order: "Rename `hots` to `hosts`". */
  readonly title: string;
  /**
   * Whether it is certain to be what was meant. Safe fixes are applied by `--fix`, the others by `--fix-unsafe`, for
   * people who look at what has changed.
   */
  readonly safe: boolean;
  readonly edits: readonly Edit[];
}

/** Writes another value into a field or a list item; adds the field if it is not there. */
export function setValue<T extends object>(owner: T, key: KeyOf<T>, value: FieldValue): Edit {
  return { op: 'set', at: at(owner, key), value };
}

/** Adds a field that is not there. */
export function insertField<T extends object>(owner: T, key: KeyOf<T>, value: FieldValue): Edit {
  return { op: 'insert', at: at(owner, key), value };
}

/** Takes a field away. */
export function removeField<T extends object>(owner: T, key: KeyOf<T>): Edit {
  return { op: 'remove', at: at(owner, key) };
}

/** Gives a field another key; its value, and where it stands, remain. */
export function renameKey<T extends object>(owner: T, key: KeyOf<T>, to: string): Edit {
  return { op: 'rename', at: at(owner, key), to };
}

/** Takes an item out of a list. */
export function removeItem<T>(list: readonly T[], index: number): Edit {
  return { op: 'remove', at: at(list, index) };
}

/**
 * Writes the near miss that a look-up suggests, in the way in which the name was written: without a namespace where
 * that of the resource is meant. Never safe: another name may have been meant.
 */
export function takeSuggestion(place: At, lookup: Lookup<unknown>, namespace?: string): Fix | undefined {
  if (lookup.state === 'found' || lookup.suggestion === undefined || place.key === undefined)
    return undefined;
  const written: unknown = Reflect.get(place.owner, place.key);
  if (typeof written !== 'string') return undefined;
  const isLocal = !written.includes('/') && lookup.suggestion.startsWith(`${namespace}/`);
  const value = isLocal ? lookup.suggestion.slice(`${namespace}/`.length) : lookup.suggestion;
  if (value.includes('/') !== written.includes('/')) return undefined;
  return replaceBy(place, value, false);
}

/** Writes another text where one stands. */
export function replaceBy(place: At, value: string, safe: boolean): Fix {
  const written: unknown = place.key === undefined ? undefined : Reflect.get(place.owner, place.key);
  return {
    title: `Write ${value} instead of ${String(written)}`,
    safe,
    edits: [{ op: 'set', at: place, value }],
  };
}
