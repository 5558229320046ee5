import { expect, test } from 'vitest';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { findDestination } from './destinations.ts';
import { routeTargets } from './virtual-services.ts';

interface Mesh {
  /** Of the VirtualService that is asked about, in namespace `shop`. */
  readonly service?: string;
  readonly match?: string;
  /** Namespace and `exportTo` of the ServiceEntry of host `api.example.com`. */
  readonly owner?: string;
  readonly exports: string;
  readonly also?: string;
}

/** What becomes of the destination `api.example.com`. */
async function find({ service, match, owner, exports, also }: Mesh, request: WorldRequest): Promise<string> {
  const raw = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a, namespace: shop }
spec:
  ${service ?? 'hosts: [virtual]'}
  http:
    - match: [${match ?? ''}]
      route: [{ destination: { host: api.example.com } }]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: api, namespace: ${owner ?? 'egress'} }
spec: { hosts: [api.example.com], exportTo: [${exports}] }
${also ?? ''}`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], request);
  const asker = graph.list('VirtualService').find(({ name }) => name === 'a') ?? expect.unreachable();
  const [target = expect.unreachable()] = routeTargets(graph, asker);
  const found = findDestination(graph, target);
  return found?.state === 'hidden' ? `hidden from ${found.from}, ${found.lookup.state}` : `${found?.state}`;
}

const entry = (host: string, namespace: string, exports: string): string => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: other, namespace: ${namespace} }
spec: { hosts: ["${host}"], exportTo: [${exports}] }`;

test.each<[string, Mesh, string]>([
  ['seen by all', { exports: '"*"' }, 'found'],
  ['exported to the own namespace', { exports: 'shop' }, 'found'],
  ['exported elsewhere', { exports: 'web' }, 'hidden from home, absent'],
  ['exported to nobody', { exports: '"~"' }, 'hidden from everyone, absent'],
  [
    'exported to the same clients',
    { exports: 'web', service: 'hosts: [virtual]\n  exportTo: [web]' },
    'found',
  ],
  [
    'exported to other clients',
    { exports: 'web', service: 'hosts: [virtual]\n  exportTo: [pay]' },
    'hidden from everyone, absent',
  ],
  [
    'of a VirtualService that nobody gets',
    { exports: 'web', service: 'hosts: [virtual]\n  exportTo: ["~"]' },
    'found',
  ],
  ['kept beside the routes for others', { exports: 'web', owner: 'shop' }, 'found'],
  [
    'behind a gateway, wherever its pods are',
    { exports: 'edge', service: 'hosts: [virtual]\n  gateways: [edge/public]' },
    'found',
  ],
  [
    'behind a gateway of clients that do not see it',
    { exports: 'web', service: 'hosts: [virtual]\n  gateways: [public]\n  exportTo: [edge]' },
    'hidden from everyone, absent',
  ],
  ['for clients of one namespace', { exports: 'web', match: '{ sourceNamespace: web }' }, 'found'],
  [
    'for clients of another namespace',
    { exports: 'web', match: '{ sourceNamespace: pay }' },
    'hidden from everyone, absent',
  ],
  [
    'for clients of one namespace and others',
    { exports: 'web', match: '{ sourceNamespace: web }, { port: 80 }' },
    'hidden from home, absent',
  ],
  ['seen by another entry', { exports: 'web', also: entry('api.example.com', 'pay', '"*"') }, 'found'],
  ['seen by a wildcard', { exports: 'web', also: entry('*.example.com', 'pay', 'shop') }, 'found'],
  ['a delegate that nobody includes', { exports: 'web', service: 'hosts: []' }, 'hidden from home, absent'],
  [
    'a delegate',
    {
      exports: 'web',
      service: 'hosts: []',
      also: `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: root, namespace: edge }
spec: { hosts: [virtual], gateways: [public], http: [{ delegate: { name: a, namespace: shop } }] }`,
    },
    'found',
  ],
])('%s, in a closed world', async (_, mesh, expected) => {
  expect(await find(mesh, { world: 'closed' })).toBe(expected);
});

test('in a repository another entry may be seen, and a delegate may have any clients', async () => {
  expect(await find({ exports: 'web' }, {})).toBe('hidden from home, unknown');
  expect(await find({ exports: 'web', service: 'hosts: []' }, {})).toBe('found');
});

test('what floats may stand where it is seen', async () => {
  const raw = `apiVersion: v1
kind: Service
metadata: { name: api, annotations: { networking.istio.io/exportTo: web } }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a }
spec: { hosts: [api], http: [{ route: [{ destination: { host: api } }] }] }`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }]);
  const [service = expect.unreachable()] = graph.list('VirtualService');
  const [target = expect.unreachable()] = routeTargets(graph, service);
  expect(findDestination(graph, target)?.state).toBe('found');
});
