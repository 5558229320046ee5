import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { bad, route, service, shop, subsets } from '../integrations/manifests.ts';
import { createRepository, type Repo, repositoryIn, withRepository } from './repository.ts';
import { run, type Setting, virtualService, withTree } from './run.ts';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

interface Findings {
  readonly code: number | null;
  readonly found: readonly string[];
  readonly stderr: string;
}

/** Which codes were found in which files. */
async function analyze(folder: string, args: readonly string[], setting: Setting = {}): Promise<Findings> {
  const { code, stdout, stderr } = await run(['analyze', '--format', 'json', '--show', 'error', ...args], {
    cwd: folder,
    ...setting,
  });
  const { diagnostics }: { diagnostics: { code: string; location: { file: string } }[] } =
    code === 2 ? { diagnostics: [] } : JSON.parse(stdout);
  return { code, stderr, found: diagnostics.map((each) => `${each.location.file} ${each.code}`) };
}

const nothing = { code: 0, found: [] };
const brokenRoute = { code: 1, found: ['route.yaml IST0101'] };
const local = ['--changed=HEAD'];

describe.each([
  ['--staged', (repo: Repo) => repo.git('add', '-A')],
  ['--changed=HEAD', () => ''],
])('%s', (flag, stage) => {
  const cases: readonly [
    says: string,
    files: Readonly<Record<string, string>>,
    change: (repo: Repo) => void,
    expected: object,
  ][] = [
    ['nothing changed', { ...shop, 'old.yaml': bad }, () => {}, nothing],
    [
      'a deleted subset is reported where it is used',
      shop,
      ({ write }) => write({ 'rule.yaml': subsets('v1') }),
      brokenRoute,
    ],
    [
      'a deleted file is, too',
      shop,
      ({ write, remove }) => {
        write({ 'other.yaml': subsets('v1').replace('name: cart', 'name: other') });
        remove('rule.yaml');
      },
      { code: 1, found: ['route.yaml IST0101'] },
    ],
    [
      'old findings elsewhere are not reported',
      { ...shop, 'old.yaml': bad },
      ({ write }) => write({ 'rule.yaml': subsets('v1') }),
      brokenRoute,
    ],
    [
      'all of a changed file is reported',
      { 'old.yaml': bad },
      ({ write }) => write({ 'old.yaml': `# touched\n${bad}` }),
      { code: 1, found: ['old.yaml IST0106'] },
    ],
    ['a new file', shop, ({ write }) => write({ 'new.yaml': bad }), { code: 1, found: ['new.yaml IST0106'] }],
    [
      'a new file in a new folder',
      shop,
      ({ write }) => write({ 'a/b/new.yaml': bad }),
      { code: 1, found: ['a/b/new.yaml IST0106'] },
    ],
    [
      'a renamed file is a changed one',
      { 'old.yaml': bad },
      ({ git }) => git('mv', 'old.yaml', 'new.yaml'),
      { code: 1, found: ['new.yaml IST0106'] },
    ],
    [
      'names with spaces, quotes and more than ASCII',
      shop,
      ({ write }) => write({ 'läden/a "b" é.yaml': bad }),
      { code: 1, found: ['läden/a "b" é.yaml IST0106'] },
    ],
    [
      'a file that became a folder',
      { 'a.yaml': bad },
      ({ write, remove }) => {
        remove('a.yaml');
        write({ 'a.yaml/b.yaml': bad });
      },
      { code: 1, found: ['a.yaml/b.yaml IST0106'] },
    ],
    [
      'a file that became a link',
      { ...shop, 'real.yaml': bad, 'a.yaml': service },
      ({ folder, remove }) => {
        remove('a.yaml');
        symlinkSync('real.yaml', join(folder, 'a.yaml'));
      },
      nothing,
    ],
    [
      'a link that became a file',
      {},
      ({ folder, write, remove, commit }) => {
        write({ 'real.txt': bad });
        symlinkSync('real.txt', join(folder, 'a.yaml'));
        commit();
        remove('a.yaml');
        write({ 'a.yaml': bad });
      },
      { code: 1, found: ['a.yaml IST0106'] },
    ],
    [
      'before the first commit',
      {},
      ({ write }) => write({ 'a.yaml': bad }),
      { code: 1, found: ['a.yaml IST0106'] },
    ],
    [
      'a file that does not parse leaves it incomplete, changed or not',
      { ...shop, 'open.yaml': 'a: "open\n' },
      () => {},
      { code: 3, found: ['open.yaml IST1907'] },
    ],
  ];
  test.each(cases)('%s', async (_, files, change, expected) => {
    await withRepository(files, async (repo) => {
      change(repo);
      stage(repo);
      const { code, found } = await analyze(repo.folder, [flag]);
      expect({ code, found }).toEqual(expected);
    });
  });

  test('paths limit what is loaded', async () => {
    await withRepository({ 'a/a.yaml': service, 'b/b.yaml': service }, async (repo) => {
      repo.write({ 'a/a.yaml': bad, 'b/b.yaml': bad });
      stage(repo);
      expect(await analyze(repo.folder, [flag, 'a'])).toMatchObject({ found: ['a/a.yaml IST0106'] });
      expect(await analyze(join(repo.folder, 'a'), [flag])).toMatchObject({
        found: ['a.yaml IST0106', '../b/b.yaml IST0106'].sort(),
      });
    });
  });

  test('--only-files reports the named files, and what else broke, and loads everything', async () => {
    await withRepository(shop, async (repo) => {
      repo.write({ 'rule.yaml': subsets('v1'), 'new.yaml': bad });
      stage(repo);
      const findings = await analyze(repo.folder, [flag, '--only-files', 'rule.yaml']);
      expect(findings).toMatchObject(brokenRoute);
      expect(
        await analyze(repo.folder, [flag, '--only-files', 'new.yaml', join(repo.folder, 'rule.yaml')]),
      ).toMatchObject({
        found: ['new.yaml IST0106', 'route.yaml IST0101'],
      });
    });
  });

  test('the mesh configuration is read in the same state', async () => {
    const mesh = 'defaultConfig:\n  holdApplicationUntilProxyStarts: true\n';
    await withRepository({ ...shop, 'mesh.conf': mesh }, async (repo) => {
      repo.write({ 'mesh.conf': mesh.replace('true', '[') });
      stage(repo);
      const outcome = await analyze(repo.folder, [flag, '--mesh-config', 'mesh.conf']);
      expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be parsed') });
    });
  });

  test('several clusters', async () => {
    const files = {
      'east/all.yaml': `${service}---\n${route}`,
      'east/rule.yaml': shop['rule.yaml'],
      'west/a.yaml': bad,
    };
    await withRepository(files, async (repo) => {
      repo.write({ 'east/rule.yaml': subsets('v1') });
      stage(repo);
      const args = [flag, '--cluster', 'east=east', '--cluster', 'west=west'];
      expect(await analyze(repo.folder, args)).toMatchObject({ found: ['east/all.yaml IST0101'] });
    });
  });
});

