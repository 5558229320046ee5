// action.yml: its shell steps are run as the runner would, with the built command in place of the npm package.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { withTree } from '../cli/run.ts';
import { bad, shop } from './manifests.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
const action: Action = parse(readFileSync(join(root, 'action.yml'), 'utf8'));
const [script] = action.runs.steps.filter(({ run }) => run !== undefined);

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** How npx was called. */
  readonly calls: readonly string[];
  /** What was written for later steps. */
  readonly outputs: string;
  readonly sarif: string | undefined;
}

/** Runs the step in a workspace with these files. */
function runStep(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
): Promise<Outcome> {
  return withTree(files, async (workspace) =>
    withTree({}, async (runner) => {
      const bin = join(runner, 'bin');
      mkdirSync(bin);
      const npx = `#!/usr/bin/env bash
printf '%s\\n' "$@" > "${runner}/calls"
shift 2
exec "${process.execPath}" "${root}dist/cli.js" "$@"
`;
      writeFileSync(join(bin, 'npx'), npx);
      chmodSync(join(bin, 'npx'), 0o755);
      const env = Object.fromEntries(
        Object.entries(script?.env ?? {}).map(([name, value]) => [name, fill(value, inputs)]),
      );
      const bash = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script?.run ?? ''];
      const { status, stdout, stderr } = spawnSync('bash', bash, {
        cwd: workspace,
        encoding: 'utf8',
        env: {
          PATH: `${bin}${delimiter}${process.env.PATH}`,
          GITHUB_ACTION_PATH: root,
          GITHUB_OUTPUT: join(runner, 'output'),
          ...env,
        },
      });
      const read = (path: string): string | undefined =>
        existsSync(path) ? readFileSync(path, 'utf8') : undefined;
      return {
        code: status,
        stdout,
        stderr,
        calls: (read(join(runner, 'calls')) ?? '').trimEnd().split('\n'),
        outputs: read(join(runner, 'output')) ?? '',
        sarif: read(join(workspace, inputs['sarif-file'] ?? 'none')),
      };
    }),
  );
}

/** What `${{ inputs.NAME }}` stands for. */
function fill(value: string, inputs: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, name: string) => {
    const input = action.inputs[name];
    if (input === undefined) throw new Error(`action.yml has no input ${name}`);
    return inputs[name] ?? input.default;
  });
}

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
