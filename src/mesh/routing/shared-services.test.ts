import { describe, expect, test } from 'vitest';
import { type ClusterText, openClusterTexts } from '../../session/clusters.ts';
import { dissents, portSet, sharedServices, targetNumber, unlikePorts } from './shared-services.ts';

const service = (name: string, spec = '{}', metadata = 'namespace: shop'): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, ${metadata} }\nspec: ${spec}\n`;
const east = (raw: string, path = 'east.yaml'): ClusterText => ({ path, raw, cluster: 'east' });
const west = (raw: string, path = 'west.yaml'): ClusterText => ({ path, raw, cluster: 'west' });

async function shared(...texts: readonly ClusterText[]) {
  const { sessions } = await openClusterTexts(texts);
  return sharedServices(sessions);
}

const kustomization = 'resources: [service.yaml]\nnamePrefix: x-\n';
const named: readonly (readonly [what: string, texts: readonly ClusterText[], names: readonly string[]])[] = [
  ['of both clusters', [east(service('a')), west(service('a'))], ['a east west']],
  ['of one cluster', [east(service('a')), west(service('b'))], []],
  [
    'of all clusters, from one file',
    [{ path: 'all.yaml', raw: service('a') }, east(''), west('')],
    ['a east west'],
  ],
  ['of two namespaces', [east(service('a')), west(service('a', '{}', 'namespace: web'))], []],
  [
    'without a namespace',
    [east(service('a', '{}', 'labels: {}')), west(service('a', '{}', 'labels: {}'))],
    [],
  ],
  [
    'of kube-system',
    [east(service('a', '{}', 'namespace: kube-system')), west(service('a', '{}', 'namespace: kube-system'))],
    [],
  ],
  [
    'that a kustomization changes',
    [east(service('a')), west(service('a'), 'k/service.yaml'), west(kustomization, 'k/kustomization.yaml')],
    [],
  ],
  [
    'whose copies agree',
    [east(service('a')), west(service('a'), 'dev/a.yaml'), west(service('a'), 'prod/a.yaml')],
    ['a east west'],
  ],
  [
    'whose copies do not',
    [
      east(service('a')),
      west(service('a'), 'dev/a.yaml'),
      west(service('a', '{ clusterIP: None }'), 'prod/a.yaml'),
    ],
    [],
  ],
  [
    'that nobody sees',
    [
      east(service('a')),
      west(service('a', '{}', 'namespace: shop, annotations: { networking.istio.io/exportTo: "~" }')),
    ],
    [],
  ],
];

test.each(named)('shared: Services %s', async (_, texts, names) => {
  const found = await shared(...texts);
  expect(found.map((all) => [all[0]?.name, ...all.map(({ cluster }) => cluster)].join(' '))).toEqual(names);
});

/** Ports of two definitions, and whether they are the same to Istio. */
const ports: readonly (readonly [what: string, one: string, other: string, unlike: readonly string[]])[] = [
  [
    'in another order',
    '{ name: a, port: 1 }, { name: b, port: 2 }',
    '{ name: b, port: 2 }, { name: a, port: 1 }',
    [],
  ],
  ['of another number', '{ name: a, port: 1 }', '{ name: a, port: 2 }', ['a']],
  ['of another name', '{ name: a, port: 1 }', '{ name: b, port: 1 }', ['a']],
  ['of another protocol', '{ name: a, port: 1, appProtocol: http }', '{ name: a, port: 1 }', ['a']],
  ['of another transport', '{ name: http, port: 1, protocol: UDP }', '{ name: http, port: 1 }', ['http']],
  [
    'that say the same twice',
    '{ name: http, port: 1, appProtocol: HTTP }',
    '{ name: http, port: 1, protocol: TCP }',
    [],
  ],
  ['with other node ports', '{ port: 1, nodePort: 30000 }', '{ port: 1, nodePort: 31000 }', []],
  ['with other targets', '{ port: 1, targetPort: 2 }', '{ port: 1, targetPort: 3 }', []],
  ['that stand twice', '{ name: a, port: 7 }, { name: a, port: 1 }', '{ name: a, port: 1 }', []],
];

test.each(ports)('ports %s', async (_, one, other, unlike) => {
  const [[first, second] = []] = await shared(
    east(service('a', `{ ports: [${one}] }`)),
    west(service('a', `{ ports: [${other}] }`)),
  );
  if (first === undefined || second === undefined) return expect.unreachable();
  expect(unlikePorts(first, second).map(({ name }) => name)).toEqual(unlike);
  expect(portSet(first) === portSet(second)).toBe(unlike.length === 0);
});

test('a port leads to a number, to its own, or to a name', () => {
  const targets = [{ port: 80 }, { port: 80, targetPort: 0 }, { port: 80, targetPort: 8080 }];
  expect(targets.map(targetNumber)).toEqual([80, 80, 8080]);
  expect(targetNumber({ port: 80, targetPort: 'web' })).toBeUndefined();
});

describe('dissent', () => {
  const who = (all: readonly string[]): string[] =>
    dissents(all, (one) => (one.startsWith('?') ? undefined : one.slice(1))).map(
      ({ one, others }) => `${one}: ${others.join(' ')}`,
    );

  test.each<[what: string, all: readonly string[], dissents: readonly string[]]>([
    ['none where all agree', ['1a', '2a', '3a'], []],
    ['both of two', ['1a', '2b'], ['1a: 2b', '2b: 1a']],
    ['those against most', ['1b', '2a', '3a'], ['1b: 2a']],
    ['all where half is not most', ['1a', '2a', '3b', '4b'], ['1a: 3b', '2a: 3b', '3b: 1a', '4b: 1a']],
    ['most first, then the rest', ['1c', '2b', '3a', '4a', '5a'], ['1c: 3a 2b', '2b: 3a 1c']],
    ['not of those without a say', ['1a', '?x', '2a', '3b'], ['3b: 1a']],
    ['none of a single one with a say', ['1a', '?x'], []],
  ])('%s', (_, all, expected) => {
    expect(who(all)).toEqual(expected);
  });
});
