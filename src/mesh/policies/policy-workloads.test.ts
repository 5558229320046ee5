import { expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { policyWorkloads } from './policy-workloads.ts';

const namespace = (labels: string): string => `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${labels} } }
---
`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { metadata: { labels: { app: web } } } }
---
`;
const waypoint = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: waypoint, namespace: shop, labels: { app: web } }
spec: { gatewayClassName: istio-waypoint }
---
`;
const policy = (where: string, spec: string): string => `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: callers, namespace: ${where} }
spec: { ${spec} }
`;
const web = 'selector: { matchLabels: { app: web } }';

test.each<[string, World, string, string]>([
  [
    'a selector that fits',
    'closed',
    namespace('istio-injection: enabled') + deployment + policy('shop', web),
    'found',
  ],
  [
    'a selector that fits outside the mesh',
    'closed',
    namespace('a: b') + deployment + policy('shop', web),
    'found, 1 outside',
  ],
  ['a selector while the Namespace is not loaded', 'auto', deployment + policy('shop', web), 'found'],
  ['a selector in another namespace', 'closed', deployment + policy('store', web), 'absent'],
  [
    'a selector of the root namespace',
    'closed',
    namespace('istio-injection: enabled') + deployment + policy('istio-system', web),
    'found',
  ],
  ['a selector that only a waypoint fits', 'closed', waypoint + policy('shop', web), 'found'],
  [
    'a selector for the gateway that Istio brings',
    'closed',
    policy('istio-system', 'selector: { matchLabels: { istio: ingressgateway } }'),
    'unknown',
  ],
  ['a namespace', 'closed', namespace('istio-injection: enabled') + deployment + policy('shop', ''), 'found'],
  [
    'a namespace outside the mesh',
    'closed',
    namespace('a: b') + deployment + policy('shop', ''),
    'found, 1 outside',
  ],
  ['a namespace by an empty selector', 'closed', policy('shop', 'selector: {}'), 'absent'],
  ['a namespace in which only a waypoint runs', 'closed', waypoint + policy('shop', ''), 'absent'],
  ['a namespace of which nothing is loaded', 'auto', policy('shop', ''), 'unknown'],
  ['the whole mesh', 'closed', policy('istio-system', ''), 'everybody'],
])('reaches %s', async (_, world, raw, expected) => {
  const { graph } = await openTexts([{ path: 'mesh.yaml', raw }], { world });
  const [subject] = graph.list('AuthorizationPolicy');
  if (subject === undefined) throw new Error('no policy');
  const reach = policyWorkloads(graph).reachOf(subject);
  if (reach === undefined) return expect('everybody').toBe(expected);
  const { lookup, outside } = reach;
  expect(outside.length > 0 ? `${lookup.state}, ${outside.length} outside` : lookup.state).toBe(expected);
});
