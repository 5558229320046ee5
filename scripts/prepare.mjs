// @ts-check
// Builds after an installation from a clone or from git. `npm install --global` of a git repository, which is how
// pre-commit installs hooks, runs this without having installed what the build needs (npm/cli#8440): that is done here.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

if (!existsSync(`${root}node_modules/rolldown`)) {
  const isGlobal = /^npm_config_(?:global|location|prefix|local_prefix)$/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isGlobal.test(name)));
  run('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], env);
}
run(process.execPath, ['scripts/build.mjs'], process.env);

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function run(command, args, env) {
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, { cwd: root, env, shell, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`);
  process.exit(status ?? 1);
}
