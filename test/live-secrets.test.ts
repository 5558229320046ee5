import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ReadRequest } from '../src/load/cluster/read-cluster.ts';
import { readCluster } from '../src/load/cluster/read-cluster.ts';
import { certificates } from '../src/mesh/gateways/certificates.ts';
import { secrets } from '../src/mesh/gateways/secrets.ts';
import type { LiveState } from '../src/model/live.ts';
import { openLive } from '../src/session/live.ts';
import { createFakeClock } from './support/fake-clock.ts';
import { type FakeCluster, fakeTransport } from './support/fake-transport.ts';

type Fields = Record<string, unknown>;

const fixture = (name: string): string =>
  readFileSync(new URL(`fixtures/certificates/${name}`, import.meta.url), 'utf8');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const good = fixture('good.crt');
const key = fixture('good.key');
const CANARY = 'canary-7d1f';

const secret = (namespace: string, name: string, values: Readonly<Record<string, string>>): Fields => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace, name, annotations: { note: CANARY } },
  type: 'kubernetes.io/tls',
  data: Object.fromEntries(Object.entries(values).map(([entry, text]) => [entry, base64(text)])),
});
const gateway = (tls: Fields, selector: Fields = { istio: 'edge' }): Fields => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { namespace: 'shop', name: 'edge' },
  spec: {
    selector,
    servers: [{ port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: ['*'], tls }],
  },
});
const pod = (namespace: string): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name: 'edge-1', labels: { istio: 'edge' } },
  spec: { containers: [{ name: 'istio-proxy', image: 'proxyv2' }] },
});
const simple = gateway({ mode: 'SIMPLE', credentialName: 'cert' });

async function read(
  cluster: FakeCluster,
  request: Partial<ReadRequest> = {},
): Promise<{ state: LiveState; asked: readonly string[] }> {
  const clock = createFakeClock();
  const transport = fakeTransport(cluster, clock);
  const usual = {
    cluster: 'test',
    istioNamespace: 'istio-system',
    timeout: 60_000,
    secrets: 'referenced',
  } as const;
  const state = await readCluster(transport, { ...usual, ...request }, clock);
  const own = /^\/api\/v1\/namespaces\/(?<namespace>[^/]+)\/secrets\/(?<name>.+)/;
  const asked = transport.log.flatMap((path) => {
    const { namespace, name } = own.exec(path)?.groups ?? {};
    return namespace === undefined ? [] : [`${namespace}/${name}`];
  });
  return { state, asked };
}

describe('a certificate is judged without its key', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['nothing wrong', { 'tls.crt': good, 'tls.key': key }, 'fine'],
    ['other names', { cert: good, key }, 'fine'],
    ['a chain', { 'tls.crt': `${good}${fixture('expired.crt')}`, 'tls.key': key }, 'fine'],
    ['no certificate', { 'tls.key': key }, 'keys'],
    ['an empty key', { 'tls.crt': good, 'tls.key': '' }, 'keys'],
    ['no PEM', { 'tls.crt': CANARY, 'tls.key': key }, 'certificate tls.crt'],
    ['a key in place of a certificate', { 'tls.crt': key, 'tls.key': key }, 'certificate tls.crt'],
    ['expired', { 'tls.crt': fixture('expired.crt'), 'tls.key': key }, 'expired tls.crt'],
    ['early', { 'tls.crt': fixture('early.crt'), 'tls.key': key }, 'early tls.crt'],
    ['a key that is none', { 'tls.crt': good, 'tls.key': CANARY }, 'key tls.key'],
    ['a key behind a passphrase', { 'tls.crt': good, 'tls.key': fixture('locked.key') }, 'key tls.key'],
    ['the key of another', { 'tls.crt': good, 'tls.key': fixture('other.key') }, 'mismatch tls.key'],
    ['short', { 'tls.crt': fixture('weak.crt'), 'tls.key': fixture('weak.key') }, 'weak tls.crt'],
  ])('%s', async (_, values, expected) => {
    const bundle = { ...values, 'tls.pfx': CANARY, password: CANARY };
    const { state } = await read({ objects: [simple, pod('shop'), secret('shop', 'cert', bundle)] });
    const { graph } = await openLive(state);
    const [one] = graph.list('Secret');
    if (one === undefined) throw new Error('no Secret');
    const fault = certificates(graph).faultOf(one);
    expect(typeof fault === 'string' ? fault : `${fault.kind} ${fault.key}`.trim()).toBe(expected);

    const kept =
      JSON.stringify(one.body) +
      Object.values(one.body.data ?? {}).map((text) => Buffer.from(text, 'base64'));
    expect(kept).not.toContain(CANARY);
    expect(kept).not.toContain('PRIVATE KEY');
  });
});

