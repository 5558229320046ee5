import { expect, test } from 'vitest';
import type { Resource } from '../../graph/resource.ts';
import { openTexts } from '../../session/session.ts';
import { missedBundle, unservedVersions } from './crds.ts';

async function crd(kind: string, plural: string, bundle: string, ...served: readonly string[]) {
  const raw = JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.gateway.networking.k8s.io`,
      annotations: { 'gateway.networking.k8s.io/bundle-version': bundle },
    },
    spec: {
      group: 'gateway.networking.k8s.io',
      names: { kind, plural },
      versions: ['v1', 'v1beta1', 'v1alpha2'].map((name) => ({ name, served: served.includes(name) })),
    },
  });
  const { graph } = await openTexts([{ path: 'crd.yaml', raw }], { world: 'closed' });
  const [one] = graph.list('CustomResourceDefinition');
  if (one === undefined) throw new Error('no definition');
  return one satisfies Resource<'CustomResourceDefinition'>;
}

test.each([
  ['grpcroutes', 'v1.0.0', '1.1.0'],
  ['grpcroutes', 'v1.1.0', undefined],
  ['grpcroutes', 'v1.1.0-rc.1', undefined],
  ['tlsroutes', 'v1.4.1', '1.5.0'],
  ['tlsroutes', '1.5', undefined],
  ['tcproutes', 'v1.10.0', undefined],
  ['backendtlspolicies', 'v0.0.0-dev', undefined],
  ['backendtlspolicies', 'main', undefined],
  ['httproutes', 'v0.5.0', undefined],
])('%s of %s miss %s', async (plural, bundle, expected) => {
  expect(missedBundle(await crd('Kind', plural, bundle))?.bundle).toBe(expected);
});

test.each<[string, readonly string[], string | undefined, readonly string[]]>([
  ['Gateway', ['v1', 'v1beta1'], undefined, []],
  ['Gateway', ['v1beta1'], undefined, ['v1 later']],
  ['Gateway', ['v1beta1'], '1.28', ['v1 later']],
  ['Gateway', ['v1beta1'], '1.29', ['v1 now']],
  ['Gateway', ['v1'], '1.28', ['v1beta1 now']],
  ['Gateway', ['v1'], '1.30', ['v1beta1 later']],
  ['Gateway', ['v1alpha2'], undefined, ['v1beta1 now', 'v1 now']],
  ['ReferenceGrant', ['v1'], undefined, ['v1beta1 now']],
  ['ReferenceGrant', ['v1beta1'], '1.31', []],
  ['GRPCRoute', ['v1alpha2'], undefined, []],
])('%s served as %s, for Istio %s, lacks %s', async (kind, served, istio, expected) => {
  const unserved = unservedVersions(await crd(kind, 'kinds', 'v1.0.0', ...served), istio);
  expect(unserved.map(({ version, isNeeded }) => `${version} ${isNeeded ? 'now' : 'later'}`)).toEqual(
    expected,
  );
});
