import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { waypointAccounts, waypointIdentity } from './waypoint-identity.ts';

const gateway = (metadata: string, spec = 'gatewayClassName: istio-waypoint'): string => `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: w, ${metadata} }
spec: { ${spec} }
`;
const pod = (account: string): string => `---
apiVersion: v1
kind: Pod
metadata:
  name: w-${account}
  namespace: shop
  labels: { gateway.networking.k8s.io/gateway-name: w }
spec: { serviceAccountName: ${account} }
`;
const annotated = 'namespace: shop, annotations: { gateway.istio.io/service-account: relay }';
const manual = 'gatewayClassName: istio-waypoint, addresses: [{ type: Hostname, value: w.shop.svc }]';

const rows: readonly [what: string, raw: string, account: string | undefined][] = [
  ['the name of the Gateway', gateway('namespace: shop'), 'w'],
  ['what the annotation says', gateway(annotated), 'relay'],
  ['that of the pods', gateway('namespace: shop') + pod('own'), 'own'],
  ['that of the pods, against the annotation', gateway(annotated) + pod('own'), 'own'],
  ['several at once', gateway('namespace: shop') + pod('one') + pod('two'), undefined],
  ['a class of somebody else', gateway('namespace: shop', 'gatewayClassName: other'), undefined],
  ['deployed by hand', gateway('namespace: shop', manual), undefined],
  ['deployed by hand, with pods', gateway('namespace: shop', manual) + pod('own'), 'own'],
];
test.each(rows)('the account of a waypoint is %s', async (_, raw, account) => {
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed' });
  const [one] = graph.list('KubernetesGateway');
  expect(one && waypointIdentity(graph, one)?.account).toBe(account);
});

test('without a namespace there is no identity', async () => {
  const { graph } = await openTexts([{ path: 'a.yaml', raw: gateway('labels: {}') }], { world: 'auto' });
  const [one] = graph.list('KubernetesGateway');
  expect(one && waypointIdentity(graph, one)).toBeUndefined();
  expect([...waypointAccounts(graph).keys()]).toEqual([]);
});

test('waypoints are found by their accounts, other Gateways are not', async () => {
  const other = gateway('namespace: edge', 'gatewayClassName: istio');
  const raw = gateway(annotated) + other;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed' });
  expect([...waypointAccounts(graph).keys()]).toEqual(['shop/relay']);
});
