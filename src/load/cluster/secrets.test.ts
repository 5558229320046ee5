import { expect, test } from 'vitest';
import { createAuthority } from '../../../test/support/api-server/certificates.ts';
import { withoutSecrets } from './secrets.ts';

const jwt = `${['{"alg":"none"}', '{"sub":"alice"}'].map((part) => Buffer.from(part).toString('base64url')).join('.')}.c2lnbmF0dXJl`;

const hidden: readonly (readonly [text: string, secret: string])[] = [
  [`bad token ${jwt} was given`, jwt],
  ['Authorization: Bearer abcdefgh12345678', 'abcdefgh12345678'],
  ['client_secret=hunter22&x=1', 'hunter22'],
  ['{"access_token":"abc-123"}', 'abc-123'],
  ['password: swordfish', 'swordfish'],
  ['key AKIAIOSFODNN7EXAMPLEAKIAIOSFODNN7 is unknown', 'AKIAIOSFODNN7EXAMPLEAKIAIOSFODNN7'],
  [`cannot use ${createAuthority('x').key}`, 'PRIVATE KEY-----\nM'],
  ['the value my-own-value failed', 'my-own-value'],
];
test.each(hidden)('%s', (text, secret) => {
  const safe = withoutSecrets(text, ['my-own-value']);
  expect(safe).not.toContain(secret);
  expect(safe).toContain('[hidden]');
});

const harmless = [
  'Unable to locate credentials. You can configure credentials by running "aws login".',
  'exec: /usr/local/lib/google-cloud-sdk/bin/gke-gcloud-auth-plugin: no such file or directory',
  'getting credentials: AADSTS50076: you must use multi-factor authentication',
  'dial tcp: lookup sts.eu-central-1.amazonaws.com: no such host',
];
test.each(harmless)('%s', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

test('nothing steers the terminal', () => {
  expect(withoutSecrets('\u001b[31mError\u001b[0m:\r\n\u0007no\tway\u009b')).toBe('Error:\nno\tway');
});
