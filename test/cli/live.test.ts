// A cluster is read wherever files are: by every command, as kubectl would find it, and without leaving a trace.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiServer, readObjects, startApiServer } from '../support/api-server/start.ts';
import { healthyObjects } from '../support/healthy-mesh.ts';
import { allBut } from './live-faults.ts';
import { type Outcome, run, type Setting, virtualService, withTree } from './run.ts';
import { hasTerminal, startInTerminal, until } from './terminal.ts';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const wrong = readObjects(
  [virtualService('cart', 'public', 'books'), virtualService('till', 'gone', 'edge')].join('---\n'),
);

let server: ApiServer;
let home = '';
beforeAll(async () => {
  const objects = healthyObjects();
  server = await startApiServer({
    objects,
    clusters: {
      wrong: { objects: [...objects, ...wrong] },
      slow: { objects, latencyMs: 150 },
      silent: { objects, faults: [{ match: '/pods\\?', hang: true }] },
      narrow: { objects, rbac: allBut('pods') },
      blind: { objects, rbac: allBut('services') },
    },
  });
  home = mkdtempSync(join(tmpdir(), 'meshlint-'));
  mkdirSync(join(home, '.kube'));
  const config = server.kubeconfig({ clusters: ['main', 'wrong', 'slow', 'silent', 'narrow', 'blind'] });
  writeFileSync(join(home, '.kube/config'), readFileSync(config));
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => server.forgetRequests());

function meshlint(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  return run(args, { cwd: home, ...setting, env: { HOME: home, ...setting.env } });
}

const clean = /^No issues found in cluster main, 36 resources\n/;

describe('the cluster', () => {
  test('is the current one of ~/.kube/config', async () => {
    const { code, stdout, stderr } = await meshlint(['analyze']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(clean);
  });
  test('is the one that KUBECONFIG names', async () => {
    const KUBECONFIG = server.kubeconfig({ clusters: ['wrong'] });
    const { code, stdout } = await meshlint(['analyze'], { env: { KUBECONFIG } });
    expect(code).toBe(1);
    expect(stdout).toContain('--> cluster wrong: VirtualService books/cart  spec.gateways[0]');
  });
  test.each([
    { args: ['--context', 'wrong'], code: 1 },
    { args: ['--context=main'], code: 0 },
    { args: ['--use-kube'], code: 0 },
    { args: ['-k', '--context', 'wrong'], code: 1 },
  ])('is the one that flags name: $args', async ({ args, code }) => {
    expect((await meshlint(['analyze', ...args])).code).toBe(code);
  });
  test('is left alone when paths are given, or inputs of a configuration', async () => {
    const files = { 'a.yaml': virtualService('cart'), 'meshlint.yaml': 'inputs: [a.yaml]\n' };
    await withTree(files, async (cwd) => {
      for (const args of [['analyze', 'a.yaml'], ['analyze']]) {
        expect((await meshlint(args, { cwd })).stdout).toContain('in 1 file');
      }
      expect(await server.requests()).toEqual([]);
      expect((await meshlint(['analyze', '--context', 'main'], { cwd })).stdout).toMatch(clean);
    });
  });
  test('is judged by what the configuration says of rules', async () => {
    await withTree({ 'meshlint.yaml': 'rules: { IST0101: off }\n' }, async (cwd) => {
      expect((await meshlint(['analyze', '--context', 'wrong'], { cwd })).code).toBe(0);
    });
  });
});

test('nothing that talks to clusters is loaded for files', async () => {
  const hook =
    "process.on('exit', () => require('fs').writeFileSync('loaded', process.moduleLoadList.join('\\n')))";
  await withTree({ 'a.yaml': virtualService('cart'), 'hook.cjs': hook }, async (cwd) => {
    const loaded = async (args: readonly string[]): Promise<boolean> => {
      await meshlint(['analyze', ...args], {
        cwd,
        env: { NODE_OPTIONS: `--require ${join(cwd, 'hook.cjs')}` },
      });
      return readFileSync(join(cwd, 'loaded'), 'utf8').includes('NativeModule https');
    };
    expect(await loaded(['a.yaml'])).toBe(false);
    expect(await loaded([])).toBe(true);
  });
});

describe('the report', () => {
  test('has a cluster as place, and no file', async () => {
    const { stdout } = await meshlint(['analyze', '--context', 'wrong', '-o', 'json']);
    const { diagnostics, coverage } = JSON.parse(stdout);
    expect(diagnostics).toHaveLength(2);
    expect(diagnostics[0]).toMatchObject({
      code: 'IST0101',
      resource: { kind: 'VirtualService', namespace: 'books', name: 'cart' },
      path: ['spec', 'gateways', 0],
      location: { cluster: 'wrong' },
    });
    expect(coverage).toMatchObject({ world: 'live', files: 0, live: { cluster: 'wrong', unread: [] } });
  });
  test('is about one namespace with -n, and the whole cluster is read', async () => {
    const { code, stdout } = await meshlint(['analyze', '--context', 'wrong', '-n', 'edge', '-o', 'json']);
    const { diagnostics, summary } = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(diagnostics.map(({ resource }: { resource: { name: string } }) => resource.name)).toEqual([
      'till',
    ]);
    expect(summary.hidden).toBe(1);
    const all = await meshlint(['analyze', '--context', 'wrong', '-n', 'edge', '-A', '-o', 'json']);
    expect(JSON.parse(all.stdout).diagnostics).toHaveLength(2);
  });
});

describe('other commands read it, too:', () => {
  test.each([
    { args: ['world'], says: /^World live; root namespace istio-system/ },
    { args: ['graph'], says: /^flowchart LR\n/ },
    { args: ['describe', 'Service/readers/accounts'], says: /Service readers\/accounts/ },
    { args: ['explain', 'waypoint', 'Service/readers/accounts'], says: /waypoint/ },
    { args: ['baseline', '--context', 'wrong'], says: /./ },
  ])('$args', async ({ args, says }) => {
    await withTree({}, async (cwd) => {
      const { code, stdout, stderr } = await meshlint(args, { cwd });
      expect(code, stderr).toBe(0);
      expect(stdout + stderr).toMatch(says);
    });
  });
  test.each([
    [['world']],
    [['graph']],
    [['describe', 'Service/readers/accounts']],
    [['explain', 'waypoint', 'Service/readers/accounts']],
  ])('%s tells what was not read, and exits with 3', async (args) => {
    const { code, stdout, stderr } = await meshlint([...args, '--context', 'narrow']);
    expect(code).toBe(3);
    expect(stdout + stderr).toContain('Pods could not be read: forbidden');
  });
});

test('what may be in a cluster is not called missing', async () => {
  const args = ['describe', 'Service/readers/accounts', '--context', 'blind'];
  const { code, stdout, stderr } = await meshlint(args);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('is not known: Services could not be read: forbidden.');
});

test('answers name the cluster as the place', async () => {
  const args = ['explain', 'waypoint', 'Service/readers/accounts'];
  expect((await meshlint(args)).stdout).toContain('cluster main: Gateway readers/waypoint');
  const { sections } = JSON.parse((await meshlint([...args, '--format', 'json'])).stdout);
  expect(sections[0].steps[0].places[0]).toEqual({
    resource: expect.objectContaining({ kind: 'Namespace', name: 'readers' }),
    field: 'metadata.labels["istio.io/use-waypoint"]',
    cluster: 'main',
  });
});

describe('nothing is sent', () => {
  test('but GET, for lists and the certificates that are named', async () => {
    await meshlint(['analyze']);
    const asked = await server.requests();
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(asked.every(({ inFlight }) => inFlight <= 6)).toBe(true);
    const secrets = asked.filter(({ resource }) => resource === 'secrets');
    expect(secrets.map(({ verb, path }) => `${verb} ${path}`)).toEqual([
      'get /api/v1/namespaces/edge/secrets/edge-certificate',
    ]);
    const configMaps = asked.filter(({ resource }) => resource === 'configmaps');
    expect(configMaps.map(({ namespace }) => namespace)).toEqual(['istio-system']);
  });
  test('of credentials over plain HTTP', async () => {
    const KUBECONFIG = server.kubeconfig({ door: 'plain' });
    expect((await meshlint(['analyze'], { env: { KUBECONFIG } })).code).toBe(0);
    const asked = await server.requests();
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter(({ authorized }) => authorized)).toEqual([]);
  });
});

test('what says nothing about a cluster is noted', async () => {
  const { code, stderr } = await meshlint(['analyze', '--exclude', 'x']);
  expect(code).toBe(0);
  expect(stderr).toBe('note: --exclude has no meaning for a cluster and is ignored\n');
});

test.each([
  [['--fix'], '--fix repairs files, and none is named.'],
  [['--timeout', '0s'], '--timeout cannot be "0s".'],
  [['--revision', 'canary'], 'no revision "canary" of Istio'],
])('%s is refused', async (args, says) => {
  // Revisions are told by Deployments of istiod.
  await server.apply([istiod]);
  const { code, stderr } = await meshlint(['analyze', ...args]);
  await server.remove([istiod]);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
});

const istiod = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'istiod', namespace: 'istio-system', labels: { app: 'istiod' } },
  spec: {
    selector: { matchLabels: { app: 'istiod' } },
    template: { metadata: { labels: { app: 'istiod' } } },
  },
};

