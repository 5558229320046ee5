// The schema of the configuration: the command and editors must read it alike.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkSettings } from '../src/config/check-settings.ts';

interface Schema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly description?: string;
}

const schema: Schema = JSON.parse(
  readFileSync(new URL('../schemas/config.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
const page = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8');

/** Every schema inside the schema, itself first. */
function parts(one: unknown, named = false): Schema[] {
  if (typeof one !== 'object' || one === null) return [];
  const inner = Object.entries(one).flatMap(([key, value]) =>
    parts(value, !named && (key === 'properties' || key === '$defs')),
  );
  return Array.isArray(one) || named ? inner : [one as Schema, ...inner];
}

test('the schema uses only what the command checks', () => {
  const words = ['$schema', '$defs', 'title', 'description', 'examples'];
  const checked = [
    '$ref',
    'type',
    'enum',
    'anyOf',
    'items',
    'properties',
    'additionalProperties',
    'required',
  ];
  const used = new Set(parts(schema).flatMap((part) => Object.keys(part)));
  expect([...used].filter((keyword) => !words.includes(keyword) && !checked.includes(keyword))).toEqual([]);
});

test('every key has its line on the page', () => {
  const keys = parts(schema).flatMap(({ properties = {} }) => Object.entries(properties));
  const missing = keys.filter(([name, { description = '' }]) => {
    const line = page.split('\n').find((one) => one.startsWith('| `') && one.includes(`${name}\` |`));
    return line === undefined || description === '' || !page.includes(description.replaceAll('|', '\\|'));
  });
  expect(missing.map(([name]) => name)).toEqual([]);
});

const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text);
test.each(examples)('an example of the page is right for both: %j', (text) => {
  const value: unknown = parse(text, { version: '1.1' });
  expect(checkSettings(value).problems).toEqual([]);
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
});

describe('the command and editors agree', () => {
  /** Values near those that a configuration has. */
  const scalar = fc.constantFrom<unknown>('a', 'off', 'error', 'auto', 'strict', 3, true, false, null);
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      scalar,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names()), tie('tree'), { maxKeys: 4 }),
    ),
  }));
  test('on any value', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(checkSettings(value).problems.length === 0).toBe(validate(value));
      }),
      { numRuns: 3000, seed: 6 },
    );
  });
  test('on values of every key', () => {
    for (const name of Object.keys(schema.properties ?? {})) {
      fc.assert(
        fc.property(tree, (value) => {
          expect(checkSettings({ [name]: value }).problems.length === 0).toBe(validate({ [name]: value }));
        }),
        { numRuns: 200, seed: 6 },
      );
    }
  });
});

function names(): string[] {
  return [...new Set(parts(schema).flatMap(({ properties = {} }) => Object.keys(properties)))];
}
