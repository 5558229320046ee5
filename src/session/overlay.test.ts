import { describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.gen.ts';
import type { Diagnostic } from '../engine/diagnostic.ts';
import { compareFindings } from '../engine/impact.ts';
import { readTexts } from '../load/index.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { KindOutcome, LiveState } from '../model/live.ts';
import { type Overlay, type OverlayRequest, openOverlay } from './overlay.ts';

const ALL: readonly KindOutcome[] = (Object.keys(kinds) as Kind[]).map((kind) => ({
  kind,
  resource: kinds[kind].plural,
  group: kinds[kind].group,
  state: 'ok',
  namespaces: 'all',
  count: 0,
}));

/** A cluster that has what the texts say. */
async function cluster(raw: string, unread: readonly Kind[] = []): Promise<LiveState> {
  const { manifests } = await readTexts([{ path: 'cluster.yaml', raw }]);
  return {
    cluster: 'prod',
    namespace: 'shop',
    server: 'https://example.org',
    objects: manifests.map(({ value }) => ({ value })),
    outcomes: ALL.map((outcome) =>
      unread.includes(outcome.kind as Kind) ? { ...outcome, state: 'forbidden' } : outcome,
    ),
    requests: [],
    warnings: [],
  };
}

const base = `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Namespace
metadata: { name: istio-system }
---
apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
${workload('cart', 'v1')}
---
${workload('cart', 'v2')}
---
${destinationRule('v1, v2')}
---
${route('v2')}
`;

function workload(app: string, version: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${app}-${version}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${app}, version: ${version} } }
  template:
    metadata: { labels: { app: ${app}, version: ${version} } }
    spec: { containers: [{ name: app, image: example.org/app:1, ports: [{ containerPort: 8080 }] }] }`;
}

function destinationRule(subsets: string): string {
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop }
spec:
  host: cart
  subsets:
${subsets
  .split(', ')
  .map((name) => `  - { name: ${name}, labels: { version: ${name} } }`)
  .join('\n')}`;
}

function route(
  subset: string,
  { version = 'v1', host = 'cart', name = 'cart', namespace = 'shop' } = {},
): string {
  return `apiVersion: networking.istio.io/${version}
kind: VirtualService
metadata: { name: ${name}${namespace === '' ? '' : `, namespace: ${namespace}`} }
spec:
  hosts: [${host}]
  http:
  - route:
    - destination: { host: ${host}${subset === '' ? '' : `, subset: ${subset}`} }`;
}

function service(name: string): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80, targetPort: 8080 }] }`;
}

function strict(name: string, mode: string): string {
  return `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: shop, creationTimestamp: "2024-01-01T00:00:00Z" }
