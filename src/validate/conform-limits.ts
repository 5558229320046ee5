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
);

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

/** Checks values as the API server checks them against the schema in a CustomResourceDefinition. */
export function createLimitChecks(tell: Tell): LimitChecks {
  const patterns = new Map<string, RegExp>();

  function size(of: Sized, size: number, limits: Limits): void {
    const { min = -Infinity, max = Infinity } = limits;
    if (size < min || size > max) tell({ limit: 'size', of, size, limits });
  }

  function expression(pattern: string): RegExp {
    const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
    patterns.set(pattern, known);
    return known;
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
        size('text', [...value].length, limits);
      } else if (pattern !== undefined && !expression(pattern).test(value)) {
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

/** Items that have the same keys as one before them; items that lack all keys are told for that. */
function repeated(items: readonly unknown[], keys: readonly string[], tell: Tell): void {
  const seen = new Set<string>();
  items.forEach((item, i) => {
    const values = keys.length === 0 ? [item] : keys.map((key) => fieldOf(item, key));
    if (values.every((value) => value === undefined)) return;
    const id = JSON.stringify(values);
    if (!seen.has(id)) seen.add(id);
    else tell({ limit: 'repeated', value: values.map(String).join(', '), keys }, i);
  });
}

function fieldOf(item: unknown, key: string): unknown {
  return typeof item === 'object' && item !== null ? Reflect.get(item, key) : undefined;
}
