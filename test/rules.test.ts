import { describe, expect, test } from 'vitest';
import { checkExample, listRuleFolders, loadRule, readRuleFolder } from '../src/testing/index.ts';

// One rule: npx vitest run test/rules.test.ts -t routing/missing-gateway

for (const name of await listRuleFolders('rules')) {
  const folder = await readRuleFolder('rules', name).catch((error: unknown) => error);
  describe(name, () => {
    if (folder instanceof Error || !isFolder(folder)) {
      test('page', () => {
        throw folder;
      });
      return;
    }
    for (const example of folder.examples) {
      test(`${example.verdict}: ${example.title}`, async () => {
        expect(await checkExample(await loadRule('rules', name), example)).toEqual([]);
      });
    }
  });
}

function isFolder(value: unknown): value is Awaited<ReturnType<typeof readRuleFolder>> {
  return typeof value === 'object' && value !== null && 'examples' in value;
}
