import { describe, expect, test } from 'vitest';
import { run, virtualService, withTree } from './run.ts';

const good = virtualService('cart');

/** The flags of `istioctl analyze`, as scripts write them. */
const borrowed = [
  ['--use-kube=false'],
  ['-k=false'],
  ['--failure-threshold', 'Error'],
  ['--output-threshold', 'Info'],
  ['--output', 'json'],
  ['-o', 'log'],
  ['-A'],
  ['--all-namespaces'],
  ['-n', 'shop'],
  ['-S', 'IST0101=VirtualService a.b', '-S', 'IST0103=Pod *'],
  ['-R'],
  ['--recursive=true'],
  ['--revision', 'canary'],
  ['-r', 'canary'],
  ['--remote-contexts', 'a,b'],
  ['--timeout', '30s'],
  ['--use-kube=false', '--kubeconfig', 'gone', '--context', 'prod', '--istioNamespace', 'istio-system'],
  ['-c', 'gone', '--use-kube=false'],
  ['--ignore-unknown'],
  ['--color=false'],
  ['--color'],
  ['--verbose=false'],
  ['-Av'],
  ['-nshop'],
];

test.each(borrowed.map((flags) => [flags.join(' '), flags]))(
  'istioctl flags are accepted: %s',
  async (_, flags) => {
    await withTree({ 'a.yaml': good }, async (cwd) => {
      const { code, stderr } = await run(['analyze', ...flags, 'a.yaml'], { cwd });
      expect({ code, stderr: stderr.replace(/^note: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
    });
  },
);

test('mesh settings come from flags', async () => {
  await withTree(
    { 'a.yaml': good, 'mesh.yaml': 'rootNamespace: mesh\n', 'networks.yaml': 'networks: {}\n' },
    async (cwd) => {
      const args = [
        '--mesh-networks',
        'networks.yaml',
        '--cluster-domain',
        'c.test',
        '--istio-version',
        'v1.28.1',
      ];
      for (const spelling of ['--mesh-config', '--meshConfigFile']) {
        const { stdout } = await run(['analyze', 'a.yaml', '-o', 'json', spelling, 'mesh.yaml', ...args], {
          cwd,
        });
        expect(JSON.parse(stdout).coverage.mesh).toMatchObject({
          rootNamespace: 'mesh',
          clusterDomain: 'c.test',
        });
      }
    },
  );
});

test('flags without a meaning for files are noted', async () => {
  await withTree({ 'a.yaml': good }, async (cwd) => {
    const { code, stderr } = await run(['analyze', 'a.yaml', '--timeout', '5s'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toBe('note: --timeout has no meaning for files and is ignored\n');
  });
});

describe('what cannot be used exits 2 with a hint', () => {
  const cases: [string[], string][] = [
    [['analyze', '--formt', 'json', 'a.yaml'], 'Did you mean --format?'],
    [['analyse', 'a.yaml'], 'Did you mean analyze?'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['analyze', '--format'], 'argument missing'],
    [['analyze', 'a.yaml', '--format', 'serif'], 'Did you mean sarif?'],
    [['analyze', 'a.yaml', '--format', 'sarif='], '--format sarif= names no file.'],
    [['analyze', 'a.yaml', '--format', 'sarif', '-o', 'text'], 'not both sarif and text'],
    [['analyze', 'a.yaml', '--format', 'sarif=a', '-o', 'text=./a'], 'Two formats would be written to'],
    [
      ['analyze', 'a.yaml', '--format', 'sarif=a', '--output-file', 'b'],
      'Give each format its file, as --format sarif=a.',
    ],
    [
      ['analyze', 'a.yaml', '--format', 'text', '-o', 'json', '--output-file', 'b'],
      '--output-file goes with one --format',
    ],
    [['analyze', 'a.yaml', '--world', 'flat'], 'It takes auto, open or closed.'],
    [['analyze', 'a.yaml', '--fail-on', 'fatal'], 'It takes error, warning, info or never.'],
    [['analyze', 'a.yaml', '--show', 'never'], 'It takes error, warning or info.'],
    [['analyze', 'a.yaml', '--istio-version', 'latest'], '--istio-version cannot be "latest"'],
    [['analyze', 'a.yaml', '--upgrade-to', 'next'], '--upgrade-to cannot be "next"'],
    [['analyze', 'a.yaml', '--upgrade-to', '1.30'], 'nothing says which release of Istio is in use'],
    [
      ['analyze', 'a.yaml', '--istio-version', '1.30', '--upgrade-to', '1.30.2'],
      '--upgrade-to 1.30 is not after 1.30, which --istio-version names',
    ],
    [['analyze', 'a.yaml', '--mesh-config', 'gone.yaml'], 'gone.yaml'],
    [['analyze', 'a.yaml', '-k'], 'There is no cluster to read: KUBECONFIG is not set, and'],
    [['analyze', 'a.yaml', '--use-kube=true'], 'A cluster is read with --kubeconfig FILE.'],
    [['analyze', 'a.yaml', '-k', '--staged'], '--use-kube cannot be combined with --staged.'],
    [['analyze', 'a.yaml', '--context', 'prod'], 'Add --use-kube to lay the files over the cluster'],
    [['analyze'], 'No path was given, and there is no cluster to read: KUBECONFIG is not set, and'],
    [['analyze', '--offline'], 'No path was given, and --offline reads no cluster.'],
    [['analyze', '--timeout', 'soon'], '--timeout cannot be "soon".'],
    [['analyze', '--request-timeout', '5'], '--request-timeout cannot be "5".'],
    [['analyze', '--secrets', 'all'], 'It takes referenced or off.'],
    [['explain', 'IST9999'], '"meshlint rules" lists all rules.'],
    [['explain', 'missing-gatway'], 'Did you mean missing-gateway?'],
    [['explain'], 'missing required argument'],
    [['rules', '--format', 'xml'], 'It takes table or json.'],
    [['world', '--format', 'yaml', 'a.yaml'], 'It takes text or json.'],
    [[], 'Usage: meshlint'],
  ];
  test.each(cases)('%j', async (args, hint) => {
    await withTree({ 'a.yaml': good }, async (cwd) => {
      const { code, stdout, stderr } = await run(args, { cwd });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(hint);
      expect(stderr).not.toContain('    at ');
    });
  });
});

test.each([
  ['--help'],
  ['analyze', '--help'],
  ['help', 'analyze'],
  ['rules', '-h'],
  ['explain', '-h'],
  ['world', '-h'],
  ['graph', '-h'],
])('help is printed: %s %s', async (...args) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Usage: meshlint');
  expect(stdout).toContain('Examples:');
});

test('the version is printed', async () => {
  const { code, stdout } = await run(['--version']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^[0-9]+\.[0-9]+\.[0-9]+\S*\n$/);
});
