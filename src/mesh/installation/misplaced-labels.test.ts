import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { misplacedLabels } from './misplaced-labels.ts';

const apiVersions: Readonly<Partial<Record<string, string>>> = {
  Deployment: 'apps/v1',
  Gateway: 'gateway.networking.k8s.io/v1',
  GatewayClass: 'gateway.networking.k8s.io/v1',
  ServiceEntry: 'networking.istio.io/v1',
  WorkloadEntry: 'networking.istio.io/v1',
};

async function misplaced(kind: string, metadata: string, template = ''): Promise<readonly string[]> {
  const spec = template === '' ? '' : `spec: { template: { metadata: { ${template} } } }\n`;
  const raw = `apiVersion: ${apiVersions[kind] ?? 'v1'}
kind: ${kind}
metadata: { name: one, namespace: shop, ${metadata} }
${spec}`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'auto' });
  const { labels, annotations } = misplacedLabels(graph);
  return [
    ...labels.map(({ bearing, key }) => `${bearing.bearer} ${key}`),
    ...annotations.map(({ bearing, fault }) => `${bearing.bearer} ${fault}`),
  ];
}

/** Where each label is left alone; everywhere else it is misplaced. */
const places: Readonly<Record<string, readonly string[]>> = {
  'istio-injection': ['Namespace'],
  'istio.io/rev': ['Namespace', 'Service', 'ServiceEntry', 'WorkloadEntry', 'Gateway', 'GatewayClass', 'Pod'],
  'istio.io/dataplane-mode': ['Namespace', 'Gateway', 'Pod'],
  'sidecar.istio.io/inject': ['Gateway', 'Pod'],
  'istio.io/use-waypoint': ['Namespace', 'Service', 'ServiceEntry', 'WorkloadEntry', 'Gateway', 'Pod'],
  'istio.io/use-waypoint-namespace': [
    'Namespace',
    'Service',
    'ServiceEntry',
    'WorkloadEntry',
    'Gateway',
    'Pod',
  ],
  'istio.io/ingress-use-waypoint': ['Namespace', 'Service', 'ServiceEntry', 'Gateway'],
  'istio.io/waypoint-for': ['Gateway', 'GatewayClass'],
};
const kinds = [
  'Namespace',
  'Service',
  'ServiceEntry',
  'WorkloadEntry',
  'Gateway',
  'GatewayClass',
  'Pod',
  'Deployment',
];

test.each(Object.keys(places).flatMap((label) => kinds.map((kind) => [label, kind] as const)))(
  '%s on a %s',
  async (label, kind) => {
    const isWell = places[label]?.includes(kind) === true;
    expect(await misplaced(kind, `labels: { ${label}: x }`)).toEqual(isWell ? [] : [`${kind} ${label}`]);
  },
);

test.each([
  ['labels: { istio.io/dataplane-mode: none }', 'labels: { istio.io/dataplane-mode: ambient }', []],
  ['labels: { sidecar.istio.io/inject: "true" }', 'annotations: { sidecar.istio.io/inject: "true" }', []],
  ['labels: { istio.io/rev: a }', 'annotations: { istio.io/rev: a }', ['Deployment istio.io/rev']],
  ['labels: { istio-injection: enabled }', 'labels: { istio-injection: enabled }', ['Pod istio-injection']],
  ['labels: { istio: edge, istio.io/rev: a }', 'labels: { istio: edge }', []],
  ['labels: { app.kubernetes.io/part-of: istio, istio.io/rev: a }', 'labels: { app: cni }', []],
  ['', 'annotations: { ambient.istio.io/redirection: enabled }', ['Pod captured']],
  ['', 'annotations: { ambient.istio.io/redirection: disabled }', ['Pod not-captured']],
])('a Deployment with %s and a template with %s', async (metadata, template, expected) => {
  expect(await misplaced('Deployment', metadata, template)).toEqual(expected);
});

test.each([
  ['Pod', 'annotations: { ambient.istio.io/redirection: enabled }', ['Pod captured']],
  ['Pod', 'uid: a, annotations: { ambient.istio.io/redirection: enabled }', []],
  ['Pod', 'labels: { pod-template-hash: a1 }, annotations: { ambient.istio.io/redirection: enabled }', []],
  ['Gateway', 'annotations: { istio.io/for-service-account: a }', ['Gateway account']],
  ['Gateway', 'annotations: { istio.io/waypoint-for: all }', ['Gateway label']],
  ['ServiceEntry', 'annotations: { istio.io/use-waypoint: a }', ['ServiceEntry label']],
  ['Gateway', 'annotations: { istio.io/rev: a }', []],
  // Said of annotations in general.
  ['Service', 'annotations: { istio.io/use-waypoint: a }', []],
  ['Service', 'labels: { gateway.istio.io/managed: a, istio.io/waypoint-for: all }', []],
  ['Pod', 'labels: { gateway.networking.k8s.io/gateway-name: a, istio.io/waypoint-for: all }', []],
])('a %s with %s', async (kind, metadata, expected) => {
  expect(await misplaced(kind, metadata)).toEqual(expected);
});
