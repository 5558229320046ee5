import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { KindOutcome, LiveState } from '../../model/live.ts';
import { isSnapshot } from '../snapshot-mark.ts';
import { readSnapshot } from './read-snapshot.ts';
import { type SnapshotOptions, snapshotLines } from './snapshot.ts';

const taken = '2026-11-21T12:00:00Z';
const pods: KindOutcome = {
  kind: 'Pod',
  resource: 'pods',
  group: '',
  version: 'v1',
  state: 'ok',
  namespaces: 'all',
  count: 1,
};
const secrets: KindOutcome = {
  kind: 'Secret',
  resource: 'secrets',
  group: '',
  state: 'forbidden',
  namespaces: ['shop'],
  names: ['shop/cert'],
  count: 0,
  permission: '- {apiGroups: [""], resources: [secrets], verbs: [get]}',
  detail: 'secrets is forbidden: User "alice" cannot get it at api.prod.example.com',
};

function pod(name: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, ...extra };
}

function state(cluster: string, values: readonly Record<string, unknown>[] = [pod('cart')]): LiveState {
  return {
    cluster,
    server: 'https://api.prod.example.com:6443',
    kubernetesVersion: 'v1.33.1',
    objects: values.map((value) => ({ value })),
    outcomes: [pods, secrets],
    requests: [{ resource: 'pods', count: 1, bytes: 512 }],
    warnings: ['v1beta1 is deprecated'],
  };
}

async function write(states: readonly LiveState[], options: Partial<SnapshotOptions> = {}): Promise<string> {
  let text = '';
  for await (const line of snapshotLines(states, {
    redact: false,
    tool: '1.0.0',
    taken,
    asked: { revision: 'a' },
    ...options,
  }))
    text += line;
  return text;
}

const read = (text: string | Uint8Array) => readSnapshot(Buffer.from(text), 'a.snapshot');

describe('a snapshot', () => {
  test.each([
    ['of one cluster', [state('prod')]],
    ['of a cluster with nothing in it', [state('prod', [])]],
    ['of an object with every kind of character', [state('prod', [pod('é\n\u2028名 " \\ \0')])]],
    ['of several clusters', [state('east'), state('west', [pod('a'), pod('b')])]],
  ])('%s gives back what was read', async (_, states) => {
    const text = await write(states);
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      expect(isSnapshot(bytes)).toBe(true);
      expect((await readSnapshot(bytes, 'a')).map(({ state }) => state)).toEqual(states);
    }
  });

  test('follows another in the same file', async () => {
    const [one, two] = [state('east'), state('west')];
    const texts = [await write([one]), await write([two])];
    expect(await read(texts.join(''))).toHaveLength(2);
    expect(await read(Buffer.concat(texts.map((text) => gzipSync(text))))).toHaveLength(2);
  });

  test('is cut off wherever it ends too early', async () => {
    const text = await write([state('east'), state('west')]);
    for (let length = 30; length < text.length; length++) {
      await expect(read(text.slice(0, length)), `after ${length}`).rejects.toThrow(/is cut off|is damaged/);
    }
    const zipped = gzipSync(text);
    for (let length = 18; length < zipped.length; length++) {
      await expect(read(zipped.subarray(0, length)), `after ${length}`).rejects.toThrow(/is cut off/);
    }
  });

  test.each<[string, (text: string) => string, RegExp]>([
    [
      'a newer version',
      (text) => text.replace('"version":1,"tool":"1.0.0"', '"version":2,"tool":"2.0.0"'),
      /newer meshlint \(2\.0\.0\)/,
    ],
    ['no version', (text) => text.replace('"version":1,', ''), /line 1 .*: version\.$/],
    [
      'another outcome than there are',
      (text) => text.replace('"forbidden"', '"perhaps"'),
      /line 1 .*: outcomes\.$/,
    ],
    ['no cluster', (text) => text.replace('"cluster":"prod"', '"cluster":""'), /line 1 .*: cluster\.$/],
    [
      'a line that is no JSON',
      (text) => text.replace('{"apiVersion"', '{apiVersion'),
      /line 2 is no JSON object/,
    ],
    [
      'an object without a name',
      (text) => text.replace('"name":"cart"', '"name":""'),
      /line 2 is no Kubernetes object/,
    ],
    [
      'an object less',
      (text) => text.replace(/\{"apiVersion.*\n/, ''),
      /line 2 counts other objects than the 0/,
    ],
    [
      'an object more',
      (text) => text.replace(/(\{"apiVersion.*\n)/, '$1$1'),
      /line 4 counts other objects than the 2/,
    ],
    ['something behind its end', (text) => `${text}{"apiVersion":"v1"}\n`, /line 4 .*: version\.$/],
    [
      'the second of two clusters only',
      (text) => text.replace('"part":1,"parts":1', '"part":2,"parts":2'),
      /cluster 2 of 2, not 1/,
    ],
    ['the first of two clusters only', (text) => text.replace('"parts":1', '"parts":2'), /is cut off/],
  ])('with %s is refused', async (_, spoil, message) => {
    const text = await write([state('prod')]);
    expect(spoil(text)).not.toBe(text);
    await expect(read(spoil(text))).rejects.toThrow(message);
  });

  test('that is packed and damaged is refused', async () => {
    const zipped = gzipSync(await write([state('prod')]));
    zipped[zipped.length - 6] = (zipped[zipped.length - 6] ?? 0) ^ 0xff;
    await expect(read(zipped)).rejects.toThrow(/is damaged: it does not unpack/);
  });

  test.each([
    ['text', Buffer.from('kind: Pod\n')],
    ['JSON', Buffer.from('{"kind":"Pod"}\n')],
    ['another packed file', gzipSync('kind: Pod\n')],
    ['something that only looks packed', Buffer.from([0x1f, 0x8b, 0, 1, 2, 3])],
    ['nothing', Buffer.from('')],
    ['the mark, cut off', Buffer.from('{"meshlint":"snap')],
  ])('is not what %s is', (_, bytes) => {
    expect(isSnapshot(bytes)).toBe(false);
  });
});

const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const key = '-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n';
const publicKey = '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('keeps of Secrets only what is public', async () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'cert',
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': 'CANARY',
        'example.com/team': 'shop',
      },
    },
    type: 'kubernetes.io/tls',
    data: {
      'tls.crt': base64(certificate),
      'tls.key': base64(key),
      'tls.pub': base64(publicKey),
      withheld: base64('withheld'),
      both: base64(certificate + key),
      more: base64('x'),
    },
    stringData: { more: 'CANARY' },
  };
  const [
    {
      state: { objects },
    } = { state: state('none', []) },
  ] = await read(await write([state('prod', [secret])]));
  expect(objects[0]?.value).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'cert', annotations: { 'example.com/team': 'shop' } },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(certificate), 'tls.pub': base64(publicKey), withheld: base64('withheld') },
  });
});