describe('--staged', () => {
  test('reads what is staged, not what is on disk', async () => {
    await withRepository(shop, async ({ folder, git, write }) => {
      write({ 'rule.yaml': subsets('v1') });
      git('add', '-A');
      write({ 'rule.yaml': subsets('v1', 'v2') });
      expect(await analyze(folder, ['--staged'])).toMatchObject(brokenRoute);
    });
  });
  test('takes no notice of what is only on disk', async () => {
    await withRepository(shop, async ({ folder, git, write, remove }) => {
      write({ 'service.yaml': `# staged\n${service}` });
      git('add', '-A');
      write({ 'rule.yaml': subsets('v1'), 'untracked.yaml': bad, 'meant.yaml': bad });
      git('add', '--intent-to-add', 'meant.yaml');
      expect(await analyze(folder, ['--staged'])).toMatchObject(nothing);
      // Gone from the disk, and still in the next commit.
      remove('rule.yaml');
      expect(await analyze(folder, ['--staged'])).toMatchObject(nothing);
    });
  });
  test('does not count on a file that nobody added', async () => {
    await withRepository(
      { 'service.yaml': service, 'rule.yaml': subsets('v1') },
      async ({ folder, git, write }) => {
        write({ 'route.yaml': route, 'rule.yaml': subsets('v1', 'v2') });
        git('add', 'route.yaml');
        expect(await analyze(folder, ['--staged'])).toMatchObject(brokenRoute);
        git('add', 'rule.yaml');
        expect(await analyze(folder, ['--staged'])).toMatchObject(nothing);
      },
    );
  });
  test('works in a hook of git, whose index is not always the usual one', async () => {
    await withRepository(shop, async ({ folder, git, write }) => {
      const hook = `#!/bin/sh\nexec "${process.execPath}" "${command}" analyze --staged --quiet >hook.log\n`;
      writeFileSync(join(folder, '.git/hooks/pre-commit'), hook, { mode: 0o755 });
      git('worktree', 'add', '-q', '../tree');
      const commits = [['-a'], ['rule.yaml']];
      for (const repo of [repositoryIn(folder), repositoryIn(join(folder, '../tree'))]) {
        repo.write({ 'rule.yaml': subsets('v1') });
        for (const what of commits) expect(() => repo.git('commit', '-q', '-m', 'bad', ...what)).toThrow();
        expect(readFileSync(join(repo.folder, 'hook.log'), 'utf8')).toContain('route.yaml:7');
      }
      write({ 'rule.yaml': subsets('v1', 'v2', 'v3') });
      git('commit', '-q', '-a', '-m', 'good');
    });
  });
  test('compares with the revision that pre-commit names', async () => {
    await withRepository(shop, async ({ folder, write, commit }) => {
      write({ 'rule.yaml': subsets('v1') });
      commit();
      expect(await analyze(folder, ['--staged'])).toMatchObject(nothing);
      const env = { PRE_COMMIT_FROM_REF: 'HEAD~1' };
      expect(await analyze(folder, ['--staged'], { env })).toMatchObject(brokenRoute);
    });
  });
});

