import { describe, expect, test } from 'vitest';
import { readTexts } from '../load/index.ts';
import { type ObjectId, showObject } from '../model/object-id.ts';
import type { Manifest } from '../text/manifest.ts';
import { layOver } from './lay-over.ts';

const read = [
  { group: 'networking.istio.io', kind: 'VirtualService', namespaces: 'all' },
  { group: '', kind: 'Namespace', namespaces: 'all' },
  { group: '', kind: 'Secret', namespaces: ['shop'] },
].map((outcome) => ({
  ...outcome,
  namespaces: outcome.namespaces as 'all',
  resource: '',
  count: 1,
  state: 'ok' as const,
}));

/** `Kind ns/name` of our own groups, as the cluster has it. */
function live(what: string, metadata: object = {}, rest: object = {}): Manifest {
  const [kind = '', path = ''] = what.split(' ');
  const [namespace, name] = path.includes('/') ? path.split('/') : [undefined, path];
  return {
    value: {
      apiVersion: apiVersions[kind] ?? 'v1',
      kind,
      metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...metadata },
      ...rest,
    },
    origin: { source: { path: `kind:${what}`, text: '' }, start: 0, end: 0 },
  };
}
const apiVersions: Readonly<Record<string, string>> = {
  VirtualService: 'networking.istio.io/v1',
  Gateway: 'networking.istio.io/v1',
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  Thing: 'example.org/v1',
};

function file(what: string, metadata: object = {}, rest: object = {}): string {
  return JSON.stringify(live(what, metadata, rest).value);
}

interface Setting {
  readonly files?: Readonly<Record<string, string>>;
  readonly removed?: readonly ObjectId[];
  readonly namespace?: string;
}

async function lay(
  before: readonly Manifest[],
  { files = {}, removed = [], namespace }: Setting,
): Promise<object> {
  const texts = Object.entries(files).map(([path, raw]) => ({ path, raw }));
  const { manifests, layout } = await readTexts(texts);
  const laid = layOver(
    before,
    { outcomes: read },
    {
      manifests,
      layout,
      removed,
      namespaceOfRest: 'ofcontext',
      ...(namespace === undefined ? {} : { namespace }),
    },
  );
  return {
    manifests: laid.manifests.map(({ origin }) => origin.source.path),
    added: laid.objects.added.map(showObject),
    replaced: laid.objects.replaced.map(showObject),
    removed: laid.objects.removed.map(showObject),
    notFound: laid.objects.notFound.map(showObject),
  };
}

const nothing = { added: [], replaced: [], removed: [], notFound: [] };
const route = live('VirtualService shop/cart');
const pod = (owner: string, labels = {}): Manifest =>
  live('Pod shop/web-5f7c-a', {
    labels,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner }],
  });

