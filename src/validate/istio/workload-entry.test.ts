import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['address: 1.1.1.1', []],
  ['', ['error address']],
  ['network: net', ['warning network']],
  ['address: a.b', []],
  ['address: "a b"', ['error address']],
  ['address: "unix:///a", ports: {a: 1}', ['error ports']],
  ['address: "unix://a/"', ['error address']],
  [
    'address: "::1", ports: {a_b: 0}, labels: {a: "~"}',
    ['error ports.a_b', 'error ports.a_b', 'error labels.a'],
  ],
])('%s', async (spec, expected) => {
  const found = await valueProblems('networking.istio.io/v1', 'WorkloadEntry', `spec: {${spec}}`);
  expect(found.map((line) => line.replace(' spec.', ' '))).toEqual(expected);
});
