// action.yml: what it says, and what its step does.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { action, runStep, script } from './action.ts';
import { bad, shop } from './manifests.ts';

const { version }: { version: string } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
);

test('everything it uses is pinned to a commit', () => {
  const used = action.runs.steps.flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
  expect(used.length).toBeGreaterThan(0);
  for (const uses of used) expect(uses).toMatch(/@[0-9a-f]{40}$/);
});

test('no input is part of the script', () => {
  expect(script?.run).not.toContain('${{');
});

describe('the step', () => {
  test('runs the package of its own version, and annotates', async () => {
    const { code, stdout, calls } = await runStep({ 'bad file.yaml': bad }, {});
    expect(code).toBe(1);
    expect(calls.slice(0, 3)).toEqual(['--yes', `meshlint@${version}`, 'analyze']);
    expect(stdout).toMatch(/^::error .*file=bad file\.yaml,.*line=7/m);
  });
  test('passes what is fine', async () => {
    expect(await runStep(shop, {})).toMatchObject({ code: 0, outputs: '' });
  });
  test('takes paths by line and arguments as a shell does', async () => {
    const { code, calls } = await runStep(
      { 'a b/a.yaml': shop['service.yaml'], 'c.yaml': bad },
      { paths: 'a b\nc.yaml\n', args: `-S "IST0106=VirtualService shop/*" --world closed` },
    );
    expect(code).toBe(0);
    expect(calls.slice(-5)).toEqual(['IST0106=VirtualService shop/*', '--world', 'closed', 'a b', 'c.yaml']);
  });
  test('runs nothing that stands in an input', async () => {
    const { code, calls } = await runStep(shop, {
      paths: '$(touch broken)\n`touch broken`',
      args: "'$(id)'",
    });
    expect(calls.slice(-3)).toEqual(['$(id)', '$(touch broken)', '`touch broken`']);
    expect(code).toBe(3);
  });
  test('does not go on with arguments that are not quoted well', async () => {
    const { code, calls } = await runStep(shop, { args: '--disable "IST0106' });
    expect(code).not.toBe(0);
    expect(calls).toEqual(['']);
  });
  test('follows fail-on', async () => {
    expect(await runStep({ 'bad.yaml': bad }, { 'fail-on': 'never' })).toMatchObject({ code: 0 });
  });
  test('hands the SARIF file on, findings or not', async () => {
    const { code, outputs, sarif } = await runStep({ 'bad.yaml': bad }, { 'sarif-file': 'meshlint.sarif' });
    expect(code).toBe(1);
    expect(outputs).toBe('sarif-file=meshlint.sarif\n');
    expect(JSON.parse(sarif ?? '')).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{ ruleId: expect.stringContaining('IST0106') }] }],
    });
  });
});