spec: { mtls: { mode: ${mode} } }`;
}

interface Case {
  readonly says: string;
  readonly live: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly unread?: readonly Kind[];
  readonly request?: Partial<OverlayRequest>;
  /** `CODE Kind ns/name place`; the cluster's name is the place of what is in no file. */
  readonly introduced?: readonly string[];
  readonly gone?: readonly string[];
}

const cases: readonly Case[] = [
  { says: 'nothing over it', live: base },
  { says: 'the same again, in a file', live: base, files: { 'route.yaml': route('v2') } },
  {
    says: 'the same in another version',
    live: base,
    files: { 'route.yaml': route('v2', { version: 'v1beta1' }) },
  },
  {
    says: 'a Service and its VirtualService in one change',
    live: base,
    files: { 'a.yaml': service('orders'), 'b.yaml': route('', { host: 'orders', name: 'orders' }) },
  },
  {
    says: 'the VirtualService without the Service',
    live: base,
    files: { 'b.yaml': route('', { host: 'orders', name: 'orders' }) },
    introduced: ['IST0101 VirtualService shop/orders b.yaml'],
  },
  {
    says: 'the VirtualService without the Service, where Services could not be read',
    live: base,
    unread: ['Service'],
    files: { 'b.yaml': route('', { host: 'orders', name: 'orders' }) },
  },
  {
    says: 'a file without namespace stands in that of the context',
    live: base,
    files: { 'b.yaml': route('v3', { namespace: '' }) },
    introduced: ['IST0101 VirtualService shop/cart b.yaml'],
  },
  {
    says: 'a deleted subset that a live VirtualService names',
    live: base,
    files: { 'rule.yaml': destinationRule('v1') },
    introduced: ['IST0101 VirtualService shop/cart rule.yaml'],
  },
  {
    says: 'a live VirtualService that is mended',
    live: base.replace('subset: v2', 'subset: v9'),
    files: { 'route.yaml': route('v2') },
    gone: ['IST0101 VirtualService shop/cart prod'],
  },
  {
    says: 'a resource that only moved, with what is wrong about it',
    live: base.replace('subset: v2', 'subset: v9'),
    files: { 'elsewhere/route.yaml': route('v9', { version: 'v1beta1' }) },
  },
  {
    says: 'a second PeerAuthentication of a namespace',
    live: `${base}---\n${strict('default', 'STRICT')}`,
    files: { 'peer.yaml': strict('other', 'PERMISSIVE') },
    introduced: ['IST1101 PeerAuthentication shop/other peer.yaml'],
  },
  {
    says: 'a removed Service that a live VirtualService routes to',
    live: base,
    request: { removed: [{ group: '', kind: 'Service', namespace: 'shop', name: 'cart' }] },
    introduced: ['IST0174 DestinationRule shop/cart prod', 'IST0101 VirtualService shop/cart prod'],
  },
  {
    says: 'a route put above one that is wrong already',
    live: base.replace('subset: v2', 'subset: v9'),
    files: {
      'route.yaml': route('v9').replace(
        '  - route:',
        '  - match: [{ uri: { exact: /a } }]\n    route: [{ destination: { host: cart } }]\n  - route:',
      ),
    },
  },
  {
    says: 'a file that does not parse',
    live: base,
    files: { 'broken.yaml': 'kind: "open\n' },
    introduced: ['IST1907 nobody broken.yaml'],
  },
  {
    says: 'two files of one identity, in different folders',
    live: base,
    files: { 'a/route.yaml': route('v2'), 'b/route.yaml': route('v1') },
    introduced: ['IST1901 VirtualService shop/cart b/route.yaml'],
  },
];

async function open(
  live: string,
  files: Case['files'] = {},
  unread: readonly Kind[] = [],
  request: Case['request'] = {},
): Promise<Overlay> {
  const texts = Object.entries(files).map(([path, raw]) => ({ path, raw }));
  return openOverlay(await cluster(live, unread), await readTexts(texts), request);
}

describe('files over a cluster', () => {
  test.each(cases)(
    '$says',
    async ({ live, files = {}, unread = [], request = {}, introduced = [], gone = [] }) => {
      const overlay = await open(live, files, unread, request);
      const before = await (await overlay.without()).analyze(rules, '0');
      const after = await overlay.analyze(rules, '0');
      const impact = compareFindings(before.report.diagnostics, after.report.diagnostics);
      expect({ introduced: impact.introduced.map(show), gone: impact.gone.map(show) }).toEqual({
        introduced,
        gone,
      });
    },
  );
});

function show({ code, resource, location }: Diagnostic): string {
  const owner = resource === undefined ? 'nobody' : `${resource.kind} ${resource.namespace}/${resource.name}`;
  return `${code} ${owner} ${location?.file ?? location?.cluster}`;
}

describe('places', () => {
  test('what is in the cluster has its identity and field for a place', async () => {
    const [finding] = await find(base.replace('subset: v2', 'subset: v9'), {});
    expect(finding).toMatchObject({
      resource: { kind: 'VirtualService', namespace: 'shop', name: 'cart' },
      path: ['spec', 'http', 0, 'route', 0, 'destination', 'subset'],
      location: { cluster: 'prod' },
    });
  });

  test('what concerns both points into the file, and names the object in the cluster', async () => {
    const [finding] = await find(base, { 'rule.yaml': destinationRule('v1') });
    expect(finding).toMatchObject({
      resource: { kind: 'VirtualService', namespace: 'shop', name: 'cart' },
      path: ['spec', 'http', 0, 'route', 0, 'destination', 'subset'],
      location: { file: 'rule.yaml' },
    });
    expect(finding?.related).toContainEqual(
      expect.objectContaining({
        resource: expect.objectContaining({ kind: 'VirtualService', name: 'cart' }),
        location: { cluster: 'prod' },
      }),
    );
  });

  async function find(live: string, files: Case['files']): Promise<readonly Diagnostic[]> {
    const overlay = await open(live, files);
    return (await overlay.analyze(rules, '0')).report.diagnostics.filter(({ code }) => code === 'IST0101');
  }
});

describe('mesh configuration', () => {
  const configMap = (trustDomain: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: "trustDomain: ${trustDomain}" }`;
  const operator = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: { name: mesh, namespace: istio-system }
spec: { meshConfig: { trustDomain: operator } }`;
  const live = `${base}---\n${configMap('live')}`;

  test.each([
    ['of the cluster', {}, 'live', 'ConfigMap istio in cluster prod'],
    ['that a file replaces', { 'mesh.yaml': configMap('file') }, 'file', 'ConfigMap istio in mesh.yaml'],
    [
      'that a file brings in another form',
      { 'mesh.yaml': operator },
      'operator',
      'IstioOperator in mesh.yaml',
    ],
  ])('%s', async (_, files, trustDomain, source) => {
    expect((await open(live, files)).graph.mesh).toMatchObject({ trustDomain, source });
  });
});

test('what could not be read leaves the overlay incomplete', async () => {
  const overlay = await open(base, { 'route.yaml': route('v2') }, ['Pod']);
  const { report } = await overlay.analyze(rules, '0');
  expect(report.summary.incomplete).toBe(true);
  expect(report.coverage.live?.unread.map(({ kind }) => kind)).toEqual(['Pod']);
});
