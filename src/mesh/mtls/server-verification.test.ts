import { expect, test } from 'vitest';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { unverifiedServers } from './server-verification.ts';

const rule = (host: string, spec: string, namespace = 'shop'): string => `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: r, namespace: ${namespace} }
spec: { host: "${host}", ${spec} }
`;
const simple = (settings = ''): string => `trafficPolicy: { tls: { mode: SIMPLE${settings} } }`;
const secret = simple(', credentialName: s');

/** Every doubt, with its port. */
async function doubts(raw: string, request: WorldRequest = { world: 'closed' }): Promise<readonly string[]> {
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], request);
  return unverifiedServers(graph).map(({ doubt, port, hasSidecars }) =>
    [doubt, ...(port === undefined ? [] : [port]), ...(hasSidecars ? ['sidecars'] : [])].join(' '),
  );
}

test.each<[string, string, readonly string[]]>([
  ['x.com', 'trafficPolicy: {}', []],
  ['x.com', 'trafficPolicy: { tls: { mode: ISTIO_MUTUAL, insecureSkipVerify: true } }', []],
  ['x.com', simple(), []],
  ['x.com', simple(', insecureSkipVerify: true'), ['skipped']],
  ['x.com', secret, ['dropped']],
  ['x.com', simple(', credentialName: s, insecureSkipVerify: true'), ['dropped']],
  ['x.com', `${secret}, workloadSelector: { matchLabels: { app: a } }`, []],
  [
    'x.com',
    `${simple(', credentialName: s, insecureSkipVerify: true')}, workloadSelector: { matchLabels: { app: a } }`,
    ['skipped'],
  ],
  ['x.com', simple(', credentialName: "configmap://s"'), []],
  ['x', simple(), ['system']],
  ['x', simple(', caCertificates: /ca.pem'), []],
  ['*.shop.svc.cluster.local', simple(), ['system']],
  ['x', simple(', subjectAltNames: [x.com]'), []],
  ['x', simple(', sni: y.shop.svc.cluster.local'), ['system']],
  [
    'x',
    'trafficPolicy: { portLevelSettings: [{ port: { number: 1 }, tls: { mode: MUTUAL } }, {}] }',
    ['system 1'],
  ],
  ['x', `subsets: [{ name: a }, { name: b, ${simple()} }]`, ['system']],
])('%s with %s', async (host, spec, expected) => {
  expect(await doubts(rule(host, spec))).toEqual(expected);
});

test('before 1.21 nothing is checked without authorities', async () => {
  const old: WorldRequest = { world: 'closed', mesh: { istioVersion: '1.20' } };
  expect(await doubts(rule('x.com', simple()), old)).toEqual(['nothing']);
  expect(await doubts(rule('x.com', simple(', caCertificates: /ca.pem')), old)).toEqual([]);
});

test('the domain of the cluster counts', async () => {
  const own: WorldRequest = { world: 'closed', mesh: { clusterDomain: 'corp.example' } };
  expect(await doubts(rule('x.shop.svc.corp.example', simple()), own)).toEqual(['system']);
  expect(await doubts(rule('x.shop.svc.cluster.local', simple()), own)).toEqual([]);
});

const virtualService = (spec: string): string => `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: v, namespace: shop }
spec: ${spec}
`;
const to = (host: string, match = ''): string =>
  `http: [{ ${match}route: [{ destination: { host: ${host} } }] }]`;

test.each<[string, string, readonly string[]]>([
  ['a gateway', `{ hosts: [y.com], gateways: [g], ${to('a.x.com')} }`, []],
  ['a delegate', `{ ${to('a.x.com')} }`, []],
  ['the mesh', `{ hosts: [y.com], ${to('a.x.com')} }`, ['dropped']],
  ['a gateway elsewhere', `{ hosts: [y.com], gateways: [g], ${to('a.y.com')} }`, ['dropped']],
  [
    'a match for the mesh',
    `{ hosts: [y.com], gateways: [g, mesh], ${to('a.x.com', 'match: [{ gateways: [mesh] }], ')} }`,
    ['dropped'],
  ],
  [
    'a match for the gateway',
    `{ hosts: [y.com], gateways: [g, mesh], ${to('a.x.com', 'match: [{ gateways: [mesh] }, { gateways: [g] }], ')} }`,
    [],
  ],
])('a credential and a route of %s', async (_, spec, expected) => {
  expect(await doubts(rule('*.x.com', secret) + virtualService(spec))).toEqual(expected);
});

test('a credential and a route of the Gateway API', async () => {
  const route = (backend: string): string => `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: shop }
spec: { parentRefs: [{ name: g }], rules: [{ backendRefs: [${backend}] }] }
`;
  expect(await doubts(rule('x', secret) + route('{ name: x, port: 80 }'))).toEqual([]);
  expect(await doubts(rule('x', secret) + route('{ name: x, namespace: other, port: 80 }'))).toEqual([
    'dropped',
  ]);
  const hostname = '{ group: networking.istio.io, kind: Hostname, name: x.com, port: 80 }';
  expect(await doubts(rule('x.com', secret) + route(hostname))).toEqual([]);
});

test('a sidecar in the namespace of the rule', async () => {
  const pods = (namespace: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: d, namespace: ${namespace} }
spec: { template: { metadata: { labels: { app: d } }, spec: { containers: [{ name: istio-proxy, image: p }] } } }
`;
  expect(await doubts(rule('x.com', secret) + pods('shop'))).toEqual(['dropped sidecars']);
  expect(await doubts(rule('x.com', secret) + pods('other'))).toEqual(['dropped']);
});
