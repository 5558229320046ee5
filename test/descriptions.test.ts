import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly 'x-kind'?: unknown;
}

const LONGEST = 120;
/** Every kind has these, and they mean the same in each. */
const COMMON: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

const files = ['gateway-api', 'istio', 'kubernetes'].flatMap((area) =>
  readdirSync(`schemas/${area}`)
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${area}/${name}`),
);

/** What is wrong with a description, by the rules in CONTRIBUTING.md. */
function faultsOf(description: string): string[] {
  const rules: readonly (readonly [boolean, string])[] = [
    [description.length > LONGEST, `has ${description.length} characters, ${LONGEST} are allowed`],
    [!/^[A-Z0-9`]/.test(description), 'begins with neither a capital nor a backtick'],
    [!description.endsWith('.'), 'does not end with a full stop'],
    [/\s{2}|[\n\t]|^\s|\s$/.test(description), 'has spaces that do nothing'],
    [description.split('`').length % 2 === 0, 'has a backtick without its other'],
  ];
  return rules.filter(([broken]) => broken).map(([, fault]) => `${fault}: ${description}`);
}

/** Every fault of the schema at a path and of all that is in it. `needed`: without a description is a fault. */
function* faults(schema: Schema, path: string, needed: boolean): Generator<string> {
  if (schema.description !== undefined)
    for (const fault of faultsOf(schema.description)) yield `${path} ${fault}`;
  else if (needed && (schema.$ref === undefined || schema['x-kind'] !== undefined))
    yield `${path} has no description`;
  const isKind = schema['x-kind'] !== undefined;
  for (const [name, field] of Object.entries(schema.properties ?? {}))
    yield* faults(field, `${path}.${name}`, !(isKind && COMMON.has(name)));
  if (schema.items) yield* faults(schema.items, `${path}[]`, false);
  if (schema.additionalProperties) yield* faults(schema.additionalProperties, `${path}{}`, false);
  for (const [name, def] of Object.entries(schema.$defs ?? {})) yield* faults(def, `$defs/${name}`, true);
}

function faultsIn(file: string): string[] {
  const schema: Schema = JSON.parse(readFileSync(`schemas/${file}`, 'utf8'));
  return [...faults(schema, '', schema['x-kind'] !== undefined)];
}

describe('every kind, definition and field is described', () => {
  test.each(files)('%s', (file) => {
    expect(faultsIn(file)).toEqual([]);
  });
});
