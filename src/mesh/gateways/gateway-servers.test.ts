import { describe, expect, test } from 'vitest';
import { cpuTime } from '../../../test/support/cpu-time.ts';
import type { World } from '../../graph/evidence.ts';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { contestedServers, sharedCertificates } from './gateway-servers.ts';

async function graphOf(texts: string | Readonly<Record<string, string>>, world: World): Promise<WholeGraph> {
  const files = typeof texts === 'string' ? { 'mesh.yaml': texts } : texts;
  return (
    await openTexts(
      Object.entries(files).map(([path, raw]) => ({ path, raw })),
      { world },
    )
  ).graph;
}

/** A Gateway with one server: `port protocol host…`, and more of its TLS settings. */
function gateway(name: string, server: string, tls = '', more: { selector?: string; meta?: string } = {}) {
  const [number, protocol, ...hosts] = server.split(' ');
  const { selector = 'istio: ingressgateway', meta = ', namespace: shop' } = more;
  return `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: ${name}${meta} }
spec:
  selector: { ${selector} }
  servers:
    - port: { number: ${number}, name: one, protocol: ${protocol} }
      hosts: [${hosts.map((host) => `"${host}"`).join(', ')}]
${tls === '' ? '' : `      tls: { ${tls} }\n`}---
`;
}
const pods = (labels: string, namespace = 'edge'): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: edge, namespace: ${namespace} }
spec:
  template:
    metadata: { labels: { ${labels} }, annotations: { inject.istio.io/templates: gateway } }
    spec: { containers: [{ name: istio-proxy, image: auto, ports: [{ name: web, containerPort: 8080 }] }] }
