import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { run } from './run.ts';
import { namespace, route } from './snapshots.ts';

let server: ApiServer;
let kubeconfig: string;

function service(port: string) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { app: 'cart' }, ports: [{ name: port, port: 80 }] },
  };
}

/** A Secret by which a control plane reads another cluster. */
function remote(name: string, kubeconfigOf: unknown) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `istio-remote-secret-${name}`,
      namespace: 'istio-system',
      labels: { 'istio/multiCluster': 'true' },
    },
    stringData: { [name]: typeof kubeconfigOf === 'string' ? kubeconfigOf : stringify(kubeconfigOf) },
  };
}

beforeAll(async () => {
  const shop = [namespace('shop'), namespace('istio-system')];
  server = await startApiServer({
    objects: [...shop, service('http'), route('a', 'shop/public')],
    clusters: {
      west: { objects: [...shop, service('tcp')] },
      far: { objects: [...shop, service('http2')] },
      down: { faults: [{ match: '.', drop: true }] },
      narrow: { objects: shop, faults: [{ match: '/secrets', status: 403 }] },
    },
  });
  kubeconfig = server.kubeconfig({ clusters: ['main', 'west', 'down', 'narrow'] });
  const marker = join(server.folder, 'was-run');
  const found = (name: string, user: unknown, cluster: unknown = {}) => ({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [
      {
        name,
        cluster: {
          server: server.url('far'),
          'certificate-authority-data': Buffer.from(server.ca).toString('base64'),
          ...(cluster as object),
        },
      },
    ],
    users: [{ name, user }],
  });
  const token = { token: 'token-of-tester' };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'touch',
    args: [marker],
    interactiveMode: 'Never',
  };
  await server.apply([
    remote('far-away', found('far-away', token)),
    remote('runs', found('runs', { exec })),
    remote('signs-in', found('signs-in', { 'auth-provider': { name: 'oidc', config: { 'id-token': 'x' } } })),
    remote('reads', found('reads', { tokenFile: '/etc/hostname' })),
    remote(
      'trusts',
      found('trusts', token, { 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined }),
    ),
    remote('garbage', '{{{'),
    remote('west', found('west', token, { server: server.url('west') })),
  ]);
});
afterAll(() => server.stop());

const analyze = (...args: string[]) =>
  run(['analyze', '--format', 'compact', '--kubeconfig', kubeconfig, ...args]);

