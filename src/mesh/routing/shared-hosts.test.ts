import { describe, expect, test } from 'vitest';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { sharedHosts } from './shared-hosts.ts';

const route = 'http: [{ route: [{ destination: { host: x } }] }]';

function virtualService(name: string, spec: string, routes = route): string {
  const [own = '', namespace] = name.split('@');
  const place = namespace === undefined ? '' : `, namespace: ${namespace}`;
  return `---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: ${own}${place} }\nspec:\n  ${spec}\n  ${routes}\n`;
}

/** Every rivalry, as `a[index] older b[index]`. */
async function rivalries(
  files: Readonly<Record<string, string>> | string,
  request: WorldRequest = { world: 'closed' },
): Promise<readonly string[]> {
  const list = typeof files === 'string' ? { 'a.yaml': files } : files;
  const { graph } = await openTexts(
    Object.entries(list).map(([path, raw]) => ({ path, raw })),
    request,
  );
  return [...sharedHosts(graph)].flatMap(([service, shared]) =>
    shared.flatMap(({ index, rivals }) =>
      rivals.map((rival) => `${service.name}[${index}] ${rival.wins} ${rival.service.name}[${rival.index}]`),
    ),
  );
}

const bothWays = ['a[0] older b[0]', 'b[0] older a[0]'];
const override = ['a[0] nearer b[0]', 'b[0] nearer a[0]'];

test.each<[string, string, string, readonly string[]]>([
  ['the same host', 'hosts: [x.com]', 'hosts: [x.com]', bothWays],
  ['the same in upper case', 'hosts: [x.com]', 'hosts: [X.com]', bothWays],
  ['other hosts', 'hosts: [x.com]', 'hosts: [y.com]', []],
  ['the same wildcard', 'hosts: ["*.com"]', 'hosts: ["*.com"]', bothWays],
  ['a wildcard over the other', 'hosts: ["*.com"]', 'hosts: [x.com]', []],
  ['short names of two namespaces', 'hosts: [x]', 'hosts: [x]', []],
  ['a short and a full name', 'hosts: [x]', 'hosts: [x.shop.svc.cluster.local]', bothWays],
  ['a gateway', 'hosts: [x.com]', 'hosts: [x.com]\n  gateways: [public]', []],
  ['a gateway and the mesh', 'hosts: [x.com]', 'hosts: [x.com]\n  gateways: [public, mesh]', bothWays],
  ['private ones', 'hosts: [x.com]\n  exportTo: ["."]', 'hosts: [x.com]\n  exportTo: ["."]', []],
  ['a private one', 'hosts: [x.com]', 'hosts: [x.com]\n  exportTo: ["."]', override],
  ['one for some', 'hosts: [x.com]', 'hosts: [x.com]\n  exportTo: [pay]', override],
  ['one for nobody', 'hosts: [x.com]', 'hosts: [x.com]\n  exportTo: ["~"]', []],
  [
    'the same clients',
    'hosts: [x.com]\n  exportTo: [pay]',
    'hosts: [x.com]\n  exportTo: [pay, ops]',
    bothWays,
  ],
  [
    'clients at home of one',
    'hosts: [x.com]\n  exportTo: [web]',
    'hosts: [x.com]\n  exportTo: ["."]',
    override,
  ],
  [
    'clients at home of each',
    'hosts: [x.com]\n  exportTo: [web, "."]',
    'hosts: [x.com]\n  exportTo: [shop, "."]',
    override,
  ],
  ['no hosts', 'hosts: []', 'hosts: []', []],
])('%s', async (_, a, b, expected) => {
  const texts = virtualService('a@shop', a) + virtualService('b@web', b);
  expect(await rivalries(texts)).toEqual(expected);
});