---
`;
const service = (ports: string, meta = ''): string => `apiVersion: v1
kind: Service
metadata: { name: edge, namespace: edge${meta} }
spec: { selector: { istio: edge }, ports: [${ports}] }
---
`;
const simple = 'mode: SIMPLE, credentialName: cert';
const redirect = 'httpsRedirect: true';

async function contested(texts: string | Readonly<Record<string, string>>, world: World): Promise<string[]> {
  return contestedServers(await graphOf(texts, world))
    .map(({ gateway: { name }, sharing, rivals }) => {
      const others = [...rivals.values()].map((rival) => rival.gateway.name).sort();
      return `${name} ${sharing} ${others.join('+')}`;
    })
    .sort();
}

describe('servers that share a host', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'TLS',
      gateway('a', '443 HTTPS x y', simple) + gateway('b', '443 TLS y z', simple),
      ['a dropped b', 'b dropped a'],
    ],
    [
      'TLS and plain',
      gateway('a', '443 HTTPS x', simple) + gateway('b', '443 HTTP x'),
      ['a unmergeable b', 'b unmergeable a'],
    ],
    [
      'TCP twice',
      gateway('a', '90 TCP x') + gateway('b', '90 TCP x'),
      ['a unmergeable b', 'b unmergeable a'],
    ],
    ['plain HTTP', gateway('a', '80 HTTP x') + gateway('b', '80 grpc x'), ['a merged b', 'b merged a']],
    [
      'redirects of equal hosts',
      gateway('a', '80 HTTP x', redirect) + gateway('b', '80 HTTP x', redirect),
      ['a merged b', 'b merged a'],
    ],
    [
      'a redirect with a host more',
      gateway('a', '80 HTTP x', redirect) + gateway('b', '80 HTTP x y', redirect),
      ['a dropped b', 'b dropped a'],
    ],
    [
      'what passes through by name alone',
      gateway('a', '15443 TLS *.local', 'mode: AUTO_PASSTHROUGH') +
        gateway('b', '15443 TLS *.local', 'mode: AUTO_PASSTHROUGH'),
      [],
    ],
    [
      'the worst of several',
      gateway('a', '80 HTTP x') + gateway('b', '80 HTTP x') + gateway('c', '80 TCP x'),
      ['a unmergeable b+c', 'b unmergeable a+c', 'c unmergeable a+b'],
    ],
    [
      'a star on both sides',
      gateway('a', '443 HTTPS */*', simple) + gateway('b', '443 HTTPS *', simple),
      ['a dropped b', 'b dropped a'],
    ],
    [
      'a dot for the own namespace',
      gateway('a', '443 HTTPS ./x', simple) + gateway('b', '443 HTTPS shop/x', simple),
      ['a dropped b', 'b dropped a'],
    ],
    ['plain HTTP, written in two ways', gateway('a', '80 HTTP */x') + gateway('b', '80 HTTP x'), []],
    [
      'twice in one Gateway',
      `${gateway('a', '443 HTTPS x', simple).replace('---\n', '')}    - port: { number: 443, name: two, protocol: HTTPS }\n      hosts: [x]\n      tls: { ${simple} }\n`,
      [],
    ],
    ['no port', gateway('a', '0 TCP x') + gateway('b', '0 TCP x'), []],
    [
      'no pods: a finding of its own',
      gateway('a', '80 TCP x', '', { selector: 'istio: none' }) +
        gateway('b', '80 TCP x', '', { selector: 'istio: none' }),
      [],
    ],
  ])('%s', async (_, texts, expected) => {
    expect(await contested(texts, 'closed')).toEqual(expected);
  });

  const edge = { selector: 'istio: edge' };
  test.each<[string, string, readonly string[]]>([
    [
      'by a number of the Service and the one behind it',
      service('{ port: 80, targetPort: 8080 }') +
        gateway('a', '80 TCP x', '', edge) +
        gateway('b', '8080 TCP x', '', edge),
      ['a unmergeable b', 'b unmergeable a'],
    ],
    [
      'by the name of a container port',
      service('{ port: 80, targetPort: web }') +
        gateway('a', '80 TCP x', '', edge) +
        gateway('b', '8080 TCP x', '', edge),
      ['a unmergeable b', 'b unmergeable a'],
    ],
    [
      'a Service that wants no translation',
      service(
        '{ port: 80, targetPort: 8080 }',
        ', labels: { experimental.istio.io/disable-gateway-port-translation: "true" }',
      ) +
        gateway('a', '80 TCP x', '', edge) +
        gateway('b', '8080 TCP x', '', edge),
      [],
    ],
    [
      'by selectors that meet on a pod',
      gateway('a', '80 TCP x', '', edge) + gateway('b', '80 TCP x', '', { selector: 'tier: public' }),
      ['a unmergeable b', 'b unmergeable a'],
    ],
    [
      'by a selector of all gateways',
      gateway('a', '80 TCP x', '', edge) + gateway('b', '80 TCP x', '', { selector: '' }),
      ['a unmergeable b', 'b unmergeable a'],
    ],
  ])('on one port of loaded pods: %s', async (_, texts, expected) => {
    expect(await contested(pods('istio: edge, tier: public') + texts, 'closed')).toEqual(expected);
  });

  const rev = (revision: string) => ({ meta: `, namespace: shop, labels: { istio.io/rev: ${revision} }` });
  test('each revision has its own, and shares those without one', async () => {
    const texts =
      gateway('a', '90 TCP x', '', rev('one')) +
      gateway('b', '90 TCP x', '', rev('two')) +
      gateway('c', '90 TCP x');
    expect(await contested(texts, 'closed')).toEqual([
      'a unmergeable c',
      'b unmergeable c',
      'c unmergeable a+b',
    ]);
  });

  test('only the own namespace counts where istiod is told so', async () => {
    const istiod = `apiVersion: apps/v1
kind: Deployment
metadata: { name: istiod, namespace: istio-system }
spec:
  template:
    metadata: { labels: { app: istiod } }
    spec: { containers: [{ name: discovery, env: [{ name: PILOT_SCOPE_GATEWAY_TO_NAMESPACE, value: "true" }] }] }
