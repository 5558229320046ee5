import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { unknownLabels } from './unknown-labels.ts';

async function answersTo(kind: string, key: string): Promise<readonly (string | undefined)[]> {
  const raw = `apiVersion: v1
kind: ${kind}
metadata: { name: one, namespace: shop, labels: { "${key}": "x" } }
`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed' });
  return unknownLabels(graph).map(({ meant }) =>
    meant === undefined ? undefined : `${meant.is} ${meant.name}`,
  );
}

test.each([
  ['istio.io/dataplane-mod', 'label istio.io/dataplane-mode'],
  ['istio.io/dataplanemode', 'label istio.io/dataplane-mode'],
  ['isto.io/dataplane-mode', 'label istio.io/dataplane-mode'],
  ['ambient.istio.io/dataplane-mode', 'label istio.io/dataplane-mode'],
  ['istio.io/use-waypiont', 'label istio.io/use-waypoint'],
  ['istio.io/Rev', 'label istio.io/rev'],
  ['istio.io/inject', 'label sidecar.istio.io/inject'],
  ['sidecars.istio.io/inject', 'label sidecar.istio.io/inject'],
  ['proxy.istio.io/config', 'annotation proxy.istio.io/config'],
  ['sidecar.istio.io/proxyMemoryLimits', 'annotation sidecar.istio.io/proxyMemoryLimit'],
  ['istio.io/team', undefined],
  ['istio.io/', undefined],
  ['policy.istio.io/check', undefined],
])('%s', async (key, meant) => {
  expect(await answersTo('Service', key)).toEqual([meant]);
});

test.each([
  'istio.io/rev',
  'istio.io/tag',
  'istio.io/use-waypoint-canary',
  'sidecar.istio.io/inject',
  'operator.istio.io/component',
  'internal.istio.io/parents',
  'istio.io/gateway-name',
  'test.istio.io/class',
  'istio.example.com/dataplane-mode',
  'kubernetes.io/ingress.class',
  'istio',
  'istio-inject',
  'istio_injection',
  'toString',
])('a Service with %s is well', async (key) => {
  expect(await answersTo('Service', key)).toEqual([]);
});

test.each(['istio-inject', 'istio_injection', 'istio-injections'])('a Namespace with %s', async (key) => {
  expect(await answersTo('Namespace', key)).toEqual(['label istio-injection']);
});

test.each(['istio-injection', 'istio-discovery', 'istio', 'istio-ingress', 'toString'])(
  'a Namespace with %s is well',
  async (key) => {
    expect(await answersTo('Namespace', key)).toEqual([]);
  },
);
