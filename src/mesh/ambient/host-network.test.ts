import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { hostNetworkWorkloads } from './host-network.ts';

const ambient = 'istio.io/dataplane-mode: ambient';

function policy(source: string): string {
  return `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: policy, namespace: shop }
spec: { rules: [{ from: [{ source: { ${source} } }] }] }
`;
}

const other = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: other, namespace: shop }
spec: { template: { spec: { serviceAccountName: agent } } }
`;

const rows: readonly (readonly [
  it: string,
  input: { space?: string; pod?: string; host?: boolean; more?: string },
  found: readonly string[],
])[] = [
  ['an ambient namespace', { space: ambient }, ['outside']],
  ['no host network', { space: ambient, host: false }, []],
  ['an opt-out', { space: ambient, pod: 'istio.io/dataplane-mode: none' }, []],
  ['a plain namespace', { space: '' }, []],
  ['a plain namespace, and a label', { space: '', pod: ambient }, ['asks']],
  ['a Namespace that is not loaded', { pod: ambient }, []],
  ['a gateway', { space: ambient, pod: 'istio: ingressgateway' }, []],
  [
    'named by its principal',
    { space: ambient, more: policy('principals: ["*/ns/shop/sa/agent"]') },
    ['named'],
  ],
  ['named by its account', { space: ambient, more: policy('serviceAccounts: [agent]') }, ['named']],
  ['named with its namespace', { space: ambient, more: policy('serviceAccounts: [shop/agent]') }, ['named']],
  ['left out by name', { space: ambient, more: policy('notServiceAccounts: [agent]') }, ['outside']],
  ['named as somebody else', { space: ambient, more: policy('serviceAccounts: [other/agent]') }, ['outside']],
  ['a shared account', { space: ambient, more: policy('serviceAccounts: [agent]') + other }, ['outside']],
];

test.each(rows)('%s', async (_, { space, pod = '', host = true, more = '' }, found) => {
  const namespace =
    space === undefined
      ? ''
      : `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${space} } }
---
`;
  const raw = `${namespace}apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: shop }
spec:
  template:
    metadata: { labels: { ${pod} } }
    spec: { hostNetwork: ${host}, serviceAccountName: agent }
${more}`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { world: 'auto' });
  const told = hostNetworkWorkloads(graph).map(({ asks, namedBy }) =>
    namedBy.length > 0 ? 'named' : asks ? 'asks' : 'outside',
  );
  expect(told).toEqual(found);
});
