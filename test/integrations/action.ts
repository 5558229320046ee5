// The shell step of action.yml, run as the runner would, with the built command in place of the npm package.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { withTree } from '../cli/run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

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
export const action: Action = parse(readFileSync(join(root, 'action.yml'), 'utf8'));
export const [script] = action.runs.steps.filter(({ run }) => run !== undefined);

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
export function runStep(
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
