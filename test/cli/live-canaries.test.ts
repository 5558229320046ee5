// Nothing secret ever comes out: words that stand for secrets are planted wherever a cluster and a kubeconfig have some, and
// sought in all that the command writes.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../support/api-server/start.ts';
import { healthyObjects } from '../support/healthy-mesh.ts';
import { run } from './run.ts';

const canary = (what: string): string => `canary-of-${what}`;
const encoded = (text: string): string => Buffer.from(text).toString('base64');

const planted = [
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'password', namespace: 'books' },
    stringData: { password: canary('secret') },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'sh.helm.release.v1.books.v1', namespace: 'books' },
    type: 'helm.sh/release.v1',
    stringData: { release: canary('release') },
  },
  // Named by a Gateway, and holding more than a certificate; its key cannot be read.
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'odd-certificate',
      namespace: 'edge',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': canary('applied') },
    },
    stringData: { 'tls.crt': canary('crt'), 'tls.key': canary('key'), other: canary('other') },
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'odd', namespace: 'edge' },
    spec: {
      selector: { app: 'edge-gateway' },
      servers: [
        {
          port: { number: 8443, name: 'https', protocol: 'HTTPS' },
          tls: { mode: 'SIMPLE', credentialName: 'odd-certificate' },
          hosts: ['books/books.example.com'],
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'books' },
    data: { password: canary('configmap') },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'library-1', namespace: 'books', labels: { app: 'library' } },
    spec: {
      containers: [
        { name: 'library', image: 'a', env: [{ name: 'PASSWORD', value: canary('env') }] },
        { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.28.0' },
      ],
    },
    status: { phase: 'Running' },
  },
];

const healthy = healthyObjects();
/** A line of the key that belongs to the certificate of the healthy mesh. */
const privateKey = keyOf(healthy.find(({ kind }) => kind === 'Secret'));
const TOKEN = canary('token');
let server: ApiServer;
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'meshlint-'));
  server = await startApiServer({
    objects: [...healthy, ...planted],
    users: [{ name: 'carl', token: TOKEN }],
    clusters: {
      rejecting: { objects: [], users: [] },
      failing: { users: [{ name: 'carl', token: TOKEN }], faults: [{ match: '.', status: 500 }] },
    },
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const plugin = {
  userFields: {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      interactiveMode: 'Never',
      command: 'echo',
      args: [
        JSON.stringify({
          apiVersion: 'client.authentication.k8s.io/v1',
          kind: 'ExecCredential',
          status: { token: canary('plugin') },
        }),
      ],
    },
  },
};

const formats = ['text', 'compact', 'json', 'yaml', 'sarif', 'junit', 'github', 'gitlab', 'checkstyle', 'markdown']; // biome-ignore format: one line

test.each([
  ...formats.map((format) => ({ args: ['analyze', '-v', '--debug', '--fail-on', 'never', '-o', format] })),
  { args: ['world', '--format', 'json'] },
  { args: ['graph', '--format', 'json'] },
  { args: ['describe', 'Namespace/edge', '--format', 'json'] },
  { args: ['describe', 'Pod/books/library-1'] },
  { args: ['snapshot', '--output-file', 'kept.gz'] },
  { args: ['snapshot', '--redact', '--output-file', 'redacted.gz'] },
  { args: ['baseline'] },
])('$args', async ({ args }) => {
  const kubeconfig = server.kubeconfig({ user: 'carl', proxy: 'guarded, with credentials' });
  const { code, stdout, stderr } = await run([...args, '--kubeconfig', kubeconfig], { cwd: folder });
  expect(code, stderr).toBe(0);
  expectSilence(stdout + stderr);
});

test.each([
  {
    what: 'a rejected token',
    options: { clusters: ['rejecting'], user: 'carl', userFields: { token: TOKEN } },
  },
  { what: 'a rejected credential of a plugin', options: { clusters: ['rejecting'], ...plugin } },
  { what: 'a plugin that says too much', options: { userFields: { exec: { ...plugin.userFields.exec, args: [`{ ${canary('babble')}`] } } } }, // biome-ignore format: one line
  { what: 'a server in trouble', options: { clusters: ['failing'], user: 'carl' } },
  { what: 'a proxy that is not there', options: { cluster: { 'proxy-url': `http://carl:${canary('proxy')}@127.0.0.1:1` } } }, // biome-ignore format: one line
  { what: 'a password in an address', options: { cluster: { server: `https://carl:${canary('address')}@127.0.0.1:1` } } }, // biome-ignore format: one line
])('messages about $what', async ({ options }) => {
  const args = ['analyze', '-v', '--debug', '--timeout', '2s', '--kubeconfig', server.kubeconfig(options)];
  const { code, stdout, stderr } = await run(args, { cwd: folder });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^error: /);
  expectSilence(stdout + stderr);
});

test('all that was written to files', () => {
  const files = readdirSync(folder);
  expect(files).toEqual(expect.arrayContaining(['kept.gz', 'redacted.gz', 'meshlint-baseline.json']));
  for (const file of files) {
    const bytes = readFileSync(join(folder, file));
    expectSilence(file.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString());
  }
});

function keyOf(secret: unknown): string {
  const { stringData } = secret as { stringData: Readonly<Record<string, string>> };
  const line = stringData['tls.key']?.split('\n')[1];
  if (line === undefined || line.length < 40) throw new Error('the healthy mesh has no key');
  return line;
}

/** Neither plain nor in base64, whatever comes before it. */
function expectSilence(text: string): void {
  const words = ['canary-of-', 'proxy:secret', privateKey];
  const inBase64 = [0, 1, 2].map((shift) =>
    encoded(`${' '.repeat(shift)}canary-of-`).slice(shift === 0 ? 0 : 4, -4),
  );
  for (const word of [...words, ...inBase64]) expect(text).not.toContain(word);
}