describe('--changed', () => {
  test('compares with the last commit in common with the default branch of the remote', async () => {
    await withRepository(shop, async (origin) => {
      await withTree({}, async (place) => {
        origin.git('clone', '-q', origin.folder, join(place, 'clone'));
        const clone = repositoryIn(join(place, 'clone'));
        clone.git('checkout', '-q', '-b', 'feature');
        clone.write({ 'rule.yaml': subsets('v1') });
        clone.commit();
        origin.write({ 'other.yaml': bad });
        origin.commit();
        clone.git('fetch', '-q');
        expect(await analyze(clone.folder, ['--changed'])).toEqual({ ...brokenRoute, stderr: '' });
      });
    });
  });
  test('says so when it knows no default branch', async () => {
    await withRepository(shop, async ({ folder, write }) => {
      write({ 'rule.yaml': subsets('v1') });
      const { code, found, stderr } = await analyze(folder, ['--changed']);
      expect({ code, found }).toEqual(brokenRoute);
      expect(stderr).toContain('note: --changed: no default branch of a remote is known here');
      expect((await analyze(folder, ['--changed', '--quiet'])).stderr).toBe('');
    });
  });
  test('does not take the path behind it for a revision', async () => {
    await withRepository({ 'a.yaml': service }, async ({ folder, write }) => {
      write({ 'a.yaml': bad });
      const found = ['a.yaml IST0106'];
      expect(await analyze(folder, ['--changed', 'a.yaml'])).toMatchObject({ found });
      // Commander reads the line when it is not plain.
      expect(await analyze(folder, ['--changed', '-qv', 'a.yaml'])).toMatchObject({ found });
      expect(await analyze(folder, ['--changed=HEAD', '-qv', 'a.yaml'])).toMatchObject({ found });
    });
  });
  test('knows worktrees', async () => {
    await withRepository(shop, async ({ folder, git }) => {
      git('worktree', 'add', '-q', '../tree');
      const tree = repositoryIn(join(folder, '../tree'));
      tree.write({ 'rule.yaml': subsets('v1') });
      expect(await analyze(tree.folder, local)).toMatchObject(brokenRoute);
      expect(await analyze(folder, local)).toMatchObject(nothing);
    });
  });
  test('tells what to do about a shallow clone', async () => {
    await withRepository(shop, async (origin) => {
      origin.write({ 'a.yaml': service.replaceAll('cart', 'a') });
      origin.commit();
      origin.git('branch', 'feature', 'HEAD~1');
      origin.git('checkout', '-q', 'feature');
      origin.write({ 'b.yaml': service.replaceAll('cart', 'b') });
      origin.commit();
      origin.git(
        'clone',
        '-q',
        '--depth',
        '1',
        '--no-single-branch',
        `file://${origin.folder}`,
        '../shallow',
      );
      const outcome = await analyze(join(origin.folder, '../shallow'), ['--changed=origin/main']);
      expect(outcome.code).toBe(2);
      expect(outcome.stderr).toBe(
        'error: --changed: "origin/main" and HEAD have no commit in common here.\n' +
          '  help: The clone is shallow. Fetch more of its history: git fetch --unshallow (in GitHub Actions: actions/checkout with fetch-depth: 0).\n',
      );
    });
  });
});

