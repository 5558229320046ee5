import { hasPlaceholder, hasPlaceholderName } from '../model/placeholder.ts';
import type { Limits } from '../model/shape.ts';
import type { Path } from './conform.ts';

/** A value of the right type that its schema does not allow. */
export type Breach = { readonly path: Path } & (
  | { readonly limit: 'size'; readonly of: Sized; readonly size: number; readonly limits: Limits }
  | { readonly limit: 'enum'; readonly value: string; readonly allowed: readonly (string | number)[] }
  | { readonly limit: 'pattern'; readonly value: string; readonly pattern: string }
  /** The path is that of the field that is not there. */
  | { readonly limit: 'required' }
  | { readonly limit: 'repeated'; readonly value: string; readonly keys: readonly string[] }
  | ({ readonly limit: 'said' } & Said)
);

/** What is said already in words; sentences without their full stop. */
export interface Said {
  readonly problem: string;
  readonly help: string;
  /** The fields of the value that it is about; absent when it is about all of it. */
  readonly fields?: ReadonlySet<string>;
  /** Whether the key is to be pointed at, because the value is long. */
  readonly atKey: boolean;
}

export type Sized = 'number' | 'text' | 'list' | 'map';
type Found = Breach extends infer B ? (B extends Breach ? Omit<B, 'path'> : never) : never;
export type Tell = (found: Found, ...steps: readonly (string | number)[]) => void;

export interface LimitChecks {
  number(value: number, limits: Limits): void;
  text(value: string, limits: Limits): void;
  list(value: readonly unknown[], limits: Limits): void;
  map(value: object, limits: Limits): void;
  object(value: Readonly<Record<string, unknown>>, limits: Limits, defaults: Defaults): void;
}
type Defaults = readonly (readonly [name: string, value: unknown])[];

/**
 * Checks values as the API server checks them against the schema in a CustomResourceDefinition. `matches` reads
 * patterns; undefined of one that it cannot read.
 */
export function createLimitChecks(
  tell: Tell,
  matches: (pattern: string, text: string) => boolean | undefined = createMatcher(),
): LimitChecks {
  function size(of: Sized, size: number, limits: Limits): void {
    const { min = -Infinity, max = Infinity } = limits;
    if (size < min || size > max) tell({ limit: 'size', of, size, limits });
  }

  return {
    number(value, limits) {
      const { enum: allowed } = limits;
      if (allowed === undefined || allowed.includes(value)) size('number', value, limits);
      else tell({ limit: 'enum', value: String(value), allowed });
    },
    text(value, limits) {
      const { min, max, enum: allowed, pattern } = limits;
      if (allowed !== undefined && !allowed.includes(value)) {
        if (!hasPlaceholder(value)) tell({ limit: 'enum', value, allowed });
      } else if (value.length < (min ?? 0) || value.length > (max ?? Infinity)) {
        // Letters outside the basic plane are two units but one letter.
        if (!hasPlaceholder(value)) size('text', [...value].length, limits);
      } else if (pattern !== undefined && matches(pattern, value) === false) {
        if (!hasPlaceholderName(value)) tell({ limit: 'pattern', value, pattern });
      }
    },
    list(value, limits) {
      size('list', value.length, limits);
      if (limits.keys !== undefined) repeated(value, limits.keys, tell);
    },
    map: (value, limits) => size('map', Object.keys(value).length, limits),
    object(value, { required = [] }, defaults) {
      for (const field of required) {
        if (value[field] !== undefined && value[field] !== null) continue;
        if (!defaults.some(([name]) => name === field)) tell({ limit: 'required' }, field);
      }
    },
  };
}

function createMatcher(): (pattern: string, text: string) => boolean {
  const patterns = new Map<string, RegExp>();
  return (pattern, text) => {
    const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
    patterns.set(pattern, known);
    return known.test(text);
  };
}

/** Items that have the same keys as one before them; items that lack all keys are told for that. */
function repeated(items: readonly unknown[], keys: readonly string[], tell: Tell): void {
  const seen = new Set<string>();
  items.forEach((item, i) => {
    const values = keys.length === 0 ? [item] : keys.map((key) => fieldOf(item, key));
    if (values.every((value) => value === undefined)) return;
    const id = JSON.stringify(values);
    if (!seen.has(id)) seen.add(id);
    else tell({ limit: 'repeated', value: values.map(showValue).join(', '), keys }, i);
  });
}

/** A value in one line. An object may have a field `toString` of its own, so it is not asked. */
export function showValue(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function fieldOf(item: unknown, key: string): unknown {
  return typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined;
}
