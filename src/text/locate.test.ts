import { describe, expect, it } from 'vitest';
import { createLocator, createSource, type Path, readDocuments } from './index.ts';

const TEXT = `# comment
kind: A
meta: &m
  name:   reviews  # comment
  empty:
spec:
  list:
  - a: 1
    b: "two
      lines"
  -
  - [x, {v: z}]
  text: |
    one
    two

  last: >-
---
second: true
`;

async function locateAll(
  text: string,
  paths: readonly [path: Path, part?: 'key' | 'value'][],
): Promise<string[]> {
  const source = createSource('a.yaml', text);
  const locator = createLocator();
  const [document] = await readDocuments(source);
  const found: string[] = [];
  for (const [path, part] of paths) {
    const place = await locator.locate(source, document?.start ?? 0, document?.end ?? 0, path, part);
    const marked = source.text.slice(place.start, place.end).replaceAll('\n', '\\n');
    found.push(
      `${place.line}:${place.column}-${place.endLine}:${place.endColumn} ${place.exact ? '=' : '~'} ${marked}`,
    );
  }
  return found;
}

describe('locate', () => {
  for (const [path, text] of [
    ['fast', TEXT],
    ['slow', TEXT.replace('kind: A', 'kind: &k A')],
  ] as const) {
    it(`finds values on the ${path} path`, async () => {
      expect(
        await locateAll(text.replace('meta: &m', 'meta:'), [
          [['meta', 'name']],
          [['meta', 'name'], 'key'],
          [['meta', 'empty']],
          [['spec', 'list', 0]],
          [['spec', 'list', 0], 'key'],
          [['spec', 'list', 0, 'b']],
          [['spec', 'list', 1]],
          [['spec', 'list', 2, 1, 'v']],
          [['spec', 'list', 2, 1, 'v'], 'key'],
          [['spec', 'text']],
          [['spec', 'last']],
          [['spec', 'list']],
        ]),
      ).toEqual([
        '4:11-4:18 = reviews',
        '4:3-4:7 = name',
        '5:3-5:8 = empty',
        '8:5-10:13 = a: 1\\n    b: "two\\n      lines"',
        '8:5-8:9 = a: 1',
        '9:8-10:13 = "two\\n      lines"',
        '11:3-11:4 = -',
        '12:13-12:14 = z',
        '12:10-12:11 = v',
        '13:9-15:8 = |\\n    one\\n    two',
        '17:9-17:11 = >-',
        '8:3-12:16 = - a: 1\\n    b: "two\\n      lines"\\n  -\\n  - [x, {v: z}]',
      ]);
    });
  }

  it('gives the nearest parent for what is missing', async () => {
    expect(
      await locateAll(TEXT, [
        [['meta', 'none', 'at', 'all']],
        [['spec', 'list', 0, 'c']],
        [['spec', 'list', 7]],
        [['spec', 'list', 'name']],
        [['kind', 'deeper']],
        [['none']],
        [[]],
      ]),
    ).toEqual([
      '3:1-3:5 ~ meta',
      '8:5-8:9 ~ a: 1',
      '7:3-7:7 ~ list',
      '7:3-7:7 ~ list',
      '2:1-2:5 ~ kind',
      '2:1-2:8 ~ kind: A',
      '2:1-2:8 = kind: A',
    ]);
  });

  it('finds aliases where they stand, and merged fields where they are written', async () => {
    const text = 'a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\n  e: 2\n';
    expect(
      await locateAll(text, [
        [['c']],
        [['c', 'b']],
        [['d', 'b']],
        [['d', 'b'], 'key'],
        [['d', 'e']],
        [['d', 'f']],
      ]),
    ).toEqual(['3:4-3:6 = *x', '2:6-2:7 = 1', '2:6-2:7 = 1', '2:3-2:4 = b', '6:6-6:7 = 2', '4:1-4:2 ~ d']);
  });

  it('gives the first line of content of documents without positions', async () => {
    expect(await locateAll('# a\n\n  b: [\n', [[[]], [['b']]])).toEqual(['3:3-3:7 = b: [', '3:3-3:7 ~ b: [']);
    expect(await locateAll('# a\n', [[[]]])).toEqual(['1:1-1:4 = # a']);
  });

  it('finds the last of duplicate keys', async () => {
    expect(await locateAll('a: 1\nb: 2\na: 3\n', [[['a']]])).toEqual(['3:4-3:5 = 3']);
  });

  it('counts columns in UTF-16 units', async () => {
    expect(await locateAll('"🙂": {ü: 日本}\n', [[['🙂', 'ü']]])).toEqual(['1:11-1:13 = 日本']);
  });

  it('finds places in later documents', async () => {
    const source = createSource('a.yaml', TEXT);
    const [, second] = await readDocuments(source);
    const place = await createLocator().locate(source, second?.start ?? 0, second?.end ?? 0, ['second']);
    expect(place).toMatchObject({ line: 19, column: 9, endLine: 19, endColumn: 13, exact: true });
  });

  it('knows lines and columns', () => {
    const source = createSource('a.yaml', 'a: 1\r\nb: 2\r\n');
    const locator = createLocator();
    expect(locator.lineColumn(source, 0)).toEqual({ line: 1, column: 1 });
    expect(locator.lineColumn(source, 4)).toEqual({ line: 1, column: 5 });
    expect(locator.lineColumn(source, 5)).toEqual({ line: 2, column: 1 });
    expect(locator.lineColumn(source, 99)).toEqual({ line: 3, column: 1 });
    expect([1, 2, 3, 4].map((line) => locator.line(source, line))).toEqual(['a: 1', 'b: 2', '', '']);
  });
});
