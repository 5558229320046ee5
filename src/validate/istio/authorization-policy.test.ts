import { expect, test } from 'vitest';
import { valueFindings, valueProblems } from '../../../test/value-problems.ts';

const check = (rest: string) => valueProblems('security.istio.io/v1', 'AuthorizationPolicy', rest);
const inRule = (text: string) => check(`spec: {rules: [{${text}}]}`);

test.each([
  ['', []],
  ['action: ALLOW', []],
  ['action: AUDIT, rules: [{}]', []],
  ['action: DENY, rules: [{}]', []],
  ['action: Deny', ['error spec.action']],
  ['action: DENY', ['error spec.action']],
  ['action: DENY, rules: []', ['error spec.rules']],
  ['action: CUSTOM, provider: {name: p}, rules: [{}]', []],
  ['action: CUSTOM, provider: {name: p}', ['error spec.action']],
  ['action: CUSTOM, rules: [{}]', ['error spec.action']],
  ['action: CUSTOM, provider: {}, rules: [{}]', ['error spec.provider.name']],
  ['provider: {name: p}', ['error spec.provider']],
  ['selector: {}', ['warning spec.selector']],
  ['selector: {matchLabels: {app: a}}, targetRefs: [{kind: Service, name: a}]', ['error spec.targetRefs']],
])('%s', async (spec, expected) => {
  expect(await check(`spec: {${spec}}`)).toEqual(expected);
});

test.each([
  ['from: [{source: {principals: [a, "b*", "*"]}}]', []],
  ['from: []', []],
  ['from: [{}]', ['from[0].source']],
  ['from: [{source: {}}]', ['from[0].source']],
  ['from: [{source: {principals: []}}]', ['from[0].source']],
  ['from: [{source: {ipBlocks: [10.0.0.1, 10.0.0.0/8, "::1", "fd00::/8"]}}]', []],
  [
    'from: [{source: {ipBlocks: [10.0.0], notIpBlocks: [10.0.0.0/33], remoteIpBlocks: [""], notRemoteIpBlocks: [x]}}]',
    ['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'].map(
      (list) => `from[0].source.${list}[0]`,
    ),
  ],
  ['from: [{source: {namespaces: [a, ""]}}]', ['from[0].source.namespaces[1]']],
  ['from: [{source: {requestPrincipals: [""]}}]', ['from[0].source.requestPrincipals[0]']],
  ['from: [{source: {serviceAccounts: [cart, shop/cart]}}]', []],
  ['from: [{source: {serviceAccounts: ["shop/*"]}}]', ['from[0].source.serviceAccounts[0]']],
  ['from: [{source: {notServiceAccounts: [a/b/c]}}]', ['from[0].source.notServiceAccounts[0]']],
  ['from: [{source: {serviceAccounts: [a], namespaces: [b]}}]', ['from[0].source.serviceAccounts']],
  ['from: [{source: {notServiceAccounts: [a], principals: [b]}}]', ['from[0].source.notServiceAccounts']],
  ['from: [{source: {serviceAccounts: [a], requestPrincipals: [b]}}]', []],
  ['from: [{source: {serviceAccounts: [a]}}, {source: {namespaces: [b]}}]', []],
  ['from: [{source: {trustDomains: [cluster.local, "*.com", "*"]}}]', []],
  [
    'from: [{source: {trustDomains: [a/ns/b], notTrustDomains: ["a*b"]}}]',
    ['from[0].source.trustDomains[0]', 'from[0].source.notTrustDomains[0]'],
  ],
  ['to: [{operation: {methods: [GET], paths: ["/a/*"], hosts: ["*.com"], ports: ["80"]}}]', []],
  ['to: [{}]', ['to[0].operation']],
  ['to: [{operation: {}}]', ['to[0].operation']],
  [
    'to: [{operation: {ports: ["0", "65535", "65536", http, "-1", ""]}}]',
    [2, 3, 4, 5].map((at) => `to[0].operation.ports[${at}]`),
  ],
  ['to: [{operation: {notPorts: ["8 0"]}}]', ['to[0].operation.notPorts[0]']],
  [
    'to: [{operation: {methods: [""], notHosts: [""]}}]',
    ['to[0].operation.methods[0]', 'to[0].operation.notHosts[0]'],
  ],
  [
    'to: [{operation: {paths: ["/{id}", ""], notPaths: ["/{**}/{*}"]}}]',
    ['to[0].operation.paths[0]', 'to[0].operation.paths[1]', 'to[0].operation.notPaths[0]'],
  ],
  ['when: [{key: "request.headers[x-id]", values: [a]}]', []],
  ['when: [{values: [a]}]', ['when[0].key']],
  ['when: [{key: source.ip}]', ['when[0]']],
  [
    'when: [{key: source.ip, values: [10.0.0.1, x], notValues: [10.0.0.0/40]}]',
    ['when[0].values[1]', 'when[0].notValues[0]'],
  ],
  ['when: [{key: destination.port, values: ["80", http]}]', ['when[0].values[1]']],
  ['when: [{key: source.serviceAccount, values: ["a*"]}]', ['when[0].values[0]']],
  ['when: [{key: source.trustDomain, values: ["a*b"]}]', ['when[0].values[0]']],
  ['when: [{key: request.headers, values: [a]}]', ['when[0].key']],
  ['when: [{key: "request.auth.claims[]", values: [a]}]', ['when[0].key']],
  ['when: [{key: destination.user, values: [a]}]', ['when[0].key']],
  ['when: [{key: "destination.labels[app]", values: [a]}]', ['when[0].key']],
  ['when: [{key: source.IP, values: [a]}]', ['when[0].key']],
  ['when: [{key: constructor, values: [a]}]', ['when[0].key']],
])('a rule with %s', async (text, fields) => {
  expect(await inRule(text)).toEqual(fields.map((field) => `error spec.rules[0].${field}`));
});

