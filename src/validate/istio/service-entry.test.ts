import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['hosts: [a.b], resolution: DNS', []],
  ['', ['error hosts']],
  ['hosts: ["*", "a b", "*x", "*.x"]', ['error hosts[0]', 'error hosts[1]', 'warning hosts[2]']],
  [
    'hosts: [a.b], workloadSelector: {labels: {a: b}}, endpoints: [{address: 1.1.1.1}], resolution: STATIC',
    ['error endpoints'],
  ],
  ['hosts: [a.b], workloadSelector: {labels: {a: "*"}}', ['error workloadSelector.labels.a']],
  ['hosts: [a.b], workloadSelector: {labels: {}}, resolution: STATIC', ['warning workloadSelector']],
  ['hosts: [a.b], addresses: [10.0.0.0/8, 10.0.0.300, "::1/128"]', ['error addresses[1]']],
  ['hosts: [a.b], addresses: [10.0.0.0/8], resolution: DNS', ['error addresses[0]']],
  ['hosts: [a.b], endpoints: [{address: a.b}]', ['error endpoints']],
  [
    'hosts: [a.b], resolution: STATIC, ports: [{number: 1, name: a}, {number: 1, name: a, protocol: x, targetPort: 70000}, {number: 0, name: a_b}]',
    [
      'error ports[1].name',
      'error ports[1].number',
      'error ports[1].targetPort',
      'error ports[1].protocol',
      'error ports[2].name',
      'error ports[2].number',
    ],
  ],
  [
    'hosts: [a.b], ports: [{number: 1, name: a, protocol: TCP}, {number: 2, name: b, protocol: HTTP}]',
    ['warning ports[0].protocol'],
  ],
  [
    'hosts: [a.b], resolution: STATIC, ports: [{number: 1, name: a}], endpoints: [{address: a.b, ports: {b: 1, a: 0}}, {address: "unix:///a", ports: {a: 1}}, {}, {network: net}]',
    [
      'error endpoints[0].address',
      'error endpoints[0].ports.b',
      'error endpoints[0].ports.a',
      'error endpoints[1].ports',
      'error endpoints[2].address',
      'warning endpoints[3].network',
    ],
  ],
  ['hosts: [a.b], resolution: STATIC, endpoints: [{address: "unix:///a"}]', ['error endpoints[0].address']],
  ['hosts: ["*.b", a.b], resolution: DNS', ['error hosts[0]']],
  [
    'hosts: [a.b], resolution: DNS_ROUND_ROBIN, endpoints: [{address: a}, {address: "a:1", labels: {"": x}}]',
    ['error endpoints', 'error endpoints[1].address', 'error endpoints[1].labels.'],
  ],
  [
    'hosts: [a.b, c.d], resolution: DNS, addresses: [1.1.1.1], ports: [{number: 1, name: a, protocol: TCP}]',
    ['warning addresses', 'error ports[0].protocol'],
  ],
  ['hosts: [a.b, c.d], resolution: DNS, ports: [{number: 1, name: a, protocol: TLS}]', []],
  [
    'hosts: [a.b, "*.b"], resolution: DYNAMIC_DNS, addresses: [1.1.1.1], endpoints: [{address: 1.1.1.1}], ports: [{number: 1, name: a, protocol: TCP}, {number: 2, name: b, protocol: HTTP2}]',
    [
      'error hosts[0]',
      'error addresses',
      'error endpoints',
      'error ports[0].protocol',
      'error ports[0].protocol',
    ],
  ],
  [
    'hosts: [a.b], resolution: dns, location: outside, exportTo: ["~"]',
    ['error location', 'error resolution'],
  ],
  ['hosts: [a.b], exportTo: ["~", shop]', ['error exportTo[0]']],
])('%s', async (spec, expected) => {
  const found = await valueProblems('networking.istio.io/v1', 'ServiceEntry', `spec: {${spec}}`);
  expect(found.map((line) => line.replace(' spec.', ' '))).toEqual(expected);
});
