import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { run, withTree } from './run.ts';
import { namespace, route, snapshotText, stateOf } from './snapshots.ts';

const shop = stateOf('prod', [namespace('shop'), route('cart', 'shop/public')]);
const only = ['--rule', 'IST0101'];

describe('a snapshot', () => {
  test.each(['cluster.snapshot', 'cluster.yaml', 'cluster.json', 'no-name'])(
    'is told by what is in %s',
    async (name) => {
      await withTree({ [name]: await snapshotText(shop) }, async (cwd) => {
        const { code, stdout, stderr } = await run(['analyze', name, ...only], { cwd });
        expect(stderr).toBe('');
        expect(stdout).toContain('VirtualService shop/cart');
        expect(stdout).toContain('prod');
        expect(code).toBe(1);
      });
    },
  );

  test('may be compressed, and come in on standard input', async () => {
    const text = await snapshotText(shop);
    const formats = [[], ['--format', 'json'], ['--format', 'sarif'], ['-v']];
    await withTree({ plain: text, packed: gzipSync(text) }, async (cwd) => {
      for (const format of formats) {
        const plain = await run(['analyze', 'plain', ...format], { cwd });
        expect(plain).toMatchObject({ code: 1, stderr: '' });
        expect(await run(['analyze', 'packed', ...format], { cwd })).toEqual(plain);
        expect(await run(['analyze', '-', ...format], { cwd, input: text })).toEqual(plain);
      }
    });
  });

  test.each<[string, string[], RegExp]>([
    ['world', ['world', 'prod.snapshot'], /shop/],
    ['graph', ['graph', 'prod.snapshot'], /shop\/public/],
    ['describe', ['describe', 'Namespace/shop', 'prod.snapshot'], /Namespace shop/],
    [
      'baseline',
      ['baseline', 'prod.snapshot', '--baseline', 'known.json'],
      /known\.json: \d+ known findings?/,
    ],
    [
      'analyze --cluster',
      ['analyze', '--cluster', 'west=prod.snapshot'],
      /VirtualService shop\/cart \(cluster west\)/,
    ],
  ])('is what `%s` takes', async (_, args, expected) => {
    await withTree({ 'prod.snapshot': await snapshotText(shop) }, async (cwd) => {
      const { code, stdout, stderr } = await run(args, { cwd });
      expect(stderr).toBe('');
      expect(stdout).toMatch(expected);
      expect(code).toBe(args[0] === 'analyze' ? 1 : 0);
    });
  });

  test('says nothing is missing of what was not read', async () => {
    const outcome = {
      kind: 'Gateway',
      resource: 'gateways',
      group: 'networking.istio.io',
      state: 'forbidden',
      namespaces: 'all',
      count: 0,
      permission: '- {apiGroups: ["networking.istio.io"], resources: [gateways], verbs: [list]}',
    } as const;
    const unread = stateOf('prod', [namespace('shop'), route('cart', 'shop/public')], [outcome]);
    await withTree({ 'prod.snapshot': await snapshotText(unread) }, async (cwd) => {
      const { code, stdout } = await run(['analyze', 'prod.snapshot', '--format', 'json', ...only], { cwd });
      const report: unknown = JSON.parse(stdout);
      expect(report).toMatchObject({
        summary: { errors: 0, incomplete: true },
        coverage: {
          live: { unread: [{ kind: 'Gateway', state: 'forbidden', permission: outcome.permission }] },
        },
      });
      expect(code).toBe(3);
    });
  });

  test('holds every revision, of which --revision chooses', async () => {
    const istiod = (revision: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: `istiod-${revision}`,
        namespace: 'istio-system',
        labels: { app: 'istiod', 'istio.io/rev': revision },
      },
      spec: { selector: {}, template: {} },
    });
    const settings = (name: string, trustDomain: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'istio-system' },
      data: { mesh: `trustDomain: ${trustDomain}\n` },
    });
    const both = stateOf('prod', [
      istiod('default'),
      istiod('canary'),
      settings('istio', 'old.example'),
      settings('istio-canary', 'new.example'),
    ]);
    await withTree({ 'prod.snapshot': await snapshotText(both) }, async (cwd) => {
      for (const [flags, trustDomain] of [
        [[], 'old.example'],
        [['--revision', 'canary'], 'new.example'],
        [['--revision', 'default'], 'old.example'],
      ] as const) {
        const args = ['prod.snapshot', ...flags, '--format', 'json'];
        for (const command of ['analyze', 'world']) {
          const { stdout, stderr } = await run([command, ...args], { cwd });
          const { coverage, mesh } = JSON.parse(stdout);
          expect((coverage?.mesh ?? mesh).trustDomain).toBe(trustDomain);
          expect(stderr).toBe('');
        }
      }
      const { code, stderr } = await run(['world', 'prod.snapshot', '--revision', 'canari'], { cwd });
      expect(stderr).toMatch(
        /^error: Cluster prod has no revision "canari" of Istio\.\n {2}help: .*canary, default/,
      );
      expect(code).toBe(2);
    });
  });

  test('has files laid over it that stand beside it', async () => {
    const gateway = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'public', namespace: 'shop' },
      spec: { selector: { app: 'gateway' }, servers: [] },
    };
    const files = { 'prod.snapshot': await snapshotText(shop), 'gateway.yaml': JSON.stringify(gateway) };
    await withTree(files, async (cwd) => {
      const { code, stdout } = await run(['analyze', 'prod.snapshot', 'gateway.yaml', ...only], { cwd });
      expect(stdout).toContain('No issues found');
      expect(code).toBe(0);
    });
  });

  test('that lies in a folder is passed over, and said to be', async () => {
    const files = { 'prod.yaml': await snapshotText(shop), 'ns.yaml': JSON.stringify(namespace('shop')) };
    await withTree(files, async (cwd) => {
      const { code, stdout } = await run(['analyze', '.', '-v'], { cwd });
      expect(stdout).toMatch(/prod\.yaml.*snapshot of a cluster|snapshot of a cluster.*prod\.yaml/);
      expect(code).toBe(0);
    });
  });

  const text = snapshotText(shop);
  const packed = text.then((whole) => gzipSync(whole));
  test.each<[string, Promise<string | Uint8Array>, RegExp]>([
    ['cut off', text.then((whole) => whole.slice(0, -3)), /is cut off/],
    ['packed and cut off', packed.then((whole) => whole.subarray(0, -20)), /is cut off/],
    [
      'damaged',
      text.then((whole) => whole.replace('{"apiVersion":"v1"', '{"apiVersion":')),
      /is damaged: line 2/,
    ],
    [
      'of a newer meshlint',
      text.then((whole) => whole.replace('"version":1', '"version":2')),
      /newer meshlint/,
    ],
  ])('that is %s is refused as a whole', async (_, content, message) => {
    await withTree({ 'prod.snapshot': await content }, async (cwd) => {
      const { code, stdout, stderr } = await run(['analyze', 'prod.snapshot'], { cwd });
      expect(stdout).toBe('');
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^error: The snapshot prod\.snapshot .*\n {2}help: .*\n$/);
      expect(code).toBe(3);
    });
  });

  test('is not any other packed file', async () => {
    await withTree({ 'prod.snapshot.gz': gzipSync('kind: Pod') }, async (cwd) => {
      const { code, stdout } = await run(['analyze', 'prod.snapshot.gz'], { cwd });
      expect(stdout).toContain('it is not a text file');
      expect(code).toBe(3);
    });
  });
});

