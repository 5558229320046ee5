import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { refusalOf, serverHosts } from './gateway-hosts.ts';
import { gateways } from './gateways.ts';

async function graphOf(raw: string, world: World = 'closed'): Promise<WholeGraph> {
  return (await openTexts([{ path: 'mesh.yaml', raw }], { world })).graph;
}

function first<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined) throw new Error('nothing there');
  return one;
}

const gateway = (selector: string, rest = ''): string => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: shop${rest} }
spec: { selector: { ${selector} } }
---
`;
const pods = (name: string, namespace: string, labels: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  template:
    metadata: { labels: { ${labels} }, annotations: { inject.istio.io/templates: gateway } }
---
`;
const application = (namespace: string, labels: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: app, namespace: ${namespace} }
spec: { template: { metadata: { labels: { ${labels} } } } }
---
`;
const namespaces = (...names: readonly string[]): string =>
  names.map((name) => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name} }\n---\n`).join('');
const scoped = `apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec:
  template:
    metadata: { labels: { app: istiod } }
    spec:
      containers: [{ name: discovery, env: [{ name: PILOT_SCOPE_GATEWAY_TO_NAMESPACE, value: "true" }] }]
---
`;
const noIngress = `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: "ingressControllerMode: 'OFF'" }
---
`;

describe('the pods of a Gateway', () => {
  test.each<[string, World, string, string, readonly string[]]>([
    [
      'stand in any namespace',
      'closed',
      gateway('istio: edge') + pods('edge', 'ingress', 'istio: edge'),
      'found',
      ['ingress'],
    ],
    [
      'stand in several',
      'closed',
      gateway('istio: edge') + pods('edge', 'a', 'istio: edge') + pods('edge', 'b', 'istio: edge'),
      'found',
      ['a', 'b'],
    ],
    [
      'are nobody when a label differs',
      'closed',
      gateway('istio: edge') + pods('edge', 'ingress', 'istio: inner'),
      'absent',
      [],
    ],
    ['are those that Istio brings', 'closed', gateway('istio: ingressgateway'), 'unknown', ['istio-system']],
    [
      'are those that are loaded, where both fit',
      'closed',
      gateway('istio: ingressgateway') + pods('edge', 'ingress', 'istio: ingressgateway'),
      'found',
      ['ingress'],
    ],
    [
      'are not those of Istio where there are none',
      'closed',
      noIngress + gateway('istio: ingressgateway'),
      'absent',
      [],
    ],
    [
      'are all without a selector',
      'closed',
      gateway('') + pods('edge', 'ingress', 'a: b') + application('shop', 'app: web'),
      'found',
      ['ingress'],
    ],
    [
      'stand beside the Gateway where istiod is told so',
      'closed',
      scoped + gateway('istio: edge') + pods('edge', 'ingress', 'istio: edge'),
      'absent',
      [],
    ],
    [
      'and found there',
      'closed',
      scoped + gateway('istio: edge') + pods('edge', 'shop', 'istio: edge'),
      'found',
      ['shop'],
    ],
    [
      'are unknown while only applications are loaded',
      'auto',
      namespaces('shop') + gateway('istio: edge') + application('shop', 'app: web'),
      'unknown',
      [],
    ],
    [
      'are missing where gateways are loaded',
      'auto',
      namespaces('shop') + gateway('istio: edge') + pods('x', 'shop', 'istio: inner'),
      'absent',
      [],
    ],
    [
      'are missing where gateways are loaded, whether or not Namespaces are',
      'auto',
      gateway('istio: edge') + application('shop', 'app: web') + pods('x', 'ingress', 'istio: inner'),
      'absent',
      [],
    ],
    [
      'are unknown by the name of a gateway that Istio installs',
      'auto',
      gateway('istio: egressgateway') + pods('x', 'shop', 'istio: inner'),
      'unknown',
      [],
    ],
    [
      'are unknown while part of the mesh is not loaded',
      'auto',
      namespaces('shop', 'ingress') + gateway('istio: edge') + pods('x', 'shop', 'istio: inner'),
      'unknown',
      [],
    ],
  ])('%s', async (_, world, raw, state, where) => {
    const graph = await graphOf(raw, world);
    const subject = first(graph.list('Gateway'));
    const view = gateways(graph);
    expect(view.select(subject).state).toBe(state);
    expect(view.namespacesOf(subject)).toEqual(where);
    for (const workload of view.workloadsOf(subject)) {
      expect(view.gatewaysOf(workload)).toContain(subject);
    }
  });

  test('meet several Gateways, the oldest first', async () => {
    const older = gateway('', ', creationTimestamp: "2020-01-01T00:00:00Z"').replace('public', 'zeta');
    const younger = gateway('istio: edge', ', creationTimestamp: "2024-01-01T00:00:00Z"');
    const graph = await graphOf(younger + older + pods('edge', 'ingress', 'istio: edge'));
    const workload = first(gateways(graph).workloadsOf(first(graph.list('Gateway'))));
    expect(
      gateways(graph)
        .gatewaysOf(workload)
        .map(({ name }) => name),
    ).toEqual(['zeta', 'public']);
  });
});

