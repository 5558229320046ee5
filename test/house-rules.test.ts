// What people build upon: the package as it is published, a plugin that uses it outside this repository, and the
// pages that tell how.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as sdk from '../src/sdk/index.ts';
import { run, withTree } from './cli/run.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const example = join(root, 'examples/house-rules');

test('the example prints what it says', async () => {
  const { stdout, code } = await run(['analyze', 'mesh'], { cwd: example });
  expect(stdout.replace(/^Rules .*\n/m, '')).toBe(readFileSync(join(example, 'expected.txt'), 'utf8'));
  expect(code).toBe(1);
});

describe('the package, installed elsewhere', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'meshlint-'));
    cpSync(example, folder, { recursive: true });
    install(folder);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('runs the tests of a plugin', () => {
    const { status, stdout } = spawnSync(process.execPath, ['--test'], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toMatch(/^# pass 6$/m);
    expect(status).toBe(0);
  });

  test('fails them when a rule is wrong', () => {
    const path = join(folder, 'rules/no-wildcard-host.js');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace("host.startsWith('*')", "host.endsWith('*')"));
    const { status, stdout } = spawnSync(process.execPath, ['--test'], { cwd: folder, encoding: 'utf8' });
    writeFileSync(path, text);
    expect(stdout).toContain('marked, but nothing is reported here');
    expect(status).toBe(1);
  });

  test('runs the plugin', () => {
    const cli = join(folder, 'node_modules/meshlint/dist/cli.js');
    const { stdout } = spawnSync(process.execPath, [cli, 'analyze', 'mesh'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout.replace(/^Rules .*\n/m, '')).toBe(readFileSync(join(example, 'expected.txt'), 'utf8'));
  });

  test('checks the types of a plugin', () => {
    const plugins: readonly [file: string, more: string, code: string, says: RegExp][] = [
      ['fine.ts', '', 'ACME0003', /^$/],
      ['no-code.ts', '', 'acme3', /Type '"acme3"' is not assignable/],
      ['no-code-of-istio.ts', '', 'IST9999', /Type '"IST9999"' is not assignable/],
      ['no-value.ts', '{other}', 'ACME0003', /Property 'other' is missing/],
    ];
    for (const [file, more, code] of plugins) {
      writeFileSync(
        join(folder, file),
        `import { at, definePlugin, defineRule } from 'meshlint/sdk';
const rule = defineRule({
  name: 'some-rule', code: '${code}', severity: 'info', since: '1.0.0', summary: 'Something.',
  reads: { Service: 'some' },
  messages: { here: { what: 'Service {name}.${more}', why: 'It is there.', help: 'None.' } },
  check({ graph, report }) {
    for (const one of graph.list('Service')) report(one, { at: at(one.metadata, 'name'), message: 'here', data: { name: one.name } });
  },
});
export default definePlugin({ name: 'typed', rules: [rule] });
`,
      );
    }
    const flags = '--noEmit --strict --target es2023 --module nodenext --types node'.split(' ');
    const args = [join(root, 'node_modules/typescript/bin/tsc'), ...flags, ...plugins.map(([file]) => file)];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    for (const [file, , , says] of plugins) {
      const said = stdout.split('\n').filter((line) => line.startsWith(`${file}(`));
      expect(said.join('\n'), file).toMatch(says);
    }
  });
});

describe('docs/writing-rules.md', () => {
  const page = readFileSync(join(root, 'docs/writing-rules.md'), 'utf8');
  /** The parts below one heading, each with its blocks of YAML: a check, and manifests. */
  const examples = page
    .split(/^#### /m)
    .slice(1)
    .map((part) => {
      const blocks = [...part.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);
      return {
        title: part.slice(0, part.indexOf('\n')),
        settings: blocks[0] ?? '',
        manifests: blocks[1] ?? '',
      };
    });

  test('has five examples of checks', () => {
    expect(examples.map(({ title }) => title)).toHaveLength(5);
  });

  test.each(examples)('$title: the marked lines are reported', async ({ settings, manifests }) => {
    const files = { 'meshlint.yaml': settings, 'mesh/all.yaml': manifests };
    const { stdout } = await withTree(files, (cwd) => run(['analyze', 'mesh', '--format', 'json'], { cwd }));
    const found = JSON.parse(stdout).diagnostics.filter(({ code }: { code: string }) =>
      code.startsWith('ACME'),
    );
    const marked = manifests.split('\n').flatMap((line, i) => {
      const rule = /# ! (\S+)$/.exec(line)?.[1];
      return rule === undefined ? [] : [`checks/${rule} ${i + 1}`];
    });
    expect(marked.length).toBeGreaterThan(0);
    expect(
      found.map(
        ({ rule, location }: { rule: string; location: { line: number } }) => `${rule} ${location.line}`,
      ),
    ).toEqual(marked);
  });

  test('has a plugin that runs', async () => {
    const code = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, text = '']) => text);
    const plugin = code.find((text) => text.includes('definePlugin(')) ?? '';
    const files = { 'meshlint.yaml': 'plugins: [./plugin.mjs]\n', 'plugin.mjs': plugin };
    const { stdout, code: status } = await withTree(files, (cwd) => run(['explain', 'ACME0001'], { cwd }));
    expect(stdout).toContain('# acme/no-wildcard-host');
    expect(status).toBe(0);
  });

  test('names what the sdk has', async () => {
    const [, section = ''] = /### Fixes(.*?)### Tests/s.exec(page) ?? [];
    const names = [...section.matchAll(/`(\w+)(?:\(.*?\))?`/g)].map(([, name = '']) => name);
    expect(names).toContain('workloads');
    expect(names.filter((name) => !(name in sdk))).toEqual([]);
  });

  test('shows a check that is refused as it is refused', async () => {
    const [, shown = ''] = /^```\n(error: meshlint\.yaml.*?)^```$/ms.exec(page) ?? [];
    const [, settings = ''] = /## Checks\n```yaml\n(.*?)```/s.exec(page) ?? [];
    const wrong = settings.replace(/#.*$/gm, '').replace('has(self.timeout)', 'has(self.timeuot)');
    const { stderr } = await withTree({ 'meshlint.yaml': wrong }, (cwd) => run(['rules'], { cwd }));
    expect(stderr.replace(/:\d+:\d+:/, '')).toBe(shown.replace(/:\d+:\d+:/, ''));
  });
});

/** Packs what would be published, and puts it where npm would, its dependencies linked: no registry is asked. */
function install(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  const pack = ['pack', '--ignore-scripts', '--pack-destination', folder];
  const { status, stderr } = spawnSync('npm', pack, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  spawnSync('tar', ['-xzf', join(folder, tarball), '-C', modules]);
  cpSync(join(modules, 'package'), join(modules, 'meshlint'), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
}
