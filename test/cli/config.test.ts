import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Outcome, run, virtualService, withTree } from './run.ts';

const bad = virtualService('cart', 'public');
const good = virtualService('cart');

/** Runs in a folder of a tree that is a repository of its own. */
function runIn(
  files: Readonly<Record<string, string>>,
  args: readonly string[],
  folder = '.',
): Promise<Outcome> {
  return withTree({ '.git/HEAD': '', ...files }, (root) => run(args, { cwd: `${root}/${folder}` }));
}

interface Shown {
  readonly diagnostics: readonly { code: string; severity: string; location: { file: string } }[];
}

async function findings(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = ['.'],
  folder = '.',
): Promise<string[]> {
  const { stdout, stderr } = await runIn(files, ['analyze', ...args, '--format', 'json'], folder);
  expect(stderr).toBe('');
  const { diagnostics }: Shown = JSON.parse(stdout);
  return diagnostics.map(({ code, severity, location }) => `${severity} ${code} ${location.file}`);
}

describe('the file', () => {
  const closed = 'world: closed\n';
  const packaged = (meshlint: object): string => JSON.stringify({ name: 'x', meshlint });
  test.each([
    ['meshlint.yaml', closed],
    ['.meshlint.yaml', closed],
    ['meshlint.yml', closed],
    ['package.json', packaged({ world: 'closed' })],
  ])('is %s', async (name, text) => {
    expect(await findings({ [name]: text, 'a.yaml': bad })).toEqual(['error IST0101 a.yaml']);
  });
  test('is found upward, and its paths are its own', async () => {
    const files = {
      'meshlint.yaml': `${closed}inputs: [deploy]\nexclude: [deploy/old]\n`,
      'deploy/a.yaml': bad,
      'deploy/old/b.yaml': bad,
      'deeper/x.txt': '',
    };
    expect(await findings(files, [], 'deeper')).toEqual(['error IST0101 ../deploy/a.yaml']);
    expect(await findings(files, [], 'deploy/old')).toEqual(['error IST0101 ../a.yaml']);
  });
  test('above the root of the repository is not ours', async () => {
    const files = { 'meshlint.yaml': closed, 'inner/.git/HEAD': '', 'inner/a.yaml': bad };
    expect(await findings(files, ['.'], 'inner')).toEqual([]);
  });
  test('is the nearest one', async () => {
    const files = { 'meshlint.yaml': closed, 'inner/.meshlint.yaml': 'world: open\n', 'inner/a.yaml': bad };
    expect(await findings(files, ['.'], 'inner')).toEqual([]);
  });
  test.each([
    ['--no-config', []],
    ['--config=other.yaml', ['error IST0101 a.yaml']],
  ])('is replaced by %s', async (flag, expected) => {
    const files = { 'meshlint.yaml': 'world: nonsense\n', 'other.yaml': closed, 'a.yaml': bad };
    expect(await findings(files, ['a.yaml', flag])).toEqual(expected);
  });
  test('that only names the package is no configuration', async () => {
    const files = { 'package.json': '{"devDependencies": {"meshlint": "1"}}', 'a.yaml': bad };
    expect(await findings(files, ['a.yaml'])).toEqual([]);
  });
  test('may be empty', async () => {
    expect(await findings({ 'meshlint.yaml': '# nothing yet\n', 'a.yaml': good })).toEqual([]);
  });
  test('gives way to flags', async () => {
    const files = { 'meshlint.yaml': `${closed}failOn: never\n`, 'a.yaml': bad };
    expect(await findings(files, ['.', '--world', 'open'])).toEqual([]);
    expect((await runIn(files, ['analyze', '.'])).code).toBe(0);
    expect((await runIn(files, ['analyze', '.', '--fail-on', 'error'])).code).toBe(1);
  });
});

test('formats go to files beside the configuration', async () => {
  const files = {
    'meshlint.yaml': 'format: [text, json=out/report.json]\n',
    'out/x.txt': '',
    'a/b.yaml': good,
  };
  await withTree({ '.git/HEAD': '', ...files }, async (root) => {
    const { code, stdout } = await run(['analyze', '.'], { cwd: `${root}/a` });
    expect(code).toBe(0);
    expect(stdout).toContain('No issues found');
    expect(JSON.parse(readFileSync(`${root}/out/report.json`, 'utf8')).version).toBe('1');
  });
});

