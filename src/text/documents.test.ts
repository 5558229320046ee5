import { describe, expect, it } from 'vitest';
import { MAX_DEPTH } from './document.ts';
import { createSource, readDocuments, readFastValue, type TextDocument } from './index.ts';

async function read(text: string, force?: 'slow'): Promise<TextDocument> {
  const [document] = await readDocuments(createSource('a.yaml', text), force ? { force } : {});
  if (document === undefined) throw new Error('no document');
  return document;
}

const VALUES: readonly [name: string, text: string, value: unknown][] = [
  ['clipped text', 'a: |\n  b\n\n\nc: d\n', { a: 'b\n', c: 'd' }],
  ['stripped text', 'a: |-\n  b\n\nc: d\n', { a: 'b', c: 'd' }],
  ['kept text', 'a: |+\n  b\n\nc: d\n', { a: 'b\n\n', c: 'd' }],
  ['text that ends with the file', 'a: |\n  b', { a: 'b' }],
  ['kept text that ends with the file', 'a: |+\n  b', { a: 'b' }],
  ['folded text that ends with the file', 'a: >\n  b\n  c', { a: 'b c' }],
  ['folded text', 'a: >\n  b\n  c\n\n  d\n   e\n  f\n', { a: 'b c\nd\n e\nf\n' }],
  ['an indentation indicator', 'a: |1\n   b\n', { a: '  b\n' }],
  ['blanks after a block scalar', 'a: |2\n  b\n    \nc: d\n', { a: 'b\n  \n', c: 'd' }],
  ['a list under its key', 'a:\n- b\n-\n- - c\n', { a: ['b', null, ['c']] }],
  ['a quoted text without indentation', 'a: "b\nc"\nd: *e\n'.replace('*e', 'f'), { a: 'b c', d: 'f' }],
  ['a flow list without indentation', 'a: [\nb\n]\nc: {\n}\n', { a: ['b'], c: {} }],
  ['JSON indented by tabs', '{\n\t"a":\t[1,\n\t2]\n}\n', { a: [1, 2] }],
  ['text with a glued colon', 'a: [fe80::, b:c]\n', { a: ['fe80::', 'b:c'] }],
  ['a key with a glued colon', '{a:}', { 'a:': null }],
];

describe('values', () => {
  it.each(VALUES)('%s', async (_, text, value) => {
    expect(await read(text)).toMatchObject({ value });
    expect(await read(text, 'slow')).toMatchObject({ value, slow: 'forced' });
  });
  it('says why the slow path read a document', async () => {
    expect(await read('a: 1\n')).not.toHaveProperty('slow');
    expect(await read('a: &x 1\n')).toMatchObject({ slow: 'indicator' });
  });
  it('makes `__proto__` a field', async () => {
    const { value } = await read('a: &x {__proto__: {b: 1}}\nc: {<<: *x}\nd: *x\n');
    expect(JSON.stringify(value)).toBe(
      '{"a":{"__proto__":{"b":1}},"c":{"__proto__":{"b":1}},"d":{"__proto__":{"b":1}}}',
    );
  });
});

describe('duplicate keys', () => {
  it('keeps the last value and reports every later key', async () => {
    const { value, duplicateKeys } = await read('a: 1\nb:\n- c: 1\n  c: 2\na: 3\na: 4\n');
    expect(value).toEqual({ a: 4, b: [{ c: 2 }] });
    expect(duplicateKeys).toEqual([
      { key: 'c', path: ['b', 0, 'c'], start: 17, end: 18, first: 10 },
      { key: 'a', path: ['a'], start: 22, end: 23, first: 0 },
      { key: 'a', path: ['a'], start: 27, end: 28, first: 0 },
    ]);
  });
  it('gives offsets into the whole text', async () => {
    const [, second] = await readDocuments(createSource('a.yaml', 'x: 1\n---\na: 1\na: 2\n'));
    expect(second?.duplicateKeys).toEqual([{ key: 'a', path: ['a'], start: 14, end: 15, first: 9 }]);
  });
  it('compares keys as Kubernetes has them', async () => {
    expect(await read('on: 1\n"true": 2\n')).toMatchObject({
      value: { true: 2 },
      duplicateKeys: [{ key: 'true' }],
    });
  });
});

