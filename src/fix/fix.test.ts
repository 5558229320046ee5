// Edits keep every byte that they are not about, and mean exactly what was meant; where that cannot be had, there is no fix.
import { describe, expect, test } from 'vitest';
import type { FieldEdit, FieldValue } from '../text/edit.ts';
import { createSource, readDocuments } from '../text/index.ts';
import { applyFixes } from './apply.ts';
import { createFixPlanner } from './plan.ts';
import { editRaw } from './raw.ts';

/** The text after the edits of the document that has them; undefined where no fix is offered. */
async function edited(raw: string, edits: readonly FieldEdit[], index = 0): Promise<string | undefined> {
  const source = createSource('a.yaml', raw);
  const document = (await readDocuments(source))[index];
  if (document === undefined) return undefined;
  const changes = (await createFixPlanner()(source, document, [edits]))[0];
  return changes === undefined ? undefined : editRaw(raw, changes);
}

const set = (value: FieldValue, ...path: (string | number)[]): FieldEdit => ({ op: 'set', path, value });
const insert = (value: FieldValue, ...path: (string | number)[]): FieldEdit => ({
  op: 'insert',
  path,
  value,
});
const remove = (...path: (string | number)[]): FieldEdit => ({ op: 'remove', path });
const rename = (to: string, ...path: (string | number)[]): FieldEdit => ({ op: 'rename', path, to });

type Case = readonly [name: string, before: string, edit: FieldEdit, after: string];

