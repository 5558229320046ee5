// Secrets planted wherever a cluster or a kubeconfig may hold one: nothing that meshlint writes may hold them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createAuthority } from '../support/api-server/certificates.ts';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { healthyObjects } from '../support/healthy-mesh.ts';
import { run, withTree } from './run.ts';
import { namespace, route } from './snapshots.ts';

/** Where a secret stands, and the secret. */
const secret = (place: string): string => `CANARY-${place}-c4n4ry`;
const planted = [
  'token',
  'token-of-exec',
  'output-of-exec',
  'password-of-proxy',
  'token-of-remote',
  'Secret',
  'release',
  'env-of-Deployment',
  'env-of-Pod',
  'argument',
  'last-applied',
  'ConfigMap',
  'ConfigMap-of-Istio',
].map(secret);
/** What a snapshot keeps, since rules read it or what stands beside it, unless it is redacted. */
const kept = ['annotation', 'env-of-istiod', 'proxyMetadata'].map(secret);
const own = createAuthority('books').issue({ commonName: 'books.example.com', names: ['books.example.com'] });
const unused = createAuthority('unused').issue({ commonName: 'unused' });

/** As text, in base64 whatever comes before it, and lines of private keys. */
const forms: readonly (readonly [string, string])[] = [
  ...[...planted, ...kept].flatMap((text) => [
    [text, text] as const,
    ...[0, 1, 2].map((shift) => {
      const coded = Buffer.from(`${'x'.repeat(shift)}${text}`).toString('base64');
      return [text, coded.slice(shift === 0 ? 0 : 4, -4)] as const;
    }),
  ]),
  ...[own, unused].flatMap(({ key }) => {
    const [line = ''] = key.split('\n').slice(1);
    return [
      ['private key', line] as const,
      ['private key', Buffer.from(key).toString('base64').slice(40, 80)] as const,
    ];
  }),
];

/** Which secrets a text holds. */
function leaks(text: string): string[] {
  return [...new Set(forms.filter(([, form]) => text.includes(form)).map(([name]) => name))].sort();
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const workload = (name: string, canary: string) => ({
  containers: [
    {
      name,
      image: 'shop/cart:1',
      env: [{ name: 'PASSWORD', value: secret(canary) }],
      args: [`--password=${secret('argument')}`],
    },
  ],
});
const labels = { app: 'cart' };
const data = (canary: string) => ({ password: base64(secret(canary)) });

function objects(remote: string): readonly unknown[] {
  const v1 = { apiVersion: 'v1' };
  const metadata = (name: string, place = 'shop', extra: object = {}) => ({
    metadata: { name, namespace: place, ...extra },
  });
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ password: secret('last-applied') }),
    'example.com/note': secret('annotation'),
  };
  return [
    ...healthyObjects(),
    namespace('shop', { 'istio-injection': 'enabled' }),
    route('cart', 'shop/public'),
    { ...route('pay', 'shop/public'), ...metadata('pay', 'shop', { annotations }) },
    { ...v1, kind: 'Secret', ...metadata('own', 'shop'), type: 'Opaque', data: data('Secret') },
    {
      ...v1,
      kind: 'Secret',
      ...metadata('unused', 'shop'),
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': unused.cert, 'tls.key': unused.key },
    },
    {
      ...v1,
      kind: 'Secret',
      ...metadata('served', 'istio-system', { annotations }),
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': own.cert + own.key, 'tls.key': own.key, password: secret('Secret') },
    },
    {
      ...v1,
      kind: 'Secret',
      ...metadata('sh.helm.release.v1.cart.v1'),
      type: 'helm.sh/release.v1',
      data: data('release'),
    },
    { ...v1, kind: 'ConfigMap', ...metadata('settings'), data: { password: secret('ConfigMap') } },
    {
      ...v1,
      kind: 'ConfigMap',
      ...metadata('settings', 'istio-system'),
      data: { password: secret('ConfigMap-of-Istio') },
    },
    {
      ...v1,
      kind: 'ConfigMap',
      ...metadata('istio', 'istio-system'),
      data: { mesh: `defaultConfig:\n  proxyMetadata:\n    TOKEN: ${secret('proxyMetadata')}\n` },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      ...metadata('tls', 'istio-system'),
      spec: {
        selector: { istio: 'ingressgateway' },
        servers: [
          {
            port: { number: 443, name: 'https', protocol: 'HTTPS' },
            tls: { mode: 'SIMPLE', credentialName: 'served' },
            hosts: ['books.example.com'],
          },
        ],
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      ...metadata('cart'),
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels, annotations }, spec: workload('cart', 'env-of-Deployment') },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      ...metadata('istiod', 'istio-system', { labels: { app: 'istiod' } }),
      spec: {
        selector: { matchLabels: { app: 'istiod' } },
        template: {
          metadata: { labels: { app: 'istiod' } },
          spec: {
            containers: [
              {
                name: 'discovery',
                image: 'istio/pilot:1.29.0',
                env: [{ name: 'TOKEN', value: secret('env-of-istiod') }],
              },
            ],
          },
        },
      },
    },
    {
      ...v1,
      kind: 'Pod',
      ...metadata('cart-1', 'shop', { labels, annotations }),
      spec: workload('cart', 'env-of-Pod'),
    },
    {
      ...v1,
      kind: 'Secret',
      ...metadata('remote', 'istio-system', { labels: { 'istio/multiCluster': 'true' } }),
      stringData: { west: remote },
    },
  ];
}