describe('redacted', () => {
  const mesh =
    'trustDomain: shop # CANARY\ndefaultConfig:\n  proxyMetadata:\n    TOKEN: CANARY1\n    DNS: "true"\n';
  const cases: readonly [string, Record<string, unknown>, Record<string, unknown>][] = [
    [
      'annotations',
      {
        metadata: {
          name: 'a',
          annotations: {
            'example.com/note': 'CANARY',
            'sidecar.istio.io/inject': 'true',
            'prometheus.io/port': '80',
          },
        },
      },
      {
        metadata: {
          name: 'a',
          annotations: {
            'example.com/note': 'redacted-1',
            'sidecar.istio.io/inject': 'true',
            'prometheus.io/port': '80',
          },
        },
      },
    ],
    [
      'variables',
      {
        spec: {
          containers: [
            {
              env: [
                { name: 'A', value: 'CANARY' },
                { name: 'B', value: 'CANARY' },
                { name: 'C', value: 'CANARY2' },
                { name: 'PILOT_X', value: '7' },
                { name: 'D', value: 'true' },
                { name: 'E', valueFrom: {} },
              ],
            },
          ],
        },
      },
      {
        spec: {
          containers: [
            {
              env: [
                { name: 'A', value: 'redacted-1' },
                { name: 'B', value: 'redacted-1' },
                { name: 'C', value: 'redacted-2' },
                { name: 'PILOT_X', value: '7' },
                { name: 'D', value: 'true' },
                { name: 'E', valueFrom: {} },
              ],
            },
          ],
        },
      },
    ],
    [
      'variables in an annotation',
      {
        metadata: {
          name: 'a',
          annotations: { 'proxy.istio.io/config': 'proxyMetadata: {TOKEN: CANARY}\nconcurrency: 2' },
        },
      },
      {
        metadata: {
          name: 'a',
          annotations: {
            'proxy.istio.io/config': '{"proxyMetadata":{"TOKEN":"redacted-1"},"concurrency":2}',
          },
        },
      },
    ],
    [
      'an annotation that is no YAML',
      { metadata: { name: 'a', annotations: { 'proxy.istio.io/config': '{CANARY' } } },
      { metadata: { name: 'a', annotations: { 'proxy.istio.io/config': 'redacted-1' } } },
    ],
    [
      'settings of Istio',
      { kind: 'ConfigMap', data: { mesh, config: 'policy: enabled\ntemplates: CANARY', other: 'CANARY' } },
      {
        kind: 'ConfigMap',
        data: {
          mesh: '{"trustDomain":"shop","defaultConfig":{"proxyMetadata":{"TOKEN":"redacted-1","DNS":"true"}}}',
          config: 'policy: enabled',
          other: 'redacted-2',
        },
      },
    ],
  ];
  test.each(cases)('%s are masked, the same in the same way', async (_, extra, expected) => {
    const text = await write([state('prod', [pod('a', extra)])], { redact: true });
    expect(text).not.toContain('CANARY');
    const [snapshot] = await read(text);
    expect(snapshot?.state.objects.map(({ value }) => value)).toEqual([pod('a', expected)]);
  });

  test('neither the server nor its users are named', async () => {
    const text = await write([state('prod')], { redact: true });
    expect(text).not.toMatch(/example\.com|alice/);
    expect((await read(text))[0]?.state.outcomes[1]?.detail).toBe(
      'secrets is forbidden: a user cannot get it at the server',
    );
  });
});
