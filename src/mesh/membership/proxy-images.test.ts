import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { strayProxies } from './proxy-images.ts';

/** An injector with this image, of a revision if one is named. */
function injectorOf(settings: string, revision = ''): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: { name: istio-sidecar-injector${revision === '' ? '' : `-${revision}`}, namespace: istio-system }
data: { values: '{"global": ${settings}}' }
---
`;
}
const usual = injectorOf(
  '{"hub": "registry.istio.io/release", "tag": "1.29.0", "proxy": {"image": "proxyv2"}}',
);

interface Row {
  readonly it: string;
  readonly image: string;
  readonly stray: boolean;
  readonly injectors?: string;
  /** Labels of the namespace; injected unless said otherwise. */
  readonly ns?: string;
  readonly annotations?: string;
  readonly status?: string;
  readonly also?: string;
  readonly world?: World;
}

function proxyConfig(name: string, namespace: string, spec: string): string {
  return `---
apiVersion: networking.istio.io/v1beta1
kind: ProxyConfig
metadata: { name: ${name}, namespace: ${namespace} }
spec: ${spec}
`;
}
const distroless = '{ image: { imageType: distroless } }';

const rows: readonly Row[] = [
  { it: 'the same', image: 'registry.istio.io/release/proxyv2:1.29.0', stray: false },
  { it: 'another tag', image: 'registry.istio.io/release/proxyv2:1.28.0', stray: true },
  { it: 'another registry, host and path', image: 'localhost:5000/mirror/proxyv2:1.29.0', stray: false },
  { it: 'another name', image: 'registry.istio.io/release/proxy:1.29.0', stray: true },
  { it: 'a tag that only begins alike', image: 'registry.istio.io/release/proxyv2:1.29.0-rc.1', stray: true },
  {
    it: 'a digest, which cannot be compared',
    image: 'registry.istio.io/release/proxyv2@sha256:aa',
    stray: false,
  },
  { it: 'a tag and a digest', image: 'registry.istio.io/release/proxyv2:1.28.0@sha256:aa', stray: true },
  { it: 'no tag', image: 'registry.istio.io/release/proxyv2', stray: true },
  { it: 'the placeholder', image: 'auto', stray: false },
  { it: 'no image', image: '""', stray: false },

  // Which injector.
  { it: 'no injector', image: 'proxyv2:1.28.0', injectors: '', stray: false },
  { it: 'values without an image', image: 'proxyv2:1.28.0', injectors: injectorOf('{}'), stray: false },
  { it: 'values that are no JSON', image: 'proxyv2:1.28.0', injectors: injectorOf('{'), stray: false },
  {
    it: 'a whole image',
    image: 'x/proxyv2:1.28.0',
    injectors: injectorOf('{"proxy": {"image": "x/proxyv2:1.28.0"}}'),
    stray: false,
  },
  { it: 'a namespace outside', image: 'proxyv2:1.28.0', ns: '{}', stray: false },
  {
    it: 'a namespace that says no',
    image: 'proxyv2:1.28.0',
    ns: '{ istio-injection: disabled }',
    stray: false,
  },
  {
    it: 'a revision that is not loaded',
    image: 'proxyv2:1.28.0',
    ns: '{ istio.io/rev: canary }',
    stray: false,
  },
  {
    it: 'the default revision by name',
    image: 'proxyv2:1.28.0',
    ns: '{ istio.io/rev: default }',
    stray: true,
  },
  {
    it: 'a revision',
    image: 'proxyv2:1.29.0',
    ns: '{ istio.io/rev: canary }',
    injectors: usual + injectorOf('{"hub": "h", "tag": "1.30.0"}', 'canary'),
    stray: true,
  },
  {
    it: 'the default wins over a revision',
    image: 'proxyv2:1.29.0',
    ns: '{ istio-injection: enabled, istio.io/rev: canary }',
    injectors: usual + injectorOf('{"hub": "h", "tag": "1.30.0"}', 'canary'),
    stray: false,
  },

  // Types of image.
  { it: 'a type that nothing asks for', image: 'proxyv2:1.29.0-distroless', stray: true },
  {
    it: 'a type, where the mesh is not loaded',
    image: 'proxyv2:1.29.0-distroless',
    world: 'auto',
    stray: false,
  },
  {
    it: 'a type for the mesh, by ProxyConfig',
    image: 'proxyv2:1.29.0-distroless',
    also: proxyConfig('root', 'istio-system', distroless),
    stray: false,
  },
  {
    it: 'a type of another namespace',
    image: 'proxyv2:1.29.0-distroless',
    also: proxyConfig('other', 'other', distroless),
    stray: true,
  },
  {
    it: 'a type for the workload wins over that of the namespace',
    image: 'proxyv2:1.29.0-debug',
    also:
      proxyConfig(
        'own',
        'shop',
        '{ selector: { matchLabels: { app: front } }, image: { imageType: debug } }',
      ) + proxyConfig('shop', 'shop', distroless),
    stray: false,
  },
  {
    it: 'a type for another workload',
    image: 'proxyv2:1.29.0-debug',
    also: proxyConfig(
      'own',
      'shop',
      '{ selector: { matchLabels: { app: x } }, image: { imageType: debug } }',
    ),
    stray: true,
  },
  {
    it: 'a type by the configuration of the pod',
    image: 'proxyv2:1.29.0-debug',
    annotations: `{ proxy.istio.io/config: '{"image": {"imageType": "debug"}}' }`,
    also: proxyConfig('shop', 'shop', distroless),
    stray: false,
  },
  {
    it: 'a type by an annotation of the pod',
    image: 'proxyv2:1.29.0-debug',
    annotations: '{ sidecar.istio.io/proxyImageType: debug }',
    stray: false,
  },
  {
    it: 'a type in the place of another',
    image: 'proxyv2:1.29.0-debug',
    annotations: '{ sidecar.istio.io/proxyImageType: debug }',
    injectors: injectorOf('{"hub": "h", "tag": "1.29.0-distroless"}'),
    stray: false,
  },
  {
    it: 'the default type in the place of another',
    image: 'proxyv2:1.29.0',
    annotations: '{ sidecar.istio.io/proxyImageType: default }',
    injectors: injectorOf('{"hub": "h", "tag": "1.29.0-distroless"}'),
    stray: false,
  },

  // Which pods.
  {
    it: 'an image of its own',
    image: 'proxyv2:1.28.0',
    annotations: '{ sidecar.istio.io/proxyImage: proxyv2:1.28.0 }',
    stray: false,
  },
  { it: 'a pod that is through', image: 'proxyv2:1.28.0', status: '{ phase: Succeeded }', stray: false },
  {
    it: 'a pod that runs',
    image: 'proxyv2:1.28.0',
    status: '{ phase: Running }',
    world: 'auto',
    stray: true,
  },
  { it: 'a pod still to be created', image: 'proxyv2:1.28.0', status: '{}', world: 'auto', stray: false },
];

describe('proxies that are not those of their injector', () => {
  test.each(rows)('$it', async (row) => {
    const { image, stray, injectors = usual, ns = '{ istio-injection: enabled }', also = '' } = row;
    const raw = `${injectors}apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: ${ns} }
---
apiVersion: v1
kind: Pod
metadata:
  name: front
  namespace: shop
  labels: { app: front }
  annotations: ${row.annotations ?? '{}'}
spec:
  containers: [{ name: istio-proxy, image: ${image} }]
status: ${row.status ?? '{ phase: Running }'}
${also}`;
    const { graph } = await openTexts([{ path: 'mesh.yaml', raw }], { world: row.world ?? 'closed' });
    const found = [...strayProxies(graph)].map(([{ name }, proxies]) => [name, proxies.length]);
    expect(found).toEqual(stray ? [['shop', 1]] : []);
  });
});
