import { expect, test } from 'vitest';
import { hasPlaceholder, hasPlaceholderName } from './placeholder.ts';

test.each([
  ['${HOST}', true],
  ['till.$(NAMESPACE).svc.cluster.local', true],
  ['$HOST', true],
  ['{{ .Subdomain }}.example.com', true],
  ['<<CLIENT_IP>>', true],
  ['gateway.apps.<CLUSTER-DOMAIN>', true],
  ['https://%LOGIN%/keys', true],
  ['@VERSION@', true],
  ['__REPLICAS__', true],
  ['till.example.com', false],
  ['*.example.com', false],
  ['/a/%2F/b%20c', false],
  ['spiffe://cluster.local/ns/a/sa/b', false],
  ['^a{2,3}$', false],
  ['10.0.0.0/8', false],
  ['ISTIO_MUTAUL', false],
  ['a<b', false],
  ['me@EXAMPLE.com', false],
])('%s has a placeholder: %s', (text, expected) => {
  expect(hasPlaceholder(text)).toBe(expected);
});

test.each([
  ['JWKS_URI', true],
  ['till.TILL_NAMESPACE.svc.cluster.local', true],
  ['ratings.USER_NAME_PLACEHOLDER-lab.svc.cluster.local', true],
  ['Till.example.com', false],
  ['my_host', false],
  ['LOCALHOST', false],
])('%s has the name of a placeholder: %s', (text, expected) => {
  expect(hasPlaceholderName(text)).toBe(expected);
});