describe('submodules', () => {
  const withSubmodule = (use: (repo: Repo, sub: Repo) => Promise<void>): Promise<void> =>
    withRepository({ 'service.yaml': service, 'route.yaml': route }, async (repo) => {
      const library = createRepository(join(repo.folder, '../library'), { 'rule.yaml': subsets('v1', 'v2') });
      repo.git('submodule', '--quiet', 'add', library.folder, 'sub');
      repo.commit();
      const sub = repositoryIn(join(repo.folder, 'sub'));
      sub.git('checkout', '-q', '-B', 'work');
      await use(repo, sub);
    });
  const inSubmodule = { code: 1, found: ['sub/new.yaml IST0106'] };

  test('what their files change counts', async () => {
    await withSubmodule(async (repo, sub) => {
      expect(await analyze(repo.folder, local)).toMatchObject(nothing);
      sub.write({ 'new.yaml': bad });
      expect(await analyze(repo.folder, local)).toMatchObject(inSubmodule);
      expect(await analyze(repo.folder, ['--staged'])).toMatchObject(nothing);
      sub.commit();
      expect(await analyze(repo.folder, local)).toMatchObject(inSubmodule);
      expect(await analyze(repo.folder, ['--staged'])).toMatchObject(nothing);
      repo.git('add', 'sub');
      expect(await analyze(repo.folder, ['--staged'])).toMatchObject(inSubmodule);
    });
  });
  test('what they break outside of them is found', async () => {
    await withSubmodule(async (repo, sub) => {
      sub.write({ 'rule.yaml': subsets('v1') });
      sub.commit();
      repo.git('add', 'sub');
      expect(await analyze(repo.folder, ['--staged'])).toMatchObject(brokenRoute);
      expect(await analyze(repo.folder, local)).toMatchObject(brokenRoute);
    });
  });
  test('everything is reported when one is taken out, for nobody knows what was in it', async () => {
    await withSubmodule(async (repo) => {
      repo.write({ 'old.yaml': bad });
      repo.commit();
      repo.git('rm', '-q', '-f', 'sub');
      const { found, stderr } = await analyze(repo.folder, ['--staged']);
      expect(found).toEqual(['old.yaml IST0106', 'route.yaml IST0101']);
      expect(stderr).toContain('all findings are reported');
    });
  });
});

describe('what is rendered', () => {
  /** Stands in for kustomize: gives what the listed files hold, one folder deep. */
  const kustomize = `#!${process.execPath}
const { readFileSync } = require('node:fs');
const { join, relative } = require('node:path');
if (process.argv[2] === 'version') return console.log('v5.0.0');
const [folder] = JSON.parse(readFileSync(join(process.argv[3], 'kustomization.yaml'), 'utf8')).resources;
const real = join(process.argv[3], folder);
const listed = readFileSync(join(real, 'kustomization.yaml'), 'utf8').match(/[a-z]+\\.yaml/g);
const origin = (name) => \`annotations: { config.kubernetes.io/origin: "path: \${relative(process.argv[3], join(real, name))}" }\`;
const read = (name) => readFileSync(join(real, name), 'utf8').replace('namespace: shop }', 'namespace: shop, ' + origin(name) + ' }');
console.log(listed.map(read).join('---\\n'));
`;
  const files = {
    'app/kustomization.yaml': 'namePrefix: my-\nresources: [service.yaml, route.yaml, rule.yaml, old.yaml]\n',
    'app/service.yaml': service,
    'app/route.yaml': route,
    'app/rule.yaml': subsets('v1', 'v2'),
    'app/old.yaml': bad,
  };
  const env = (repo: Repo): Readonly<Record<string, string>> => ({
    PATH: `${join(repo.folder, '../bin')}${delimiter}${process.env.PATH}`,
  });

  test.each(['--staged', '--changed=HEAD'])('is rendered in both states (%s)', async (flag) => {
    await withRepository(files, async (repo) => {
      mkdirSync(join(repo.folder, '../bin'));
      writeFileSync(join(repo.folder, '../bin/kustomize'), kustomize);
      chmodSync(join(repo.folder, '../bin/kustomize'), 0o755);
      const setting = { env: env(repo) };
      const full = await analyze(repo.folder, ['.'], setting);
      expect(full.found).toHaveLength(1);
      repo.write({ 'app/rule.yaml': subsets('v1') });
      repo.git('add', '-A');
      // What is only on disk is not rendered for --staged.
      if (flag === '--staged') repo.write({ 'app/rule.yaml': subsets('v1', 'v2') });
      const { code, found, stderr } = await analyze(repo.folder, [flag, '--render', 'require'], setting);
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(found).toEqual(['app/route.yaml IST0101']);
      // A changed file is one where things are written, not the kustomization that lists it.
      repo.write({ 'app/old.yaml': `# touched\n${bad}`, 'app/rule.yaml': subsets('v1', 'v2') });
      repo.git('add', '-A');
      expect((await analyze(repo.folder, [flag], setting)).found).toEqual(['app/old.yaml IST0106']);
    });
  });
});

