import { expect, test } from 'vitest';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { entryPorts } from './entry-ports.ts';
import { routeTargets } from './virtual-services.ts';

interface Mesh {
  readonly hosts?: string;
  readonly gateways?: string;
  readonly match?: string;
  readonly protocol?: 'http' | 'tls' | 'tcp';
  readonly servers?: string;
}

const web = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  ports:
    - { name: http, port: 80 }
    - { name: grpc-api, port: 90 }
    - { name: https, port: 443 }
    - { name: tcp-admin, port: 7000 }
    - { name: unnamed, port: 8000 }
    - { name: dns, port: 53, protocol: UDP }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: maps, namespace: egress }
spec: { hosts: [maps.example.com], ports: [{ number: 8080, protocol: HTTP, name: a }, { number: 8443, protocol: TLS, name: b }] }
`;

/** Where requests come in for the first destination: `mesh / gateways`, and `…` when these are not all. */
async function entries(mesh: Mesh, request: WorldRequest = { world: 'closed' }): Promise<string> {
  const { hosts = 'web', gateways = '', match = '', protocol = 'http', servers } = mesh;
  const gateway = `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec: { servers: [${servers}] }
`;
  const raw = `${web}${servers === undefined ? '' : gateway}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a, namespace: shop }
spec:
  hosts: [${hosts}]
  gateways: [${gateways}]
  ${protocol}:
    - match: [${match}]
      route: [{ destination: { host: x } }]`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], request);
  const [service = expect.unreachable()] = graph.list('VirtualService');
  const [target = expect.unreachable()] = routeTargets(graph, service);
  const found = entryPorts(graph, target);
  return `${[...found.mesh].join(' ')} / ${[...found.gateways].join(' ')}${found.complete ? '' : ' …'}`;
}

const http = '{ port: { number: 80, protocol: HTTP, name: a }, hosts: ["*"] }';
const server = (number: number, protocol: string, rest: string, hosts = '"*"'): string =>
  `{ port: { number: ${number}, protocol: ${protocol}, name: p${number} }, hosts: [${hosts}]${rest === '' ? '' : `, ${rest}`} }`;

test.each<[string, Mesh, string]>([
  ['http routes: ports for HTTP or for anything', {}, '80 90 8000 / '],
  ['tls routes: ports for TLS', { protocol: 'tls' }, '443 / '],
  ['tcp routes: ports for TCP or for anything', { protocol: 'tcp' }, '7000 8000 / '],
  ['a full name in upper case', { hosts: 'WEB.shop.svc.cluster.local' }, '80 90 8000 / '],
  ['a host outside', { hosts: 'maps.example.com' }, '8080 / '],
  ['several hosts', { hosts: 'web, maps.example.com', protocol: 'tls' }, '443 8443 / '],
  ['a host that is no Service', { hosts: 'virtual' }, ' /  …'],
  ['a wildcard', { hosts: '"*.example.com"' }, ' /  …'],
  ['a delegate', { hosts: '' }, ' /  …'],
  ['a port of all matches', { match: '{ port: 80 }, { port: 90 }' }, '80 90 / '],
  ['a port that the host does not have', { match: '{ port: 81 }' }, ' / '],
  ['a port of an unknown host', { hosts: 'virtual', match: '{ port: 81 }' }, '81 / '],
  ['a port of one match', { match: '{ port: 80 }, { method: { exact: GET } }' }, '80 90 8000 / '],
])('through the mesh, %s', async (_, mesh, expected) => {
  expect(await entries(mesh)).toBe(expected);
});

const secure = 'tls: { mode: SIMPLE, credentialName: a }';
test.each<[string, Mesh, string]>([
  ['an HTTP server', { servers: http }, ' / 80'],
  ['an HTTPS server', { servers: server(443, 'HTTPS', secure) }, ' / 443'],
  ['one that passes TLS on', { servers: server(443, 'HTTPS', 'tls: { mode: PASSTHROUGH }') }, ' / '],
  [
    'the same for tls routes',
    { servers: server(443, 'TLS', 'tls: { mode: PASSTHROUGH }'), protocol: 'tls' },
    ' / 443',
  ],
  ['TLS without a mode is passed on', { servers: server(443, 'TLS', 'tls: {}'), protocol: 'tls' }, ' / 443'],
  ['TLS that ends here, for tcp routes', { servers: server(443, 'TLS', secure), protocol: 'tcp' }, ' / 443'],
  ['a TCP server', { servers: server(7000, 'TCP', ''), protocol: 'tcp' }, ' / 7000'],
  ['a TCP server for http routes', { servers: server(7000, 'TCP', '') }, ' / '],
  ['one that only redirects', { servers: server(80, 'HTTP', 'tls: { httpsRedirect: true }') }, ' / '],
  ['hosts for all namespaces', { servers: server(80, 'HTTP', '', '"*/*"') }, ' / 80'],
  ['hosts for the own namespace', { servers: server(80, 'HTTP', '', '"./*.local"') }, ' / 80'],
  ['hosts for this namespace', { servers: server(80, 'HTTP', '', '"shop/*"') }, ' / 80'],
  ['hosts for another namespace', { servers: server(80, 'HTTP', '', '"web/*"') }, ' / '],
  ['other hosts', { servers: server(80, 'HTTP', '', 'www.example.com') }, ' / '],
  ['a server without a port', { servers: '{ hosts: ["*"] }' }, ' / '],
  ['a gateway that is not there', {}, ' /  …'],
  ['a port of the match', { servers: http, match: '{ port: 80 }, { port: 81 }' }, ' / 80'],
  ['a port at a gateway that is not there', { match: '{ port: 81 }' }, ' / 81'],
  ['a match for this gateway', { servers: http, match: '{ gateways: [shop/public] }' }, ' / 80'],
  ['a match for another gateway', { servers: http, match: '{ gateways: [other] }' }, ' / '],
])('through a gateway, %s', async (_, mesh, expected) => {
  expect(await entries({ gateways: 'public', ...mesh })).toBe(expected);
});

test('both ways together, parted by matches', async () => {
  const both = { gateways: 'mesh, public', servers: http };
  expect(await entries(both)).toBe('80 90 8000 / 80');
  expect(await entries({ ...both, match: '{ gateways: [mesh] }' })).toBe('80 90 8000 / ');
  expect(await entries({ ...both, match: '{ gateways: [mesh], port: 90 }, { gateways: [public] }' })).toBe(
    '90 / 80',
  );
});