test.each<[string, readonly string[], readonly string[]]>([
  ['a bare host', ['shop.example.com'], ['any shop.example.com']],
  ['any namespace', ['*/shop.example.com'], ['any shop.example.com']],
  ['the own namespace', ['./shop.example.com'], ['here shop.example.com']],
  ['another namespace', ['there/*.example.com', 'x.org'], ['there *.example.com', 'any x.org']],
  ['everything', ['there/x.org', '*/*', './y.org'], ['any *']],
])('server hosts: %s', (_, hosts, expected) => {
  const found = serverHosts({ hosts }, 'here').map(({ namespace = 'any', host }) => `${namespace} ${host}`);
  expect(found).toEqual(expected);
});

describe('refusalOf', () => {
  const istio = (hosts: string): string => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: ingress }
spec: { servers: [{ port: { number: 80 }, hosts: [${hosts}] }] }
---
`;
  const api = (listeners: string): string => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: ingress }
spec: { gatewayClassName: istio, listeners: [${listeners}] }
---
`;
  const from = (hosts: string, namespace = 'shop'): string => `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: front${namespace === '' ? '' : `, namespace: ${namespace}`} }
spec: { hosts: [${hosts}] }
---
`;
  const labelled = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { access: public } }
---
`;
  const bySelector =
    'allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { access: public } } } }';
  const byName =
    'allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { kubernetes.io/metadata.name: shop } } } }';

  test.each<[string, World, string, string | undefined]>([
    ['takes an equal host', 'closed', istio('a.example.com') + from('a.example.com'), undefined],
    [
      'takes one of several',
      'closed',
      istio('a.example.com') + from('b.example.com, a.example.com'),
      undefined,
    ],
    [
      'takes a host below its wildcard',
      'closed',
      istio('"*.example.com"') + from('a.example.com'),
      undefined,
    ],
    [
      'takes a wildcard above its host',
      'closed',
      istio('a.example.com') + from('"*.example.com"'),
      undefined,
    ],
    ['takes everything', 'closed', istio('"*"') + from('a.example.com'), undefined],
    [
      'does not take the domain of its wildcard',
      'closed',
      istio('"*.example.com"') + from('example.com'),
      'host',
    ],
    ['does not take another host', 'closed', istio('a.example.com') + from('b.example.com'), 'host'],
    [
      'takes a short name by its full one',
      'closed',
      istio('"*.shop.svc.cluster.local"') + from('web'),
      undefined,
    ],
    [
      'keeps a host for its namespace',
      'closed',
      istio('./a.example.com') + from('a.example.com'),
      'namespace',
    ],
    [
      'takes it from its namespace',
      'closed',
      istio('./a.example.com') + from('a.example.com', 'ingress'),
      undefined,
    ],
    [
      'takes it from the namespace it names',
      'closed',
      istio('shop/a.example.com') + from('a.example.com'),
      undefined,
    ],
    [
      'knows nothing of a VirtualService that floats',
      'auto',
      istio('./a.example.com') + from('a.example.com', ''),
      undefined,
    ],
    ['without hosts is the fault of another rule', 'closed', istio('') + from('a.example.com'), undefined],
    [
      'has listeners without a hostname',
      'closed',
      api('{ port: 80, allowedRoutes: { namespaces: { from: All } } }') + from('a.example.com'),
      undefined,
    ],
    [
      'has a listener of that name',
      'closed',
      api('{ hostname: a.example.com }') + from('a.example.com', 'ingress'),
      undefined,
    ],
    [
      'has a listener of another name',
      'closed',
      api('{ hostname: b.example.com }') + from('a.example.com', 'ingress'),
      'host',
    ],
    [
      'has a listener for its own namespace',
      'closed',
      api('{ hostname: a.example.com }') + from('a.example.com'),
      'namespace',
    ],
    [
      'has a listener for chosen namespaces',
      'closed',
      labelled + api(`{ ${bySelector} }`) + from('a.example.com'),
      undefined,
    ],
    [
      'has a listener for a namespace by name',
      'closed',
      labelled + api(`{ ${byName} }`) + from('a.example.com'),
      undefined,
    ],
    [
      'has a listener for others',
      'closed',
      labelled.replace('public', 'none') + api(`{ ${bySelector} }`) + from('a.example.com'),
      'namespace',
    ],
    [
      'cannot tell without the Namespace',
      'auto',
      api(`{ ${bySelector} }`) + from('a.example.com'),
      undefined,
    ],
  ])('%s', async (_, world, raw, expected) => {
    const graph = await graphOf(raw, world);
    const subject = first([...graph.list('Gateway'), ...graph.list('KubernetesGateway')]);
    expect(refusalOf(graph, subject, first(graph.list('VirtualService')))).toBe(expected);
  });
});
