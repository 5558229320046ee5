import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { workloads } from '../workloads/workloads.ts';
import { admitsAddress, admitsPort, networkPolicies } from './network-policies.ts';

const pods = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata: { labels: { app: web, tier: front } }
    spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] }
`;

async function isolation(spec: string, direction: 'ingress' | 'egress' = 'ingress') {
  const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: shop }
spec: { ${spec} }
`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw: pods + policy }], { world: 'closed' });
  const [web] = workloads(graph).in('shop');
  if (web === undefined) throw new Error('no workload');
  return { web, found: networkPolicies(graph).isolationOf(web, direction) };
}

const selectors: readonly (readonly [spec: string, direction: 'ingress' | 'egress', limited: boolean])[] = [
  ['podSelector: {}', 'ingress', true],
  ['podSelector: {}', 'egress', false],
  ['podSelector: {}, egress: []', 'egress', false],
  ['podSelector: {}, egress: [{}]', 'egress', true],
  ['podSelector: {}, policyTypes: [Egress]', 'ingress', false],
  ['podSelector: {}, policyTypes: [Egress]', 'egress', true],
  ['podSelector: { matchLabels: { app: web } }', 'ingress', true],
  ['podSelector: { matchLabels: { app: api } }', 'ingress', false],
  ['podSelector: { matchExpressions: [{ key: app, operator: In, values: [web, api] }] }', 'ingress', true],
  ['podSelector: { matchExpressions: [{ key: tier, operator: DoesNotExist }] }', 'ingress', false],
];
test.each(selectors)('%s limits %s: %s', async (spec, direction, limited) => {
  expect((await isolation(spec, direction)).found !== undefined).toBe(limited);
});

const ports: readonly (readonly [rules: string, port: number, admitted: boolean])[] = [
  ['[]', 15008, false],
  ['[{}]', 15008, true],
  ['[{ ports: [] }]', 15008, true],
  ['[{ ports: [{ port: 8080 }] }]', 15008, false],
  ['[{ ports: [{ port: 8080 }] }, { ports: [{ port: 15008 }] }]', 15008, true],
  ['[{ ports: [{ port: 15008, protocol: UDP }] }]', 15008, false],
  ['[{ ports: [{ protocol: TCP }] }]', 15008, true],
  ['[{ ports: [{ protocol: UDP }] }]', 15008, false],
  ['[{ ports: [{ port: 15000, endPort: 15010 }] }]', 15008, true],
  ['[{ ports: [{ port: 15009, endPort: 15010 }] }]', 15008, false],
  ['[{ ports: [{ port: http }] }]', 8080, true],
  ['[{ ports: [{ port: http }] }]', 15008, false],
];
test.each(ports)('ingress %s admits port %s: %s', async (rules, port, admitted) => {
  const { web, found } = await isolation(`podSelector: {}, ingress: ${rules}`);
  expect(found?.rules.some((rule) => admitsPort(rule, port, [web]))).toBe(admitted);
});

const addresses: readonly (readonly [from: string, admitted: boolean])[] = [
  ['[]', true],
  ['[{ podSelector: {} }]', false],
  ['[{ ipBlock: { cidr: 169.254.7.127/32 } }]', true],
  ['[{ ipBlock: { cidr: 169.254.0.0/16 } }]', true],
  ['[{ ipBlock: { cidr: 169.254.0.0/16, except: [169.254.7.0/24] } }]', false],
  ['[{ ipBlock: { cidr: 0.0.0.0/0 } }]', true],
  ['[{ ipBlock: { cidr: 10.0.0.0/8 } }]', false],
  ['[{ ipBlock: { cidr: "fd16:9254::/32" } }]', false],
];
test.each(addresses)('from %s admits the probes: %s', async (from, admitted) => {
  const { found } = await isolation(`podSelector: {}, ingress: [{ from: ${from} }]`);
  expect(found?.rules.some((rule) => admitsAddress(rule, '169.254.7.127'))).toBe(admitted);
});