const CASES: readonly Case[] = [
  ['sets a plain value', 'a:\n  b: x # why\n', set('z', 'a', 'b'), 'a:\n  b: z # why\n'],
  ['keeps single quotes', "a: 'x'\n", set("it's", 'a'), "a: 'it''s'\n"],
  ['keeps double quotes', 'a: "x"\n', set('y"z', 'a'), 'a: "y\\"z"\n'],
  ['quotes what would not be text', 'a: x\n', set('true', 'a'), 'a: "true"\n'],
  ['quotes what would end the value', 'a: [x, y]\n', set('p, q', 'a', 0), 'a: ["p, q", y]\n'],
  ['sets a number', 'a: 1 # one\n', set(2, 'a'), 'a: 2 # one\n'],
  [
    'sets a value that is empty',
    'a:\n  b: # to do\n  c: 1\n',
    set('x', 'a', 'b'),
    'a:\n  b: x # to do\n  c: 1\n',
  ],
  [
    'puts a mapping where a number was',
    'a:\n  b: 5 # five\n',
    set({ value: 5 }, 'a', 'b'),
    'a:\n  b: { value: 5 } # five\n',
  ],
  [
    'renames a key',
    'a:\n  - hots: [x]   # slip\n',
    rename('hosts', 'a', 0, 'hots'),
    'a:\n  - hosts: [x]   # slip\n',
  ],
  ['renames a key in quotes', '{"a": {"b" : 1}}\n', rename('c', 'a', 'b'), '{"a": {"c" : 1}}\n'],
  ['renames a number', 'a:\n  80: {}\n', rename('8080', 'a', '80'), 'a:\n  8080: {}\n'],
  ['adds a field', 'a:\n  b: 1 # one\n# end\n', insert('x', 'a', 'c'), 'a:\n  b: 1 # one\n  c: x\n# end\n'],
  ['adds a field at the end of a text', 'a:\n  b: 1', insert('x', 'a', 'c'), 'a:\n  b: 1\n  c: x'],
  [
    'adds a field to an item',
    'a:\n- b: 1\n- d: 2\n',
    insert('x', 'a', 0, 'c'),
    'a:\n- b: 1\n  c: x\n- d: 2\n',
  ],
  [
    'adds a list',
    'a:\n  b: 1\n',
    insert([{ name: 'x', on: [1, 'w'] }, 'z'], 'a', 'c'),
    'a:\n  b: 1\n  c:\n    - name: x\n      "on":\n        - 1\n        - w\n    - z\n',
  ],
  ['adds a field in braces', 'a: { b: 1 } # x\n', insert('x', 'a', 'c'), 'a: { b: 1, c: x } # x\n'],
  ['adds a field to nothing', 'a: {}\n', insert({ d: [] }, 'a', 'c'), 'a: { c: { d: [] } }\n'],
  ['adds a field in JSON', '{\n  "b": 1\n}\n', insert(['x'], 'c'), '{\n  "b": 1,\n  "c": ["x"]\n}\n'],
  ['keeps JSON what it is', '{"a": [1, {}]}', set('x', 'a', 0), '{"a": ["x", {}]}'],
  ['adds to nothing in JSON', '{"a": [1, {}]}', insert('x', 'a', 1, 'b'), '{"a": [1, { "b": "x" }]}'],
  ['removes a field', 'a:\n  # b\n  b: 1 # one\n  c: 2\n', remove('a', 'b'), 'a:\n  # b\n  c: 2\n'],
  [
    'removes a field with all below',
    'a:\n  b:\n    - x # x\n    # y\n    - z\n  c: 2\n',
    remove('a', 'b'),
    'a:\n  c: 2\n',
  ],
  ['removes a block of text', 'a:\n  b: |\n    x\n\n    y\n  c: 2\n', remove('a', 'b'), 'a:\n  c: 2\n'],
  [
    'removes the last field of a mapping',
    'a: # all\n  # b\n  b: 1\nc: 2\n',
    remove('a', 'b'),
    'a: {} # all\n  # b\nc: 2\n',
  ],
  [
    'removes the first field of an item',
    'a:\n  - b: 1 # one\n    c: 2\n',
    remove('a', 0, 'b'),
    'a:\n  - c: 2\n',
  ],
  ['removes the only field of an item', 'a:\n  - b: 1 # one\n', remove('a', 0, 'b'), 'a:\n  - {} # one\n'],
  ['removes a field in braces', 'a: {b: 1, c: [2], d: 3}\n', remove('a', 'c'), 'a: {b: 1, d: 3}\n'],
  ['removes the last in braces', 'a: { b: 1, c: 2 }\n', remove('a', 'c'), 'a: { b: 1 }\n'],
  ['removes the only one in braces', 'a: { b: 1 }\n', remove('a', 'b'), 'a: {}\n'],
  ['removes a field of JSON', '{\n  "a": 1,\n  "b": 2\n}\n', remove('b'), '{\n  "a": 1\n}\n'],
  [
    'removes an item',
    'a:\n  # x\n  - x # ex\n  # y\n  - b: y\n    c: 1\n  - z\n',
    remove('a', 1),
    'a:\n  # x\n  - x # ex\n  # y\n  - z\n',
  ],
  ['removes an item under its key', 'a:\n- x\n- y\n', remove('a', 0), 'a:\n- y\n'],
  ['removes the only item', 'a:\n- x\nb: 1\n', remove('a', 0), 'a: []\nb: 1\n'],
  ['removes an item in brackets', 'a: [x, y, z]\n', remove('a', 1), 'a: [x, z]\n'],
  [
    'leaves the values of other anchors alone',
    'a: &x {b: 1}\nc: *x\nd: e\n',
    set('f', 'd'),
    'a: &x {b: 1}\nc: *x\nd: f\n',
  ],
  ['keeps CRLF', 'a:\r\n  b: 1\r\nc: 2\r\n', insert('x', 'a', 'd'), 'a:\r\n  b: 1\r\n  d: x\r\nc: 2\r\n'],
  [
    'keeps CRLF and a byte order mark',
    '\ufeffa:\r\n  b: 1\r\n  c: 2\r\n',
    remove('a', 'b'),
    '\ufeffa:\r\n  c: 2\r\n',
  ],
  ['keeps tabs and blanks', 'a:   x\t# t\n\n\nb:  1  \n', set('z', 'a'), 'a:   z\t# t\n\n\nb:  1  \n'],
];

test.each(CASES)('%s', async (_, before, edit, after) => {
  expect(await edited(before, [edit])).toBe(after);
});