describe('anchors and merge keys', () => {
  it('makes fresh values for every alias', async () => {
    const { value } = await read('a: &x {b: [1]}\nc: [*x, *x]\n');
    expect(value).toEqual({ a: { b: [1] }, c: [{ b: [1] }, { b: [1] }] });
    const { a, c } = value as { a: object; c: object[] };
    expect(new Set([a, ...c]).size).toBe(3);
  });
  it('lets an anchor be defined again', async () => {
    expect(await read('a: &x 1\nb: &y [*x]\nc: &x 2\nd: [*x, *y]\n')).toMatchObject({
      value: { b: [1], d: [2, [1]] },
    });
  });
  it('lets what is written last win, a merge too, and of a list the first', async () => {
    const { value } = await read(
      '- &a {p: 1, q: 1}\n- &b {q: 2, r: 2}\n- {r: 3, <<: [*a, *b]}\n- {<<: *a, p: 4}\n',
    );
    expect(value).toEqual([
      { p: 1, q: 1 },
      { q: 2, r: 2 },
      { r: 2, p: 1, q: 1 },
      { p: 4, q: 1 },
    ]);
  });
  it('takes a quoted `<<` for a field', async () => {
    expect(await read('"<<": {a: 1}\n')).toMatchObject({ value: { '<<': { a: 1 } } });
  });
  it('stops at an alias bomb', async () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level++) {
      lines.push(`a${level}: &a${level} [${Array(10).fill(`*a${level - 1}`)}]`);
    }
    const { error, value } = await read(lines.join('\n'));
    expect(value).toBeUndefined();
    expect(error?.message).toBe('The aliases of this document add more than 400000 values to it.');
  });
  it('stops at a chain of aliases that is too deep', async () => {
    const lines = ['a0: &a0 [x]'];
    for (let level = 1; level < 2000; level++) lines.push(`a${level}: &a${level} [*a${level - 1}]`);
    expect((await read(lines.join('\n'))).error?.message).toMatch('Nested deeper than');
  });
});

describe('tags', () => {
  it('reads them as Kubernetes does', async () => {
    const { value } = await read(
      '- !!str 1\n- !!int "2"\n- !!float 3\n- !!binary aGk=\n- !x 4\n- ! 5\n- !!bool "on"\n- !!set {a}\n',
    );
    expect(value).toEqual(['1', 2, 3, 'hi', '4', '5', true, { a: null }]);
  });
});

describe('depth', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  it.each([undefined, 'slow'] as const)('ends at the limit (%s)', async (force) => {
    expect(await read(nested(MAX_DEPTH), force)).not.toHaveProperty('error');
    for (const depth of [MAX_DEPTH + 1, 10_000]) {
      expect((await read(nested(depth), force)).error?.message).toMatch('Nested deeper than');
      expect((await read('- '.repeat(depth), force)).error?.message).toMatch('Nested deeper than');
    }
  });
});

describe('readFastValue', () => {
  it('reads one value', () => {
    expect(readFastValue('a: 1\r\nb: [c]\r\n')).toEqual({ value: { a: 1, b: ['c'] } });
    expect(readFastValue('---\n{"a": 1}')).toEqual({ value: { a: 1 } });
    expect(readFastValue('# nothing')).toEqual({ value: undefined });
  });
  it('leaves the rest to the slow path', () => {
    for (const text of ['a: &x 1', 'a: [', 'a: 1\n---\nb: 2', '--- a', 'a: \x07', 'a: 1\na: 2']) {
      expect(readFastValue(text)).toBeUndefined();
    }
  });
});
