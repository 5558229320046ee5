import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPage, readRuleFolder } from '../src/testing/index.ts';
import { loadRule } from './load-rule.ts';

let copy = '';
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'meshlint-new-rule-'));
  for (const path of [
    'src',
    'rules',
    'schemas',
    'scripts',
    'docs',
    'package.json',
    'tsconfig.json',
    'biome.json',
  ]) {
    cpSync(path, join(copy, path), { recursive: true });
  }
  cpSync('test/fixtures/codes.txt', join(copy, 'test/fixtures/codes.txt'));
  symlinkSync(join(process.cwd(), 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function run(...args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}
const newRule = (...args: readonly string[]): ReturnType<typeof run> => run('scripts/new-rule.mjs', ...args);

test('a scaffolded rule compiles, keeps the style and is registered, but is not finished', async () => {
  const wish = [
    'ambient/throw-away',
    '--code',
    'IST1098',
    '--code-name',
    'ThrowAway',
    '--reads',
    'Gateway:all,VirtualService',
  ];
  expect(newRule(...wish)).toMatchObject({
    status: 0,
    output: expect.stringContaining('-t ambient/throw-away'),
  });

  const tsconfig = { extends: './tsconfig.json', include: ['rules/ambient/throw-away'] };
  writeFileSync(join(copy, 'tsconfig.rule.json'), JSON.stringify(tsconfig));
  // What else the rule draws in is judged by `npm run types`.
  const { output } = run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.rule.json');
  expect(output.split('\n').filter((line) => /^(?:rules\/|error)/.test(line))).toEqual([]);
  const files = ['rules/ambient/throw-away', 'rules/codes.ts'];
  expect(
    run('node_modules/@biomejs/biome/bin/biome', 'check', '--vcs-enabled=false', ...files),
  ).toMatchObject({ status: 0 });

  const read = (path: string): string => readFileSync(join(copy, path), 'utf8');
  expect(read('rules/index.gen.ts')).toContain('ambient/throw-away');
  expect(read('rules/codes.ts')).toMatch(/IST1061.*\n.*IST1098: \{ name: 'ThrowAway' \},\n.*IST1101/);
  expect(read('test/fixtures/codes.txt')).toMatch(/IST1061.*\nIST1098 ThrowAway\nIST1101/);
  expect(read('.changeset/ambient-throw-away.md')).toContain('New rule `ambient/throw-away` (IST1098)');

  const rules = join(copy, 'rules');
  const folder = await readRuleFolder(rules, 'ambient/throw-away');
  expect(folder.examples.map(({ verdict }) => verdict)).toEqual(['bad', 'good']);
  const text = read('rules/ambient/throw-away/rule.ts').replace(
    "'#sdk'",
    `'${process.cwd()}/src/sdk/index.ts'`,
  );
  writeFileSync(join(rules, 'ambient/throw-away/rule.ts'), text);
  expect(checkPage(folder, await loadRule(rules, 'ambient/throw-away'))).toEqual([
    'the page still says "FILL IN"',
    'message throwAway still says "FILL IN"',
    'message throwAway still says "FILL IN"',
    'message throwAway still says "FILL IN"',
  ]);
});

test.each([
  [['somewhere/x', '--code', 'IST0101', '--reads', 'Gateway'], 'the rule is named AREA/NAME'],
  [['routing/NotKebab', '--code', 'IST0101', '--reads', 'Gateway'], '"NotKebab" is not in kebab case'],
  [['routing/x', '--code', 'IST0101', '--reads', 'Gatway'], 'meshlint knows no kind "Gatway"'],
  [['routing/x', '--code', 'IST0101', '--reads', 'Gateway:all'], 'needs a kind without ":all"'],
  [
    ['routing/x', '--code', 'IST1097', '--reads', 'Gateway'],
    'IST1097 is new: say what it means with --code-name',
  ],
  [
    ['gateway/missing-gateway', '--code', 'IST0101', '--reads', 'Gateway'],
    'there is a rule routing/missing-gateway already',
  ],
  [['routing/x', '--cod', 'IST0101'], "Unknown option '--cod'"],
])('%j is refused', (args, why) => {
  expect(newRule(...args)).toMatchObject({ status: 2, output: expect.stringContaining(why) });
});
