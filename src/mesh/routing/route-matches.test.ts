import { describe, expect, test } from 'vitest';
import type { Resource } from '../../graph/resource.ts';
import type { HttpMatch } from '../../model/kinds.gen.ts';
import { openTexts } from '../../session/session.ts';
import { type Cover, coversMatch } from './route-matches.ts';

/** Reads both matches from one VirtualService, as rules get them. */
async function cover(a: string, b: string, spec = 'hosts: [x]'): Promise<Cover> {
  const raw = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: v, namespace: shop }
spec:
${spec.replace(/^/gm, '  ')}
  http:
    - match: [${a}, ${b}]
      redirect: { uri: / }
`;
  const { graph } = await openTexts([{ path: 'v.yaml', raw }]);
  const service: Resource<'VirtualService'> = graph.list('VirtualService')[0] ?? expect.unreachable();
  const [outer, inner]: readonly HttpMatch[] = service.spec.http?.[0]?.match ?? [];
  return coversMatch(service, outer ?? expect.unreachable(), inner ?? expect.unreachable());
}

const uri = (match: string): string => `{ uri: ${match} }`;

describe('paths', () => {
  test.each<[string, string, Cover]>([
    ['{ prefix: / }', '{ prefix: /a }', 'yes'],
    ['{ prefix: / }', '{ exact: / }', 'yes'],
    ['{ prefix: / }', '{ regex: "/[a-z]+" }', 'yes'],
    ['{ prefix: /a }', '{ prefix: /ab }', 'yes'],
    ['{ prefix: /a }', '{ prefix: /a }', 'yes'],
    ['{ prefix: /ab }', '{ prefix: /a }', 'no'],
    ['{ prefix: /a }', '{ exact: /a/b }', 'yes'],
    ['{ prefix: /a/ }', '{ exact: /a }', 'no'],
    ['{ prefix: /a }', '{ regex: "/a/.*" }', 'yes'],
    ['{ prefix: /a }', '{ regex: "/a[0-9]" }', 'unknown'],
    ['{ exact: /a }', '{ exact: /a }', 'yes'],
    ['{ exact: /a }', '{ exact: /b }', 'no'],
    ['{ exact: /a }', '{ prefix: /a }', 'no'],
    ['{ exact: /a }', '{ regex: /a }', 'yes'],
    ['{ exact: / }', '{ prefix: / }', 'no'],
    ['{ regex: ".*" }', '{ prefix: / }', 'yes'],
    ['{ regex: "*" }', '{ exact: /x }', 'yes'],
    ['{ regex: "/.*" }', '{ prefix: /a }', 'yes'],
    ['{ regex: "/v1\\\\.2/.*" }', '{ prefix: /v1.2/x }', 'yes'],
    ['{ regex: "/v1\\\\.2/.*" }', '{ prefix: /v1x2/ }', 'no'],
    ['{ regex: "/a/.*/c" }', '{ exact: /a/b/c }', 'yes'],
    ['{ regex: "/a/.+" }', '{ exact: /a/ }', 'no'],
    ['{ regex: "/a." }', '{ exact: /ab }', 'yes'],
    ['{ regex: "/a(b)?" }', '{ exact: /ab }', 'unknown'],
    ['{ regex: "/a/.*/c/.*/d/.*/e" }', '{ exact: /a/b }', 'unknown'],
    ['{ regex: "/[ab]" }', '{ regex: "/[ab]" }', 'yes'],
    ['{ regex: "/[ab]" }', '{ regex: "/[ba]" }', 'unknown'],
    ['{ regex: "/[ab]" }', '{ prefix: /a }', 'unknown'],
  ])('%s over %s: %s', async (a, b, expected) => {
    expect(await cover(uri(a), uri(b))).toBe(expected);
  });

  test.each<[string, string, Cover]>([
    ['{ headers: { x: { exact: a } } }', uri('{ prefix: / }'), 'no'],
    ['{ name: all }', uri('{ prefix: /a }'), 'yes'],
    [uri('{ prefix: /a }'), '{ name: all }', 'no'],
    [uri('{ prefix: / }'), '{ name: all }', 'yes'],
    [uri('{}'), uri('{ exact: /a }'), 'yes'],
    // Without regard to case
    ['{ uri: { prefix: /API }, ignoreUriCase: true }', uri('{ prefix: /api/v2 }'), 'yes'],
    [
      '{ uri: { prefix: /API }, ignoreUriCase: true }',
      '{ uri: { exact: /Api }, ignoreUriCase: true }',
      'yes',
    ],
    [uri('{ prefix: /api }'), '{ uri: { prefix: /api/v2 }, ignoreUriCase: true }', 'no'],
    [uri('{ prefix: /1 }'), '{ uri: { prefix: /1/a }, ignoreUriCase: true }', 'yes'],
    [uri('{ regex: "/[ab]" }'), '{ uri: { exact: /a }, ignoreUriCase: true }', 'unknown'],
    [
      '{ uri: { regex: "/[ab]" }, ignoreUriCase: true }',
      '{ uri: { regex: "/[ab]" }, ignoreUriCase: true }',
      'yes',
    ],
    ['{ uri: { regex: "/A" }, ignoreUriCase: true }', uri('{ exact: /a }'), 'no'],
  ])('%s over %s: %s', async (a, b, expected) => {
    expect(await cover(a, b)).toBe(expected);
  });
});

const all = 'uri: { prefix: / }';

test.each<[string, string, Cover]>([
  // Method, authority, scheme, port
  ['', 'method: { exact: POST }', 'yes'],
  ['method: { exact: GET }', '', 'no'],
  ['method: { regex: ".*" }', '', 'yes'],
  ['method: { exact: GET }', 'method: { exact: GET }', 'yes'],
  ['method: { exact: GET }', 'method: { exact: POST }', 'no'],
  ['authority: { prefix: a. }', 'authority: { exact: a.com }', 'yes'],
  ['scheme: { exact: https }', '', 'no'],
  ['', 'port: 80', 'yes'],
  ['port: 80', '', 'no'],
  ['port: 80', 'port: 80', 'yes'],
  ['port: 80', 'port: 81', 'no'],
  // Headers and parameters
  ['', 'headers: { a: { exact: x } }', 'yes'],
  ['headers: { a: { exact: x } }', '', 'no'],
  ['headers: { a: {} }', 'headers: { a: { exact: x } }', 'yes'],
  ['headers: { a: { exact: x } }', 'headers: { a: {} }', 'no'],
  ['headers: { A: { exact: x } }', 'headers: { a: { exact: x }, b: { exact: y } }', 'yes'],
  ['headers: { a: { regex: "[xy]" } }', 'headers: { a: { regex: "[yz]" } }', 'unknown'],
  ['headers: { a: { regex: "[xy]" }, b: {} }', 'headers: { a: { regex: "[yz]" } }', 'no'],
  [
    'headers: { "@request.auth.claims.Role": { exact: x } }',
    'headers: { "@request.auth.claims.role": { exact: x } }',
    'no',
  ],
  ['queryParams: { q: { prefix: a } }', 'queryParams: { q: { exact: ab } }', 'yes'],
  ['queryParams: { q: { exact: a } }', 'queryParams: { Q: { exact: a } }', 'no'],
  // What must not be there
  ['withoutHeaders: { a: {} }', '', 'no'],
  ['', 'withoutHeaders: { a: {} }', 'yes'],
  ['withoutHeaders: { a: { exact: x } }', 'withoutHeaders: { a: {} }', 'yes'],
  ['withoutHeaders: { a: {} }', 'withoutHeaders: { a: { exact: x } }', 'no'],
  ['withoutHeaders: { a: { exact: x } }', 'headers: { a: { exact: y } }', 'unknown'],
  // Who asks
  ['sourceLabels: { app: a }', '', 'no'],
  ['sourceLabels: { app: a }', 'sourceLabels: { app: a, version: v1 }', 'yes'],
  ['sourceLabels: { app: a, version: v1 }', 'sourceLabels: { app: a }', 'no'],
  ['sourceNamespace: web', 'sourceNamespace: web', 'yes'],
  ['sourceNamespace: web', 'sourceNamespace: pay', 'no'],
  ['', 'sourceNamespace: pay', 'yes'],
])('{ %s } over { %s }: %s', async (a, b, expected) => {
  const full = (rest: string): string => (rest === '' ? `{ ${all} }` : `{ ${all}, ${rest} }`);
  expect(await cover(full(a), full(b))).toBe(expected);
});

test.each<[string, string, string, Cover]>([
  ['gateways: [a, mesh]', '', 'gateways: [a]', 'yes'],
  ['gateways: [a, mesh]', 'gateways: [a]', '', 'no'],
  ['gateways: [a, mesh]', 'gateways: [a]', 'gateways: [mesh]', 'no'],
  ['gateways: [a, mesh]', 'gateways: [mesh, a]', '', 'yes'],
  ['gateways: [a]', 'gateways: [a]', '', 'yes'],
  ['gateways: [shop/a]', 'gateways: [a]', 'gateways: [./a]', 'yes'],
  ['exportTo: ["*"]', 'gateways: [mesh]', '', 'yes'],
  // Who names gateways does not look at the client.
  ['gateways: [a]', 'gateways: [a], sourceLabels: { app: x }', '', 'yes'],
  ['gateways: [a]', 'sourceLabels: { app: x }', 'gateways: [a], sourceLabels: { app: x }', 'no'],
  ['gateways: [a]', '', 'gateways: [a], sourceLabels: { app: x }', 'yes'],
])('with %s, { %s } over { %s }: %s', async (spec, a, b, expected) => {
  const full = (rest: string): string => `{ ${[all, rest].filter((part) => part !== '').join(', ')} }`;
  expect(await cover(full(a), full(b), `hosts: [x]\n${spec}`)).toBe(expected);
});

test('a delegate may be bound to any gateway', async () => {
  const named = `{ ${all}, gateways: [a] }`;
  expect(await cover(named, `{ ${all} }`, 'exportTo: ["."]')).toBe('no');
  expect(await cover(`{ ${all} }`, named, 'exportTo: ["."]')).toBe('yes');
});
