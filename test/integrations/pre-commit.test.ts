// The hook as people use it: the real pre-commit installs it from a repository and runs it at a commit.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository, type Repo } from '../cli/repository.ts';
import { createHooks, hasPreCommit as isThere, runHook } from './hooks.ts';
import { bad, shop, subsets } from './manifests.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Takes a minute and asks the registry of npm: MESHLINT_TRY_REPO=1
const tries = isThere && (process.env.MESHLINT_TRY_REPO ?? '') !== '';

describe.skipIf(!isThere)(`pre-commit${isThere ? '' : ' (skipped: it is not installed)'}`, () => {
  let folder = '';
  let hooks: Repo;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'meshlint-'));
    hooks = createHooks(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (repo: Repo, command: string, ...args: readonly string[]): ReturnType<typeof runHook> =>
    runHook(folder, repo, command, ...args);

  let count = 0;
  function createUser(files: Readonly<Record<string, string>>): Repo {
    const config = `repos:\n  - repo: ${hooks.folder}\n    rev: v1.0.0\n    hooks: [{ id: meshlint }]\n`;
    return createRepository(join(folder, `user-${count++}`), { ...files, '.pre-commit-config.yaml': config });
  }

  test('a bad staged file fails and is named; mended, it passes', { timeout: 180_000 }, () => {
    const repo = createUser(shop);
    expect(run(repo, 'pre-commit', 'install')).toMatchObject({ code: 0 });
    repo.write({ 'new file.yaml': bad });
    repo.git('add', '-A');
    // The first run installs the hook.
    expect(run(repo, 'pre-commit', 'run')).toMatchObject({ code: 1 });
    const begin = performance.now();
    const { code, output } = run(repo, 'pre-commit', 'run');
    console.log(`pre-commit run: ${Math.round(performance.now() - begin)} ms`);
    expect(code).toBe(1);
    expect(output).toContain('new file.yaml:7:16');
    expect(output).toContain('1 error');
    expect(run(repo, 'git', 'commit', '-q', '-m', 'bad')).toMatchObject({ code: 1 });
    repo.write({ 'new file.yaml': bad.replace('soon', '5s') });
    repo.git('add', '-A');
    expect(run(repo, 'git', 'commit', '-q', '-m', 'good')).toMatchObject({ code: 0 });
  });

  const cases: readonly [says: string, change: (repo: Repo) => void, code: number, output: RegExp][] = [
    [
      'a subset that is gone',
      (repo) => repo.write({ 'rule.yaml': subsets('v1') }),
      1,
      /Subset v2 of cart.*\n.*route\.yaml:7/,
    ],
    [
      'a file that is gone, and nothing else',
      (repo) => repo.remove('rule.yaml'),
      1,
      /Subset v2 of cart.*\n.*route\.yaml:7/,
    ],
    ['nothing that matters', (repo) => repo.write({ 'notes.md': 'hello' }), 0, /Passed/],
  ];
  test.each(cases)('%s', (_, change, code, output) => {
    const repo = createUser(shop);
    change(repo);
    repo.git('add', '-A');
    const outcome = run(repo, 'pre-commit', 'run');
    expect(outcome.code).toBe(code);
    expect(outcome.output).toMatch(output);
  });

  test('what was wrong before is no reason to refuse a commit, and is found by --all-files', () => {
    const repo = createUser({ ...shop, 'old.yaml': bad });
    repo.write({ 'rule.yaml': subsets('v1', 'v2', 'v3') });
    repo.git('add', '-A');
    expect(run(repo, 'pre-commit', 'run')).toMatchObject({ code: 0 });
    const all = run(repo, 'pre-commit', 'run', '--all-files');
    expect(all.code).toBe(1);
    expect(all.output).toContain('old.yaml:7:16');
  });

  test('commits that exist already are judged with --from-ref', () => {
    const repo = createUser({ ...shop, 'old.yaml': bad });
    repo.write({ 'rule.yaml': subsets('v1') });
    repo.git('commit', '-q', '-a', '-m', 'past the hook');
    const { code, output } = run(repo, 'pre-commit', 'run', '--from-ref', 'HEAD~1', '--to-ref', 'HEAD');
    expect(code).toBe(1);
    expect(output).toContain('route.yaml:7');
    expect(output).not.toContain('old.yaml');
  });

  test('examples/pipelines lets its mesh pass, and stops the commit that breaks it', () => {
    const home = join(root, 'examples/pipelines');
    const read = (path: string): string => readFileSync(join(home, path), 'utf8');
    const repo = createRepository(join(folder, 'pipelines'), {});
    cpSync(home, repo.folder, { recursive: true });
    const config = read('.pre-commit-config.yaml');
    repo.write({
      '.pre-commit-config.yaml': config
        .replace('https://github.com/OWNER/meshlint', hooks.folder)
        .replace('VERSION', 'v1.0.0'),
    });
    expect(run(repo, 'pre-commit', 'install')).toMatchObject({ code: 0 });
    repo.git('add', '-A');
    expect(run(repo, 'git', 'commit', '-q', '-m', 'fine')).toMatchObject({ code: 0 });
    repo.write({
      'deploy/subsets.yaml': read('deploy/subsets.yaml').replace(/ {4}- name: v2\n.*\n/, ''),
    });
    repo.git('add', '-A');
    const { code, output } = run(repo, 'git', 'commit', '-q', '-m', 'broken');
    expect(code).toBe(1);
    expect(output).toContain('deploy/routes.yaml:12');
  });

  test.skipIf(!tries)(
    `installs from the sources${tries ? '' : ' (skipped: MESHLINT_TRY_REPO is not set)'}`,
    { timeout: 600_000 },
    () => {
      const repo = createUser(shop);
      repo.write({ 'rule.yaml': subsets('v1') });
      repo.git('add', '-A');
      const clone = join(folder, 'clone');
      repo.git('clone', '-q', root, clone);
      const { code, output } = run(repo, 'pre-commit', 'try-repo', clone, 'meshlint');
      expect(code).toBe(1);
      expect(output).toContain('route.yaml:7');
    },
  );

  test('a partly staged file is judged as it will be committed', () => {
    const repo = createUser(shop);
    repo.write({ 'rule.yaml': subsets('v1') });
    repo.git('add', '-A');
    writeFileSync(join(repo.folder, 'rule.yaml'), subsets('v1', 'v2'));
    expect(run(repo, 'pre-commit', 'run')).toMatchObject({ code: 1 });
  });
});