describe('what stands in the cluster afterwards', () => {
  const cases: readonly [says: string, before: readonly Manifest[], setting: Setting, expected: object][] = [
    ['no files: what was there', [route], {}, { ...nothing, manifests: ['kind:VirtualService shop/cart'] }],
    [
      'a file takes the place of the live copy',
      [route],
      { files: { 'a.yaml': file('VirtualService shop/cart') } },
      { ...nothing, manifests: ['a.yaml'], replaced: ['VirtualService shop/cart'] },
    ],
    [
      'whatever its version',
      [route],
      { files: { 'a.yaml': file('VirtualService shop/cart').replace('io/v1', 'io/v1beta1') } },
      { ...nothing, manifests: ['a.yaml'], replaced: ['VirtualService shop/cart'] },
    ],
    [
      'a kind of the same name in another group is something else',
      [live('Gateway shop/public')],
      {
        files: {
          'a.yaml': file('Gateway shop/public').replace('networking.istio.io', 'gateway.networking.k8s.io'),
        },
      },
      {
        ...nothing,
        manifests: ['a.yaml', 'kind:Gateway shop/public'],
        added: ['Gateway.gateway.networking.k8s.io shop/public'],
      },
    ],
    [
      'a kind that no rule reads',
      [live('Thing shop/it')],
      { files: { 'a.yaml': file('Thing shop/it') } },
      { ...nothing, manifests: ['a.yaml'], replaced: ['Thing shop/it'] },
    ],
    [
      'a file without namespace stands in that of the context',
      [route, live('VirtualService ofcontext/cart')],
      { files: { 'a.yaml': file('VirtualService cart') } },
      {
        ...nothing,
        manifests: ['a.yaml', 'kind:VirtualService shop/cart'],
        replaced: ['VirtualService ofcontext/cart'],
      },
    ],
    [
      '-n wins over the context',
      [route],
      { files: { 'a.yaml': file('VirtualService cart') }, namespace: 'shop' },
      { ...nothing, manifests: ['a.yaml'], replaced: ['VirtualService shop/cart'] },
    ],
    [
      'a kustomization wins over the context',
      [route],
      {
        files: {
          'k/kustomization.yaml': 'namespace: shop\nresources: [a.yaml]\n',
          'k/a.yaml': file('VirtualService cart'),
        },
      },
      { ...nothing, manifests: ['k/a.yaml'], replaced: ['VirtualService shop/cart'] },
    ],
    [
      'what is cluster-scoped has no namespace',
      [live('Namespace shop')],
      { files: { 'a.yaml': file('Namespace shop') }, namespace: 'other' },
      { ...nothing, manifests: ['a.yaml'], replaced: ['Namespace shop'] },
    ],
    [
      'two files of one identity both stay',
      [route],
      { files: { 'a.yaml': file('VirtualService shop/cart'), 'b.yaml': file('VirtualService shop/cart') } },
      { ...nothing, manifests: ['a.yaml', 'b.yaml'], replaced: ['VirtualService shop/cart'] },
    ],
    [
      'a manifest without a name replaces nothing',
      [live('VirtualService shop/', { name: '' })],
      { files: { 'a.yaml': file('VirtualService shop/', { name: undefined, generateName: 'cart-' }) } },
      { ...nothing, manifests: ['a.yaml', 'kind:VirtualService shop/'] },
    ],
    [
      'what is removed is gone, and what is not there is named',
      [route, live('VirtualService shop/other')],
      {
        removed: [
          { group: 'networking.istio.io', kind: 'VirtualService', namespace: 'shop', name: 'cart' },
          { group: 'networking.istio.io', kind: 'VirtualService', namespace: 'shop', name: 'gone' },
        ],
      },
      {
        ...nothing,
        manifests: ['kind:VirtualService shop/other'],
        removed: ['VirtualService shop/cart'],
        notFound: ['VirtualService shop/gone'],
      },
    ],
    [
      'what a file brings is not removed',
      [route],
      {
        files: { 'a.yaml': file('VirtualService shop/cart') },
        removed: [{ group: 'networking.istio.io', kind: 'VirtualService', namespace: 'shop', name: 'cart' }],
      },
      { ...nothing, manifests: ['a.yaml'], replaced: ['VirtualService shop/cart'] },
    ],
    [
      'with a Namespace goes what is in it',
      [live('Namespace shop'), route, live('VirtualService other/cart')],
      { removed: [{ group: '', kind: 'Namespace', namespace: '', name: 'shop' }] },
      { ...nothing, manifests: ['kind:VirtualService other/cart'], removed: ['Namespace shop'] },
    ],
    [
      'with a Deployment go its ReplicaSets and their Pods',
      [
        live('Deployment shop/web'),
        live('ReplicaSet shop/web-5f7c', {
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }],
        }),
        pod('web-5f7c'),
        live('Pod shop/lonely'),
      ],
      { removed: [{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }] },
      { ...nothing, manifests: ['kind:Pod shop/lonely'], removed: ['Deployment shop/web'] },
    ],
    [
      'also when no ReplicaSet was read',
      [live('Deployment shop/web'), pod('web-5f7c', { 'pod-template-hash': '5f7c' })],
      { removed: [{ group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }] },
      { ...nothing, manifests: [], removed: ['Deployment shop/web'] },
    ],
  ];
  test.each(cases)('%s', async (_, before, setting, expected) => {
    expect(await lay(before, setting)).toEqual(expected);
  });
});

describe('what only the API server writes', () => {
  const created = '2024-05-01T00:00:00Z';
  const cases: readonly [says: string, before: readonly Manifest[], raw: string, expected: object][] = [
    [
      'stays as the cluster has it',
      [live('VirtualService shop/cart', { creationTimestamp: created, uid: 'a' }, { status: { ok: true } })],
      file('VirtualService shop/cart', { labels: { a: 'b' }, creationTimestamp: null }, { status: {} }),
      { metadata: { labels: { a: 'b' }, creationTimestamp: created, uid: 'a' }, status: { ok: true } },
    ],
    [
      'is not taken from a file',
      [live('VirtualService shop/cart')],
      file('VirtualService shop/cart', { creationTimestamp: created, uid: 'b' }, { status: {} }),
      { metadata: {} },
    ],
    [
      'makes what is new the youngest',
      [],
      file('VirtualService shop/cart', { creationTimestamp: created }, { status: {} }),
      { metadata: { creationTimestamp: '9999-12-31T23:59:59Z' } },
    ],
    ['says nothing where nobody could look', [], file('Secret other/key'), { metadata: {} }],
  ];
  test.each(cases)('%s', async (_, before, raw, { metadata, ...rest }: { metadata?: object }) => {
    const { manifests, layout } = await readTexts([{ path: 'a.yaml', raw }]);
    const change = { manifests, layout, removed: [], namespaceOfRest: 'ofcontext' };
    const [first] = layOver(before, { outcomes: read }, change).manifests;
    const { apiVersion, kind, metadata: found, ...others } = first?.value ?? {};
    const { name, namespace, ...told } = found as Record<string, unknown>;
    expect({ metadata: told, ...others }).toEqual({ metadata, ...rest });
  });
});