describe('Secrets are only asked for by the names that something gives', () => {
  const object = (apiVersion: string, kind: string, spec: Fields): Fields => ({
    apiVersion,
    kind,
    metadata: { namespace: 'shop', name: 'one' },
    spec,
  });
  const listener = (certificateRefs: readonly Fields[]): Fields => ({
    listeners: [{ name: 'https', tls: { certificateRefs } }],
  });
  test.each<[string, readonly Fields[], readonly string[]]>([
    ['none', [gateway({ mode: 'PASSTHROUGH' }), pod('shop')], []],
    [
      'beside the pods of the Gateway',
      [gateway({ mode: 'SIMPLE', credentialName: 'cert' }), pod('a'), pod('b')],
      ['a/cert', 'b/cert', 'shop/cert'],
    ],
    [
      'several',
      [gateway({ mode: 'SIMPLE', credentialName: 'cert', credentialNames: ['rsa', 'ec'] }), pod('shop')],
      ['shop/ec', 'shop/rsa'],
    ],
    [
      'with what clients are checked by',
      [gateway({ mode: 'MUTUAL', credentialName: 'cert' }), pod('shop')],
      ['shop/cert', 'shop/cert-cacert'],
    ],
    [
      'with a namespace',
      [gateway({ mode: 'SIMPLE', credentialName: 'kubernetes://store/cert' }), pod('shop')],
      ['store/cert', 'shop/cert'],
    ],
    ['that are no Secrets', [gateway({ mode: 'SIMPLE', credentialName: 'builtin://' }), pod('shop')], []],
    [
      'under names that Secrets can have',
      ['..', 'a/../b', 'a?x=y', 'Cert', '%2e%2e/x'].flatMap((credentialName) => [
        gateway({ mode: 'SIMPLE', credentialName }),
        pod('shop'),
      ]),
      [],
    ],
    ['without pods', [gateway({ mode: 'SIMPLE', credentialName: 'cert' })], []],
    [
      'of the gateway that Istio brings',
      [gateway({ mode: 'SIMPLE', credentialName: 'cert' }, { istio: 'ingressgateway' })],
      ['istio-system/cert', 'shop/cert'],
    ],
    [
      'in the Gateway API',
      [
        object(
          'gateway.networking.k8s.io/v1',
          'Gateway',
          listener([{ name: 'a' }, { name: 'b', namespace: 'store' }, { kind: 'ConfigMap', name: 'c' }]),
        ),
      ],
      ['shop/a', 'store/b'],
    ],
    [
      'of clients that may read them',
      [
        object('networking.istio.io/v1', 'DestinationRule', {
          workloadSelector: {},
          trafficPolicy: {
            tls: { credentialName: 'a' },
            portLevelSettings: [{ tls: { credentialName: 'b' } }],
          },
        }),
      ],
      ['shop/a', 'shop/b'],
    ],
    [
      'of clients that may not',
      [
        object('networking.istio.io/v1', 'DestinationRule', {
          trafficPolicy: { tls: { credentialName: 'a' } },
        }),
      ],
      [],
    ],
  ])('%s', async (_, objects, expected) => {
    expect((await read({ objects })).asked).toEqual(expected);
  });

  test('also those of what will be laid over the cluster', async () => {
    expect((await read({ objects: [pod('shop')] }, { overlay: [{ value: simple }] })).asked).toEqual([
      'shop/cert',
    ]);
  });

  test('or not at all', async () => {
    const { state, asked } = await read({ objects: [simple, pod('shop')] }, { secrets: 'off' });
    expect(asked).toEqual([]);
    expect(await lookUp(state)).toBe('unknown');
  });
});

/** What a rule gets to know of the Secret that the Gateway names. */
async function lookUp(state: LiveState, namespace = 'shop', name = 'cert'): Promise<string> {
  const { graph } = await openLive(state);
  const [one] = graph.list('Gateway');
  if (one === undefined) throw new Error('no Gateway');
  return secrets(graph).find({ namespace, name }, one).state;
}

describe('a Secret is', () => {
  const objects = [simple, pod('shop')];
  const match = /\/secrets\/cert/;

  test('found', async () => {
    const { state } = await read({ objects: [...objects, secret('shop', 'cert', { 'tls.crt': good })] });
    expect(await lookUp(state)).toBe('found');
  });

  test('absent only if it was asked for', async () => {
    const { state } = await read({ objects });
    expect(await lookUp(state)).toBe('absent');
    expect(await lookUp(state, 'shop', 'other')).toBe('unknown');
    expect(await lookUp(state, 'store')).toBe('unknown');
  });

  test('found beside its Gateway where its pods run elsewhere', async () => {
    const { state } = await read({
      objects: [simple, pod('edge'), secret('shop', 'cert', { 'tls.crt': good })],
    });
    const { graph } = await openLive(state);
    expect(secrets(graph).namespacesWith('cert')).toEqual(['shop']);
    expect(await lookUp(state, 'edge')).toBe('absent');
  });

  test('unknown when it may not be read, and the permission is named', async () => {
    const { state } = await read({ objects, faults: [{ match, status: 403 }] });
    expect(await lookUp(state)).toBe('unknown');
    expect(state.outcomes.filter(({ kind }) => kind === 'Secret')).toMatchObject([
      {
        state: 'forbidden',
        namespaces: ['shop'],
        permission: '- {apiGroups: [""], resources: [secrets], resourceNames: [cert], verbs: [get]}',
      },
      { state: 'ok', names: [] },
    ]);
  });

  test('unknown when the answer is no Secret', async () => {
    expect(await lookUp((await read({ objects, faults: [{ match, text: '<html>' }] })).state)).toBe(
      'unknown',
    );
    expect(await lookUp((await read({ objects, faults: [{ match, status: 404, text: 'no' }] })).state)).toBe(
      'unknown',
    );
  });
});
