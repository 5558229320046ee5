import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { codes } from '../rules/codes.ts';
import type { NamedRule } from '../src/sdk/rule.ts';
import {
  checkPage,
  checkUse,
  listRuleFolders,
  loadRule,
  readRuleFolder,
  unfinished,
} from '../src/testing/index.ts';

// One rule: npx vitest run test/parity.test.ts -t routing/missing-gateway

const names = await listRuleFolders('rules');

/** What people came for first is shown in more than one form. */
const showpieces = new Set(['IST0123', 'IST1020', 'IST1101', 'IST1102', 'IST1104', 'routing/missing-subset']);
/** No input leads to these. */
const unprovokable = new Set(['input/internal-error']);

describe.each(names)('%s', (name) => {
  test('the page says what the rule says', async () => {
    const named = await loadRule('rules', name);
    expect(checkPage(await readRuleFolder('rules', name), named, demandsOn(named))).toEqual([]);
    expect(await readFile(`rules/${name}/rule.ts`, 'utf8')).not.toContain(unfinished);
  });

  test.skipIf(unprovokable.has(name))('the rule does what it declares', async () => {
    expect(await checkUse(await readRuleFolder('rules', name), await loadRule('rules', name))).toEqual([]);
  });
});

function demandsOn({ name, rule }: NamedRule): { bad: number; good: number } {
  const count = showpieces.has(rule.code) || showpieces.has(name) ? 2 : 1;
  return unprovokable.has(name) ? { bad: 0, good: 0 } : { bad: count, good: count };
}

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