const REFUSED: readonly (readonly [name: string, text: string, edit: FieldEdit])[] = [
  ['an alias', 'a: &x {b: 1}\nc: *x\n', set(2, 'c', 'b')],
  ['what an alias copies', 'a: &x {b: 1}\nc: *x\n', set(2, 'a', 'b')],
  ['an anchor', 'a: &x 1\nb: 2\n', set(2, 'a')],
  ['a field with an anchor in it', 'a: {b: &x 1, c: 2}\nd: *x\n', remove('a', 'b')],
  ['a field that is merged', 'a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n', set(2, 'c', 'b')],
  ['a key with an anchor', '&x a: 1\nb: 2\n', rename('c', 'a')],
  ['a value with a tag', 'a: !!str 1\n', set('x', 'a')],
  ['a block of text', 'a: |\n  x\n', set('y', 'a')],
  ['a text of several lines', 'a: x\n  y\n', set('z', 'a')],
  ['a mapping as a whole', 'a:\n  b: 1\n', set('z', 'a')],
  ['a name that is taken', 'a: 1\nb: 2\n', rename('b', 'a')],
  ['a field that is there', 'a: 1\n', insert(2, 'a')],
  ['a field that is not there', 'a: 1\n', remove('b')],
  ['a field written twice', 'a: 1\na: 2\n', rename('b', 'a')],
  ['a comment inside of braces', 'a: {\n  b: 1, # one\n  c: 2\n}\n', remove('a', 'b')],
  ['a comment between the fields of an item', 'a:\n  - b: 1\n    # about c\n    c: 2\n', remove('a', 0, 'b')],
  ['the root', 'a: 1\n', remove('a')],
  ['an explicit key', '? a\n: 1\n', rename('b', 'a')],
  ['an item of a list in a list', '- - a\n  - b\n', remove(0, 0)],
  ['a text with lone carriage returns', 'a: 1\rb: 2\n', set(2, 'a')],
];

describe('is not offered for', () => {
  test.each(REFUSED)('%s', async (_, text, edit) => {
    expect(await edited(text, [edit])).toBeUndefined();
  });

  test('a file of which another document does not parse', async () => {
    expect(await edited('a: 1\n---\nb: [\n', [set(2, 'a')])).toBeUndefined();
  });
});

test('edits of one fix that touch each other are refused, others made together', async () => {
  const text = 'a:\n  b: 1\n  c: 2\n';
  expect(await edited(text, [rename('d', 'a', 'b'), rename('e', 'a', 'b')])).toBeUndefined();
  expect(await edited(text, [remove('a', 'b'), insert(3, 'a', 'd')])).toBe('a:\n  c: 2\n  d: 3\n');
  expect(await edited(text, [remove('a', 'c'), insert(3, 'a', 'd')])).toBe('a:\n  b: 1\n  d: 3\n');
});

test('only the document that is meant changes', async () => {
  const text = 'a: 1\n--- # two\na: 1\n...\n---\na: 1\n';
  expect(await edited(text, [set(2, 'a')], 1)).toBe('a: 1\n--- # two\na: 2\n...\n---\na: 1\n');
});

test('many proposals are proven together, and a bad one spoils no other', async () => {
  const items = Array.from({ length: 2000 }, (_, i) => `- p: ${i}\n  k: x\n`).join('');
  const source = createSource('a.yaml', `a: &a 1\nb: *a\nl:\n${items}`);
  const [document] = await readDocuments(source);
  const good = Array.from({ length: 2000 }, (_, i) => [rename('m', 'l', i, 'p')]);
  const bad = [[set(2, 'a')], [set(2, 'b')], [rename('k', 'l', 3, 'p')]];
  const asked = [...good.slice(0, 900), ...bad, ...good.slice(900)];
  const answers = document && (await createFixPlanner()(source, document, asked));
  expect(answers?.map((one) => one !== undefined)).toEqual(asked.map((one) => !bad.includes(one)));
});

describe('several fixes', () => {
  async function apply(text: string, ...each: FieldEdit[][]): Promise<string | undefined> {
    const source = createSource('a.yaml', text);
    const [document] = await readDocuments(source);
    const fixes = [];
    for (const fields of each) {
      const edits = document && (await createFixPlanner()(source, document, [fields]))[0];
      if (edits !== undefined) fixes.push({ title: '', safe: true, source, document: 0, fields, edits });
    }
    return (await applyFixes(source, fixes))?.text;
  }

  test('of one list keep their items apart', async () => {
    expect(await apply('a:\n- x\n- y\n- z\n- w\n', [remove('a', 0)], [remove('a', 2)])).toBe(
      'a:\n- y\n- w\n',
    );
  });
  test('of the same text take turns', async () => {
    expect(await apply('a: x\nb: y\n', [rename('c', 'a')], [rename('d', 'a')], [set('z', 'b')])).toBe(
      'c: x\nb: z\n',
    );
  });
  test('that together would mean something else are made one by one', async () => {
    // Alone each leaves one item; both would leave none.
    expect(await apply('a:\n- x\n- y\n', [remove('a', 0)], [remove('a', 1)])).toBe('a:\n- y\n');
  });
});
