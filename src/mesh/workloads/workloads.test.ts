import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import type { WholeGraph } from '../../graph/graph.ts';
import type { Labels } from '../../model/labels.ts';
import { openTexts } from '../../session/session.ts';
import { createLabelIndex } from './label-index.ts';
import { workloads } from './workloads.ts';

async function graphOf(raw: string, world: World = 'closed'): Promise<WholeGraph> {
  return (await openTexts([{ path: 'mesh.yaml', raw }], { world })).graph;
}

function deployment(name: string, labels: string, namespace = 'shop'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec:
  template:
    metadata: { labels: { ${labels} } }
---
`;
}

describe('workloads', () => {
  const cases: readonly [string, string, Labels, readonly string[]][] = [
    [
      'come from templates',
      deployment('web', 'app: web, version: v1') + deployment('api', 'app: api'),
      { app: 'web' },
      ['Deployment web'],
    ],
    [
      'come from the jobs of a CronJob',
      `apiVersion: batch/v1
kind: CronJob
metadata: { name: tidy, namespace: shop }
spec:
  jobTemplate: { spec: { template: { metadata: { labels: { app: tidy } } } } }`,
      { app: 'tidy' },
      ['CronJob tidy'],
    ],
    [
      'take labels of a WorkloadEntry, those of its metadata first',
      `apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: vm, namespace: shop, labels: { app: legacy } }
spec: { address: 10.0.0.1, labels: { app: vm, tier: old } }`,
      { app: 'legacy', tier: 'old' },
      ['WorkloadEntry vm'],
    ],
    [
      'take labels of a WorkloadGroup, those of its metadata first',
      `apiVersion: networking.istio.io/v1
kind: WorkloadGroup
metadata: { name: vms, namespace: shop }
spec:
  metadata: { labels: { app: vms } }
  template: { labels: { app: other, tier: old } }`,
      { app: 'vms', tier: 'old' },
      ['WorkloadGroup vms'],
    ],
    [
      'count a Pod through the Deployment that owns its ReplicaSet',
      `${deployment('web', 'app: web')}apiVersion: v1
kind: Pod
metadata:
  name: web-5f7c-abcde
  namespace: shop
  labels: { app: web, pod-template-hash: 5f7c }
  ownerReferences: [{ kind: ReplicaSet, name: web-5f7c }]
spec: {}`,
      { app: 'web' },
      ['Deployment web'],
    ],
    [
      'count a ReplicaSet and its Pods through the Deployment',
      `${deployment('web', 'app: web')}apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: web-5f7c, namespace: shop, ownerReferences: [{ kind: Deployment, name: web }] }
spec: { template: { metadata: { labels: { app: web, pod-template-hash: 5f7c } } } }
---
apiVersion: v1
kind: Pod
metadata: { name: web-5f7c-a, namespace: shop, labels: { app: web }, ownerReferences: [{ kind: ReplicaSet, name: web-5f7c }] }
spec: {}`,
      { app: 'web' },
      ['Deployment web'],
    ],
    [
      'are those that Istio deploys for a Gateway',
      `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop, labels: { team: a } }
spec: { gatewayClassName: istio }`,
      { 'gateway.networking.k8s.io/gateway-name': 'edge', team: 'a' },
      ['KubernetesGateway edge'],
    ],
    [
      'are none for a Gateway that points at existing pods',
      `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec:
  gatewayClassName: istio
  addresses: [{ type: Hostname, value: ingress.istio-ingress.svc.cluster.local }]`,
      { 'gateway.networking.k8s.io/gateway-name': 'edge' },
      [],
    ],
    [
      'carry the labels that a controller adds to their pods',
      `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec: { template: { metadata: { labels: { app: db } } } }
---
${deployment('web', 'app: web')}`,
      { 'statefulset.kubernetes.io/pod-name': 'db-0' },
      ['StatefulSet db'],
    ],
    [
      'carry the labels of the side that a Rollout shifts traffic to',
      `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: web, namespace: shop }
spec:
  strategy: { canary: { canaryMetadata: { labels: { role: canary } } } }
  template: { metadata: { labels: { app: web } } }`,
      { role: 'canary' },
      ['Rollout web'],
    ],
    [
      'never carry an added label that the template sets otherwise',
      deployment('web', 'app: web, "istio.io/rev": canary'),
      { 'istio.io/rev': 'stable' },
      [],
    ],
  ];
  test.each(cases)('%s', async (_, raw, labels, expected) => {
    const found = workloads(await graphOf(raw)).matching(labels, 'shop');
    expect(found.map(({ resource }) => `${resource.kind} ${resource.name}`)).toEqual(expected);
  });
});

describe('select', () => {
  const shop = `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
${deployment('web', 'app: web, tier: front')}`;
  const policy = (namespace: string): string => `apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: who-asks, namespace: ${namespace} }