let server: ApiServer;
let kubeconfig: string;
/** Kubeconfigs by what they lead to. */
const others: Record<string, string> = {};

beforeAll(async () => {
  const user = { name: 'owner', token: secret('token') };
  server = await startApiServer({
    users: [user, { name: 'plugin', token: secret('token-of-exec') }],
    clusters: {
      west: { objects: [namespace('shop')], users: [{ name: 'remote', token: secret('token-of-remote') }] },
      broken: {
        objects: [namespace('shop')],
        users: [user],
        faults: [
          { match: '/services', status: 500 },
          { match: '/pods', garbage: true },
        ],
      },
    },
  });
  const remote = readFileSync(server.kubeconfig({ clusters: ['west'], user: 'remote' }), 'utf8');
  await server.apply(objects(remote));
  const open = `http://proxy:${secret('password-of-proxy')}@127.0.0.1:${server.ports.proxy}`;
  kubeconfig = server.kubeconfig({ user: 'owner', cluster: { 'proxy-url': open } });
  const exec = (script: string) => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', script],
      interactiveMode: 'Never',
      env: [{ name: 'PLUGIN_PASSWORD', value: secret('output-of-exec') }],
    },
  });
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: secret('token-of-exec') },
  };
  others.plugin = server.kubeconfig({
    userFields: exec(`console.log(${JSON.stringify(JSON.stringify(credential))})`),
  });
  others['plugin that fails'] = server.kubeconfig({
    userFields: exec('console.log(process.env.PLUGIN_PASSWORD); process.exit(3)'),
  });
  others['plugin that prints no JSON'] = server.kubeconfig({
    userFields: exec('console.log(process.env.PLUGIN_PASSWORD)'),
  });
  others['wrong token'] = server.kubeconfig({ userFields: { token: secret('Secret') } });
  others['wrong password'] = server.kubeconfig({
    userFields: { username: 'alice', password: secret('Secret') },
  });
  others['proxy that refuses'] = server.kubeconfig({
    user: 'owner',
    cluster: { 'proxy-url': open.replace(String(server.ports.proxy), String(server.ports.guardedProxy)) },
  });
  others['proxy that is not there'] = server.kubeconfig({
    user: 'owner',
    cluster: { 'proxy-url': open.replace(String(server.ports.proxy), '9') },
  });
  others['broken cluster'] = server.kubeconfig({ clusters: ['broken'], user: 'owner' });
  others['server without TLS'] = server.kubeconfig({ door: 'plain', user: 'owner' });
  others['unknown authority'] = server.kubeconfig({ authority: 'none', user: 'owner' });
  others['broken kubeconfig'] = join(server.folder, 'broken.yaml');
  writeFileSync(others['broken kubeconfig'], `users:\n- name: a\n  user: {token: ${secret('token')}\n`);
}, 60_000);
afterAll(() => server.stop());

/** Everything that a command writes, files included. */
async function written(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
) {
  return withTree(files, async (cwd) => {
    const { code, stdout, stderr } = await run(args, { cwd, env });
    const made = readdirSync(cwd).filter((name) => files[name] === undefined);
    const texts = made.map((name) => {
      const bytes = readFileSync(join(cwd, name));
      return bytes[0] === 0x1f ? gunzipSync(bytes).toString() : bytes.toString();
    });
    return { code, text: [stdout, stderr, ...texts].join('\n'), stdout, stderr };
  });
}

test('the search finds what is planted, and it is really there to be found', async () => {
  const all = await Promise.all(
    ['secrets', 'configmaps', 'pods', 'deployments.apps', 'virtualservices.networking.istio.io'].map((kind) =>
      server.objects(kind),
    ),
  );
  const inCluster = leaks(JSON.stringify(all));
  const inKubeconfig = ['token', 'token-of-exec', 'output-of-exec', 'password-of-proxy'].map(secret);
  expect(inCluster).toEqual(
    [...planted.filter((text) => !inKubeconfig.includes(text)), ...kept, 'private key'].sort(),
  );
  expect(leaks(readFileSync(kubeconfig, 'utf8') + readFileSync(others.plugin ?? '', 'utf8'))).toEqual(
    inKubeconfig
      .filter((text) => !text.includes('output'))
      .concat(secret('output-of-exec'))
      .sort(),
  );
});

