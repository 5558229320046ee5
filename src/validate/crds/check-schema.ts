import { hasPlaceholder, hasPlaceholderName } from '../../model/placeholder.ts';
import type { Path, ShapeProblem, UnknownField } from '../conform.ts';
import { type Breach, createLimitChecks, showValue } from '../conform-limits.ts';
import { homesOf, slipOf } from '../conform-unknown.ts';
import { showPath } from '../conform-words.ts';
import { fits, isAllowed, type Patterns } from './fits.ts';
import { schemaFormats } from './formats.ts';
import { logicFault } from './logic.ts';
import { type Fields, isObject, own } from './read.ts';
import type { CrdSchema } from './schema.ts';

/** All that a schema finds wrong with a value. */
export interface SchemaFindings {
  readonly misfits: ShapeProblem[];
  readonly unknown: UnknownField[];
  readonly breaches: Breach[];
}

/** Checks a value that has its defaults as the API server does. The value stays as it is. */
export function checkSchema(root: CrdSchema, value: unknown, patterns: Patterns): SchemaFindings {
  const found: SchemaFindings = { misfits: [], unknown: [], breaches: [] };
  const path: (string | number)[] = [];
  const limits = createLimitChecks((breach, ...steps) => {
    found.breaches.push({ path: [...path, ...steps], ...breach });
  }, patterns.test);

  function say(given: unknown, problem: string, help: string, fields?: ReadonlySet<string>): void {
    const atKey = typeof given === 'object' && typeof path.at(-1) === 'string';
    const said = { limit: 'said', path: [...path], problem, help, atKey } as const;
    found.breaches.push(fields === undefined ? said : { ...said, fields });
  }

  function misfit(expected: string, given: unknown, filledIn: boolean): void {
    found.misfits.push({ path: [...path], expected, found: describe(given), filledIn });
  }

  /** `alone`: whether this schema says which type the value has and which fields it keeps; those of an allOf do not. */
  function check(schema: CrdSchema, given: unknown, alone: boolean): void {
    if (given === null && schema.nullable) return;
    if (alone && !hasType(schema, given)) {
      const isFilledIn = holders.has(schema.type) ? hasPlaceholder : hasPlaceholderName;
      misfit(schema.type, given, typeof given === 'string' && isFilledIn(given));
      return;
    }
    const before = found.breaches.length;
    checkLimits(schema, given);
    for (const one of schema.allOf) check(one, given, false);
    if (schema.rare !== undefined && found.breaches.length === before) checkRare(schema.rare, given);
    if (Array.isArray(given)) checkItems(schema, given, alone);
    else if (isObject(given)) checkFields(schema, given, alone);
  }

  function checkLimits(schema: CrdSchema, given: unknown): void {
    if (typeof given === 'number') limits.number(given, schema.limits);
    else if (typeof given === 'string') {
      limits.text(given, schema.limits);
      checkFormat(schema.format, given);
    } else if (Array.isArray(given)) {
      const { keys } = schema.limits;
      limits.list(keys === undefined ? given : given.map((item) => withKeys(schema, item)), schema.limits);
    } else if (isObject(given)) {
      limits.map(given, schema.limits);
      for (const name of schema.limits.required ?? []) {
        if (own(given, name) === undefined) found.breaches.push({ limit: 'required', path: [...path, name] });
      }
    }
  }

  function checkFormat(format: string | undefined, given: string): void {
    if (format === undefined || !Object.hasOwn(schemaFormats, format) || hasPlaceholderName(given)) return;
    if (schemaFormats[format]?.(given) === false)
      say(
        given,
        `${showPath(path)} is "${given}", which is no ${format}`,
        `Write a value of the format ${format}`,
      );
  }

  function checkRare(raw: Fields, given: unknown): void {
    if (!isAllowed(raw.enum, given)) {
      if (isFilledIn(given)) return;
      const allowed = Array.isArray(raw.enum) ? raw.enum.map(showValue) : [];
      found.breaches.push({ limit: 'enum', path: [...path], value: showValue(given), allowed });
      return;
    }
    const { type: _, properties, items, additionalProperties, allOf, ...own } = raw;
    if (fits(own, given, patterns) || isFilledIn(given)) return;
    const fault = logicFault(raw, given, showPath(path) || 'The manifest', patterns);
    // Values of enums are written in capitals, too; which form a value has may hang on one that is filled in.
    if (fault.fields === undefined && isFilledIn(given, hasPlaceholderName)) return;
    say(given, fault.problem, fault.help, fault.fields);
  }

  function checkItems(schema: CrdSchema, given: readonly unknown[], alone: boolean): void {
    const { item } = schema;
    if (item === undefined) return;
    given.forEach((one, at) => {
      path.push(at);
      check(item, one, alone);
      path.pop();
    });
  }

  function checkFields(schema: CrdSchema, given: Fields, alone: boolean): void {
    for (const name of Object.keys(given)) {
      const inner = schema.fields.get(name) ?? schema.item;
      if (inner !== undefined) {
        path.push(name);
        check(inner, given[name], alone);
        path.pop();
      } else if (alone && !schema.open && !name.startsWith('$') && given[name] !== null) stray(schema, name);
    }
  }

  function stray(schema: CrdSchema, name: string): void {
    found.unknown.push({
      path: [...path, name],
      suggestion: slipOf(schema, name),
      homes: homesOf(root, path, name, (node) => node),
      known: [...schema.fields.keys()],
    });
  }

  check(root, value, true);
  return found;
}

/** The item with the defaults of its keys. */
function withKeys({ item, limits: { keys = [] } }: CrdSchema, value: unknown): unknown {
  if (keys.length === 0 || item === undefined || !isObject(value)) return value;
  return Object.fromEntries(keys.map((key) => [key, own(value, key) ?? item.fields.get(key)?.default]));
}

function hasType({ type }: CrdSchema, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === type;
    case 'integer':
      return Number.isInteger(value);
    case 'integer or string':
      return typeof value === 'string' || Number.isInteger(value);
    case 'list':
      return Array.isArray(value);
    case 'map':
    case 'object':
      return isObject(value);
    case 'any':
      return true;
  }
}

const holders: ReadonlySet<string> = new Set(['object', 'list', 'map']);

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** Whether some text in the value is filled in before it is applied. */
export function isFilledIn(value: unknown, has = hasPlaceholder): boolean {
  if (typeof value === 'string') return has(value);
  if (Array.isArray(value)) return value.some((item) => isFilledIn(item, has));
  return isObject(value) && Object.values(value).some((field) => isFilledIn(field, has));
}

/** Whether a path leads to a place or into it. */
export function isIn(path: Path, place: Path): boolean {
  return place.every((step, at) => path[at] === step);
}
