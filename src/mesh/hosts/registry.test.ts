import { describe, expect, test } from 'vitest';
import type { WholeGraph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { openTexts, type WorldRequest } from '../../session/session.ts';
import { hostRegistry, portsOf } from './registry.ts';

/**
 * Meshes in short: `S name@ns` a Service, `E host@ns` a ServiceEntry (`P` one exported to its namespace only),
 * `G name@ns class` a Gateway of the Gateway API, `D host@ns` a DestinationRule, `V@ns` the VirtualService that asks.
 * Without `@ns` they float.
 * Files are parted by `|` and may begin with `path:`.
 */
function meshOf(short: string): { path: string; raw: string }[] {
  return short.split(' | ').map((file, i) => {
    const [, path = `${i}.yaml`, items = ''] = /^(?:(\S+): )?(.*)$/.exec(file) ?? [];
    return { path, raw: items.split(', ').map(manifestOf).join('') };
  });
}

function manifestOf(item: string, index: number): string {
  const [, letter = '', name = '', namespace, className = ''] =
    /^(\w) ?([^@ ]*)(?:@(\S+))?(?: (\S+))?$/.exec(item) ?? [];
  const metadata = namespace === undefined ? '' : `, namespace: ${namespace}`;
  const named = (as: string): string => `metadata: { name: ${as}${metadata} }`;
  const istio = 'apiVersion: networking.istio.io/v1';
  const text: Record<string, string> = {
    S: `apiVersion: v1\nkind: Service\n${named(name)}`,
    E: `${istio}\nkind: ServiceEntry\n${named(`e${index}`)}\nspec: { hosts: ["${name}"] }`,
    P: `${istio}\nkind: ServiceEntry\n${named(`e${index}`)}\nspec: { hosts: ["${name}"], exportTo: ["."] }`,
    G: `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n${named(name)}\nspec: { gatewayClassName: ${className} }`,
    D: `${istio}\nkind: DestinationRule\n${named(`d${index}`)}\nspec: { host: "${name}" }`,
    V: `${istio}\nkind: VirtualService\n${named('asker')}\nspec: { hosts: [virtual] }`,
  };
  return `---\n${text[letter] ?? expect.unreachable(item)}\n`;
}

/** What the VirtualService is told about a host: found (and where), or not (and what is like it). */
async function ask(host: string, short: string, request: WorldRequest = {}): Promise<string> {
  const { graph } = await openTexts(meshOf(short), request);
  const lookup = hostRegistry(graph).resolve(host, askerOf(graph).namespace, askerOf(graph));
  if (lookup.state !== 'found') return `${lookup.state} ${lookup.suggestion ?? ''}`.trimEnd();
  return `found ${lookup.all.map(({ resource }) => `${resource.kind} ${resource.origin.source.path}`).join(', ')}`;
}

function askerOf(graph: WholeGraph): Resource<'VirtualService'> {
  return graph.list('VirtualService')[0] ?? expect.unreachable('there is no VirtualService to ask');
}

type Case = readonly [title: string, host: string, mesh: string, answer: string];

describe('in a closed world a host is found or absent', () => {
  const shop = 'S orders@shop, S payments@shop, V@shop';
  const full = 'orders.shop.svc.cluster.local';
  const cases: readonly Case[] = [
    ['a short name', 'orders', shop, 'found Service 0.yaml'],
    ['a full name', full, shop, 'found Service 0.yaml'],
    ['a short name of elsewhere', 'orders', 'S orders@web, V@shop', 'absent'],
    ['a typo', 'order', shop, 'absent orders'],
    ['a typo in the namespace', 'orders.sohp.svc.cluster.local', shop, `absent ${full}`],
    ['a typo in the domain', 'orders.shop.svc.cluster.locl', shop, `absent ${full}`],
    ['upper case', 'Orders', shop, 'absent orders'],
    ['a dot at the end', `${full}.`, shop, `absent ${full}`],
    ['a part of the name', 'orders.shop', shop, `absent ${full}`],
    ['a part of the name of nothing', 'nothing.shop', shop, 'absent'],
    ['nothing like it', 'ledger', shop, 'absent'],
    ['what Kubernetes brings', 'kubernetes.default.svc.cluster.local', shop, 'absent'],
    ['a host outside', 'api.example.com', shop, 'absent'],
    ['upper case outside', 'API.Example.com', 'E api.example.com@web, V@shop', 'absent api.example.com'],
    ['a ServiceEntry', 'api.example.com', 'E api.example.com@web, V@shop', 'found ServiceEntry 0.yaml'],
    ['a hidden one', 'api.example.com', 'P api.example.com@web, V@shop', 'found ServiceEntry 0.yaml'],
    ['a short one', 'legacy', 'E legacy@shop, V@shop', 'found ServiceEntry 0.yaml'],
    ['one under a wildcard', 'a.b.example.com', 'E *.example.com@web, V@shop', 'found ServiceEntry 0.yaml'],
    ['the wildcard itself', '*.example.com', 'E *.example.com@web, V@shop', 'found ServiceEntry 0.yaml'],
    ['one above a wildcard', 'example.com', 'E *.example.com@web, V@shop', 'absent'],
    [
      'one under a hidden wildcard',
      'a.example.com',
      'P *.example.com@web, V@shop',
      'found ServiceEntry 0.yaml',
    ],
    [
      'a wildcard over Services',
      'x.y.svc.cluster.local',
      'E *.local@web, V@shop',
      'found ServiceEntry 0.yaml',
    ],
    ['a hidden wildcard over Services', 'x', 'P *.local@web, V@shop', 'absent'],
    ['a variable', 'orders.$(NAMESPACE).svc.cluster.local', shop, 'unknown'],
    ['a host that only a VirtualService has', 'virtual', shop, 'absent'],
    ['a name that every object has', 'constructor', shop, 'absent'],
    ['a domain that may be the right one', 'orders.shop.svc.corp.internal', shop, 'unknown'],
    ['another name under that domain', 'ledger.shop.svc.corp.internal', shop, 'absent'],
    ['a Service of several clusters', 'orders.shop.svc.clusterset.local', shop, 'unknown'],
  ];
  test.each(cases)('%s', async (_, host, mesh, answer) => {
    expect(await ask(host, mesh, { world: 'closed' })).toBe(answer);
  });
});

test.each([
  ['orders', 'found Service 0.yaml'],
  ['orders.shop.svc.corp.internal', 'found Service 0.yaml'],
  ['orders.shop', 'absent orders.shop.svc.corp.internal'],
  ['orders.shop.svc.cluster.local', 'absent orders.shop.svc.corp.internal'],
  ['orders.shop.svc.other.internal', 'absent'],
  ['orders.shop.svc.clusterset.local', 'unknown'],
])('under the domain corp.internal %s is %s', async (host, answer) => {
  const request = { world: 'closed', mesh: { clusterDomain: 'corp.internal' } } as const;
  expect(await ask(host, 'S orders@shop, V@shop', request)).toBe(answer);
});

test('in an open world nothing is absent', async () => {
  expect(await ask('ledger', 'S orders@shop, V@shop', { world: 'open' })).toBe('unknown');
  expect(await ask('order', 'S orders@shop, V@shop', { world: 'open' })).toBe('unknown orders');
});

describe('in a repository', () => {
  const cases: readonly Case[] = [
    // Named namespaces (world rules 2 and 4).
    ['a Service is evidence for its namespace', 'ledger', 'S orders@shop, V@shop', 'absent'],
    ['and for no other', 'ledger', 'S orders@web, V@shop', 'unknown'],
    ['whoever asks', 'ledger.shop.svc.cluster.local', 'S orders@shop, V@web', 'absent'],
    ['a ServiceEntry is none for Services', 'ledger', 'E api.example.com@shop, V@shop', 'unknown'],
    ['a floating Service may be the one', 'orders', 'S orders, S web@shop, V@shop', 'unknown'],
    // Floating manifests.
    [
      'those that float see each other',
      'orders',
      'a/x.yaml: S orders | b/y.yaml: V',
      'found Service a/x.yaml',
    ],
    ['evidence in the folder', 'ledger', 'a/x.yaml: S orders | a/y.yaml: V | a/z.yaml: D orders', 'absent'],
    // A folder may hold other routes than those of its Services; who analyzes it alone sees only half.
    ['another application in the folder', 'ledger', 'a/x.yaml: S orders | a/y.yaml: V', 'unknown'],
    [
      'as many hosts that are not loaded',
      'ledger',
      'a/x.yaml: S orders | a/y.yaml: V | a/z.yaml: D orders, D books',
      'unknown',
    ],
    ['a host of the same file', 'ledger', 'a/x.yaml: S orders | a/y.yaml: V, D orders, D books', 'absent'],
    [
      'a name that several files have',
      'ledger',
      'a/v.yaml: V, D orders | a/x.yaml: S orders | a/1.yaml: D ledger | a/2.yaml: D ledger | a/3.yaml: D ledger',
      'unknown',
    ],
    ['a Service of the same file', 'ledger', 'a/y.yaml: S orders, V', 'absent'],
    [
      'a namespace of which too little is loaded',
      'ledger',
      'a/x.yaml: S orders@shop | a/y.yaml: V@shop | b/z.yaml: D orders@shop, D books@shop',
      'unknown',
    ],
    ['evidence in another folder', 'ledger', 'a/x.yaml: S orders | b/y.yaml: V', 'unknown'],
    ['a named Service may be the one', 'orders', 'S orders@shop, S web, V', 'unknown'],
    ['a full name', 'orders.shop.svc.cluster.local', 'S orders@shop, V', 'found Service 0.yaml'],
    ['a full name of nothing', 'ledger.shop.svc.cluster.local', 'S orders@shop, V', 'absent'],
    ['a full name that floats', 'orders.shop.svc.cluster.local', 'S orders, S web@shop, V', 'unknown'],
    // Hosts outside the cluster's domain.
    ['a host outside is never absent', 'api.example.com', 'E www.example.com@shop, V@shop', 'unknown'],
    ['one of anywhere', 'api.example.com', 'E api.example.com, V@shop', 'found ServiceEntry 0.yaml'],
    ['a wildcard of anywhere', 'api.example.com', 'E *.example.com@web | V', 'found ServiceEntry 0.yaml'],
    ['an address', '10.0.0.1', 'S orders@shop, V@shop', 'unknown'],
    // What is there without a manifest (world rule 5).
    ['the API server', 'kubernetes.default.svc.cluster.local', 'S x@default, V@shop', 'unknown'],
    ['others beside it', 'web.default.svc.cluster.local', 'S x@default, V@shop', 'absent'],
    ['system Services', 'kube-dns.kube-system.svc.cluster.local', 'S x@kube-system, V@shop', 'unknown'],
    ['istiod', 'istiod.istio-system.svc.cluster.local', 'S x@istio-system, V@shop', 'unknown'],
    ['add-ons', 'kiali.istio-system.svc.cluster.local', 'S x@istio-system, V@shop', 'unknown'],
    ['the Service of a Gateway', 'edge-istio', 'S x@shop, G edge@shop istio, V@shop', 'unknown'],
    ['the Service of a waypoint', 'wp', 'S x@shop, G wp@shop istio-waypoint, V@shop', 'unknown'],
    ['that of a Gateway that floats', 'edge-istio', 'S x@shop, G edge istio, V@shop', 'unknown'],
    ['that of a Gateway elsewhere', 'edge-istio', 'S x@shop, G edge@web istio, V@shop', 'absent'],
    ['no Service of a Gateway', 'edge-nginx', 'S x@shop, G edge@shop istio, V@shop', 'absent'],
    // Near misses (world rule 6).
    ['a typo in the name', 'order', 'S orders@shop, V@shop', 'absent orders'],
    ['in the name, elsewhere', 'order.web.svc.cluster.local', 'S orders@shop, V@shop', 'unknown'],
    [
      'in the namespace',
      'orders.shpo.svc.cluster.local',
      'S orders@shop, V@shop',
      'unknown orders.shop.svc.cluster.local',
    ],
    [
      'what Istio brings',
      'istio-egresgateway.istio-system.svc.cluster.local',
      'S x@shop, V@shop',
      'unknown istio-egressgateway.istio-system.svc.cluster.local',
    ],
    [
      'another thing that Istio brings',
      'istio-egressgateway.istio-system.svc.cluster.local',
      'S istio-ingressgateway@istio-system, V@shop',
      'unknown',
    ],
    [
      'in the namespace of a Service that floats',
      'orders.shpo.svc.cluster.local',
      'S orders, V | D web@shop',
      'unknown orders.shop.svc.cluster.local',
    ],
    [
      'in one that only hosts name',
      'orders.shpo.svc.cluster.local',
      'S orders, V | D web.shop.svc.cluster.local, D api.shop.svc.cluster.local',
      'unknown orders.shop.svc.cluster.local',
    ],
    [
      'in one that is hardly known',
      'orders.shpo.svc.cluster.local',
      'S orders, V | D web.shop.svc.cluster.local',
      'unknown',
    ],
    [
      'a namespace that is used otherwise',
      'orders.shop.svc.cluster.local',
      'S orders, V | D web@shop, D web@shops',
      'unknown',
    ],
    ['in a host outside', 'api.exmaple.com', 'E api.example.com@web, V@shop', 'unknown api.example.com'],
    ['another number', 'web.shop2.svc.cluster.local', 'S web@shop1, V@shop', 'unknown'],
    ['another region', 'db.eu.svc.cluster.local', 'S db@us, V@shop', 'unknown'],
    ['another team', 'web.team-a.svc.cluster.local', 'S web@team-b, V@shop', 'unknown'],
    [
      'a name of elsewhere',
      'cars.a.svc.cluster.local',
      'E cards.a.svc.cluster.local@a, S cars@b, V@b',
      'unknown',
    ],
    ['another short label', 'api.example.com', 'E app.example.com@web, V@shop', 'unknown'],
    ['in a bare name', 'payment', 'a/x.yaml: S payments@shop | b/y.yaml: V', 'unknown payments'],
    ['in a name that floats', 'payment', 'a/x.yaml: S payments | b/y.yaml: V@shop', 'unknown payments'],
    ['a part', 'orders.shop', 'S orders@shop, V@shop', 'unknown orders.shop.svc.cluster.local'],
    // Copies (world rule 3).
    [
      'the nearest copy comes alone',
      'orders',
      'dev/x.yaml: S orders@shop, V@shop | prod/x.yaml: S orders@shop',
      'found Service dev/x.yaml',
    ],
    [
      'equally near copies come together',
      'orders',
      'a/x.yaml: S orders@shop | b/x.yaml: S orders@shop | c.yaml: V@shop',
      'found Service a/x.yaml, Service b/x.yaml',
    ],
    [
      'different objects of one host all count, the nearest first',
      'api.example.com',
      'a/x.yaml: E api.example.com@shop | b/x.yaml: S x@shop, E api.example.com@shop, V@shop',
      'found ServiceEntry b/x.yaml, ServiceEntry a/x.yaml',
    ],
    [
      'an exact host hides a wildcard',
      'api.example.com',
      'a.yaml: E api.example.com@shop | b.yaml: E *.example.com@shop, V@shop',
      'found ServiceEntry a.yaml',
    ],
  ];
  test.each(cases)('%s', async (_, host, mesh, answer) => {
    expect(await ask(host, mesh)).toBe(answer);
  });

  test('what a kustomization changes, and folders with templates, are no evidence', async () => {
    const answerBeside = async (path: string, raw: string): Promise<string> => {
      const files = meshOf('a/x.yaml: S orders@shop | a/y.yaml: V@shop, D orders@shop');
      const { graph } = await openTexts([...files, { path, raw }]);
      return hostRegistry(graph).resolve('ledger', 'shop', askerOf(graph)).state;
    };
    expect(await answerBeside('a/kustomization.yaml', 'resources: [x.yaml]\n')).toBe('absent');
    expect(await answerBeside('a/kustomization.yaml', 'resources: [x.yaml]\nnamePrefix: dev-\n')).toBe(
      'unknown',
    );
    expect(await answerBeside('a/template.yaml', '{{ if .Values.x }}\nkind: Service\n{{ end }}\n')).toBe(
      'unknown',
    );
  });

  test('a miss is counted once, by the name that people know', async () => {
    const { graph } = await openTexts(meshOf('a/x.yaml: S orders | b/y.yaml: V'));
    const from = askerOf(graph);
    for (let i = 0; i < 2; i++) hostRegistry(graph).resolve('ledger', from.namespace, from);
    hostRegistry(graph).find('nothing', from.namespace, from);
    expect(graph.unresolved().map(({ what, name }) => `${what} ${name}`)).toEqual(['host ledger']);
  });
});

test('ports are those that clients name', async () => {
  const raw = `apiVersion: v1
kind: Service
metadata: { name: a, namespace: shop }
spec: { ports: [{ name: http, port: 80, targetPort: 8080 }, { port: 53, protocol: UDP }] }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: b, namespace: shop }
spec: { hosts: [b.example.com], ports: [{ number: 443, name: tls, protocol: TLS, targetPort: 8443 }] }`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }]);
  const portsAt = (host: string): unknown =>
    hostRegistry(graph)
      .targets(host)
      .map((target) => portsOf(target).map(({ number, name, protocol }) => `${number} ${name} ${protocol}`));
  expect(portsAt('a.shop.svc.cluster.local')).toEqual([['80 http TCP', '53  UDP']]);
  expect(portsAt('b.example.com')).toEqual([['443 tls TLS']]);
  expect([...hostRegistry(graph).hosts()]).toEqual(['a.shop.svc.cluster.local', 'b.example.com']);
});

test('the name of the Service of a Gateway can be given', async () => {
  const [file] = meshOf('S x@shop, G edge@shop istio, V@shop');
  const raw = file?.raw.replace(
    '{ name: edge',
    '{ annotations: { gateway.istio.io/name-override: front }, name: edge',
  );
  const { graph } = await openTexts([{ path: 'a.yaml', raw: raw ?? '' }]);
  const stateOf = (host: string): string => hostRegistry(graph).resolve(host, 'shop', askerOf(graph)).state;
  expect([stateOf('front'), stateOf('edge-istio')]).toEqual(['unknown', 'absent']);
});