describe('no secret is in what is written by', () => {
  const formats = [
    'text',
    'compact',
    'json',
    'yaml',
    'sarif',
    'junit',
    'github',
    'gitlab',
    'checkstyle',
    'markdown',
  ];
  test.each([
    ...formats.map((format) => `analyze -v --debug --format ${format}`),
    'analyze --format json=report.json --enable IST0118',
    'analyze --discover-remotes -v',
    'describe Deployment/shop/cart',
    'describe Namespace/shop --format json',
    'graph --format json',
    'world --format json',
    'explain authz shop/cart:80',
    'baseline',
    'snapshot --redact --output-file a.snapshot.gz',
    'snapshot --redact --discover-remotes --output-file a.snapshot',
  ])('%s', async (line) => {
    await server.forgetRequests();
    const { code, text } = await written([...line.split(' '), '--kubeconfig', kubeconfig]);
    expect(leaks(text)).toEqual([]);
    expect([0, 1, 3], text).toContain(code);
    const asked = await server.requests('main');
    expect(asked.some(({ path, status }) => path.endsWith('/secrets/served') && status === 200)).toBe(true);
    expect(asked.every(({ user }) => user === 'owner')).toBe(true);
    expect((await server.proxied()).length).toBeGreaterThan(0);
  });

  test('a snapshot that is not redacted, but for what rules may read', async () => {
    for (const file of ['a.snapshot', 'a.snapshot.gz']) {
      const { code, text } = await written(['snapshot', '--output-file', file, '--kubeconfig', kubeconfig]);
      expect(code, text).toBe(0);
      expect(leaks(text)).toEqual(kept);
    }
  });

  test('diff-impact, and files over a cluster', async () => {
    const files = { 'route.yaml': stringify(route('new', 'shop/other')) };
    for (const args of [
      ['diff-impact', 'route.yaml', '--format', 'json'],
      ['diff-impact', 'route.yaml', '-v'],
      ['analyze', 'route.yaml', '--use-kube', '-v'],
    ]) {
      const { code, text } = await written([...args, '--kubeconfig', kubeconfig], files);
      expect(text).toContain('shop/other');
      expect(leaks(text)).toEqual([]);
      expect([0, 1]).toContain(code);
    }
  });

  test('a rule that crashes', async () => {
    const plugin = `import { definePlugin, defineRule } from 'meshlint/sdk';
      const rule = defineRule({
        name: 'crash', code: 'ACME0001', severity: 'warning', since: '1.0.0', summary: 'It crashes.',
        reads: { Secret: 'some' }, messages: { none: { what: 'None.', why: 'None.', help: 'None.' } },
        check({ graph }) { for (const secret of graph.list('Secret')) secret.body.none.at.all; },
      });
      export default definePlugin({ name: 'acme', rules: [rule] });
    `;
    const files = { 'plugin.mjs': plugin, 'meshlint.yaml': 'plugins: [./plugin.mjs]\n' };
    const { code, text } = await written(['analyze', '--debug', '-v', '--kubeconfig', kubeconfig], files);
    expect(leaks(text)).toEqual([]);
    expect(text).toContain('IST0001');
    expect(code, text).toBe(3);
  });

  test.each([
    'plugin',
    'plugin that fails',
    'plugin that prints no JSON',
    'wrong token',
    'wrong password',
    'proxy that refuses',
    'proxy that is not there',
    'broken cluster',
    'server without TLS',
    'unknown authority',
    'broken kubeconfig',
  ])('a failure on the way: %s', async (name) => {
    for (const debug of [['-v'], ['--debug']]) {
      const args = ['analyze', ...debug, '--timeout', '3s', '--kubeconfig', others[name] ?? ''];
      const { code, text } = await written(args, {}, { MESHLINT_DEBUG: debug[0] === '--debug' ? '1' : '' });
      expect(leaks(text)).toEqual([]);
      expect(code, text).toBe(name === 'plugin' || name === 'server without TLS' ? 1 : 3);
    }
  });

  test('a proxy of the environment', async () => {
    const env = { HTTPS_PROXY: `http://proxy:${secret('password-of-proxy')}@127.0.0.1:9`, NO_PROXY: '' };
    const { code, text } = await written(
      ['analyze', '--debug', '--timeout', '3s', '--kubeconfig', others['unknown authority'] ?? ''],
      {},
      env,
    );
    expect(leaks(text)).toEqual([]);
    expect(code, text).toBe(3);
  });
});
