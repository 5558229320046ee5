// Every command that docs/hooks-and-ci.md has for a hook or a pipeline finds what it is there to find.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { gitEnvironment, withRepository } from '../cli/repository.ts';
import { bad, shop, subsets } from './manifests.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(root, 'docs/hooks-and-ci.md'), 'utf8');

/** Commands in the blocks of other languages than those that test/docs.test.ts runs. */
const commands = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
  .filter(([, language = '']) => !['console', 'sh'].includes(language))
  .flatMap(([, , block = '']) => [...block.matchAll(/(?:npx (?:--yes )?)?meshlint analyze[^'"\n]*/g)])
  .map(([command]) => command)
  .filter((command) => !command.includes('examples/'));

test('the page has commands', () => {
  expect(commands.length).toBeGreaterThan(5);
});

test.each([...new Set(commands)])('%s', async (command) => {
  const files = Object.fromEntries(Object.entries(shop).map(([name, text]) => [`deploy/${name}`, text]));
  await withRepository({ ...files, 'deploy/old.yaml': bad }, async ({ folder, git, write }) => {
    const bin = join(folder, '../bin');
    mkdirSync(bin);
    const meshlint = `exec "${process.execPath}" "${root}dist/cli.js" "$@"\n`;
    writeFileSync(join(bin, 'meshlint'), `#!/bin/sh\n${meshlint}`);
    writeFileSync(
      join(bin, 'npx'),
      `#!/bin/sh\n[ "$1" = --yes ] && shift\n[ "$1" = meshlint ] || exit 9\nshift\n${meshlint}`,
    );
    for (const name of ['meshlint', 'npx']) chmodSync(join(bin, name), 0o755);
    write({ 'deploy/rule.yaml': subsets('v1') });
    git('add', '-A');
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...gitEnvironment, PATH: `${bin}${delimiter}${process.env.PATH}` },
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain('deploy/route.yaml:7');
    expect(stdout.includes('deploy/old.yaml')).toBe(!command.includes('--staged'));
    const file = /--format \w+=(\S+)/.exec(command)?.[1];
    if (file !== undefined) expect(readFileSync(join(folder, file), 'utf8')).toContain('deploy/route.yaml');
  });
});
