import { schemaFormats } from './formats.ts';
import { asList, asNumber, asObject, asText, type Fields, isObject, own } from './read.ts';

/** Patterns as RE2 has them, as far as JavaScript can read them. */
export interface Patterns {
  /** Whether the text matches; undefined when the pattern cannot be read. */
  readonly test: (pattern: string, text: string) => boolean | undefined;
  readonly unreadable: ReadonlySet<string>;
}

export function createPatterns(): Patterns {
  const known = new Map<string, RegExp | undefined>();
  const unreadable = new Set<string>();
  return {
    unreadable,
    test(pattern, text) {
      const expression = known.has(pattern) ? known.get(pattern) : read(pattern);
      known.set(pattern, expression);
      if (expression === undefined) unreadable.add(pattern);
      return expression?.test(text);
    },
  };
}

function read(pattern: string): RegExp | undefined {
  const flags = /^\(\?([ims]+)\)/.exec(pattern)?.[1] ?? '';
  const body = pattern.replace(/^\(\?[ims]+\)/, '').replaceAll('(?P<', '(?<');
  for (const mode of ['u', '']) {
    try {
      return new RegExp(body, mode + flags);
    } catch {
      // The stricter mode refuses escapes that RE2 takes.
    }
  }
  return undefined;
}

/** Whether a value keeps to a schema, by the rules of JSON Schema: what is not about its type does not bind it. */
export function fits(raw: unknown, value: unknown, patterns: Patterns): boolean {
  const schema = asObject(raw);
  if (schema === undefined) return true;
  const every = (schemas: unknown): boolean =>
    (asList(schemas) ?? []).every((one) => fits(one, value, patterns));
  const count = (schemas: readonly unknown[]): number =>
    schemas.filter((one) => fits(one, value, patterns)).length;
  const anyOf = asList(schema.anyOf);
  const oneOf = asList(schema.oneOf);
  return (
    hasType(schema.type, value) &&
    isAllowed(schema.enum, value) &&
    every(schema.allOf) &&
    (anyOf === undefined || count(anyOf) > 0) &&
    (oneOf === undefined || count(oneOf) === 1) &&
    (schema.not === undefined || !fits(schema.not, value, patterns)) &&
    fitsByType(schema, value, patterns)
  );
}

function hasType(type: unknown, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type;
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      return true;
  }
}

export function isAllowed(allowed: unknown, value: unknown): boolean {
  return asList(allowed)?.some((one) => JSON.stringify(one) === JSON.stringify(value)) !== false;
}

function fitsByType(schema: Fields, value: unknown, patterns: Patterns): boolean {
  if (typeof value === 'string') return fitsText(schema, value, patterns);
  if (typeof value === 'number') return fitsNumber(schema, value);
  if (Array.isArray(value)) {
    return (
      within(value.length, schema.minItems, schema.maxItems) &&
      (schema.items === undefined || value.every((item) => fits(schema.items, item, patterns)))
    );
  }
  return !isObject(value) || fitsObject(schema, value, patterns);
}

function fitsText(schema: Fields, value: string, patterns: Patterns): boolean {
  const pattern = asText(schema.pattern);
  const format = asText(schema.format) ?? '';
  return (
    within([...value].length, schema.minLength, schema.maxLength) &&
    (pattern === undefined || patterns.test(pattern, value) !== false) &&
    (!Object.hasOwn(schemaFormats, format) || schemaFormats[format]?.(value) !== false)
  );
}

/** Whether a number keeps to what is rarer than a least and a most. */
export function fitsNumber(schema: Fields, value: number): boolean {
  const step = asNumber(schema.multipleOf);
  const quotient = step === undefined || step === 0 ? 0 : value / step;
  return (
    within(value, schema.minimum, schema.maximum) &&
    !(schema.exclusiveMinimum === true && value === schema.minimum) &&
    !(schema.exclusiveMaximum === true && value === schema.maximum) &&
    Math.abs(quotient - Math.round(quotient)) < 1e-9
  );
}

function within(size: number, least: unknown, most: unknown): boolean {
  return size >= (asNumber(least) ?? -Infinity) && size <= (asNumber(most) ?? Infinity);
}

function fitsObject(schema: Fields, value: Fields, patterns: Patterns): boolean {
  const properties = asObject(schema.properties) ?? {};
  const required = asList(schema.required) ?? [];
  return (
    within(Object.keys(value).length, schema.minProperties, schema.maxProperties) &&
    required.every((name) => typeof name !== 'string' || own(value, name) !== undefined) &&
    Object.keys(value).every((name) => {
      const inner = own(properties, name) ?? schema.additionalProperties;
      return inner === undefined || fits(inner, value[name], patterns);
    })
  );
}
