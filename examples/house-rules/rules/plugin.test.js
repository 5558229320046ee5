// Run with `node --test`; vitest and others do as well.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkExample, checkPlugin, judge, readExamples, rulesOf } from 'meshlint/testing';
import plugin from './plugin.js';

test('the plugin can be used', () => {
  assert.deepEqual(checkPlugin(plugin), []);
});

// Examples on a page: exactly the marked lines are reported, in whatever order documents and files stand.
const wildcard = rulesOf(plugin).find(({ name }) => name === 'acme/no-wildcard-host');
for (const example of await readExamples(`${import.meta.dirname}/no-wildcard-host.md`)) {
  test(`no-wildcard-host: ${example.title}`, async () => {
    assert.deepEqual(await checkExample(wildcard, example), []);
  });
}

// Cases as data.
const deployment = (account) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: shop }
spec:
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart } }
    spec:
      serviceAccountName: ${account}
      containers: [{ name: cart, image: cart }]
`;
const account = `apiVersion: v1
kind: ServiceAccount
metadata: { name: cart, namespace: shop }
`;
const missing = {
  code: 'ACME0002',
  severity: 'error',
  message: 'ServiceAccount shop/card does not exist.',
  place: 'deployment.yaml:9:27',
};
const cases = [
  { title: 'an account that is there', account: 'cart', expected: [] },
  { title: 'an account that is not there', account: 'card', expected: [missing] },
  { title: 'nothing is said to be missing in an open world', account: 'till', scene: 'world=open', expected: [] },
];
for (const { title, account: name, scene, expected } of cases) {
  test(title, async () => {
    const files = { 'deployment.yaml': deployment(name), 'account.yaml': account };
    assert.deepEqual(await judge(plugin, files, scene), expected);
  });
}
