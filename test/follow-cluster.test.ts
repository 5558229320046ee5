// Whatever happens to a cluster that is followed, what is known of it is what reading it afresh gives.
import { afterEach, expect, test } from 'vitest';
import { readAccess } from '../src/load/cluster/kubeconfig.ts';
import { type ReadRequest, readCluster } from '../src/load/cluster/read-cluster.ts';
import { openTransport, type Transport } from '../src/load/cluster/transport.ts';
import { type ClusterWatch, watchCluster } from '../src/load/cluster/watch.ts';
import { openWatchSource } from '../src/load/cluster/watch-source.ts';
import type { LiveState } from '../src/model/live.ts';
import {
  type ApiServer,
  type ApiServerOptions,
  readObjects,
  startApiServer,
} from './support/api-server/start.ts';
import { healthyObjects } from './support/healthy-mesh.ts';

const request: Omit<ReadRequest, 'timeout'> = {
  cluster: 'main',
  istioNamespace: 'istio-system',
  secrets: 'referenced',
};

interface Followed {
  readonly api: ApiServer;
  readonly watch: ClusterWatch;
  /** Waits until both ways of knowing the cluster agree. */
  agree(): Promise<LiveState>;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function follow(
  options: ApiServerOptions,
  asked: Partial<ReadRequest> = {},
  again = 60_000,
): Promise<Followed> {
  const api = await startApiServer(options);
  const access = await readAccess({ kubeconfig: api.kubeconfig(), environment: {}, cwd: api.folder });
  const open = (): Transport => openTransport(access, { requestTimeout: 5000 });
  const transport = open();
  const pace = { first: 20, most: 200, refused: 200 };
  const source = await openWatchSource(transport, { ...request, ...asked });
  const watch = await watchCluster(source, { pace, quiet: 20, again, settles: [100] });
  ends.push(async () => {
    watch.close();
    transport.close();
    await api.stop();
  });
  const fresh = async (): Promise<LiveState> => {
    const other = open();
    try {
      return await readCluster(other, { ...request, ...asked, timeout: 20_000 });
    } finally {
      other.close();
    }
  };
  return {
    api,
    watch,
    async agree() {
      const { objects, outcomes } = await fresh();
      await expect
        .poll(() => ({ objects: watch.state().objects, outcomes: watch.state().outcomes }), {
          timeout: 15_000,
        })
        .toEqual({ objects, outcomes });
      return watch.state();
    },
  };
}

const route = (name: string, label: string) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name, namespace: 'shop', labels: { label } },
  spec: { hosts: [`${name}.example.com`], http: [{ directResponse: { status: 200 } }] },
});
const pod = (name: string, phase: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: 'cart' } },
  spec: { containers: [{ name: 'cart', image: 'cart:1' }] },
  status: { phase },
});
const definition = (plural: string, kind: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.telemetry.istio.io` },
  spec: {
    group: 'telemetry.istio.io',
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

test('objects that come, change and go, and everything that ends a watch', { timeout: 60_000 }, async () => {
  const { api, agree } = await follow({ objects: healthyObjects(), bookmarkEveryMs: 50 });
  await agree();
  const trouble: readonly (() => Promise<void>)[] = [
    () => api.endWatches(),
    () => api.endWatches(410),
    () => api.endWatches(500),
    async () => {
      await api.compact();
      await api.endWatches();
    },
    async () => {
      await api.pause();
      await api.resume();
    },
  ];
  for (const [i, disturb] of trouble.entries()) {
    await api.apply([route('a', `${i}`), route(`b${i}`, 'x'), pod(`p${i}`, 'Running')]);
    await disturb();
    await api.apply([route('a', `${i}+`), pod(`p${i}`, 'Failed')]);
    if (i > 0) await api.remove([route(`b${i - 1}`, 'x'), pod(`p${i - 1}`, '')]);
    await agree();
  }
});

test('rights that are taken away, and given back', { timeout: 60_000 }, async () => {
  const { api, agree, watch } = await follow({ objects: [route('a', '1'), pod('p', 'Running')] });
  await agree();
  const role = (resources: readonly string[]) =>
    readObjects(
      JSON.stringify({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'reader' },
        rules: [{ apiGroups: ['*'], resources, verbs: ['list', 'watch', 'get'] }],
      }),
    );
  await api.setRbac(role(['virtualservices']));
  await api.endWatches();
  const { outcomes } = await agree();
  expect(outcomes.find(({ resource }) => resource === 'pods')?.state).toBe('forbidden');
  await api.setRbac(undefined);
  await agree();
  expect(watch.state().objects.some(({ value }) => value.kind === 'Pod')).toBe(true);
});

test('a kind that is installed later, and gone again', { timeout: 60_000 }, async () => {
  const { api, agree } = await follow({ installed: { 'telemetry.istio.io': false } });
  await agree();
  await api.apply([definition('telemetries', 'Telemetry')]);
  await api.apply([
    {
      apiVersion: 'telemetry.istio.io/v1',
      kind: 'Telemetry',
      metadata: { name: 'all', namespace: 'shop' },
      spec: {},
    },
  ]);
  const { objects } = await agree();
  expect(objects.filter(({ value }) => value.kind === 'Telemetry')).toHaveLength(1);
  await api.remove([definition('telemetries', 'Telemetry')]);
  const { outcomes } = await agree();
  expect(outcomes.find(({ resource }) => resource === 'telemetries')?.state).toBe('not-installed');
});

test('who may only read one namespace', { timeout: 60_000 }, async () => {
  const rbac = [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader', namespace: 'shop' },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['list', 'watch', 'get'] }],
    },
  ];
  const objects = [route('a', '1'), { ...route('b', '1'), metadata: { name: 'b', namespace: 'other' } }];
  const { api, agree } = await follow({ objects, rbac }, { namespaces: ['shop'] });
  await agree();
  await api.apply([route('c', '1')]);
  const state = await agree();
  expect(state.objects.filter(({ value }) => value.kind === 'VirtualService')).toHaveLength(2);
});

test('certificates that gateways name are read when they are named, and now and then', {
  timeout: 60_000,
}, async () => {
  const gateway = (name: string) => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'public', namespace: 'shop' },
    spec: {
      gatewayClassName: 'istio',
      listeners: [{ name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name }] } }],
    },
  });
  const secret = (name: string, crt: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name, namespace: 'shop' },
    data: {
      'tls.crt': Buffer.from(crt).toString('base64'),
      'tls.key': Buffer.from('canary').toString('base64'),
    },
  });
  const { api, agree, watch } = await follow({ objects: [secret('one', 'a'), secret('two', 'b')] }, {}, 300);
  await agree();
  await api.forgetRequests();
  await api.apply([gateway('one')]);
  await agree();
  await api.apply([secret('one', 'c'), gateway('two')]);
  await agree();
  await api.apply([secret('two', 'd')]);
  await agree();
  const asked = (await api.requests()).filter(({ resource }) => resource === 'secrets');
  expect(new Set(asked.map(({ verb }) => verb))).toEqual(new Set(['get']));
  expect(JSON.stringify(watch.state())).not.toContain(Buffer.from('canary').toString('base64'));
});
