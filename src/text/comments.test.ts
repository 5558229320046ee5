import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findComments } from './comments.ts';
import { readFast } from './fast.ts';
import { createSource, readDocuments } from './index.ts';
import { commentsOf } from './slow-comments.ts';
import { hasUnusualCharacters } from './unusual.ts';

const WORD = 'here';

async function found(text: string): Promise<string[]> {
  return (await findComments(createSource('a.yaml', text), WORD)).map(({ start, end }) =>
    text.slice(start, end),
  );
}

describe('comments that hold a word', () => {
  test.each([
    ['on a line of its own', '# here\na: 1\n', ['# here']],
    ['behind a value', 'a: 1 # it is here \n', ['# it is here ']],
    ['behind a key', 'a: # here\n  b: 1\n', ['# here']],
    ['behind a list dash', 'a:\n  - # here\n    b: 1\n', ['# here']],
    ['not in a plain value', 'a: b#here\n', []],
    ['not in double quotes', 'a: "x # here"\n', []],
    ['not in single quotes', "a: 'x # here'\n", []],
    ['behind a value with a hash', 'a: "x # here" # here too\n', ['# here too']],
    ['not in quotes over several lines', 'a: "x\n  # here\n  y"\n', []],
    ['not in a block scalar', 'a: |\n  # here\n  x # here\nb: 1\n', []],
    ['not in a folded one, nor in its last lines', 'a: >-\n  x\n\n  # here\n', []],
    ['behind a block scalar', 'a: |\n  x\n# here\nb: 1\n', ['# here']],
    ['in the header of a block scalar', 'a: | # here\n  # here\n', ['# here']],
    ['not in a key', '"a # here": 1\n', []],
    ['in a flow collection', 'a: [b, # here\n  c]\n', ['# here']],
    ['in an empty document', '# here\n', ['# here']],
    [
      'before the first document and behind markers',
      '# here 1\n---  # here 2\na: 1\n... # here 3\n',
      ['# here 1', '# here 2', '# here 3'],
    ],
    ['without a word once for each comment', '# here and here\n', ['# here and here']],
    ['where the slow path reads', 'a: &x |\n  # here\nb: *x # here\nb: 2\n', ['# here']],
    ['in a value that a second key replaces', 'a: |\n  # here\na: 1\n', []],
    ['below a directive', '%YAML 1.2\n---\na: "# here" # here\n', ['# here']],
    ['behind a lone carriage return', 'a: 1\r# here\rb: 2\n', ['# here']],
    ['of a text with foreign characters', 'a: "x\u2028  # here" # here\n', ['# here']],
    ['not in quotes that are indented too little', 'a: "x\n# here"\n', []],
    ['of JSON', '{"a": "x # here"}\n', []],
  ])('%s', async (_, text, comments) => {
    expect(await found(text)).toEqual(comments);
  });
});

const PIECES = [
  'a: ',
  'b:',
  '\n',
  '\n  ',
  '\n    ',
  '- ',
  '# here',
  ' # here',
  '#here',
  '"',
  "'",
  '|',
  '>-',
  '|2',
  '[',
  ']',
  '{',
  '}',
  ', ',
  'x',
  '---\n',
  '...\n',
  '&a ',
  '*a',
  '!!str ',
  '? ',
  '\t',
  '\r',
  '\\',
  '%',
];

test('both ways agree on whatever the fast path takes', async () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join(''));
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(text, async (raw) => {
      const { text } = createSource('a.yaml', raw);
      const [document, ...others] = await readDocuments({ path: 'a.yaml', text });
      if (document === undefined || others.length > 0 || document.start !== 0 || document.end !== text.length)
        return;
      if (hasUnusualCharacters(text) || !text.includes(WORD)) return;
      if (!readFast(text, 0, text.length, true).ok) return;
      compared++;
      const tokens = commentsOf(text);
      const expected = [...tokens].filter((start) => lineFrom(text, start).includes(WORD));
      const actual = await findComments({ path: 'a.yaml', text }, WORD);
      const starts = actual.map(({ start }) => start);
      // Quoted text may go on at the margin, as Kubernetes has it; `yaml` then takes the rest of it for something else.
      if (/["']/.test(text)) expect(expected).toEqual(expect.arrayContaining(starts));
      else expect(starts).toEqual(expected);
    }),
    { numRuns: 6000 },
  );
  expect(compared).toBeGreaterThan(100);
});

test('a comment in a document is found wherever it is put, and words in its values are none', async () => {
  const value = fc.constantFrom(
    'plain#here',
    '"quoted # here"',
    "'single # here'",
    '|\n      text # here\n      # here',
    '>-\n      # here',
    '[a, "b # here"]',
    '{ c: "# here" }',
    '"a\n        # here"',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, fc.boolean()), { minLength: 1, maxLength: 6 }),
      async (fields) => {
        const lines = fields.map(
          ([text, marked], i) => `${marked ? `  # here ${i}\n` : ''}  k${i}: ${text}\n`,
        );
        const expected = fields.flatMap(([, marked], i) => (marked ? [`# here ${i}`] : []));
        expect(await found(`root:\n${lines.join('')}`)).toEqual(expected);
      },
    ),
  );
});

function lineFrom(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end);
}
