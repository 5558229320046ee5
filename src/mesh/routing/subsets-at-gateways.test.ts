import { expect, test } from 'vitest';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { openSubsets } from './subsets-at-gateways.ts';

function virtualService(name: string, spec: string): string {
  const [own = '', namespace] = name.split('@');
  const place = namespace === undefined ? '' : `, namespace: ${namespace}`;
  return `---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: ${own}${place} }\nspec: { ${spec} }\n`;
}
const to = (host: string, subset = ''): string =>
  `http: [{ route: [{ destination: { host: ${host}${subset === '' ? '' : `, subset: ${subset}`} } }] }]`;

/** Every open destination, as `a: b c`. */
async function open(
  files: Readonly<Record<string, string>> | string,
  request: WorldRequest = { world: 'closed' },
): Promise<readonly string[]> {
  const list = typeof files === 'string' ? { 'a.yaml': files } : files;
  const { graph } = await openTexts(
    Object.entries(list).map(([path, raw]) => ({ path, raw })),
    request,
  );
  return openSubsets(graph).map(
    ({ service, choices }) => `${service.name}: ${choices.map((choice) => choice.service.name).join(' ')}`,
  );
}

test.each<[string, string, string, readonly string[]]>([
  ['gateways: [g]', to('x'), `hosts: [x], ${to('x', 'v1')}`, ['a: b']],
  ['gateways: [g]', to('x', 'v2'), `hosts: [x], ${to('x', 'v1')}`, []],
  ['gateways: [mesh]', to('x'), `hosts: [x], ${to('x', 'v1')}`, []],
  ['gateways: [g]', to('x'), `hosts: [y], ${to('x', 'v1')}`, []],
  ['gateways: [g]', to('x'), `hosts: [x.one.svc.cluster.local], ${to('x', 'v1')}`, ['a: b']],
  ['gateways: [g]', to('x'), `hosts: [x], gateways: [h], ${to('x', 'v1')}`, []],
  ['gateways: [g]', to('x'), `hosts: [x], gateways: [h, mesh], ${to('x', 'v1')}`, ['a: b']],
  ['gateways: [g]', to('x'), `hosts: [x], gateways: [one/g, mesh], ${to('x', 'v1')}`, []],
  ['gateways: ["~"]', to('x'), `hosts: [x], ${to('x')}`, []],
])('%s', async (gateways, route, other, expected) => {
  const raw =
    virtualService('a@one', `hosts: [x.com], ${gateways}, ${route}`) + virtualService('b@one', other);
  expect(await open(raw)).toEqual(expected);
});

test('mirrors and TCP are not about subsets of requests', async () => {
  const choice = virtualService('b@one', `hosts: [x], ${to('x', 'v1')}`);
  const mirror = 'http: [{ route: [{ destination: { host: y } }], mirror: { host: x } }]';
  const tcp = 'tcp: [{ route: [{ destination: { host: x } }] }]';
  for (const routes of [mirror, tcp]) {
    expect(await open(virtualService('a@one', `hosts: [x.com], gateways: [g], ${routes}`) + choice)).toEqual(
      [],
    );
  }
});

test('what floats is only compared in one folder, variants not at all', async () => {
  const route = virtualService('a', `hosts: [x.com], gateways: [g], ${to('x')}`);
  const choice = virtualService('b', `hosts: [x], ${to('x', 'v1')}`);
  expect(await open({ 'one/a.yaml': route, 'two/b.yaml': choice }, {})).toEqual([]);
  expect(await open({ 'one/a.yaml': route, 'one/b.yaml': choice }, {})).toEqual(['a: b']);
  const named = virtualService('a@one', `hosts: [x.com], gateways: [g], ${to('x')}`);
  const both = named + virtualService('b@one', `hosts: [x], ${to('x', 'v1')}`);
  expect(await open({ 'dev/a.yaml': named, 'prod/a.yaml': both }, {})).toEqual(['a: b']);
});
