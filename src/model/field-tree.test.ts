import { expect, test } from 'vitest';
import {
  type FieldTree,
  fieldsWithin,
  findField,
  pathsTo,
  readQuestion,
  resolveField,
} from './field-tree.ts';

const facts = { versions: ['v1'], namespaced: true };
const tree: FieldTree = {
  kinds: [
    {
      ...{ ...facts, group: 'shop.example.com', kind: 'Basket', plural: 'baskets' },
      root: {
        type: 'object',
        fields: {
          spec: {
            type: 'object',
            required: ['items'],
            fields: {
              items: { type: 'array', items: { ref: 'Item' } },
              notes: { type: 'object', values: { ref: 'Note' } },
              tags: { type: 'object', values: { type: 'string' } },
            },
          },
        },
      },
    },
    { ...facts, group: 'fruit.example.com', kind: 'Basket', plural: 'baskets', root: { ref: 'Item' } },
  ],
  defs: {
    Item: {
      type: 'object',
      description: 'A thing.',
      fields: { name: { type: 'string' }, parts: { type: 'array', items: { ref: 'Item' } } },
    },
    Note: { type: 'object', fields: { text: { ref: 'Text', description: 'What it says.' } } },
    Text: { type: 'string', description: 'Any text.', maxLength: 9 },
    Loop: { ref: 'Loop' },
  },
};

test.each<[question: string, groups: string[], steps: string[]]>([
  ['Basket', ['shop.example.com', 'fruit.example.com'], []],
  ['bASKET.spec', ['shop.example.com', 'fruit.example.com'], ['spec']],
  ['baskets', ['shop.example.com', 'fruit.example.com'], []],
  ['Basket.fruit.example.com', ['fruit.example.com'], []],
  ['Basket.Shop.example.com.spec.items', ['shop.example.com'], ['spec', 'items']],
  [
    'Basket.shop.example.community',
    ['shop.example.com', 'fruit.example.com'],
    ['shop', 'example', 'community'],
  ],
  ['Basket.spec.items[0].name', ['shop.example.com', 'fruit.example.com'], ['spec', 'items', '0', 'name']],
  ['Basket.spec.tags["a.b/c"]', ['shop.example.com', 'fruit.example.com'], ['spec', 'tags', 'a.b/c']],
  ['Basket.spec[', ['shop.example.com', 'fruit.example.com'], ['spec', '']],
  ['Box', [], []],
  ['', [], []],
])('reads %s', (question, groups, steps) => {
  const read = readQuestion(tree, question);
  expect(read.kinds.map(({ group }) => group)).toEqual(groups);
  expect(read.steps.map(({ name }) => name)).toEqual(steps);
});

test.each<[path: string, found: string, missing?: string]>([
  ['', ''],
  ['.spec.items', 'spec.items'],
  ['.spec.items.name', 'spec.items[].name'],
  ['.spec.items[].name', 'spec.items[].name'],
  ['.spec.items[3].name', 'spec.items[].name'],
  ['.spec.items.3.name', 'spec.items[].name'],
  ['.spec.items.parts.parts.parts.name', 'spec.items[].parts[].parts[].parts[].name'],
  ['.spec.notes.text', 'spec.notes.*.text'],
  ['.spec.notes.first.text', 'spec.notes.*.text'],
  ['.spec.notes[first].text', 'spec.notes.*.text'],
  ['.spec.tags.colour', 'spec.tags.*'],
  ['.spec.nope.name', 'spec', 'nope'],
  ['.spec.items.nope', 'spec.items', 'nope'],
  ['.spec.tags.colour.red', 'spec.tags.*', 'red'],
  ['.spec.constructor', 'spec', 'constructor'],
  ['.spec[0]', 'spec', '0'],
])('follows %s', (path, found, missing) => {
  const { kinds, steps } = readQuestion(tree, `Basket.shop.example.com${path}`);
  const [kind] = kinds;
  const answer = kind && findField(tree, kind, steps);
  expect(answer).toMatchObject(missing === undefined ? { path: found } : { owner: { path: found }, missing });
});

test('a field has its own words before those of its definition', () => {
  expect(resolveField(tree, { ref: 'Text', description: 'Mine.' })).toEqual({
    ...{ type: 'string', maxLength: 9 },
    description: 'Mine.',
  });
  expect(resolveField(tree, { ref: 'Text' }).description).toBe('Any text.');
});

test('definitions that refer to themselves come to an end', () => {
  expect(resolveField(tree, { ref: 'Loop' })).toBeDefined();
  const item = { path: '', node: resolveField(tree, { ref: 'Item' }), required: false };
  expect(fieldsWithin(tree, item.node).map(({ path }) => path)).toEqual(['name', 'parts']);
  expect(pathsTo(tree, item, 'Name', 3)).toEqual(['name']);
  expect(pathsTo(tree, item, 'nope', 3)).toEqual([]);
});
