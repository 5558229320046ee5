import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { audienceOf } from './policy-audience.ts';

const get = 'to: [{ operation: { methods: [GET] } }]';

test.each<[what: string, spec: string, named: string, everybody: string]>([
  ['no rules', '{}', '', 'all'],
  ['no rules that deny', '{ action: DENY }', '', '-'],
  ['a rule for anything', '{ rules: [{}] }', '', '-'],
  ['what everybody may', `{ rules: [{ ${get} }] }`, '', 'all'],
  ['what everybody may, and all', `{ rules: [{ ${get} }, {}] }`, '', '-'],
  ['who may', '{ rules: [{ from: [{ source: { namespaces: [a] } }] }] }', '', '-'],
  ['what some may', `{ rules: [{ from: [{ source: { namespaces: [a, b] } }], ${get} }] }`, 'a b', '-'],
  [
    'what some may with a token',
    '{ rules: [{ from: [{ source: { serviceAccounts: [b/c, d], requestPrincipals: ["*"] } }] }] }',
    'b/c d',
    '-',
  ],
  ['whoever has a token', '{ rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }', '', 'all'],
  ['whoever is known', `{ rules: [{ from: [{ source: { principals: ["*"] } }], ${get} }] }`, '', 'all'],
  [
    'some of two',
    `{ action: DENY, rules: [{ from: [{ source: { namespaces: [a] } }, { source: { notNamespaces: [b] } }] }] }`,
    'a',
    'all but b',
  ],
  [
    'spared by one rule of two',
    `{ action: DENY, rules: [{ from: [{ source: { notNamespaces: [b, c] } }] },
       { from: [{ source: { notPrincipals: [cluster.local/ns/b/sa/one] } }] }] }`,
    '',
    'all but b',
  ],
  [
    'by a condition',
    '{ action: DENY, rules: [{ when: [{ key: source.namespace, values: [a] }] }] }',
    'a',
    '-',
  ],
  [
    'by another condition',
    '{ action: DENY, rules: [{ when: [{ key: "request.headers[x]", values: [a] }] }] }',
    '',
    'all',
  ],
  [
    'by address',
    '{ action: DENY, rules: [{ from: [{ source: { remoteIpBlocks: [10.0.0.0/8] } }] }] }',
    '',
    '-',
  ],
  ['by trust domain', '{ action: DENY, rules: [{ from: [{ source: { trustDomains: [td] } }] }] }', '', '-'],
])('%s', async (_, spec, named, everybody) => {
  const raw = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: one, namespace: own }
spec: ${spec}
`;
  const { graph } = await openTexts([{ path: 'one.yaml', raw }], { world: 'closed' });
  const [policy] = graph.list('AuthorizationPolicy');
  const audience = policy && audienceOf(policy);
  const spared = [...(audience?.everybody?.spared ?? [])].join(' ');
  expect(audience?.named.map((client) => client.text).join(' ')).toBe(named);
  expect(audience?.everybody === undefined ? '-' : spared === '' ? 'all' : `all but ${spared}`).toBe(
    everybody,
  );
});
