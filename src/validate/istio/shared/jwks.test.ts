import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJwks } from './jwks.ts';

const pairs = {
  RSA: generateKeyPairSync('rsa', { modulusLength: 1024 }),
  EC: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  OKP: generateKeyPairSync('ed25519'),
};

test.each(Object.entries(pairs))('%s keys', (_type, { publicKey, privateKey }) => {
  const open = publicKey.export({ format: 'jwk' });
  const secret = privateKey.export({ format: 'jwk' });
  expect(parseJwks(JSON.stringify(open))).toEqual({ secret: [] });
  expect(parseJwks(JSON.stringify({ keys: [open, secret, open] }))).toEqual({ secret: [1] });
  for (const part of Object.keys(open)) {
    expect(parseJwks(JSON.stringify({ keys: [{ ...open, [part]: undefined }] }))).toHaveProperty('fault');
    expect(parseJwks(JSON.stringify({ keys: [{ ...open, [part]: 7 }] }))).toHaveProperty('fault');
  }
});

test.each([
  ['{"keys": []}', { secret: [] }],
  ['{"keys": null}', { secret: [] }],
  ['{"keys": [{"kty": "oct", "k": "AAAA"}]}', { secret: [0] }],
  ['{"keys": [{"kty": "oct", "k": "AA==", "kid": "a", "key_ops": ["verify"]}]}', { secret: [0] }],
])('%s', (text, expected) => {
  expect(parseJwks(text)).toEqual(expected);
});

test.each([
  ['', 'JSON'],
  ['keys', 'JSON'],
  ['[]', 'key set'],
  ['null', 'key set'],
  ['{}', 'no "keys"'],
  ['{"keys": {}}', 'no list'],
  ['{"keys": [1]}', 'number 1'],
  ['{"keys": [{"kty": "oct", "k": "AAAA"}, {"kty": "DSA"}]}', 'number 2'],
  ['{"keys": [{"kty": "constructor"}]}', 'not known'],
  ['{"keys": [{"kty": "oct", "k": "A"}]}', 'base64'],
  ['{"keys": [{"kty": "oct", "k": "A A="}]}', 'base64'],
  ['{"keys": [{"kty": "oct", "k": "AAA=="}]}', 'base64'],
  ['{"keys": [{"kty": "oct", "k": "AAAA", "kid": 1}]}', '"kid"'],
  ['{"keys": [{"kty": "oct", "k": "AAAA", "key_ops": "verify"}]}', '"key_ops"'],
])('%s is refused', (text, fault) => {
  expect(parseJwks(text)).toMatchObject({ fault: expect.stringContaining(fault) });
});

test('any text is answered', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(Object.keys(parseJwks(text)).length).toBeGreaterThan(0);
    }),
  );
});
