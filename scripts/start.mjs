// @ts-check
// The main job on an example: analyzes examples/shop and shows what is wrong there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** @param {string[]} args */
function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  return status ?? 1;
}

const built = existsSync(`${root}dist/cli.js`) ? 0 : run(['scripts/build.mjs']);
// The shop has mistakes on purpose: they are what this shows, so they do not fail it.
process.exitCode =
  built === 0 ? run(['dist/cli.js', 'analyze', 'examples/shop', '--fail-on', 'never']) : built;
