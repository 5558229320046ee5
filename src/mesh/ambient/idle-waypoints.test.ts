import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { idleWaypoints } from './idle-waypoints.ts';

interface Shop {
  readonly space?: string;
  readonly service?: string;
  readonly pods?: readonly string[];
  readonly more?: string;
}

const use = 'istio.io/use-waypoint: waypoint';
const ambient = 'istio.io/dataplane-mode: ambient';
const ingress = 'istio.io/ingress-use-waypoint: "true"';
const entry = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: out, namespace: shop }
spec: { hosts: [out.example.com] }
`;

function input({ space, service = '', pods = [''], more = '' }: Shop): string {
  const namespace =
    space === undefined
      ? ''
      : `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${space} } }
---
`;
  const deployments = pods.map(
    (labels, i) => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: pods-${i}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: orders, ${labels} } }
`,
  );
  return `${namespace}apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: waypoint, namespace: shop, labels: { istio.io/waypoint-for: all } }
spec:
  gatewayClassName: istio-waypoint
  listeners: [{ name: mesh, port: 15008, protocol: HBONE }]
---
apiVersion: v1
kind: Service
metadata: { name: orders, namespace: shop, labels: { ${service} } }
spec: { selector: { app: orders } }
${deployments.join('')}---
${more}`;
}

const rows: readonly (readonly [it: string, shop: Shop, found: readonly string[]])[] = [
  ['nothing asks for a waypoint', { space: '' }, []],
  ['the namespace asks', { space: use }, ['Namespace']],
  ['sidecars behind it', { space: `${use}, istio-injection: enabled` }, ['Namespace']],
  ['the namespace is ambient', { space: `${use}, ${ambient}` }, []],
  ['one workload is ambient', { space: use, pods: ['', ambient] }, []],
  ['no workload is there', { space: use, pods: [] }, []],
  ['the namespace says none', { space: 'istio.io/use-waypoint: none' }, []],
  ['the waypoint is missing', { space: 'istio.io/use-waypoint: nobody' }, []],
  ['the value is no name', { space: 'istio.io/use-waypoint: shop/waypoint' }, []],
  ['ingress uses it, says the namespace', { space: `${use}, ${ingress}` }, []],
  ['ingress uses it, says the Service', { space: use, service: ingress }, []],
  ['a ServiceEntry inherits it', { space: use, more: entry }, []],
  ['the Service asks', { space: '', service: use }, ['Service']],
  ['the Service asks, for ingress', { space: '', service: `${use}, ${ingress}` }, []],
  [
    'the Service asks, ingress says no',
    { space: ingress, service: `${use}, istio.io/ingress-use-waypoint: "false"` },
    ['Service'],
  ],
  ['the Service asks, its pods are ambient', { space: '', service: use, pods: [ambient] }, []],
  [
    'the Service asks, the namespace is ambient',
    { space: ambient, service: use, pods: ['istio.io/dataplane-mode: none'] },
    [],
  ],
  ['the Service asks, the Namespace is not loaded', { service: use }, []],
  ['the pods ask', { space: '', pods: [use] }, ['Deployment']],
  ['the pods ask and are ambient', { space: '', pods: [`${use}, ${ambient}`] }, []],
];

test.each(rows)('%s', async (_, shop, found) => {
  const { graph } = await openTexts([{ path: 'a.yaml', raw: input(shop) }], { world: 'auto' });
  const idle = idleWaypoints(graph).filter(({ knowledge }) => knowledge.complete);
  expect(idle.map(({ label }) => label.resource.kind)).toEqual(found);
});