describe('several clusters', () => {
  test.each([
    ['of contexts', ['--contexts', 'west,main']],
    ['of contexts, one by one', ['--contexts', 'main', '--contexts', 'west']],
    ['of the current context and others', ['--remote-contexts', 'west']],
  ])('%s are judged beside each other', async (_, args) => {
    const { code, stdout, stderr } = await analyze(...args);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^cluster main VirtualService shop\/a .*IST0101/m);
    expect(stdout).toMatch(/^cluster west Service shop\/cart .*IST0170/m);
    expect(code).toBe(1);
  });

  test('of which one cannot be reached: it is named, and the rest is judged', async () => {
    const { code, stdout } = await analyze('--contexts', 'main,down,west', '--timeout', '3s');
    expect(stdout).toMatch(/meshlint: error unread-input Cluster down: https:/);
    expect(stdout).toMatch(/^cluster main .*IST0101/m);
    expect(stdout).toMatch(/^cluster west .*IST0170/m);
    expect(code).toBe(3);
  });

  test('of which one has credentials that are no use: it is named, and the rest is judged', async () => {
    const userFields = { 'auth-provider': { name: 'gcp' } };
    const files = [server.kubeconfig(), server.kubeconfig({ clusters: ['west'], userFields })];
    const env = { KUBECONFIG: files.join(delimiter) };
    const { code, stdout } = await run(['analyze', '--format', 'compact', '--contexts', 'main,west'], {
      env,
    });
    expect(stdout).toMatch(/Cluster west: .*auth-provider/);
    expect(stdout).toMatch(/^cluster main .*IST0101/m);
    expect(code).toBe(3);
  });

  test('of which none can be reached end with one message', async () => {
    const { code, stdout, stderr } = await analyze('--contexts', 'down', '--timeout', '3s');
    expect(stderr).toMatch(/^error: .*\n {2}help: .*\n$/);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });

  test.each<[string, string[], RegExp, number]>([
    [
      'a context that is not there',
      ['--contexts', 'main,vest'],
      /^error: There is no context "vest".*\n.*"west"/,
      3,
    ],
    ['files', ['--contexts', 'main', 'examples/healthy'], /^error: --kubeconfig names a cluster, but/, 2],
    [
      'files over them',
      ['-k', '--contexts', 'main', 'examples/healthy'],
      /^error: Files are laid over one/,
      2,
    ],
    ['--watch', ['--contexts', 'main', '--watch'], /^error: --watch follows one cluster/, 2],
  ])('do not go with %s', async (_, args, message, exit) => {
    const { code, stdout, stderr } = await analyze(...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
  });

  test('are kept in one snapshot, with what could not be read', async () => {
    for (const contexts of ['main,west', 'main,down', 'main']) {
      const file = join(server.folder, 'mesh.snapshot.gz');
      const which = ['--contexts', contexts, '--timeout', '3s'];
      const taken = await run(['snapshot', '--kubeconfig', kubeconfig, '--output-file', file, ...which]);
      expect(taken.stdout).toMatch(/objects of cluster main\n/);
      expect(taken.code).toBe(contexts.includes('down') ? 3 : 0);
      const live = await analyze(...which);
      expect(await run(['analyze', '--format', 'compact', file])).toEqual(live);
      const about = await run(['world', file]);
      expect(about.stderr).toMatch(
        contexts === 'main' ? /^$/ : /^error: The snapshot holds 2 clusters \(main, /,
      );
    }
  });
});

describe('--discover-remotes', () => {
  test('reads the clusters that the control plane names, and runs, reads and trusts nothing for them', async () => {
    const { code, stdout } = await analyze('--contexts', 'main,west', '--discover-remotes');
    expect(stdout).toMatch(/^cluster far-away Service shop\/cart .*IST0170/m);
    expect(stdout).toMatch(/Cluster runs: .* a command to run: refused/);
    expect(stdout).toMatch(/Cluster signs-in: .* an auth-provider: refused/);
    expect(stdout).toMatch(/Cluster reads: .* a file in tokenFile: refused/);
    expect(stdout).toMatch(/Cluster trusts: .* insecure-skip-tls-verify: refused/);
    expect(stdout).toMatch(/Cluster garbage: /);
    // By the context alone, though the control plane names it too.
    expect(stdout.match(/^cluster west Service shop\/cart /gm)).toHaveLength(1);
    expect(existsSync(join(server.folder, 'was-run'))).toBe(false);
    expect(code).toBe(3);
  });

  test('asks a cluster that cannot be reached for nothing more', async () => {
    const { code, stdout } = await analyze(
      '--contexts',
      'narrow,down',
      '--discover-remotes',
      '--timeout',
      '3s',
    );
    expect(stdout.match(/Cluster down: /g)).toHaveLength(1);
    expect(stdout.match(/Cluster narrow: /g)).toHaveLength(1);
    expect(code).toBe(3);
  });

  test('says what is missing where Secrets may not be listed', async () => {
    const { code, stdout } = await analyze('--context', 'narrow', '--discover-remotes');
    expect(stdout).toMatch(/Cluster narrow: The Secrets of istio-system .*forbidden/);
    expect(stdout).toContain('resources: [secrets], verbs: [list]');
    expect(code).toBe(3);
  });

  test('is asked for: else no Secret is listed', async () => {
    await server.forgetRequests();
    await analyze();
    const lists = (await server.requests('main')).filter(
      ({ resource, verb }) => resource === 'secrets' && verb === 'list',
    );
    expect(lists).toEqual([]);
    await analyze('--discover-remotes');
    const asked = (await server.requests('main')).filter(({ resource }) => resource === 'secrets');
    expect(asked).toMatchObject([
      { verb: 'list', namespace: 'istio-system', query: { labelSelector: 'istio/multiCluster=true' } },
    ]);
  });
});
