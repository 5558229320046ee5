// Checks a configuration against its schema, strictly: a key that nobody reads must not look as if it did something.
import { nearestName } from '../model/near.ts';
import type { Path } from '../text/index.ts';
import { settingsSchema } from './settings-schema.gen.ts';

/** As much of JSON Schema as the configuration's schema uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | boolean)[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly required?: readonly string[];
}

/** What is wrong with a configuration, at the path of a key or value. */
export interface SettingProblem {
  readonly path: Path;
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly help: string;
}

export interface CheckedSettings {
  readonly problems: readonly SettingProblem[];
  /** Numbers that stand for the text they are written as: `1.30` is a release. */
  readonly texts: readonly Path[];
}

/** Compares a value with the schema of the configuration. */
export function checkSettings(value: unknown): CheckedSettings {
  const problems: SettingProblem[] = [];
  const texts: Path[] = [];

  function check(given: unknown, written: Schema, path: Path): void {
    const schema = resolve(written);
    if (schema.anyOf !== undefined) {
      const branch = schema.anyOf.map(resolve).find((one) => typesOf(one).includes(typeOf(given)));
      if (branch === undefined) refuseType(given, schema.anyOf.map(resolve).flatMap(typesOf), path);
      else check(given, branch, path);
      return;
    }
    if (schema.enum !== undefined) {
      if (!schema.enum.some((one) => one === given)) refuseValue(given, schema.enum, path);
      return;
    }
    const types = typesOf(schema);
    const type = typeOf(given);
    if (!types.includes(type)) refuseType(given, types, path);
    else if (type === 'number' && types.includes('string')) texts.push(path);
    else if (type === 'array')
      for (const [i, item] of listOf(given)) check(item, schema.items ?? {}, [...path, i]);
    else if (type === 'object') checkObject(given, schema, path);
  }

  function checkObject(given: unknown, schema: Schema, path: Path): void {
    const { properties = {}, additionalProperties = false, required = [] } = schema;
    const fields = fieldsOf(given);
    for (const [name, field] of fields) {
      const known = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (known) check(field, known, [...path, name]);
      else refuseKey(name, Object.keys(properties), path);
    }
    for (const name of required) {
      if (fields.some(([written]) => written === name)) continue;
      problems.push({
        path,
        part: 'value',
        message: `${show(path)} has no "${name}".`,
        help: `Add ${name}.`,
      });
    }
  }

  function refuseKey(name: string, known: readonly string[], path: Path): void {
    const near = known.find((one) => one.toLowerCase() === name.toLowerCase()) ?? nearestName(name, known);
    problems.push({
      path: [...path, name],
      part: 'key',
      message: `There is no setting "${[...path, name].join('.')}".`,
      help: near === undefined ? `It may be ${known.join(', ')}.` : `Did you mean "${near}"?`,
    });
  }

  function refuseValue(given: unknown, allowed: readonly (string | boolean)[], path: Path): void {
    const words = allowed.filter((one) => typeof one === 'string');
    const near =
      typeof given !== 'string'
        ? undefined
        : (words.find((one) => one === given.toLowerCase()) ?? nearestName(given, words));
    problems.push({
      path,
      part: 'value',
      message: `${show(path)} cannot be ${showValue(given)}.`,
      help: `${near === undefined ? '' : `Did you mean ${near}? `}It takes ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`,
    });
  }

  function refuseType(given: unknown, types: readonly string[], path: Path): void {
    problems.push({
      path,
      part: 'value',
      message: `${show(path)} cannot be ${showValue(given)}.`,
      help: `It takes ${[...new Set(types.filter((type) => type !== 'number' || types.length === 1))].map((type) => inWords[type] ?? type).join(' or ')}.`,
    });
  }

  check(value, settingsSchema, []);
  return { problems, texts };
}

function resolve(schema: Schema): Schema {
  const name = schema.$ref?.replace('#/$defs/', '');
  const definitions: Readonly<Record<string, Schema>> = settingsSchema.$defs;
  return name === undefined ? schema : resolve(definitions[name] ?? {});
}

function typesOf({ type }: Schema): readonly string[] {
  return typeof type === 'string' ? [type] : (type ?? []);
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function listOf(value: unknown): Iterable<[number, unknown]> {
  return Array.isArray(value) ? value.entries() : [];
}

function fieldsOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

const inWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
};

function showValue(value: unknown): string {
  const type = typeOf(value);
  if (type === 'null') return 'empty';
  if (type === 'array' || type === 'object') return inWords[type] ?? type;
  return type === 'string' ? `"${value}"` : `${value}`;
}

/** The path of a setting as people write it. */
function show(path: Path): string {
  if (path.length === 0) return 'The configuration';
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}
