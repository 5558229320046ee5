import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NamedRule, Rule } from '../src/sdk/rule.ts';

/** Loads one rule from its folder, so that a broken one spoils no other test. */
export async function loadRule(root: string, name: string): Promise<NamedRule> {
  const path = join(root, name, 'rule.ts');
  const module: { default?: unknown } = await import(pathToFileURL(resolve(path)).href);
  if (!isRule(module.default)) throw new Error(`${path} has no rule as its default export`);
  return { name, rule: module.default };
}

function isRule(value: unknown): value is Rule {
  return typeof value === 'object' && value !== null && 'code' in value && 'messages' in value;
}
