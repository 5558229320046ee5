import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { isClusterLocal } from './cluster-local.ts';

/** Mesh configuration, and the hosts that stay in their cluster among those asked for. */
const cases: readonly (readonly [
  what: string,
  mesh: string,
  asked: readonly string[],
  local: readonly string[],
])[] = [
  [
    'the defaults',
    '',
    [
      'kube-dns.kube-system.svc.cluster.local',
      'kubernetes.default.svc.cluster.local',
      'istiod.istio-system.svc.cluster.local',
      'web.default.svc.cluster.local',
      'kube-dns.kube-system.svc.other',
    ],
    [
      'kube-dns.kube-system.svc.cluster.local',
      'kubernetes.default.svc.cluster.local',
      'istiod.istio-system.svc.cluster.local',
    ],
  ],
  [
    'another istiod',
    'defaultConfig: { discoveryAddress: "istiod-1-28.istio-system.svc:15012" }',
    ['istiod-1-28.istio-system.svc.cluster.local', 'istiod.istio-system.svc.cluster.local'],
    ['istiod-1-28.istio-system.svc.cluster.local'],
  ],
  [
    'hosts and wildcards, of which the most specific counts',
    `serviceSettings:
- settings: { clusterLocal: true }
  hosts: ["*.shop.svc.cluster.local", "web.open.svc.cluster.local"]
- settings: { clusterLocal: false }
  hosts: ["cart.shop.svc.cluster.local"]
- hosts: ["*.open.svc.cluster.local"]`,
    [
      'front.shop.svc.cluster.local',
      'cart.shop.svc.cluster.local',
      'web.open.svc.cluster.local',
      'api.open.svc.cluster.local',
    ],
    ['front.shop.svc.cluster.local', 'web.open.svc.cluster.local'],
  ],
  [
    'a default overruled, for one host or for all',
    `serviceSettings:
- settings: { clusterLocal: false }
  hosts: ["kubernetes.default.svc.cluster.local", "*.kube-system.svc.cluster.local"]`,
    ['kubernetes.default.svc.cluster.local', 'kube-dns.kube-system.svc.cluster.local'],
    [],
  ],
];

test.each(cases)('%s', async (_, mesh, asked, local) => {
  const body = mesh === '' ? '{}' : mesh.replaceAll('\n', '\n    ');
  const raw = `apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: |
    ${body}
`;
  const { graph } = await openTexts([{ path: 'mesh.yaml', raw }]);
  expect(asked.filter(isClusterLocal(graph))).toEqual(local);
});
