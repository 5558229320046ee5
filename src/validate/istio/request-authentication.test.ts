import { expect, test } from 'vitest';
import { valueFindings, valueProblems } from '../../../test/value-problems.ts';

const check = (spec: string) =>
  valueProblems('security.istio.io/v1', 'RequestAuthentication', `spec: {${spec}}`);
const rule = (text: string) => check(`jwtRules: [{issuer: i, ${text}}]`);

test.each([
  ['', []],
  ['jwtRules: []', []],
  ['jwtRules: [{issuer: i}]', []],
  ['jwtRules: [{jwksUri: "https://i/keys"}]', []],
  ['jwtRules: [{jwks_uri: "https://i/keys"}]', []],
  ['jwtRules: [{}]', ['error spec.jwtRules[0].issuer']],
  ['jwtRules: [{issuer: i}, {issuer: ""}]', ['error spec.jwtRules[1].issuer']],
  ['selector: {}', ['warning spec.selector']],
  ['targetRef: {kind: Service, name: cart}, selector: {matchLabels: {a: b}}', ['error spec.targetRef']],
  ['targetRefs: [{kind: Service}]', ['error spec.targetRefs[0].name']],
])('%s', async (spec, expected) => {
  expect(await check(spec)).toEqual(expected);
});

test.each([
  ['jwksUri: "ftp://i/keys"', ['jwksUri']],
  ['jwksUri: "i/keys"', ['jwksUri']],
  ['jwksUri: "https://i:none/keys"', ['jwksUri']],
  ['jwks_uri: "https://i/%zz"', ['jwks_uri']],
  ['jwks: "keys"', ['jwks']],
  ['jwks: "{\\"keys\\":[]}"', []],
  ['jwks: "{\\"keys\\":[]}", jwksUri: "https://i/keys"', ['jwks']],
  ['audiences: [a, ""]', ['audiences[1]']],
  ['fromParams: ["", token]', ['fromParams[0]']],
  ['fromCookies: [""]', ['fromCookies[0]']],
  ['fromHeaders: [{name: x-token, prefix: "Bearer "}]', []],
  ['fromHeaders: [{prefix: "Bearer "}, {name: ""}]', ['fromHeaders[0].name', 'fromHeaders[1].name']],
  ['outputClaimToHeaders: [{claim: sub, header: x-sub}]', []],
  ['outputClaimToHeaders: [{}]', ['outputClaimToHeaders[0].claim', 'outputClaimToHeaders[0].header']],
  ['outputClaimToHeaders: [{claim: sub, header: "x sub"}]', ['outputClaimToHeaders[0].header']],
  ['outputPayloadToHeader: ""', []],
  ['timeout: 5s', []],
  ['timeout: 100us', ['timeout']],
  ['timeout: soon', ['timeout']],
  ['presence: REQUIRED', []],
  ['presence: required', ['presence']],
  ['spaceDelimitedClaims: [""]', []],
])('a rule with %s', async (text, fields) => {
  expect(await rule(text)).toEqual(fields.map((field) => `error spec.jwtRules[0].${field}`));
});

test('a private key is told of, and not shown', async () => {
  const jwks = JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] });
  const found = await valueFindings(
    'security.istio.io/v1',
    'RequestAuthentication',
    `spec: {jwtRules: [{issuer: i, jwks: ${JSON.stringify(jwks)}}]}`,
  );
  expect(found).toMatchObject([{ level: 'warning', field: 'spec.jwtRules[0].jwks' }]);
  expect(found[0]?.problem).not.toContain('c2VjcmV0');
});
