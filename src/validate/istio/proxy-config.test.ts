import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['', []],
  ['concurrency: 0', []],
  ['concurrency: -1', ['error spec.concurrency']],
  ['selector: {}', ['warning spec.selector']],
  ['selector: {matchLabels: {"a*": b}}', ['error spec.selector.matchLabels.a*']],
])('%s', async (spec, expected) => {
  expect(await valueProblems('networking.istio.io/v1beta1', 'ProxyConfig', `spec: {${spec}}`)).toEqual(
    expected,
  );
});
