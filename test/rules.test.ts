import { describe, expect, test } from 'vitest';
import { checkExample, listRuleFolders, readRuleFolder } from '../src/testing/index.ts';
import { loadRule } from './load-rule.ts';

// One rule: npx vitest run test/rules.test.ts -t routing/missing-gateway

for (const name of await listRuleFolders('rules')) {
  const folder = await readRuleFolder('rules', name).catch((error: Error) => error);
  describe(name, () => {
    test('has a page that can be read', () => {
      if (folder instanceof Error) throw folder;
    });
    if (folder instanceof Error) return;
    for (const example of folder.examples) {
      test(`${example.verdict}: ${example.title}`, async () => {
        expect(await checkExample(await loadRule('rules', name), example)).toEqual([]);
      });
    }
  });
}
