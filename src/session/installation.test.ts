import { describe, expect, test } from 'vitest';
import type { LiveObject } from '../model/live.ts';
import { findInstallation } from './installation.ts';
import type { MeshRequest } from './session.ts';

function object(kind: string, name: string, labels: Record<string, string> = {}): LiveObject {
  return { value: { kind, metadata: { name, namespace: 'istio-system', labels } } };
}
const istiod = (revision?: string): LiveObject =>
  object('Deployment', 'istiod', {
    app: 'istiod',
    ...(revision === undefined ? {} : { 'istio.io/rev': revision }),
  });
const tag = (name: string, revision: string): LiveObject =>
  object('MutatingWebhookConfiguration', name, { 'istio.io/tag': name, 'istio.io/rev': revision });
const settings = (name: string): LiveObject => object('ConfigMap', name);

interface Case {
  readonly name: string;
  readonly objects: readonly LiveObject[];
  readonly asked?: MeshRequest;
  /** The revision whose settings count, then all there are. */
  readonly found: readonly [string | undefined, ...string[]];
}

const cases: readonly Case[] = [
  { name: 'nothing', objects: [], found: [undefined] },
  { name: 'the usual one', objects: [istiod(), settings('istio')], found: [undefined, 'default'] },
  { name: 'a single revision', objects: [istiod('1-28'), settings('istio-1-28')], found: ['1-28', '1-28'] },
  {
    name: 'the one without a name among several',
    objects: [istiod('canary'), istiod('default'), settings('istio'), settings('istio-canary')],
    found: [undefined, 'canary', 'default'],
  },
  {
    name: 'the one of the default tag',
    objects: [istiod('a'), istiod('b'), tag('default', 'b')],
    found: ['b', 'a', 'b'],
  },
  {
    name: 'none of several that nothing tells apart',
    objects: [istiod('a'), istiod('b')],
    found: [undefined, 'a', 'b'],
  },
  {
    name: 'the one that is asked for',
    objects: [istiod('a'), istiod('b'), settings('istio')],
    asked: { revision: 'b' },
    found: ['b', 'a', 'b'],
  },
  {
    name: 'the one of a tag that is asked for',
    objects: [istiod('a'), istiod('b'), tag('prod', 'a')],
    asked: { revision: 'prod' },
    found: ['a', 'a', 'b'],
  },
  { name: 'one that is not seen, where no istiod is', objects: [], asked: { revision: 'x' }, found: ['x'] },
  {
    name: 'settings elsewhere',
    objects: [istiod('a'), settings('istio')],
    asked: { istioNamespace: 'mesh' },
    found: ['a', 'a'],
  },
];

describe('the revisions of Istio in a cluster', () => {
  test.each(cases)('$name', ({ objects, asked = {}, found: [revision, ...all] }) => {
    const { mesh, revisions } = findInstallation({ cluster: 'prod', objects }, asked);
    expect({ revision: mesh.revision, revisions }).toEqual({ revision, revisions: all });
  });

  test('one that is not there', () => {
    const objects = [istiod('a'), tag('prod', 'a')];
    expect(() => findInstallation({ cluster: 'prod', objects }, { revision: 'old' })).toThrow(
      expect.objectContaining({
        message: 'Cluster prod has no revision "old" of Istio.',
        help: 'It has a, prod.',
      }),
    );
  });
});

const labelled = (kind: string, labels: Record<string, string>, annotations = {}): LiveObject => ({
  value: { kind, metadata: { name: 'cart', labels, annotations } },
});

test.each([
  ['nothing', [], []],
  ['an injected namespace', [labelled('Namespace', { 'istio-injection': 'enabled' })], ['sidecar']],
  ['a namespace of a revision', [labelled('Namespace', { 'istio.io/rev': '1-28' })], ['sidecar']],
  ['a namespace without injection', [labelled('Namespace', { 'istio-injection': 'disabled' })], []],
  ['an injected pod', [labelled('Pod', {}, { 'sidecar.istio.io/status': '{}' })], ['sidecar']],
  [
    'a namespace in ambient mode',
    [labelled('Namespace', { 'istio.io/dataplane-mode': 'ambient' })],
    ['ambient'],
  ],
  ['a pod outside of it', [labelled('Pod', { 'istio.io/dataplane-mode': 'none' })], []],
  [
    'both',
    [
      labelled('Namespace', { 'istio-injection': 'enabled' }),
      labelled('Pod', { 'istio.io/dataplane-mode': 'ambient' }),
    ],
    ['ambient', 'sidecar'],
  ],
  ['labels of other kinds', [labelled('Service', { 'istio.io/dataplane-mode': 'ambient' })], []],
  ['labels that are none', [{ value: { kind: 'Pod', metadata: { labels: null, annotations: 3 } } }], []],
] as const)('the data plane of %s', (_, objects, expected) => {
  expect(findInstallation({ cluster: 'prod', objects }, {}).dataPlane).toEqual(expected);
});
