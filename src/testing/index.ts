/** Tools to test rules by the examples on their pages; they need no test framework. */
export { rulesOf } from '../house/guard.ts';
export { checkExample } from './check-example.ts';
export type { PageDemands } from './check-rule.ts';
export { checkPage, checkUse, unfinished } from './check-rule.ts';
export type { Example, ExampleFile, Settings } from './example.ts';
export { PageError } from './example.ts';
export type { Page, Section } from './pages.ts';
export { parsePage } from './pages.ts';
export type { ShortFinding } from './plugin.ts';
export { checkPlugin, judge, readExamples } from './plugin.ts';
export type { RuleFolder } from './rule-folder.ts';
export { listRuleFolders, readRuleFolder } from './rule-folder.ts';