---
`;
    const system = { meta: ', namespace: istio-system' };
    const texts = gateway('a', '90 TCP x', '', system) + gateway('b', '90 TCP x');
    expect(await contested(texts, 'closed')).toHaveLength(2);
    expect(await contested(istiod + texts, 'closed')).toEqual([]);
  });

  describe('in a world that is not closed', () => {
    const floating = { meta: '', selector: 'istio: custom' };
    const named = { selector: 'istio: custom' };
    test.each<[string, Readonly<Record<string, string>>, number]>([
      [
        'equal labels mean the same pods, wherever those are',
        { 'a.yaml': gateway('a', '90 TCP x', '', named), 'b/b.yaml': gateway('b', '90 TCP x', '', named) },
        2,
      ],
      [
        'what floats meets what floats beside it',
        {
          'a.yaml': gateway('a', '90 TCP x', '', floating),
          'b.yaml': gateway('b', '90 TCP x', '', floating),
        },
        2,
      ],
      [
        'what floats meets nothing elsewhere',
        {
          'a/a.yaml': gateway('a', '90 TCP x', '', floating),
          'b/b.yaml': gateway('b', '90 TCP x', '', floating),
        },
        0,
      ],
      [
        'plain HTTP is told side by side',
        { 'a.yaml': gateway('a', '80 HTTP x'), 'b.yaml': gateway('b', '80 HTTP x') },
        2,
      ],
      [
        'plain HTTP is not told across folders',
        { 'a/a.yaml': gateway('a', '80 HTTP x'), 'b/b.yaml': gateway('b', '80 HTTP x') },
        0,
      ],
      [
        'variants are never paired',
        {
          'a/mesh.yaml': gateway('a', '90 TCP x') + gateway('c', '91 TCP y'),
          'b/mesh.yaml': gateway('b', '90 TCP x') + gateway('c', '91 TCP y'),
        },
        0,
      ],
    ])('%s', async (_, texts, count) => {
      expect(await contested(texts, 'auto')).toHaveLength(count);
    });
  });

  test('thousands on one host are told in linear time', async () => {
    const texts = Array.from({ length: 3000 }, (_, i) => gateway(`g${i}`, '443 HTTPS x', simple)).join('');
    const graph = await graphOf(texts, 'closed');
    const start = cpuTime();
    const all = contestedServers(graph);
    expect(all).toHaveLength(3000);
    expect(Math.max(...all.map(({ rivals }) => rivals.size))).toBe(10);
    expect(cpuTime() - start).toBeLessThan(2000);
  });
});

describe('certificates that several Gateways show', () => {
  async function sharing(texts: string): Promise<string[]> {
    return sharedCertificates(await graphOf(texts, 'closed'))
      .map(
        ({ gateway: { name }, rivals }) => `${name} ${rivals.map((rival) => rival.gateway.name).join('+')}`,
      )
      .sort();
  }
  const narrow = { selector: 'istio: ingressgateway, app: istio-ingressgateway' };
  test.each<[string, string, readonly string[]]>([
    [
      'equal selectors: both',
      gateway('a', '443 HTTPS x', simple) + gateway('b', '443 HTTPS y', simple),
      ['a b', 'b a'],
    ],
    [
      'a wider selector: that one',
      gateway('a', '443 HTTPS x', simple) + gateway('b', '443 HTTPS y', simple, narrow),
      ['a b'],
    ],
    [
      'a wildcard beside a host of it',
      gateway('a', '443 https *.x', simple) + gateway('b', '443 HTTPS y.x', simple),
      ['a b', 'b a'],
    ],
    [
      'a host in common is another finding',
      gateway('a', '443 HTTPS x y', simple) + gateway('b', '443 HTTPS y z', simple),
      [],
    ],
    ['another port', gateway('a', '443 HTTPS x', simple) + gateway('b', '444 HTTPS y', simple), []],
    [
      'no mode means that TLS passes through',
      gateway('a', '443 HTTPS x', 'credentialName: cert') +
        gateway('b', '443 HTTPS y', 'credentialName: cert'),
      [],
    ],
    [
      'one of several',
      gateway('a', '443 HTTPS x', 'mode: MUTUAL, credentialNames: [one, two]') +
        gateway('b', '443 HTTPS y', 'mode: SIMPLE, credentialName: two'),
      ['a b', 'b a'],
    ],
    [
      'a file without its key',
      gateway('a', '443 HTTPS x', 'mode: SIMPLE, serverCertificate: /c') +
        gateway('b', '443 HTTPS y', 'mode: SIMPLE, serverCertificate: /c'),
      [],
    ],
  ])('%s', async (_, texts, expected) => {
    expect(await sharing(texts)).toEqual(expected);
  });
});
