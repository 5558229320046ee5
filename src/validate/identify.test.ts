import { expect, test } from 'vitest';
import { readTexts } from '../load/index.ts';
import { identify } from './identify.ts';

async function identifyText(raw: string): Promise<ReturnType<typeof identify>> {
  return await identify((await readTexts([{ path: 'a.yaml', raw }])).manifests);
}

const document = (apiVersion: string, kind: string, rest = ''): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n${rest}`;

test.each([
  ['networking.istio.io/v1', 'VirtualService', 'VirtualService', []],
  ['networking.istio.io/v1alpha3', 'VirtualService', 'VirtualService', []],
  ['networking.istio.io/v1', 'Gateway', 'Gateway', []],
  ['gateway.networking.k8s.io/v1', 'Gateway', 'KubernetesGateway', []],
  ['gateway.networking.k8s.io/v1alpha2', 'Gateway', 'KubernetesGateway', []],
  ['extensions/v1beta1', 'Deployment', 'Deployment', []],
  ['networking.istio.io/v9', 'VirtualService', 'VirtualService', ['input/unknown-api-version unknown']],
  ['networking.istio.io/v1', 'EnvoyFilter', 'EnvoyFilter', ['input/unknown-api-version unknown']],
  ['networking.istio.io/v1', 'virtualservice', undefined, ['input/unknown-kind misspelt']],
  ['security.istio.io/v1', 'AuthorizationPolicies', undefined, ['input/unknown-kind misspelt']],
  ['security.istio.io/v1', 'MeshPolicy', undefined, ['input/unknown-kind unknown']],
  ['rbac.istio.io/v1alpha1', 'ServiceRole', undefined, []],
  ['gateway.networking.k8s.io/v1', 'ConformanceReport', undefined, []],
  ['v1', 'constructor', undefined, []],
  ['networking.istio.io/__proto__', 'toString', undefined, ['input/unknown-kind unknown']],
])('%s %s', async (apiVersion, kind, expected, problems) => {
  const identified = await identifyText(document(apiVersion, kind));
  expect(identified.resources.map((resource) => resource.kind)).toEqual(
    expected === undefined ? [] : [expected],
  );
  expect(identified.problems.map(({ rule, message }) => `${rule} ${message}`)).toEqual(problems);
});

test('kinds that no rule reads are counted, whatever they are called', async () => {
  const raw = [document('v1', 'constructor'), document('v1', 'constructor'), document('x.io/v1', 'A')].join(
    '---\n',
  );
  expect((await identifyText(raw)).otherKinds).toEqual({ constructor: 2, 'x.io/A': 1 });
});

test('a missing spec is an empty one, and wrong types are told', async () => {
  const { resources, problems } = await identifyText(document('networking.istio.io/v1', 'VirtualService'));
  expect(resources[0]?.body).toMatchObject({ spec: {} });
  expect(problems).toEqual([]);
  const wrong = await identifyText(document('networking.istio.io/v1', 'VirtualService', 'spec: 3\n'));
  expect(wrong.problems.map(({ rule, data }) => [rule, data])).toEqual([
    ['input/invalid-value', { field: 'spec', expected: 'a mapping', found: 'a number' }],
  ]);
});
