import { describe, expect, it } from 'vitest';
import { createSource, readDocuments } from './index.ts';
import { splitDocuments } from './split.ts';

const CASES: readonly [name: string, text: string, documents: string[]][] = [
  ['no marker', 'a: 1\n', ['a: 1\n']],
  ['nothing at all', '', ['']],
  ['only comments', '# a\n', ['# a\n']],
  ['a marker first', '---\na: 1\n', ['a: 1\n']],
  ['comments before the first marker', '# a\n\n---\na: 1\n', ['a: 1\n']],
  ['two documents', 'a: 1\n---\nb: 2\n', ['a: 1\n', 'b: 2\n']],
  ['an empty document between', 'a: 1\n---\n---\nb: 2\n', ['a: 1\n', '', 'b: 2\n']],
  ['a marker last', 'a: 1\n---\n', ['a: 1\n', '']],
  ['a marker last without a line break', 'a: 1\n---', ['a: 1\n', '']],
  ['a comment after a marker', '--- # b\na: 1\n', ['a: 1\n']],
  ['blanks after a marker', 'a: 1\n--- \t \nb: 2\n', ['a: 1\n', 'b: 2\n']],
  ['text after a marker', 'a: 1\n--- b\n---\nc: 3\n', ['a: 1\n', '--- b\n', 'c: 3\n']],
  ['no marker: more dashes', 'a: 1\n----\n---x\n', ['a: 1\n----\n---x\n']],
  ['no marker: indented', 'a: |\n  ---\n ...\n', ['a: |\n  ---\n ...\n']],
  ['an end marker last', 'a: 1\n...\n', ['a: 1\n']],
  ['an end marker and comments', 'a: 1\n... # b\n# c\n', ['a: 1\n']],
  ['an end marker between', 'a: 1\n...\n# b\n---\nc: 3\n', ['a: 1\n', 'c: 3\n']],
  ['a bare document after an end marker', 'a: 1\n...\nb: 2\n', ['a: 1\n', 'b: 2\n']],
  ['a directive', '%YAML 1.1\n---\na: 1\n', ['%YAML 1.1\n---\na: 1\n']],
  [
    'a comment and a directive',
    '# a\n%YAML 1.1\n---\nb: 1\n---\nc: 2\n',
    ['# a\n%YAML 1.1\n---\nb: 1\n', 'c: 2\n'],
  ],
  ['a directive later', 'a: 1\n...\n%TAG ! x:\n---\nb: 2\n', ['a: 1\n', '%TAG ! x:\n---\nb: 2\n']],
  ['a percent sign in a document', 'a: |\n%x\n---\nb: 2\n', ['a: |\n%x\n', 'b: 2\n']],
];

describe('splitDocuments', () => {
  it.each(CASES)('%s', (_, text, documents) => {
    expect(splitDocuments(text).map(({ start, end }) => text.slice(start, end))).toEqual(documents);
  });
});

describe('texts of several documents', () => {
  const valuesOf = async (raw: string): Promise<unknown[]> =>
    (await readDocuments(createSource('a.yaml', raw))).map(({ value }) => value);

  it('reads content on the line of a marker', async () => {
    expect(await valuesOf('--- text\n--- {a: 1}\n--- |\n  b\n--- >-\n  c\n  d\n')).toEqual([
      'text',
      { a: 1 },
      'b\n',
      'c d',
    ]);
  });
  it('reads documents with directives', async () => {
    expect(await valuesOf('%YAML 1.1\n---\na: yes\n...\n%TAG !e! x:\n---\nb: !e!c d\n')).toEqual([
      { a: true },
      { b: 'd' },
    ]);
  });
  it('folds CRLF, and drops a byte order mark at the start of the text or of a document', async () => {
    expect(await valuesOf('\ufeffa: |\r\n  b\r\n---\r\n\ufeffc: "d\r\n  e"\r\n')).toEqual([
      { a: 'b\n' },
      { c: 'd e' },
    ]);
  });
  it('takes a lone CR and NEL for line breaks, as Kubernetes does', async () => {
    expect(await valuesOf('a: 1\rb: 2\r---\rc: 3\x85d: 4\n')).toEqual([
      { a: 1, b: 2 },
      { c: 3, d: 4 },
    ]);
  });
  it('gives an empty document no value and no error', async () => {
    for (const text of ['', '\n', '# a\n', '---\n', '  \n\n']) {
      const documents = await readDocuments(createSource('a.yaml', text));
      expect(documents).toHaveLength(1);
      expect(documents[0]).toMatchObject({ value: undefined });
      expect(documents[0]).not.toHaveProperty('error');
    }
  });
  it('reads the documents around a broken one', async () => {
    const documents = await readDocuments(
      createSource('a.yaml', 'a: 1\n---\nb: [\n---\nc: "\n---\n%x: 1\n---\nd: 4\n'),
    );
    expect(documents.map(({ value, error }) => error !== undefined || value)).toEqual([
      { a: 1 },
      true,
      true,
      true,
      { d: 4 },
    ]);
  });
  it('refuses text after an end marker', async () => {
    const [, document] = await readDocuments(createSource('a.yaml', 'a: 1\n... b: 2\n'));
    expect(document?.error?.message).toBe(
      'No text can follow `...`: start the next document with a line `---`.',
    );
  });
});
