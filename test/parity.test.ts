import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { codes } from '../rules/codes.ts';
import type { NamedRule } from '../src/sdk/rule.ts';
import { checkPage, checkUse, listRuleFolders, readRuleFolder, unfinished } from '../src/testing/index.ts';
import { loadRule } from './load-rule.ts';

// One rule: npx vitest run test/parity.test.ts -t routing/missing-gateway

const names = await listRuleFolders('rules');

/** What people came for first is shown in more than one form. */
const showpieces = new Set(['IST0123', 'IST1020', 'IST1101', 'IST1102', 'IST1104', 'routing/missing-subset']);
/** Messages that no text leads to: a rule that throws, a file that cannot be opened, an entry of the configuration. */
const unreachable: Readonly<Record<string, readonly string[]>> = {
  'input/internal-error': ['crashed'],
  'input/unparsable-input': ['unreadable'],
  'input/invalid-suppression': ['retired', 'expired'],
};

describe.each(names)('%s', (name) => {
  test('the page says what the rule says', async () => {
    const named = await loadRule('rules', name);
    expect(checkPage(await readRuleFolder('rules', name), named, demandsOn(named))).toEqual([]);
    expect(await readFile(`rules/${name}/rule.ts`, 'utf8')).not.toContain(unfinished);
  });

  test('the rule does what it declares', async () => {
    const folder = await readRuleFolder('rules', name);
    expect(await checkUse(folder, await loadRule('rules', name), unreachable[name])).toEqual([]);
  });
});

function demandsOn({ name, rule }: NamedRule): { bad: number; good: number } {
  const silent = Object.keys(rule.messages).every((id) => unreachable[name]?.includes(id));
  const count = silent ? 0 : showpieces.has(rule.code) || showpieces.has(name) ? 2 : 1;
  return { bad: count, good: count };
}

test('every note for the next release is written', async () => {
  const notes = (await readdir('.changeset')).filter((name) => name.endsWith('.md'));
  const texts = await Promise.all(notes.map((name) => readFile(`.changeset/${name}`, 'utf8')));
  expect(notes.filter((_, i) => texts[i]?.includes(unfinished))).toEqual([]);
});

test('every folder is registered', async () => {
  const { rules } = await import('../rules/index.gen.ts');
  expect(rules.map(({ name }) => name)).toEqual(names);
});

test('no two rules share the name of their folder', () => {
  expect(repeated(names.map((name) => name.slice(name.indexOf('/') + 1)))).toEqual([]);
});

describe('codes', () => {
  const listed = Object.entries(codes).map(([code, { name }]) => `${code} ${name}`);

  test('are sorted, and each has a meaning of its own', () => {
    expect(listed).toEqual([...listed].sort());
    expect(repeated(Object.values(codes).map(({ name }) => name))).toEqual([]);
  });

  test('stay what they are once recorded', async () => {
    const recorded = (await readFile('test/fixtures/codes.txt', 'utf8')).trimEnd().split('\n');
    const gone = recorded.filter((line) => !listed.includes(line));
    expect(gone, 'removed or renamed; a code that is no longer reported stays, with `retired: true`').toEqual(
      [],
    );
    const fresh = listed.filter((line) => !recorded.includes(line));
    expect(fresh, 'new; record them in test/fixtures/codes.txt').toEqual([]);
  });
});

function repeated(words: readonly string[]): string[] {
  return words.filter((word, i) => words.indexOf(word) !== i);
}
