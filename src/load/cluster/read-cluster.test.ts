import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../../../test/support/fake-clock.ts';
import { fakeTransport } from '../../../test/support/fake-transport.ts';
import { mesh, names, read, trouble, usual, whole } from '../../../test/support/reading.ts';
import type { LiveState } from '../../model/live.ts';
import { readCluster } from './read-cluster.ts';

const PODS = /^\/api\/v1\/pods\?/;

test('everything that rules read is read, in a fixed order', () => {
  expect(names(whole)).toEqual([
    'ConfigMap istio-system/istio',
    'DestinationRule shop/web',
    'Gateway shop/edge',
    'Gateway shop/edge',
    'Namespace shop',
    'Namespace store',
    'Pod shop/a',
    'Pod shop/b',
    'Pod shop/c',
    'Pod shop/d',
    'Pod shop/e',
    'Pod store/a',
    'ProxyConfig shop/old',
    'Service shop/web',
    'VirtualService shop/web',
  ]);
  expect(whole).toMatchObject({
    cluster: 'test',
    server: 'https://fake.example',
    kubernetesVersion: 'v1.33.1',
  });
  expect(trouble(whole)).toEqual([]);
});

test('every object says what it is, and nothing of who wrote it', () => {
  for (const { value } of whole.objects) {
    expect(value).toMatchObject({ apiVersion: expect.any(String), kind: expect.any(String) });
    expect(JSON.stringify(value)).not.toMatch(/managedFields|resourceVersion/);
  }
});

test('requests and bytes are counted by resource', () => {
  const pods = whole.requests.find(({ resource }) => resource === 'pods');
  expect(pods).toMatchObject({ count: 3, bytes: expect.any(Number) });
  expect(
    whole.requests.find(({ resource }) => resource === 'virtualservices.networking.istio.io')?.count,
  ).toBe(1);
});

describe('the same state comes out', () => {
  const shape = ({ objects, outcomes }: LiveState): string => JSON.stringify({ objects, outcomes });
  test.each([1, 2, 3, 500])('with %d objects a page', async (pageSize) => {
    expect(shape((await read({}, { pageSize })).state)).toBe(shape(whole));
  });

  test.each([1, 2, 3, 4, 5])('in whichever order answers come: %d', async (seed) => {
    // Any order will do that differs from the last.
    const latency = (path: string): number =>
      ([...path].reduce((sum, char) => sum * seed + char.charCodeAt(0), seed) % 97) + 1;
    expect(shape((await read({ latency })).state)).toBe(shape(whole));
  });

  test('in whichever order objects were made', async () => {
    expect(shape((await read({ objects: mesh.toReversed() })).state)).toBe(shape(whole));
  });
});

describe('what a cluster does not have', () => {
  const ofIstio = ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io'];
  const none = Object.fromEntries(ofIstio.map((group) => [group, []]));

  test('is not installed, and nothing is wrong', async () => {
    const { state, log } = await read({ versions: none });
    expect(trouble(state)).toEqual([]);
    expect(state.outcomes.find(({ kind }) => kind === 'VirtualService')).toEqual({
      kind: 'VirtualService',
      resource: 'virtualservices',
      group: 'networking.istio.io',
      state: 'not-installed',
      namespaces: 'all',
      count: 0,
    });
    expect(log.filter((path) => /(?:networking|security)\.istio/.test(path))).toEqual([]);
  });

  test('in a version that we know is another matter', async () => {
    const { state } = await read({ versions: { 'networking.istio.io': ['v2', 'v3alpha1'] } });
    expect(state.outcomes.find(({ kind }) => kind === 'VirtualService')).toMatchObject({
      state: 'version-unsupported',
      detail: 'the cluster serves v2, v3alpha1',
    });
  });

  test('in its newest version is read in an older one', async () => {
    const { state } = await read({ versions: { 'networking.istio.io': ['v1alpha3', 'v1beta1'] } });
    expect(state.outcomes.find(({ kind }) => kind === 'VirtualService')).toMatchObject({
      state: 'ok',
      version: 'v1beta1',
    });
    expect(state.objects.find(({ value }) => value.kind === 'VirtualService')?.value.apiVersion).toBe(
      'networking.istio.io/v1beta1',
    );
  });

  test.each(['aggregated', 'legacy'] as const)(
    'is unknown of a group that does not answer, %s',
    async (discovery) => {
      const { state } = await read({ discovery, stale: ['networking.istio.io'] });
      const unknown = trouble(state);
      expect(new Set(unknown.map(({ group, state: how }) => `${group} ${how}`))).toEqual(
        new Set(['networking.istio.io server-error']),
      );
      expect(unknown).toHaveLength(9);
      expect(names(state)).toContain('Service shop/web');
    },
  );
});

describe('the server is spared', () => {
  test('there are never more requests under way than allowed', async () => {
    const { busiest } = await read({ latency: () => 10 }, { concurrency: 3 });
    expect(busiest).toBe(3);
  });

  test('half as many after it complained', async () => {
    const clock = createFakeClock();
    const latency = (): number => 10;
    const transport = fakeTransport(
      { latency, faults: [{ match: /^\/apis$/, status: 429, times: 1 }] },
      clock,
    );
    await readCluster(transport, usual, clock);
    expect(transport.busiest()).toBe(3);
  });

  test('pauses grow, and are not all alike', async () => {
    const lists = [0.1, 0.9].map(async (random) => {
      const clock = createFakeClock(() => random);
      const transport = fakeTransport({ faults: [{ match: PODS, status: 500 }] }, clock);
      await readCluster(transport, usual, clock);
      return clock.slept.map(Math.round);
    });
    expect(await Promise.all(lists)).toEqual([
      [210, 420, 840],
      [290, 580, 1160],
    ]);
  });

  test('what it warns of is told once', async () => {
    const { state } = await read({ faults: [{ match: /^\/api\//, warning: 'v1 is \\"old\\"' }] });
    expect(state.warnings).toEqual(['v1 is "old"']);
  });

  test('nothing is asked for that no rule reads', async () => {
    const { log } = await read({});
    expect(log.filter((path) => /v1\/(?:secrets|referencegrants)/.test(path))).toEqual([]);
    expect(log.filter((path) => path.includes('configmaps'))).toEqual([
      '/api/v1/namespaces/istio-system/configmaps?limit=2',
    ]);
    expect((await read({}, { wanted: ['VirtualService'] })).log).toEqual([
      '/version',
      '/apis',
      '/apis/networking.istio.io/v1/virtualservices?limit=2',
    ]);
  });
});
