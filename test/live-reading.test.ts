import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAccess } from '../src/load/cluster/kubeconfig.ts';
import { type ReadRequest, readCluster } from '../src/load/cluster/read-cluster.ts';
import { openTransport } from '../src/load/cluster/transport.ts';
import type { LiveState } from '../src/model/live.ts';
import { type ApiServer, startApiServer } from './support/api-server/start.ts';

// The loader and a server over TLS: what is asked, and that it matters to nobody how the server answers.

type Fields = Record<string, unknown>;
const object = (apiVersion: string, kind: string, name: string, rest: Fields = {}): Fields => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  ...rest,
});
const objects: readonly Fields[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels: { 'istio-injection': 'enabled' } },
  },
  ...['a', 'b', 'c', 'd', 'e'].map((name) =>
    object('v1', 'Pod', name, { spec: { containers: [{ name: 'app', image: 'app:1' }] } }),
  ),
  object('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }),
  object('networking.istio.io/v1', 'VirtualService', 'web', { spec: { hosts: ['web'] } }),
  object('networking.istio.io/v1', 'Gateway', 'edge', {
    spec: {
      selector: { app: 'edge' },
      servers: [
        {
          port: { number: 443, name: 'https', protocol: 'HTTPS' },
          hosts: ['*'],
          tls: { mode: 'SIMPLE', credentialName: 'cert' },
        },
      ],
    },
  }),
  {
    ...object('v1', 'Pod', 'edge', { spec: { containers: [{ name: 'istio-proxy', image: 'proxyv2:1' }] } }),
    metadata: { name: 'edge', namespace: 'shop', labels: { app: 'edge' } },
  },
  object('v1', 'Secret', 'cert', { type: 'kubernetes.io/tls', data: { 'tls.crt': '', 'tls.key': '' } }),
  ...['old', 'new'].map((name) => ({
    ...object('apps/v1', 'ReplicaSet', name, {
      spec: { selector: {}, template: { spec: { containers: [] } } },
    }),
    metadata: { name, namespace: 'shop', labels: { 'pod-template-hash': name } },
  })),
  object('v1', 'Secret', 'helm', { type: 'helm.sh/release.v1', data: { release: 'Y2FuYXJ5' } }),
];

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer({
    objects,
    clusters: {
      old: { objects, discovery: 'legacy' },
      plain: { objects, gzip: false },
      beta: {
        objects: JSON.parse(JSON.stringify(objects).replaceAll('istio.io/v1"', 'istio.io/v1beta1"')),
        installed: { 'networking.istio.io': ['v1beta1', 'v1alpha3'] },
      },
      shaky: {
        objects,
        faults: [
          { match: 'pods\\?', drop: true, times: 1 },
          { match: 'services\\?', truncate: 40, times: 1 },
          { match: '/version', status: 503, times: 1 },
          { match: 'virtualservices', status: 429, retryAfter: 0, times: 1 },
          { match: 'pods\\?.*continue', status: 410, times: 1 },
        ],
      },
      bare: { objects, installed: { 'networking.istio.io': false, 'gateway.networking.k8s.io': false } },
    },
  });
}, 60_000);
afterAll(async () => server.stop());

async function read(cluster: string, request: Partial<ReadRequest> = {}): Promise<LiveState> {
  const access = await readAccess({
    kubeconfig: server.kubeconfig({ clusters: [cluster] }),
    environment: {},
    cwd: process.cwd(),
  });
  const transport = openTransport(access, { requestTimeout: 5000 });
  try {
    const usual = {
      cluster: 'test',
      istioNamespace: 'istio-system',
      timeout: 20_000,
      secrets: 'referenced',
    } as const;
    return await readCluster(transport, { ...usual, ...request });
  } finally {
    transport.close();
  }
}
/** A line for each object and each outcome. */
const kept = ({ objects: all, outcomes }: LiveState): readonly string[] =>
  [...all, ...outcomes].map((one) => JSON.stringify(one));

test('every kind is asked for once, a Secret only by its name', async () => {
  await server.forgetRequests();
  const state = await read('main', { concurrency: 4 });
  const asked = await server.requests('main');
  expect(asked.map(({ method }) => method)).toEqual(asked.map(() => 'GET'));
  expect(Math.max(...asked.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(4);
  expect(asked.slice(0, 2).map(({ path }) => path)).toEqual(['/version', '/apis']);
  const lines = asked.slice(2).map(({ verb, path, query }) => `${verb} ${path} ${JSON.stringify(query)}`);
  expect(lines.length).toBe(new Set(lines).size);
  expect(lines.filter((line) => line.includes('/secrets'))).toEqual([
    'get /api/v1/namespaces/shop/secrets/cert {}',
  ]);
  expect(lines.filter((line) => !line.startsWith('list'))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('list') && !line.includes('"limit":"500"'))).toEqual([]);
  // What Deployments keep of their past is not even sent.
  expect(asked.find(({ resource }) => resource === 'replicasets.apps')).toMatchObject({ items: 0 });
  const bytes = asked.reduce((sum, one) => sum + one.bytes, 0);
  expect(state.requests.reduce((sum, one) => sum + one.bytes, 0)).toBe(bytes);
  expect(state.requests.reduce((sum, { count }) => sum + count, 0)).toBe(asked.length);
});

describe('the same is read', () => {
  test.each([1, 2, 500])('with %d objects a page', async (pageSize) => {
    expect(kept(await read('main', { pageSize }))).toEqual(kept(await read('main')));
  });

  test.each([
    ['from a server that tells its kinds group by group', 'old'],
    ['without compression', 'plain'],
    ['in spite of dropped, cut, refused and expired answers', 'shaky'],
  ])('%s', async (_, cluster) => {
    expect(kept(await read(cluster, { pageSize: 2 }))).toEqual(kept(await read('main')));
  });

  test('in an older version, where that is all there is', async () => {
    const inV1 = (state: LiveState): readonly string[] =>
      kept(state).map((line) => line.replaceAll('v1beta1', 'v1'));
    expect(inV1(await read('beta'))).toEqual(inV1(await read('main')));
  });
});

test('what is not installed is known to be absent', async () => {
  const { outcomes } = await read('bare');
  const states = new Map(outcomes.map(({ kind, state }) => [kind, state]));
  expect(states.get('VirtualService')).toBe('not-installed');
  expect(states.get('KubernetesGateway')).toBe('not-installed');
  expect(states.get('Pod')).toBe('ok');
  expect(states.get('Deployment')).toBe('ok');
});
