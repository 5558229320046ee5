import { expect, test } from 'vitest';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { findUncheckedClaims } from './claim-routes.ts';

const gateway = (selector = '{ app: edge }'): string => `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: g, namespace: edge }
spec: { selector: ${selector}, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }
`;
const pods = (name: string, namespace = 'edge'): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  template:
    metadata: { labels: { app: edge, own: ${name} }, annotations: { inject.istio.io/templates: gateway } }
    spec: { containers: [{ name: istio-proxy, image: auto }] }
`;
const policy = (namespace: string, spec = '{}'): string =>
  `---\napiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: { name: r, namespace: ${namespace} }\nspec: ${spec}\n`;
const virtualService = (match: string, gateways = 'edge/g'): string => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: v, namespace: shop }
spec:
  hosts: [x.com]
  gateways: [${gateways}]
  http: [{ match: [${match}], route: [{ destination: { host: x } }] }]
`;
const group = '{ headers: { "@request.auth.claims.group": { exact: a } } }';

/** What is unchecked, as `edge/g at Deployment edge/a: key absent`. */
async function unchecked(
  raw: string,
  request: WorldRequest = { world: 'closed' },
): Promise<readonly string[]> {
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], request);
  return graph
    .list('VirtualService')
    .flatMap((service) => findUncheckedClaims(graph, service))
    .map(
      (found) =>
        `${found.gateway.written} at ${found.pods}: ${found.keys.map(({ key }) => key).join(' ')} ${found.lookup.state}`,
    );
}
const atPods = (name: string, state = 'absent'): string =>
  `edge/g at Deployment edge/${name}: @request.auth.claims.group ${state}`;

test.each<[string, string, readonly string[]]>([
  ['nothing', '', [atPods('a')]],
  ['one for the namespace', policy('edge'), []],
  ['one for the mesh', policy('istio-system'), []],
  ['one for another namespace', policy('shop'), [atPods('a')]],
  ['one that selects them', policy('edge', '{ selector: { matchLabels: { app: edge } } }'), []],
  ['one that selects others', policy('edge', '{ selector: { matchLabels: { app: x } } }'), [atPods('a')]],
  [
    'one that targets a Gateway of the other kind',
    policy('edge', '{ targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: g }] }'),
    [atPods('a')],
  ],
])('a gateway with %s', async (_, policies, expected) => {
  expect(await unchecked(gateway() + pods('a') + policies + virtualService(group))).toEqual(expected);
});

test.each<[string, readonly string[]]>([
  ['{ headers: { "@request.auth.claims": {} } }', []],
  ['{ headers: { "@request.auth.claims.": {} } }', []],
  ['{ headers: { "@request.auth.claims[]": {} } }', []],
  ['{ headers: { "@request.auth.claims[a": {} } }', []],
  ['{ headers: { "x@request.auth.claims.a": {} } }', []],
  ['{ headers: { "@request.auth.claims[a][b]": {} } }', ['@request.auth.claims[a][b]']],
  [
    '{ headers: { "@REQUEST.auth.claims.a": {} }, withoutHeaders: { "@request.auth.claims.b": {} } }',
    ['@REQUEST.auth.claims.a', '@request.auth.claims.b'],
  ],
])('claims in %s', async (match, keys) => {
  const found = await unchecked(gateway() + pods('a') + virtualService(match));
  expect(found).toEqual(keys.length === 0 ? [] : [`edge/g at Deployment edge/a: ${keys.join(' ')} absent`]);
});

test('of several deployments the one without a policy is named', async () => {
  const one = policy('edge', '{ selector: { matchLabels: { own: a } } }');
  expect(await unchecked(gateway() + pods('a') + pods('b') + one + virtualService(group))).toEqual([
    atPods('b'),
  ]);
});

test('the mesh, and gateways that are missing or have no pods, are left alone', async () => {
  expect(await unchecked(virtualService(group, 'mesh'))).toEqual([]);
  expect(await unchecked(virtualService(group))).toEqual([]);
  expect(await unchecked(gateway() + virtualService(group))).toEqual([]);
});

test('what is not known is not concluded', async () => {
  const ingress = gateway('{ istio: ingressgateway }');
  const unknown = ['edge/g at the default ingress gateway: @request.auth.claims.group unknown'];
  expect(await unchecked(ingress + virtualService(group), {})).toEqual(unknown);
  expect(await unchecked(ingress + policy('edge') + virtualService(group), {})).toEqual(unknown);
  const other = policy('istio-system', '{ selector: { matchLabels: { app: x } } }');
  const absent = unknown.map((line) => line.replace('unknown', 'absent'));
  expect(await unchecked(ingress + other + virtualService(group), {})).toEqual(absent);
  expect(await unchecked(gateway() + pods('a') + virtualService(group), {})).toEqual([atPods('a')]);
  expect(await unchecked(gateway() + pods('a') + virtualService(group), { world: 'open' })).toEqual([
    atPods('a', 'unknown'),
  ]);
});

test('pods without a namespace may be where any policy is', async () => {
  const floating = pods('a').replace(', namespace: edge', '');
  const rest = gateway() + floating + virtualService(group);
  expect(await unchecked(rest + policy('pay', '{ selector: { matchLabels: { app: edge } } }'), {})).toEqual(
    [],
  );
});

test('another root namespace', async () => {
  const rest = gateway() + pods('a') + policy('mesh-root') + virtualService(group);
  expect(await unchecked(rest, { world: 'closed', mesh: { rootNamespace: 'mesh-root' } })).toEqual([]);
  expect(await unchecked(rest)).toEqual([atPods('a')]);
});