test('a list of service accounts has its limit', async () => {
  const accounts = Array.from({ length: 17 }, (_, i) => `sa-${i}`).join(', ');
  expect(await inRule(`from: [{source: {serviceAccounts: [${accounts}]}}]`)).toEqual([
    'error spec.rules[0].from[0].source.serviceAccounts',
  ]);
});

test('identities do not decide whether a provider is asked', async () => {
  const found = await check(`spec:
  action: CUSTOM
  provider: {name: p}
  rules:
    - from:
        - source: {principals: [a], ipBlocks: [10.0.0.1], notTrustDomains: [b]}
      when:
        - {key: source.principal, values: [a]}
        - {key: "request.auth.claims[iss]", values: [a]}
        - {key: source.ip, values: [10.0.0.1]}`);
  expect(found).toEqual([
    'error spec.rules[0].from[0].source.principals',
    'error spec.rules[0].from[0].source.notTrustDomains',
    'error spec.rules[0].when[0].key',
    'error spec.rules[0].when[1].key',
  ]);
});

test.each([
  ['to: [{operation: {methods: [GET]}}]', 'to'],
  ['to: [{operation: {methods: [GET]}}], from: [{source: {principals: [a]}}]', 'to'],
  ['from: [{source: {requestPrincipals: [a]}}]', 'from'],
  ['to: [{operation: {methods: [GET], ports: ["80"]}}]', undefined],
  ['to: [{operation: {methods: [GET]}}], when: [{key: destination.port, values: ["80"]}]', undefined],
  ['from: [{source: {namespaces: [a]}}]', undefined],
  ['from: [{source: {trustDomains: [a]}}]', undefined],
  ['', undefined],
])('a rule that denies %s', async (text, field) => {
  const hints = field === undefined ? [] : [`hint spec.rules[0].${field}`];
  expect(await check(`spec: {action: DENY, rules: [{${text}}]}`)).toEqual(hints);
  expect(await inRule(text)).toEqual([]);
});

test('what a rule denies on TCP ports depends on what it can see there', async () => {
  const deny = async (from: string) =>
    (
      await valueFindings(
        'security.istio.io/v1',
        'AuthorizationPolicy',
        `spec: {action: DENY, rules: [{${from}to: [{operation: {methods: [GET]}}]}]}`,
      )
    )[0]?.problem;
  expect(await deny('')).toMatch(/every connection$/);
  expect(await deny('from: [{source: {principals: [a]}}], ')).toMatch(/from its sources$/);
  expect(await deny('from: [{source: {principals: [a]}}, {source: {requestPrincipals: [b]}}], ')).toMatch(
    /every connection$/,
  );
});

test.each([
  ['"true"', '', []],
  ['"0"', 'action: DENY, rules: [{}]', []],
  ['"true"', 'action: deny', ['error spec.action']],
  ['"yes"', '', ['error metadata.annotations.istio.io/dry-run']],
  ['"true"', 'action: AUDIT', ['error metadata.annotations.istio.io/dry-run']],
])('a dry run %s of %s', async (value, spec, expected) => {
  const metadata = `metadata: {name: x, namespace: shop, annotations: {istio.io/dry-run: ${value}}}`;
  expect(await check(`${metadata}\nspec: {${spec}}`)).toEqual(expected);
});
