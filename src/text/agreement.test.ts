// The fast path must read whatever it takes as the slow path does: values and positions.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFast } from './fast.ts';
import { createSource, readDocuments, type Source } from './index.ts';
import { readSlow } from './slow.ts';
import { splitDocuments } from './split.ts';
import { hasUnusualCharacters } from './unusual.ts';

const CORPUS = 'test/corpus/text';

function sourcesIn(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.(?:ya?ml|json)$/.test(path) && statSync(path).isFile())
    .sort()
    .map((path) => createSource(path, readFileSync(path, 'utf8')));
}

const corpus = sourcesIn(CORPUS);
const fixtures = ['examples', 'test'].flatMap(sourcesIn).filter(({ path }) => !path.startsWith(CORPUS));

describe('both paths agree', () => {
  it.each([...corpus, ...fixtures])('on $path', async (source) => {
    const documents = await readDocuments(source);
    const judged = await readDocuments(source, { force: 'slow' });
    expect(documents.map(({ slow, ...document }) => document)).toEqual(
      judged.map(({ slow, ...document }) => document),
    );
    if (hasUnusualCharacters(source.text)) return;
    for (const { start, end, slow } of splitDocuments(source.text)) {
      const fast = slow === undefined ? readFast(source.text, start, end, true) : undefined;
      if (fast?.ok) expect(fast.positions).toEqual(readSlow(source.text, start, end, '').positions);
    }
  });

  it.each(corpus)('$path is sound', async (source) => {
    for (const document of await readDocuments(source)) expect(document).not.toHaveProperty('error');
  });
});

// Seeded mutations of the corpus. More of them: MESHLINT_FUZZ=400000.
const MUTANTS = Number(process.env.MESHLINT_FUZZ ?? 5000);
const SEED = 20_200_101;
const FRAGMENTS = [
  ...[
    ' ',
    '  ',
    '\t',
    '\n',
    '\n\n',
    '\n  ',
    ':',
    ': ',
    '- ',
    '-',
    '- - ',
    '? ',
    ',',
    '#',
    ' #',
    '"',
    "'",
    '""',
    "''",
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '[]',
    '{}',
    '|',
    '>',
    '|-\n',
    '>+\n',
    '|2\n',
    '&a ',
    '*a',
    '!x ',
    '<<: ',
    '%',
    '@',
    '`',
    '~',
  ],
  ...[
    '\\',
    '\\n',
    '\\\n',
    '0',
    '0x1',
    '1e3',
    '_',
    '.',
    '.inf',
    'yes',
    'null',
    '=',
    'é',
    '\u2028',
    '\ufeff',
    '--- ',
    '...\n',
  ],
];

function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

type Edit = (text: string, random: (limit: number) => number) => string;

const editLine =
  (edit: (lines: string[], at: number, random: (limit: number) => number) => void): Edit =>
  (text, random) => {
    const lines = text.split('\n');
    edit(lines, random(lines.length), random);
    return lines.join('\n');
  };

const insert: Edit = (text, random) => {
  const at = random(text.length + 1);
  return text.slice(0, at) + FRAGMENTS[random(FRAGMENTS.length)] + text.slice(at);
};

const EDITS: readonly Edit[] = [
  insert,
  insert,
  insert,
  (text, random) => {
    const at = random(text.length + 1);
    return text.slice(0, at) + text.slice(at + 1);
  },
  editLine((lines, at, random) => lines.splice(at, 1, ' '.repeat(1 + random(3)) + lines[at])),
  editLine((lines, at) => lines.splice(at, 1, (lines[at] ?? '').replace(/^ {1,2}/, ''))),
  editLine((lines, at, random) => lines.splice(at, 1 + random(2))),
  editLine((lines, at, random) => lines.splice(at, 0, lines[random(lines.length)] ?? '')),
];

/** Documents of the corpus, and pieces of them: small texts show more. */
function seedTexts(): string[] {
  return corpus.flatMap(({ text }) =>
    splitDocuments(text).flatMap(({ start, end }) => {
      const whole = text.slice(start, end);
      const blocks = whole.split(/\n(?=\S)/);
      const pieces = blocks.map((_, index) => `${blocks.slice(index, index + 3).join('\n')}\n`);
      return whole.length < 3000 ? [whole, ...pieces] : pieces;
    }),
  );
}

describe('mutants of the corpus', () => {
  it(`agree on both paths (${MUTANTS})`, { timeout: 60_000 + MUTANTS * 5 }, () => {
    const random = createRandom(SEED);
    const texts = seedTexts();
    let accepted = 0;
    for (let count = 0; count < MUTANTS; count++) {
      let text = texts[random(texts.length)] ?? '';
      for (let edits = 1 + random(3); edits > 0; edits--)
        text = (EDITS[random(EDITS.length)] ?? insert)(text, random);
      const [slice] = splitDocuments(text);
      if (slice === undefined || slice.slow !== undefined || hasUnusualCharacters(text)) continue;
      const fast = readFast(text, slice.start, slice.end, true);
      if (!fast.ok) continue;
      accepted++;
      const { document, positions } = readSlow(text, slice.start, slice.end, '');
      const judged = { error: document.error, value: document.value, positions };
      expect(judged, JSON.stringify(text)).toEqual({
        error: undefined,
        value: fast.value,
        positions: fast.positions,
      });
    }
    expect(accepted).toBeGreaterThan(MUTANTS / 10);
  });
});