test('Ctrl-C ends at once, with 130', async () => {
  const child = spawn(process.execPath, [command, 'analyze', '--context', 'silent'], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home },
  });
  while ((await server.requests('silent')).length < 10) await new Promise((wait) => setTimeout(wait, 20));
  const start = performance.now();
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(code).toBe(130);
  expect(performance.now() - start).toBeLessThan(1000);
});

test('manifests that are piped in and not named are not passed over in silence', async () => {
  const note = 'note: the current cluster is read, and not standard input: that is what "-" stands for\n';
  const piped = (args: string): string => {
    const line = `echo 'kind: List' | "$NODE" "$MESHLINT" ${args}`;
    const env = { PATH: process.env.PATH, HOME: home, NODE: process.execPath, MESHLINT: command };
    return spawnSync('sh', ['-c', line], { cwd: home, env, encoding: 'utf8' }).stderr;
  };
  expect(piped('analyze')).toBe(note);
  expect(piped('world')).toBe(note);
  for (const args of ['analyze -', 'analyze -q', 'analyze --context main', 'analyze -k']) {
    expect(piped(args), args).toBe('');
  }
});

test('a cluster that takes long is named where no progress is seen', async () => {
  const args = ['analyze', '--context', 'silent', '--timeout', '6s'];
  const [told, quiet] = await Promise.all([meshlint(args), meshlint([...args, '-q'])]);
  expect(told).toMatchObject({
    code: 3,
    stderr: `note: reading cluster silent at ${server.url('silent')}, for at most 6 s (--timeout)\n`,
  });
  expect(quiet).toMatchObject({ code: 3, stderr: '' });
}, 20_000);

