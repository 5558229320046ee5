import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

const selector = 'selector: {matchLabels: {app: cart}}';

test.each([
  ['', []],
  ['mtls: {mode: STRICT}', []],
  ['mtls: {}', []],
  [`${selector}, portLevelMtls: {8080: {mode: DISABLE}}`, []],
  [`${selector}, portLevelMtls: {8080: {}}`, []],
  [`${selector}, portLevelMtls: {1: {}, 65535: {}}`, []],
  ['selector: {}', ['warning spec.selector']],
  ['selector: {matchLabels: {}}', ['warning spec.selector']],
  ['selector: {matchLabels: {app: "cart*"}}', ['error spec.selector.matchLabels.app']],
  ['selector: {matchLabels: {"": cart}}', ['error spec.selector.matchLabels.']],
  ['mtls: {mode: strict}', ['error spec.mtls.mode']],
  ['portLevelMtls: {8080: {}}', ['error spec.portLevelMtls']],
  ['selector: {}, portLevelMtls: {8080: {}}', ['warning spec.selector', 'error spec.portLevelMtls']],
  [`${selector}, portLevelMtls: {}`, ['error spec.portLevelMtls']],
  [
    `${selector}, portLevelMtls: {0: {}, 65536: {}, http: {}, 80: {mode: MUTUAL}}`,
    [
      'error spec.portLevelMtls.0',
      'error spec.portLevelMtls.80.mode',
      'error spec.portLevelMtls.65536',
      'error spec.portLevelMtls.http',
    ],
  ],
])('%s', async (spec, expected) => {
  const found = await valueProblems('security.istio.io/v1', 'PeerAuthentication', `spec: {${spec}}`);
  expect(found).toEqual(expected);
});