describe('what cannot be done is told, with exit code 2', () => {
  const cases: readonly [args: readonly string[], message: string, help: string][] = [
    [['--changed=nowhere'], '--changed: "nowhere" is no revision that is here.', 'git fetch'],
    [['--changed=--output=a'], '--changed: "--output=a" is no revision that is here.', 'Check the name'],
    [['--staged', '--changed'], '--changed and --staged exclude each other.', ''],
    [['--staged', '-'], '--staged: standard input belongs to no repository.', 'Name files'],
    [['--staged', '..'], 'is not in the repository', 'Run it inside of the repository'],
    [['--only-files', 'a.yaml'], '--only-files has a meaning only with --changed or --staged.', 'Add one'],
  ];
  test.each(cases)('%j', async (args, message, help) => {
    await withRepository(shop, async ({ folder }) => {
      const { code, stderr } = await analyze(folder, args);
      expect(code).toBe(2);
      expect(stderr).toContain(message);
      expect(stderr).toContain(help);
      expect(stderr.trimEnd().split('\n')).toHaveLength(2);
    });
  });
  test('outside of a repository', async () => {
    await withTree({ 'a.yaml': service }, async (cwd) => {
      const { code, stderr } = await run(['analyze', '--staged'], { cwd });
      expect(code).toBe(2);
      expect(stderr).toContain('not a git repository');
    });
  });
  test('without git', async () => {
    await withRepository(shop, async ({ folder }) => {
      const { code, stderr } = await run(['analyze', '--staged'], { cwd: folder, env: { PATH: '/nowhere' } });
      expect(code).toBe(2);
      expect(stderr).toBe(
        'error: --staged: git is not installed, or not in PATH.\n  help: Install it, or name the files to analyze instead.\n',
      );
    });
  });
});

test('on 1,000 manifests a change reports what the full run has about its file, and what it broke elsewhere', async () => {
  const files: Record<string, string> = { ...shop };
  for (let i = 0; i < 1000; i++) {
    const name = `app-${i}`;
    const copy =
      i % 3 === 0 ? service : i % 3 === 1 ? subsets('v1') : i % 50 === 2 ? bad : virtualService(name);
    files[`apps/${i % 20}/${name}.yaml`] = copy
      .replaceAll('cart', name)
      .replace('name: bad', `name: ${name}`);
  }
  await withRepository(files, async (repo) => {
    const edited = 'apps/12/app-152.yaml';
    expect(readFileSync(join(repo.folder, edited), 'utf8')).toContain('soon');
    repo.write({ [edited]: `# edited\n${files[edited]}`, 'rule.yaml': subsets('v1') });
    const full = await run(['analyze', '.', '--format', 'json'], { cwd: repo.folder });
    const changed = await run(['analyze', '--changed=HEAD', '--format', 'json'], { cwd: repo.folder });
    const diagnostics = (stdout: string): { location: { file: string } }[] => JSON.parse(stdout).diagnostics;
    const own = [edited, 'rule.yaml', 'route.yaml'];
    const expected = diagnostics(full.stdout).filter(({ location }) => own.includes(location.file));
    expect(expected.map(({ location }) => location.file)).toEqual(
      expect.arrayContaining([edited, 'route.yaml']),
    );
    expect(diagnostics(full.stdout).length).toBeGreaterThan(expected.length);
    expect(diagnostics(changed.stdout)).toEqual(expected);
    expect(changed.code).toBe(1);
  });
});