`;

  const cases: readonly [string, World, string, Labels, string | undefined, string][] = [
    ['finds in the namespace', 'auto', shop, { app: 'web' }, 'shop', 'found'],
    ['finds everywhere', 'auto', shop, { tier: 'front' }, undefined, 'found'],
    ['an empty selector finds anything', 'auto', shop, {}, 'shop', 'found'],
    ['concludes from a loaded workload', 'auto', shop, { app: 'api' }, 'shop', 'absent'],
    ['hints at a value', 'auto', shop, { app: 'webb' }, 'shop', 'absent app: web'],
    [
      'hints at a gateway of Istio',
      'auto',
      shop,
      { istio: 'egresgateway' },
      undefined,
      'absent istio: egressgateway',
    ],
    ['takes one for no slip of another', 'auto', shop, { istio: 'egressgateway' }, undefined, 'absent'],
    ['hints at none in another namespace', 'auto', shop, { istio: 'egresgateway' }, 'shop', 'absent'],
    [
      'hints at a value among several labels',
      'auto',
      shop,
      { app: 'web', tier: 'frnt' },
      'shop',
      'absent tier: front',
    ],
    ['hints at a key', 'auto', shop, { teir: 'front' }, 'shop', 'absent tier: front'],
    [
      'gives no hint that selects nothing either',
      'auto',
      shop,
      { app: 'wxb', tier: 'back' },
      'shop',
      'absent',
    ],
    ['knows nothing of an unloaded namespace', 'auto', shop, { app: 'web' }, 'store', 'unknown'],
    ['knows nothing in an open world', 'open', shop, { app: 'api' }, 'shop', 'unknown'],
    ['needs every namespace for the whole mesh', 'auto', shop, { app: 'api' }, undefined, 'absent'],
    [
      'needs the Namespaces too for the whole mesh',
      'auto',
      shop + deployment('cart', 'app: cart', 'orders'),
      { app: 'api' },
      undefined,
      'unknown',
    ],
    [
      'needs workloads of every Namespace for the whole mesh',
      'auto',
      `${shop}apiVersion: v1\nkind: Namespace\nmetadata: { name: istio-ingress }\n---\n`,
      { app: 'api' },
      undefined,
      'unknown',
    ],
    [
      'never misses the gateway that Istio brings',
      'closed',
      shop,
      { istio: 'ingressgateway' },
      undefined,
      'unknown',
    ],
    ['misses it in another namespace', 'closed', shop, { istio: 'ingressgateway' }, 'shop', 'absent'],
    ['hints at it', 'closed', shop, { istio: 'ingresgateway' }, undefined, 'absent istio: ingressgateway'],
    [
      'takes no gateway for a slip of another',
      'closed',
      shop,
      { istio: 'egressgateway' },
      undefined,
      'absent',
    ],
    [
      'may mean a workload without a namespace, whoever else carries the labels',
      'auto',
      `${shop}${deployment('cart', 'app: cart', 'orders')}apiVersion: apps/v1
kind: Deployment
metadata: { name: cart }
spec: { template: { metadata: { labels: { app: cart } } } }
---
`,
      { app: 'cart' },
      'shop',
      'unknown',
    ],
    [
      'hints at a workload without a namespace',
      'auto',
      `apiVersion: apps/v1
kind: Deployment
metadata: { name: cart }
spec: { template: { metadata: { labels: { app: cart } } } }
---
`,
      { app: 'catr' },
      'shop',
      'unknown app: cart',
    ],
  ];
  test.each(cases)('%s', async (_, world, raw, labels, namespace, expected) => {
    const graph = await graphOf(raw + policy('shop'), world);
    const [from] = graph.list('Telemetry');
    if (from === undefined) throw new Error('nobody asks');
    const lookup = workloads(graph).select(labels, namespace, from);
    const hint = 'suggestion' in lookup ? ` ${lookup.suggestion}` : '';
    expect(lookup.state + hint).toBe(expected);
  });

  test('counts what it cannot answer, but not the gateway that Istio brings', async () => {
    const graph = await graphOf(policy('shop'), 'auto');
    const [from] = graph.list('Telemetry');
    if (from === undefined) throw new Error('nobody asks');
    workloads(graph).select({ istio: 'ingressgateway' }, undefined, from);
    expect(graph.unresolved()).toEqual([]);
    workloads(graph).select({ app: 'web' }, 'shop', from);
    expect(graph.unresolved().map(({ what, name }) => `${what} ${name}`)).toEqual(['workload app=web']);
  });
});

describe('selecting among 10,000 workloads', () => {
  let reads = 0;
  const things = Array.from({ length: 10_000 }, (_, i) => {
    const labels = { app: `app-${i}`, tier: i % 2 === 0 ? 'even' : 'odd' };
    return new Proxy(
      { namespace: `ns-${i % 10}`, labels },
      {
        get(target, key, receiver) {
          reads++;
          return Reflect.get(target, key, receiver);
        },
      },
    );
  });
  const index = createLabelIndex(things);
  // What the first question of a namespace costs, the others do not.
  for (const namespace of [undefined, 'ns-1', 'ns-2', 'ns-7']) index.nearValue('app', 'app-1', namespace);

  test.each<[string, Labels, string | undefined, number]>([
    ['by one label', { app: 'app-77' }, undefined, 1],
    ['by the rarest of several labels', { tier: 'odd', app: 'app-77' }, 'ns-7', 1],
    ['by a common label in one namespace', { tier: 'even' }, 'ns-2', 1000],
    ['by a label of nobody', { app: 'nobody' }, undefined, 0],
  ])('%s reads none of them', (_, labels, namespace, expected) => {
    reads = 0;
    expect(index.candidates(labels, namespace)).toHaveLength(expected);
    expect(reads).toBe(0);
  });

  test('for a near miss reads none of them', () => {
    reads = 0;
    expect(index.nearValue('tier', 'oddd', 'ns-1')).toBe('odd');
    expect(index.nearKey('teir', 'odd', undefined)).toBe('tier');
    expect(reads).toBe(0);
  });

  test('and through the view takes time in proportion to what it finds', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) => deployment(`d-${i}`, `app: app-${i}`)).join('');
    const graph = await graphOf(many);
    const set = workloads(graph);
    const selector = { app: 'app-4711' };
    let read = 0;
    const watched = new Proxy(selector, {
      get(target, key, receiver) {
        read++;
        return Reflect.get(target, key, receiver);
      },
    });
    expect(set.matching(watched, 'shop')).toHaveLength(1);
    // A scan would read the selector once for each workload.
    expect(read).toBeLessThan(20);
  });
});
