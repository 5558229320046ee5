import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { type Example, listRuleFolders, readRuleFolder } from '../src/testing/index.ts';
import { openExample, runAlone } from '../src/testing/run-example.ts';
import { loadRule } from './load-rule.ts';

/** How a document is written anew. */
interface Style {
  readonly indent: number;
  readonly form: 'block' | 'flow' | 'json';
  readonly quotes: 'PLAIN' | 'QUOTE_SINGLE' | 'QUOTE_DOUBLE';
  readonly above: string;
}

const style: fc.Arbitrary<Style> = fc.record({
  indent: fc.constantFrom(2, 4),
  form: fc.constantFrom('block', 'flow', 'json'),
  quotes: fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'),
  above: fc.constantFrom('', '\n\n', '# a comment\n', '# two\n# lines\n\n'),
});

/** What these speak about is in the text, and gone when it is written anew. */
const aboutText = new Set(['input/duplicate-key', 'input/unparsable-input', 'input/skipped-input']);

const names = (await listRuleFolders('rules')).filter(
  (name) => !aboutText.has(name) && !name.endsWith('-suppression'),
);
const examples: { readonly name: string; readonly example: Example }[] = [];
for (const name of names) {
  for (const example of (await readRuleFolder('rules', name)).examples) {
    if (example.verdict === 'bad') examples.push({ name, example });
  }
}

function rewrite(text: string, styles: readonly [Style, ...Style[]]): string {
  const values = parseAllDocuments(text, { schema: 'yaml-1.1', strict: false })
    .map((document) => document.toJS())
    .filter((value) => value !== null && value !== undefined);
  return values
    .map((value, i) => {
      const { indent, form, quotes, above } = styles[i % styles.length] ?? styles[0];
      const written =
        form === 'json'
          ? JSON.stringify(value, null, indent)
          : stringify(value, {
              indent,
              defaultStringType: quotes,
              defaultKeyType: 'PLAIN',
              collectionStyle: form,
              version: '1.1',
            });
      return `${above}${written.trimEnd()}\n`;
    })
    .join('---\n');
}

async function fingerprints(
  name: string,
  { files, settings }: Example,
  write: (text: string) => string,
): Promise<string[]> {
  const texts = files.map(({ path, text, cluster }) => ({
    path,
    raw: path.endsWith('.json') ? text : write(text),
    ...(cluster === undefined ? {} : { cluster }),
  }));
  const { diagnostics } = await runAlone(
    await openExample(texts, settings),
    await loadRule('rules', name),
    settings,
  );
  return diagnostics.map(({ fingerprint, message }) => `${fingerprint} ${message}`).sort();
}

test('findings keep their fingerprints, however the manifests are written and wherever their lines move', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...examples),
      fc.tuple(style, style, style),
      async ({ name, example }, styles) => {
        const before = await fingerprints(name, example, (text) => text);
        compared += before.length;
        expect(await fingerprints(name, example, (text) => rewrite(text, styles))).toEqual(before);
      },
    ),
    { numRuns: 100 },
  );
  expect(compared).toBeGreaterThan(100);
}, 60_000);

test('a key that is written twice keeps its fingerprint when both move', async () => {
  const { examples: pages } = await readRuleFolder('rules', 'input/duplicate-key');
  const [example] = pages;
  if (example === undefined) throw new Error('the page has no example');
  const own = (found: readonly string[]): string[] => found.map((line) => line.slice(0, 16));
  const before = await fingerprints('input/duplicate-key', example, (text) => text);
  const after = await fingerprints('input/duplicate-key', example, (text) => `# moved\n\n${text}`);
  expect(own(after)).toEqual(own(before));
  expect(after).not.toEqual(before);
});