describe('snapshots of several clusters', () => {
  const service = (port: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { app: 'cart' }, ports: [{ name: port, port: 80 }] },
  });
  const east = stateOf('east', [namespace('shop'), service('http'), route('a', 'shop/public')]);
  const west = stateOf('west', [namespace('shop'), service('tcp')]);

  test.each([
    ['in one file', ['both']],
    ['in a file each', ['west', 'east']],
    ['one behind the other', ['-']],
  ])('are judged beside each other: %s', async (_, paths) => {
    const files = {
      both: await snapshotText(east, west),
      east: await snapshotText(east),
      west: await snapshotText(west),
    };
    await withTree(files, async (cwd) => {
      const { code, stdout } = await run(['analyze', ...paths, '--format', 'compact'], {
        cwd,
        input: files.west + files.east,
      });
      expect(stdout).toMatch(/cluster east.*IST0101/);
      expect(stdout.match(/IST0170/g)).toHaveLength(2);
      expect(code).toBe(1);
    });
  });

  test.each<[string, string[], RegExp, number]>([
    [
      'a command about one cluster',
      ['world', 'both'],
      /^error: The snapshot holds 2 clusters \(east, west\), and this answers for one\.\n {2}help: Choose one: --context east\.\n$/,
      2,
    ],
    ['files beside them', ['analyze', 'both', 'ns.yaml'], /^error: The snapshot holds 2 clusters/, 2],
    [
      'the same cluster twice',
      ['analyze', 'both', 'east'],
      /^error: east is a second snapshot of cluster east/,
      3,
    ],
  ])('are refused by %s', async (_, args, message, exit) => {
    const files = {
      both: await snapshotText(east, west),
      east: await snapshotText(east),
      'ns.yaml': JSON.stringify(namespace('x')),
    };
    await withTree(files, async (cwd) => {
      const { code, stdout, stderr } = await run(args, { cwd });
      expect(stderr).toMatch(message);
      expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    });
  });
});