describe.skipIf(!hasTerminal)('on a terminal', () => {
  const inTerminal = (line: string): ReturnType<typeof startInTerminal> =>
    startInTerminal(line, { cwd: home, env: { HOME: home } });

  test.each([
    'analyze',
    'analyze --watch',
    'world',
    'describe Service/readers/accounts',
    'snapshot --output-file gone.snapshot',
    'analyze --remote-contexts main',
  ])('Ctrl-C ends `%s` with 130 and no half report', async (args) => {
    const terminal = inTerminal(`meshlint ${args} --context silent`);
    await until(() => /reading cluster silent/.test(terminal.output()), terminal.output);
    const start = performance.now();
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(130);
    expect(performance.now() - start).toBeLessThan(1500);
    // Lines that were shown for a while, and nothing but these.
    for (const line of terminal.output().split('\r\u001b[K').slice(1)) {
      expect(line).toMatch(/^reading cluster (?:silent|main)[^\n]*?(?:\^C)?(?:\r\n)?$/);
    }
    expect(existsSync(join(home, 'gone.snapshot'))).toBe(false);
  });

  test.each([
    ['--quiet', {}],
    ['--no-color --quiet', { TERM: 'dumb' }],
  ])('%s shows no progress', async (flags, env) => {
    const line = `meshlint analyze ${flags} --context slow`;
    const terminal = startInTerminal(line, { cwd: home, env: { HOME: home, ...env } });
    expect(await terminal.ended).toBe(0);
    expect(terminal.output()).toBe('');
  });

  test.each([
    ['', {}, true],
    ['--no-color', {}, false],
    ['', { NO_COLOR: '1' }, false],
    ['', { TERM: 'dumb' }, false],
  ])('colours with flags %j and %j: %s', async (flags, env, colors) => {
    const line = `meshlint analyze ${flags} --context wrong`;
    const terminal = startInTerminal(line, { cwd: home, env: { HOME: home, ...env } });
    expect(await terminal.ended).toBe(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it begins every colour.
    expect(/\u001b\[[0-9]+m/.test(terminal.output())).toBe(colors);
  });
});

test.skipIf(!hasTerminal)('progress is shown on a terminal, and is gone before the report', async () => {
  const terminal = startInTerminal('meshlint analyze --no-color --context slow', {
    cwd: home,
    env: { HOME: home },
  });
  await terminal.ended;
  const shown = terminal.output().split('\r\u001b[K');
  expect(shown).toContainEqual(
    expect.stringMatching(/^reading cluster slow: [0-9]+ of [0-9]+ kinds, [0-9,]+ objects$/),
  );
  expect(shown.at(-1)).toMatch(/^No issues found in cluster slow/);
});
