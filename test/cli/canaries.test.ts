// Secrets planted wherever a cluster or a kubeconfig may hold one: nothing that meshlint writes may hold them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { idToken, kept, leaks, objectsWithSecrets, planted, secret } from './canaries.ts';
import { run, withTree } from './run.ts';
import { ask, start } from './serve-run.ts';
import { namespace, route } from './snapshots.ts';

let server: ApiServer;
let kubeconfig: string;
/** Kubeconfigs by what they lead to. */
const others: Record<string, string> = {};

beforeAll(async () => {
  const user = { name: 'owner', token: secret('token') };
  server = await startApiServer({
    users: [
      user,
      { name: 'plugin', token: secret('token-of-exec') },
      { name: 'carol', token: idToken(2100) },
    ],
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
  await server.apply(objectsWithSecrets(remote));
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
  const oidc = (token: string, more: object = {}) => ({
    'auth-provider': {
      name: 'oidc',
      config: {
        'idp-issuer-url': 'https://127.0.0.1:9',
        'client-id': 'kubectl',
        'client-secret': secret('client-secret'),
        'id-token': token,
        'refresh-token': secret('refresh-token'),
        ...more,
      },
    },
  });
  others['id-token'] = server.kubeconfig({ userFields: oidc(idToken(2100)) });
  others['id-token that has expired'] = server.kubeconfig({ userFields: oidc(idToken(2020)) });
  others['id-token that nobody knows'] = server.kubeconfig({ userFields: oidc(idToken(2101)) });
  others['id-token that is none'] = server.kubeconfig({ userFields: oidc(secret('id-token')) });
  others['id-token with a plugin'] = server.kubeconfig({
    userFields: { ...oidc(idToken(2100)), ...exec('') },
  });
  others['id-token that is no text'] = server.kubeconfig({
    userFields: oidc('', { 'id-token': [secret('id-token')] }),
  });
  others['another provider'] = server.kubeconfig({
    userFields: { 'auth-provider': { name: 'gcp', config: { 'access-token': secret('id-token') } } },
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
  others['password in the address'] = server.kubeconfig({
    user: 'owner',
    cluster: { server: `https://owner:${secret('password-of-proxy')}@127.0.0.1:9` },
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
  const inKubeconfig = [
    'client-secret',
    'id-token',
    'output-of-exec',
    'password-of-proxy',
    'refresh-token',
    'token',
    'token-of-exec',
  ].map(secret);
  expect(inCluster).toEqual(
    [...planted.filter((text) => !inKubeconfig.includes(text)), ...kept, 'private key'].sort(),
  );
  const files = [kubeconfig, others.plugin, others['id-token']];
  expect(leaks(files.map((path = '') => readFileSync(path, 'utf8')).join('\n'))).toEqual(inKubeconfig);
  // Within a part of the token, too.
  expect(leaks(idToken(2100).split('.')[1] ?? '')).toEqual([secret('id-token')]);
});

describe('no secret is in what is written by', () => {
  const formats = ['compact', 'yaml', 'sarif', 'junit', 'github', 'gitlab', 'checkstyle', 'markdown'];
  test.each([
    `analyze -v --debug ${formats.map((format) => `--format ${format}=report.${format}`).join(' ')}`,
    'analyze -v --debug --format text',
    'analyze --debug --format json --enable IST0118',
    'analyze --discover-remotes -v',
    'describe Deployment/shop/cart',
    'describe Namespace/shop --format json',
    'describe Pod/shop/cart-1',
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

  test('meshlint serve, by any of its doors', async () => {
    const served = start(['serve', '--kubeconfig', kubeconfig, '--listen', '127.0.0.1:0', '--debug']);
    try {
      const [, url = ''] = await served.said(/report on (http:\S+)/);
      await served.said(/judged/);
      const answers = await Promise.all(
        ['report', 'metrics', 'healthz', 'nowhere'].map((door) => ask(`${url}/${door}`)),
      );
      expect(answers[0]?.text).toContain('shop/public');
      expect(leaks(answers.map(({ text }) => text).join('\n') + served.stderr() + served.stdout())).toEqual(
        [],
      );
    } finally {
      await served.end();
    }
  });

  test('analyze --watch', async () => {
    const watching = start(['analyze', '--watch', '--kubeconfig', kubeconfig, '--debug']);
    try {
      await watching.said(/shop\/public/, 'stdout');
      expect(leaks(watching.stderr() + watching.stdout())).toEqual([]);
    } finally {
      await watching.end();
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
    'id-token',
    'id-token that has expired',
    'id-token that nobody knows',
    'id-token that is none',
    'id-token with a plugin',
    'id-token that is no text',
    'another provider',
    'wrong token',
    'wrong password',
    'proxy that refuses',
    'proxy that is not there',
    'password in the address',
    'broken cluster',
    'server without TLS',
    'unknown authority',
    'broken kubeconfig',
  ])('a failure on the way: %s', async (name) => {
    const args = ['analyze', '-v', '--debug', '--timeout', '3s', '--kubeconfig', others[name] ?? ''];
    const { code, text } = await written(args);
    expect(leaks(text)).toEqual([]);
    const isRead = ['plugin', 'id-token', 'server without TLS'].includes(name);
    expect(code, text).toBe(isRead ? 1 : 3);
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