describe('what cannot be used is told with its place', () => {
  test.each([
    ['extend: strict\n', 'meshlint.yaml:1:1: There is no setting "extend".', 'Did you mean "extends"?'],
    ['mesh:\n  crd: [x]\n', 'meshlint.yaml:2:3: There is no setting "mesh.crd".', 'Did you mean "crds"?'],
    ['mesh: yes\n', 'meshlint.yaml:1:7: mesh cannot be true.', 'It takes a mapping of keys to values.'],
    ['world: Closed\n', 'meshlint.yaml:1:8: world cannot be "Closed".', 'Did you mean closed?'],
    [
      'cluster:\n  timeout: soon\n',
      'meshlint.yaml:2:12: cluster.timeout cannot be "soon".',
      'It takes a duration, as 90s, 2m or 500ms.',
    ],
    [
      'cluster: { secrets: all }\n',
      'meshlint.yaml:1:21: cluster.secrets cannot be "all".',
      'referenced or off',
    ],
    ['inputs: deploy\n', 'meshlint.yaml:1:9: inputs cannot be "deploy".', 'It takes a list.'],
    [
      'rules: {IST0101: eror}\n',
      'meshlint.yaml:1:18: rules.IST0101 cannot be "eror".',
      'Did you mean error?',
    ],
    [
      'rules:\n  missing-gatway: off\n',
      'meshlint.yaml:2:3: "missing-gatway" is no rule and no code.',
      'Did you mean missing-gateway?',
    ],
    ['rules: {IST1907: off}\n', 'meshlint.yaml:1:18: IST1907 cannot be off', '--ignore-unknown'],
    ['overrides:\n  - files: [a]\n', 'meshlint.yaml:2:5: overrides[0] has no "rules".', 'Add rules.'],
    ['extends: strikt\n', 'meshlint.yaml:1:10: extends names "strikt"', 'Did you mean strict?'],
    ['extends: [./x.yaml]\n', 'meshlint.yaml:1:11: extends names ./x.yaml, and x.yaml cannot be read', ''],
    ['extends: ./meshlint.yaml\n', 'extends goes round in a circle', ''],
    ['mesh: {meshConfig: x.yaml}\n', 'meshlint.yaml:1:20: x.yaml does not exist.', ''],
    ['world: [\n', 'meshlint.yaml:1:', 'Mend the YAML'],
    ['world: open\n---\nworld: open\n', 'meshlint.yaml:3:1: A second document', ''],
    ['world: open\nworld: closed\n', 'meshlint.yaml:2:1: "world" stands here twice.', ''],
    ['- a\n', 'The configuration cannot be a list.', ''],
    [
      'mesh: {istioVersion: next}\n',
      'meshlint.yaml:1:22: mesh.istioVersion cannot be "next".',
      'It takes a release',
    ],
    ['format: [text, xml]\n', 'meshlint.yaml:1:9: format cannot be "xml".', 'It takes text'],
    ['options: {IST0118: 9}\n', 'meshlint.yaml:1:20: options.IST0118 cannot be 9.', 'It takes a mapping'],
    ['options: {IST0981: {x: 1}}\n', 'meshlint.yaml:1:11: "IST0981" is no rule and no code.', ''],
    ['options: {missing-gateway: {x: 1}}\n', '1:11: missing-gateway has no options.', 'meshlint explain'],
    ['options: {IST0118: {ports: [1]}}\n', '1:21: IST0118 has no option "ports".', 'It has ignorePorts.'],
    ['options: {IST0108: {knwon: [a]}}\n', '1:21: IST0108 has no option "knwon".', 'Did you mean known?'],
    [
      'options: {IST0118: {ignorePorts: ["9"]}}\n',
      'meshlint.yaml:1:34: options.IST0118.ignorePorts has a wrong value.',
      'It takes a list of whole numbers.',
    ],
  ])('%j', async (text, message, help) => {
    const { code, stdout, stderr } = await runIn({ 'meshlint.yaml': text, 'a.yaml': bad }, ['analyze', '.']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain(help);
  });
  test('all at once', async () => {
    const { stderr } = await runIn({ 'meshlint.yaml': 'a: 1\nb: 2\n' }, ['world', '.']);
    expect(stderr.match(/There is no setting/g)).toHaveLength(2);
  });
  test('when --config names no file', async () => {
    const { code, stderr } = await runIn({}, ['analyze', '.', '--config', 'gone.yaml']);
    expect(code).toBe(2);
    expect(stderr).toContain('gone.yaml cannot be read: it does not exist.');
  });
});

describe('severities', () => {
  const both = { 'a.yaml': bad, 'prod/b.yaml': virtualService('till', 'privat', 'prod') };
  const found = (a: string, b: string): string[] =>
    [`${a} IST0101 a.yaml`, `${b} IST0101 prod/b.yaml`].filter((line) => !line.startsWith('off'));
  test.each([
    ['rules: {IST0101: warning}', 'warning', 'warning'],
    ['rules: {ist0101: info}', 'info', 'info'],
    ['rules: {routing/missing-gateway: off}', 'off', 'off'],
    ['rules: {missing-gateway: off}', 'off', 'off'],
    ['rules: {IST0101: off, missing-gateway: info}', 'info', 'info'],
    ['rules: {"*": off, routing/*: warning}', 'warning', 'warning'],
    ['rules: {"*": off}', 'off', 'off'],
    ['overrides: [{files: [prod], rules: {IST0101: info}}]', 'error', 'error'],
    ['overrides: [{files: [prod/**], rules: {IST0101: info}}]', 'error', 'info'],
    ['overrides: [{namespaces: [pr*], rules: {IST0101: off}}]', 'error', 'off'],
    ['overrides: [{namespaces: [shop], files: ["prod/**"], rules: {IST0101: off}}]', 'error', 'error'],
    ['rules: {IST0101: off}\noverrides: [{files: ["b.yaml"], rules: {IST0101: on}}]', 'off', 'error'],
  ])('%s', async (text, a, b) => {
    const expected = found(a, b);
    expect(await findings({ 'meshlint.yaml': `world: closed\n${text}\n`, ...both })).toEqual(expected);
  });
  test('count for the exit code', async () => {
    const files = { 'meshlint.yaml': 'world: closed\nrules: {IST0101: warning}\n', ...both };
    expect((await runIn(files, ['analyze', '.'])).code).toBe(0);
    expect((await runIn(files, ['analyze', '.', '--fail-on', 'warning'])).code).toBe(1);
  });
  test('give way to --rule and --disable', async () => {
    const off = { 'meshlint.yaml': 'world: closed\nrules: {IST0101: off}\n', 'a.yaml': bad };
    expect(await findings(off, ['.', '--rule', 'missing-gateway'])).toEqual(['error IST0101 a.yaml']);
    const on = { 'meshlint.yaml': 'world: closed\nrules: {IST0101: warning}\n', 'a.yaml': bad };
    expect(await findings(on, ['.', '--disable', 'IST0101'])).toEqual([]);
  });
  test('never hide why an analysis is incomplete', async () => {
    const files = { 'meshlint.yaml': 'rules: {"*": off}\n', 'a.yaml': 'a: "open\n' };
    const { code, stdout } = await runIn(files, ['analyze', '.']);
    expect(code).toBe(3);
    expect(stdout).toContain('IST1907');
  });
  test('of layers: the file wins over what it extends', async () => {
    const files = {
      'meshlint.yaml': 'extends: [strict, ./base/base.yaml]\nrules: {IST0101: info}\n',
      'base/base.yaml': 'world: closed\nexclude: [x.yaml]\nrules: {IST0101: warning}\n',
      'a.yaml': bad,
      'x.yaml': virtualService('other', 'public'),
      'base/x.yaml': bad,
    };
    expect(await findings(files)).toEqual(['info IST0101 a.yaml', 'info IST0101 x.yaml']);
  });
});

describe('options', () => {
  const files = {
    'a.yaml': `apiVersion: v1
kind: Service
metadata:
  name: till
  namespace: shop
  annotations: { gates.istio.io/open: "9", policy.istio.io/check: "x" }
spec: { ports: [{ port: 9090 }, { port: 80 }] }
`,
  };
  const both = ['info IST0108 a.yaml', 'info IST0108 a.yaml'];
  const ports = ['info IST0118 a.yaml', 'info IST0118 a.yaml'];
  test.each([
    ['', [...both, ...ports]],
    ['options: {IST0118: {ignorePorts: [9090]}}', [...both, ...ports.slice(1)]],
    ['options: {unnamed-port-protocol: {ignorePorts: [80, 9090]}}', both],
    ['options: {input/unknown-annotation: {known: [gates.istio.io/*]}}', [...both.slice(1), ...ports]],
    ['options: {IST0108: {known: [gates.istio.io/open, policy.istio.io/check]}}', ports],
    ['options: {IST0108: {known: [gates]}}', [...both, ...ports]],
  ])('%s', async (text, expected) => {
    expect(await findings({ 'meshlint.yaml': `${text}\n`, ...files })).toEqual(expected);
  });
  test('of layers: the file wins over what it extends', async () => {
    const tree = {
      'meshlint.yaml': 'extends: ./base.yaml\noptions: {IST0118: {ignorePorts: [80]}}\n',
      'base.yaml': 'options: {IST0108: {known: ["*"]}, IST0118: {ignorePorts: [80, 9090]}}\n',
    };
    expect(await findings({ ...tree, ...files })).toEqual(ports.slice(1));
    const { stdout } = await runIn(tree, ['config']);
    expect(stdout).toMatch(/^ {4}ignorePorts:\n {6}- 80 +# meshlint\.yaml:2\n(?! {6}-)/m);
  });
});

describe('input', () => {
  test.each([
    ['include: ["*.mesh.yaml"]', ['a.mesh.yaml', 'sub/b.mesh.yaml']],
    ['include: [sub/**]', ['sub/b.mesh.yaml', 'sub/c.yaml']],
    ['exclude: [sub]', ['a.mesh.yaml', 'c.yaml']],
    ['exclude: [c.yaml]', ['a.mesh.yaml', 'sub/b.mesh.yaml']],
    ['exclude: [./c.yaml]', ['a.mesh.yaml', 'sub/b.mesh.yaml', 'sub/c.yaml']],
    ['exclude: [sub/]', ['a.mesh.yaml', 'c.yaml']],
  ])('%s', async (text, expected) => {
    const files = { 'a.mesh.yaml': bad, 'c.yaml': bad, 'sub/b.mesh.yaml': bad, 'sub/c.yaml': bad };
    const shown = await findings({ 'meshlint.yaml': `world: closed\n${text}\n`, ...files });
    expect([...new Set(shown.map((line) => line.split(' ').at(-1)))]).toEqual(expected);
  });
  test('that is named is read though it is not included, and not read though it is excluded', async () => {
    const files = { 'meshlint.yaml': 'world: closed\ninclude: [x]\nexclude: [old]\n', 'a.yaml': bad };
    expect(await findings(files, ['a.yaml'])).toEqual(['error IST0101 a.yaml']);
    expect(await findings({ ...files, 'old/a.yaml': bad }, ['old/a.yaml'])).toEqual([]);
  });
  test('without a namespace stands in the one of the configuration, unless its kustomization has one', async () => {
    const files = {
      'meshlint.yaml': 'namespace: rest\n',
      'a/a.yaml': virtualService('a', undefined, ''),
      'b/b.yaml': virtualService('b', undefined, ''),
      'b/kustomization.yaml': 'namespace: own\nresources: [b.yaml]\n',
    };
    const { stdout } = await runIn(files, ['world', '.', '--format', 'json']);
    const { namespaces, floating }: { namespaces: { name: string }[]; floating: unknown[] } =
      JSON.parse(stdout);
    expect(namespaces.map(({ name }) => name)).toEqual(['own', 'rest']);
    expect(floating).toEqual([]);
  });
  test('of other commands is the same', async () => {
    const files = { 'meshlint.yaml': 'world: closed\ninputs: [deploy]\n', 'deploy/a.yaml': bad };
    for (const command of ['graph', 'world']) {
      const { code, stdout } = await runIn(files, [command]);
      expect(code).toBe(0);
      expect(stdout).toContain('shop');
    }
  });
});

describe('presets', () => {
  test.each(['recommended', 'strict', 'security'])('%s can be extended', async (preset) => {
    const files = { 'meshlint.yaml': `extends: ${preset}\nworld: closed\n`, 'a.yaml': bad };
    const expected = preset === 'security' ? [] : ['error IST0101 a.yaml'];
    expect(await findings(files)).toEqual(expected);
  });
  test.each([
    ['strict', 1],
    ['recommended', 0],
  ])('%s and the exit code of warnings', async (preset, code) => {
    const files = {
      'meshlint.yaml': `extends: ${preset}\nworld: closed\nrules: {IST0101: warning}\n`,
      'a.yaml': bad,
    };
    expect((await runIn(files, ['analyze', '.'])).code).toBe(code);
  });
  test('strict switches every rule on', async () => {
    const files = { 'meshlint.yaml': 'extends: strict\n', 'a.yaml': good };
    const { stdout } = await runIn(files, ['analyze', '.', '--format', 'json']);
    const { coverage }: { coverage: { rules: { skipped: { why: string }[] } } } = JSON.parse(stdout);
    expect(coverage.rules.skipped.filter(({ why }) => why.startsWith('opt-in'))).toEqual([]);
  });
});

describe('meshlint config', () => {
  const files = {
    'meshlint.yaml': 'extends: [strict, ./base.yaml]\nworld: closed\nmesh:\n  istioVersion: 1.30\n',
    'base.yaml': 'world: open\nexclude: [old]\nrules: {IST0118: off}\n',
  };
  const lines = async (args: readonly string[], tree = files): Promise<string[]> =>
    (await runIn(tree, ['config', ...args])).stdout.split('\n').map((line) => line.replace(/ +/g, ' '));
  test('tells where each value comes from', async () => {
    const shown = await lines(['deploy', '--show', 'error', '--disable', 'IST0102']);
    expect(shown).toEqual(
      expect.arrayContaining([
        'world: closed # meshlint.yaml:2',
        ' istioVersion: "1.30" # meshlint.yaml:4',
        ' trustDomain: cluster.local # default',
        ' - old # base.yaml:2',
        ' IST0118: off # base.yaml:3',
        ' IST0102: off # --disable',
        'failOn: warning # preset strict',
        'show: error # --show',
        ' - deploy # command line',
      ]),
    );
  });
  test('works without a configuration', async () => {
    expect(await lines(['--no-config'])).toContain('world: auto # default');
  });
  test('as JSON has the same', async () => {
    const { stdout } = await runIn(files, ['config', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      version: '1',
      layers: ['strict', 'base.yaml', 'meshlint.yaml'],
      settings: expect.arrayContaining([
        { path: ['failOn'], value: 'warning', origin: { from: 'preset', preset: 'strict' } },
        {
          path: ['world'],
          value: 'closed',
          origin: { from: 'file', file: 'meshlint.yaml', line: 2, column: 8 },
        },
      ]),
    });
  });
  test('refuses what analyze refuses', async () => {
    expect((await runIn({ 'meshlint.yaml': 'wrold: open\n' }, ['config'])).code).toBe(2);
  });
});

test('meshlint rules shows the severities of the configuration', async () => {
  const files = { 'meshlint.yaml': 'rules: {missing-gateway: info, IST1128: on, "mtls/*": off}\n' };
  const { stdout } = await runIn(files, ['rules']);
  expect(stdout).toMatch(/routing\/missing-gateway +info \(error\) /);
  expect(stdout).toMatch(/authz\/allow-nothing-policy +\w+ \(on\) /);
  expect(stdout).toMatch(/mtls\/tls-without-mode +off \(\w+\) /);
  const json = await runIn(files, ['rules', '--format', 'json']);
  const { rules }: { rules: { name: string; configured?: string }[] } = JSON.parse(json.stdout);
  expect(rules.find(({ name }) => name === 'routing/missing-gateway')?.configured).toBe('info');
  expect(rules.find(({ name }) => name === 'routing/missing-subset')?.configured).toBeUndefined();
});