describe('routes that never meet', () => {
  const http = (match: string): string =>
    `http: [{ match: [${match}], route: [{ destination: { host: x } }] }]`;
  const other = (protocol: string): string => `${protocol}: [{ route: [{ destination: { host: x } }] }]`;
  test.each<[string, string, string, boolean]>([
    ['http and tcp', route, other('tcp'), false],
    ['tls and tcp', other('tls'), other('tcp'), false],
    ['tcp and tcp', other('tcp'), other('tcp'), true],
    ['other ports', http('{ port: 80 }'), http('{ port: 81 }, { port: 82 }'), false],
    ['one port', http('{ port: 80 }'), http('{ port: 81 }, { port: 80 }'), true],
    ['one port and any', http('{ port: 80 }'), route, true],
    ['other clients', http('{ sourceNamespace: a }'), http('{ sourceNamespace: b }'), false],
    ['some clients and any', http('{ sourceNamespace: a }'), http('{ port: 80 }'), true],
    ['other paths', http('{ uri: { prefix: /a } }'), http('{ uri: { prefix: /b } }'), true],
    ['a match for gateways only', http('{ gateways: [public] }'), route, false],
    [
      'a match for the mesh',
      http('{ gateways: [mesh], sourceNamespace: b }'),
      http('{ sourceNamespace: a }'),
      true,
    ],
    ['no routes', 'http: []', route, false],
  ])('%s', async (_, a, b, meet) => {
    const gateways = 'hosts: [x.com]\n  gateways: [mesh, public]';
    const texts = virtualService('a@shop', gateways, a) + virtualService('b@web', gateways, b);
    expect(await rivalries(texts)).toEqual(meet ? bothWays : []);
  });
});

test('no VirtualService is its own rival', async () => {
  const twice = virtualService('a@shop', 'hosts: [x, x.shop.svc.cluster.local]');
  expect(await rivalries(twice)).toEqual([]);
  expect(await rivalries({ 'a.yaml': twice, 'b.yaml': twice })).toEqual([]);
});

test('every shared host is told, conflicts before overrides', async () => {
  const texts =
    virtualService('a@shop', 'hosts: [v.com, w.com, x.com]') +
    virtualService('b@web', 'hosts: [x.com, w.com]\n  exportTo: ["."]') +
    virtualService('c@pay', 'hosts: [u.com, x.com]');
  expect((await rivalries(texts)).filter((one) => one.startsWith('a'))).toEqual([
    'a[1] nearer b[1]',
    'a[2] older c[1]',
    'a[2] nearer b[0]',
  ]);
});

test('variants, and what a kustomization changes, are not compared', async () => {
  const a = virtualService('a@shop', 'hosts: [x]');
  const b = virtualService('b@shop', 'hosts: [x]');
  const shared = '---\napiVersion: v1\nkind: Service\nmetadata: { name: x, namespace: shop }\n';
  const files = { 'one/a.yaml': a + shared, 'two/b.yaml': b + shared };
  expect(await rivalries(files, {})).toEqual([]);
  expect(await rivalries(files)).toEqual(bothWays);
  expect(await rivalries({ 'one/a.yaml': a, 'two/b.yaml': b }, {})).toEqual(bothWays);
  const kustomization = { 'one/kustomization.yaml': 'resources: [a.yaml]\npatches: [{ path: p.yaml }]\n' };
  expect(await rivalries({ ...kustomization, 'one/a.yaml': a, 'two/b.yaml': b }, {})).toEqual([]);
});

test('what stands beside variants may be a further one', async () => {
  const a = virtualService('a@shop', 'hosts: [x]');
  const b = virtualService('b@shop', 'hosts: [x]');
  const beside = { 'demo/a1.yaml': a, 'demo/a2.yaml': a, 'demo/b.yaml': b };
  expect(await rivalries(beside, {})).toEqual([]);
  // Inside an alternative, or below a common base, they are applied together.
  expect(await rivalries({ 'dev/a.yaml': a, 'dev/b.yaml': b, 'prod/a.yaml': a }, {})).toEqual(bothWays);
  const based = { 'base/b.yaml': b, 'overlays/dev/a.yaml': a, 'overlays/prod/a.yaml': a };
  expect([...new Set(await rivalries(based, {}))]).toEqual(bothWays);
});

test('what floats is compared inside its folder only', async () => {
  const a = virtualService('a', 'hosts: [x]');
  const b = virtualService('b', 'hosts: [x]');
  expect(await rivalries({ 'one/a.yaml': a, 'one/b.yaml': b }, {})).toEqual(bothWays);
  expect(await rivalries({ 'one/a.yaml': a, 'two/b.yaml': b }, {})).toEqual([]);
  const named = virtualService('b@shop', 'hosts: [x.com]');
  expect(await rivalries(virtualService('a', 'hosts: [x.com]') + named, {})).toEqual([]);
});

test('a host that all claim stays readable', async () => {
  let texts = '';
  for (let i = 0; i < 50; i++) texts += virtualService(`v${i}@shop`, 'hosts: [x]');
  const found = await rivalries(texts);
  expect(found.filter((one) => one.startsWith('v0['))).toHaveLength(10);
});
