// A repository that pre-commit can take the hook from, as it is published.
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRepository, gitEnvironment, type Repo } from '../cli/repository.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Whether the tests of the hook can run here. */
export const hasPreCommit = spawnSync('pre-commit', ['--version']).status === 0;

/** Built, and needing nothing for the command, so that no registry is asked; its release is v1.0.0. */
export function createHooks(folder: string): Repo {
  const hooks = createRepository(join(folder, 'hooks'), {});
  for (const path of ['dist', '.pre-commit-hooks.yaml']) {
    cpSync(join(root, path), join(hooks.folder, path), { recursive: true });
  }
  const { name, version, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  hooks.write({ 'package.json': JSON.stringify({ name, version, bin }) });
  hooks.git('add', '-f', '-A');
  hooks.git('commit', '-q', '-m', 'release');
  hooks.git('tag', 'v1.0.0');
  return hooks;
}

/** Runs pre-commit, or git with its hook, with a cache below `folder`. */
export function runHook(
  folder: string,
  repo: Repo,
  command: string,
  ...args: readonly string[]
): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: repo.folder,
    encoding: 'utf8',
    env: {
      ...gitEnvironment,
      HOME: folder,
      PRE_COMMIT_HOME: join(folder, 'cache'),
      PRE_COMMIT_COLOR: 'never',
    },
  });
  return { code: status, output: stdout + stderr };
}
