// The Dockerfile: what it says is checked, its build is run without Docker, and with it where there is one.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minimatch } from 'minimatch';
import { describe, expect, test } from 'vitest';
import { withTree } from '../cli/run.ts';
import { bad } from './manifests.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const instructions = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const ofStage = (stage: number): typeof instructions => {
  const starts = instructions.flatMap(({ name }, i) => (name === 'FROM' ? [i] : []));
  return instructions.slice(starts[stage], starts[stage + 1]);
};
const docker = spawnSync('docker', ['info'], { timeout: 20_000 }).status === 0;

test('the base is pinned by its digest, the same in both stages', () => {
  const bases = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => rest.split(' ')[0]);
  expect(bases).toHaveLength(2);
  expect(new Set(bases).size).toBe(1);
  expect(bases[0]).toMatch(/@sha256:[0-9a-f]{64}$/);
});

test('it runs the command as a user without rights', () => {
  const last = Object.fromEntries(ofStage(1).map(({ name, rest }) => [name, rest]));
  expect(last).toMatchObject({ USER: 'node', WORKDIR: '/work', ENTRYPOINT: '["meshlint"]' });
});

/** Files of the working tree that `.dockerignore` lets through. */
function contextFiles(): readonly string[] {
  const lines = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const covers = (pattern: string, path: string): boolean =>
    minimatch(path, pattern, { dot: true }) || minimatch(path, `${pattern}/**`, { dot: true });
  return stdout.split('\0').filter((path) => {
    if (path === '' || !existsSync(join(root, path))) return false;
    const deciding = lines.findLast((line) => covers(line.replace(/^!/, ''), path));
    return deciding === undefined || deciding.startsWith('!');
  });
}

test('what the build gets is enough for it', { timeout: 120_000 }, () => {
  const context = mkdtempSync(join(tmpdir(), 'meshlint-'));
  try {
    const files = contextFiles();
    expect(files.filter((path) => path.endsWith('.test.ts') || path.startsWith('docs/'))).toEqual([]);
    for (const path of files) cpSync(join(root, path), join(context, path), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(context, 'node_modules'));
    const builds = ofStage(0).flatMap(({ name, rest }) =>
      name === 'RUN' ? rest.split(' && ').filter((command) => command.startsWith('npm run')) : [],
    );
    expect(builds).toEqual(['npm run build']);
    for (const build of builds) {
      expect(spawnSync('sh', ['-c', build], { cwd: context, encoding: 'utf8' })).toMatchObject({ status: 0 });
    }
    for (const { name, rest } of ofStage(1)) {
      if (name !== 'COPY') continue;
      for (const source of rest.split(' ').slice(1, -1)) {
        expect(existsSync(join(context, source.replace('/opt/meshlint/', ''))), source).toBe(true);
      }
    }
    const link = /ln -s \/opt\/meshlint\/(\S+) \/usr\/local\/bin\/meshlint/.exec(
      ofStage(1)
        .map(({ rest }) => rest)
        .join('\n'),
    );
    const { stdout } = spawnSync(process.execPath, [join(context, link?.[1] ?? ''), '--version'], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(dirname(link?.[1] ?? '')).toBe('dist');
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
});

describe.skipIf(!docker)(`docker${docker ? '' : ' (skipped: it does not run here)'}`, () => {
  test('builds, and analyzes what is mounted, without writing anything', { timeout: 600_000 }, async () => {
    const built = spawnSync('docker', ['build', '-q', '-t', 'meshlint:test', root], { encoding: 'utf8' });
    expect(built).toMatchObject({ status: 0 });
    await withTree({ 'bad.yaml': bad }, async (folder) => {
      const args = [
        'run',
        '--rm',
        '--read-only',
        '-v',
        `${folder}:/work:ro`,
        'meshlint:test',
        'analyze',
        '.',
      ];
      const { status, stdout } = spawnSync('docker', args, { encoding: 'utf8' });
      expect(status).toBe(1);
      expect(stdout).toContain('bad.yaml:7:16');
    });
  });
});
