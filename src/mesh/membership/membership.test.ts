import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { type MeshMode, membership } from './membership.ts';

async function graphOf(texts: Readonly<Record<string, string>>, world: World): Promise<WholeGraph> {
  const files = Object.entries(texts).map(([path, raw]) => ({ path, raw }));
  return (await openTexts(files, { world })).graph;
}

function workloadOf(graph: WholeGraph, kind: string): Workload | undefined {
  return workloads(graph).all.find(({ resource }) => resource.kind === kind);
}

/** Labels of the namespace; `-` when none is loaded. */
interface Row {
  readonly it: string;
  readonly ns: string;
  /** The pod template. */
  readonly pod?: string;
  readonly mode: MeshMode;
  readonly in?: string;
  readonly also?: string;
}

const enabled = '{ istio-injection: enabled }';
const ambient = '{ istio.io/dataplane-mode: ambient }';
const pod = {
  refuses: '{ metadata: { labels: { sidecar.istio.io/inject: "false" } } }',
  wants: '{ metadata: { labels: { sidecar.istio.io/inject: "true" } } }',
  refusesByAnnotation: '{ metadata: { annotations: { sidecar.istio.io/inject: "false" } } }',
  wantsByAnnotation: '{ metadata: { annotations: { sidecar.istio.io/inject: "true" } } }',
  rev: '{ metadata: { labels: { istio.io/rev: canary } } }',
  ambient: '{ metadata: { labels: { istio.io/dataplane-mode: ambient } } }',
  none: '{ metadata: { labels: { istio.io/dataplane-mode: none } } }',
  hostNetwork: '{ spec: { hostNetwork: true } }',
};

/** The ConfigMap of an injector with these settings, as JSON. */
function injectorWith(values: string, config = '', name = 'istio-sidecar-injector'): string {
  return `---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: istio-system }
data:
  values: '${values}'
  config: "${config}"
`;
}
const byDefault = injectorWith('{"sidecarInjectorWebhook": {"enableNamespacesByDefault": true}}');

const rows: readonly Row[] = [
  // Sidecars: the namespace.
  { it: 'no label', ns: '{}', mode: 'none' },
  { it: 'an injected namespace', ns: enabled, mode: 'sidecar' },
  { it: 'injection switched off', ns: '{ istio-injection: disabled }', mode: 'none' },
  { it: 'any other value switches off', ns: '{ istio-injection: "true" }', mode: 'none' },
  { it: 'a revision', ns: '{ istio.io/rev: canary }', mode: 'sidecar' },
  { it: 'disabled beats a revision', ns: '{ istio-injection: disabled, istio.io/rev: x }', mode: 'none' },
  // Sidecars: the pod.
  { it: 'the pod refuses', ns: enabled, pod: pod.refuses, mode: 'none' },
  { it: 'the pod refuses by annotation', ns: enabled, pod: pod.refusesByAnnotation, mode: 'none' },
  { it: 'the pod refuses a revision', ns: '{ istio.io/rev: canary }', pod: pod.refuses, mode: 'none' },
  { it: 'the pod wants', ns: '{}', pod: pod.wants, mode: 'sidecar' },
  { it: 'an annotation calls no webhook', ns: '{}', pod: pod.wantsByAnnotation, mode: 'none' },
  { it: 'the pod wants in vain', ns: '{ istio-injection: disabled }', pod: pod.wants, mode: 'none' },
  { it: 'the pod names a revision', ns: '{}', pod: pod.rev, mode: 'sidecar' },
  { it: 'a revision in vain', ns: '{ istio-injection: disabled }', pod: pod.rev, mode: 'none' },
  {
    it: 'the label beats the annotation',
    ns: enabled,
    pod: '{ metadata: { labels: { sidecar.istio.io/inject: "true" }, annotations: { sidecar.istio.io/inject: "false" } } }',
    mode: 'sidecar',
  },
  {
    it: 'another value is no refusal',
    ns: enabled,
    pod: '{ metadata: { labels: { sidecar.istio.io/inject: "no" } } }',
    mode: 'sidecar',
  },
  { it: 'the network of the node', ns: enabled, pod: pod.hostNetwork, mode: 'none' },
  { it: 'a namespace of Kubernetes', ns: enabled, in: 'kube-system', mode: 'none' },
  { it: 'another namespace of Kubernetes', ns: enabled, in: 'kube-public', mode: 'none' },
  {
    it: 'a proxy written out',
    ns: '{}',
    pod: '{ spec: { containers: [{ name: istio-proxy, image: proxyv2 }] } }',
    mode: 'sidecar',
  },
  {
    it: 'a native sidecar written out',
    ns: ambient,
    pod: '{ spec: { initContainers: [{ name: istio-proxy, image: proxyv2 }] } }',
    mode: 'sidecar',
  },
  // Sidecars: the injector.
  { it: 'namespaces by default', ns: '{}', also: byDefault, mode: 'sidecar' },
  { it: 'by default, refused', ns: '{}', also: byDefault, pod: pod.refuses, mode: 'none' },
  {
    it: 'by default, any label leaves that case',
    ns: '{}',
    also: byDefault,
    pod: '{ metadata: { labels: { sidecar.istio.io/inject: "no" } } }',
    mode: 'none',
  },
  {
    it: 'an injector that waits to be asked',
    ns: enabled,
    also: injectorWith('{"global": {"proxy": {"autoInject": "disabled"}}}'),
    mode: 'none',
  },
  {
    it: 'an injector that waits and is asked',
    ns: enabled,
    pod: pod.wantsByAnnotation,
    also: injectorWith('{}', 'policy: disabled'),
    mode: 'sidecar',
  },
  {
    it: 'labels that are never injected',
    ns: enabled,
    pod: '{ metadata: { labels: { build: "1" } } }',
    also: injectorWith(
      '{"sidecarInjectorWebhook": {"neverInjectSelector": [{"matchExpressions": [{"key": "build", "operator": "Exists"}]}]}}',
    ),
    mode: 'none',
  },
  {
    it: 'labels that are always injected',
    ns: enabled,
    pod: '{ metadata: { labels: { app: x } } }',
    also: injectorWith(
      '{"global": {"proxy": {"autoInject": "disabled"}}, "sidecarInjectorWebhook": {"alwaysInjectSelector": [{}, {"matchLabels": {"app": "x"}}]}}',
    ),
    mode: 'sidecar',
  },
  {
    it: 'the injector of the revision decides',
    ns: '{ istio.io/rev: canary }',
    also:
      injectorWith('{}', 'policy: enabled') +
      injectorWith('{}', 'policy: disabled', 'istio-sidecar-injector-canary'),
    mode: 'none',
  },
  { it: 'an injector that cannot be read', ns: enabled, also: injectorWith('{oops'), mode: 'sidecar' },
  {
    it: 'an injector of odd types',
    ns: '{}',
    also: injectorWith('{"sidecarInjectorWebhook": 7}'),
    mode: 'none',
  },
  // Ambient mode.
  { it: 'an ambient namespace', ns: ambient, mode: 'ambient' },
  { it: 'the pod opts out', ns: ambient, pod: pod.none, mode: 'none' },
  { it: 'the pod opts in', ns: '{}', pod: pod.ambient, mode: 'ambient' },
  {
    it: 'the pod opts in where others opt out',
    ns: '{ istio.io/dataplane-mode: none }',
    pod: pod.ambient,
    mode: 'ambient',
  },
  { it: 'values are taken literally', ns: '{ istio.io/dataplane-mode: Ambient }', mode: 'none' },
  {
    it: 'sidecars win',
    ns: '{ istio-injection: enabled, istio.io/dataplane-mode: ambient }',
    mode: 'sidecar',
  },
  {
    it: 'who refuses the sidecar is ambient',
    ns: '{ istio-injection: enabled, istio.io/dataplane-mode: ambient }',
    pod: pod.refuses,
    mode: 'ambient',
  },
  { it: 'sidecars by a pod label win too', ns: ambient, pod: pod.wants, mode: 'sidecar' },
  { it: 'no capture on the network of the node', ns: ambient, pod: pod.hostNetwork, mode: 'none' },
  { it: 'no capture in kube-system', ns: ambient, in: 'kube-system', mode: 'none' },
  { it: 'the root namespace, labelled', ns: ambient, in: 'istio-system', mode: 'ambient' },
  {
    it: 'ztunnel itself',
    ns: ambient,
    in: 'istio-system',
    pod: '{ metadata: { labels: { app: ztunnel } } }',
    mode: 'none',
  },
  {
    it: 'what the CNI wrote down',
    ns: '{}',
    pod: '{ metadata: { annotations: { ambient.istio.io/redirection: enabled } } }',
    mode: 'ambient',
  },
  {
    it: 'the mark of an injected pod keeps the CNI off',
    ns: ambient,
    pod: '{ metadata: { annotations: { sidecar.istio.io/status: "{}" } } }',
    mode: 'none',
  },
  // Gateways and waypoints.
  {
    it: 'the gateway template',
    ns: ambient,
    pod: '{ metadata: { annotations: { inject.istio.io/templates: "own, gateway" } } }',
    mode: 'gateway',
  },
  {
    it: 'the default gateway',
    ns: '{}',
    pod: '{ metadata: { labels: { istio: ingressgateway } } }',
    mode: 'gateway',
  },
  {
    it: 'a router written out',
    ns: enabled,
    pod: '{ spec: { containers: [{ name: istio-proxy, image: auto, args: [proxy, router] }] } }',
    mode: 'gateway',
  },
  {
    it: 'pods of a Gateway',
    ns: ambient,
    pod: '{ metadata: { labels: { gateway.networking.k8s.io/gateway-name: public } } }',
    mode: 'gateway',
  },
  {
    it: 'pods of a waypoint',
    ns: ambient,
    pod: '{ metadata: { labels: { gateway.networking.k8s.io/gateway-name: w, gateway.istio.io/managed: istio.io-mesh-controller } } }',
    mode: 'waypoint',
  },
  // The Namespace is not loaded.
  { it: 'nothing is known', ns: '-', mode: 'unknown' },
  { it: 'the pod refuses one of the two', ns: '-', pod: pod.refuses, mode: 'unknown' },
  { it: 'the pod may be refused', ns: '-', pod: pod.wants, mode: 'unknown' },
  { it: 'a sidecar could come', ns: '-', pod: pod.ambient, mode: 'unknown' },
  {
    it: 'the pod says it all: ambient',
    ns: '-',
    pod: '{ metadata: { labels: { sidecar.istio.io/inject: "false", istio.io/dataplane-mode: ambient } } }',
    mode: 'ambient',
  },
  {
    it: 'the pod says it all: neither',
    ns: '-',
    pod: '{ metadata: { labels: { sidecar.istio.io/inject: "false", istio.io/dataplane-mode: none } } }',
    mode: 'none',
  },
  { it: 'settled by the pod spec', ns: '-', pod: pod.hostNetwork, mode: 'none' },
  {
    it: 'a proxy is a proxy',
    ns: '-',
    pod: '{ spec: { containers: [{ name: istio-proxy, image: proxyv2 }] } }',
    mode: 'sidecar',
  },
];

describe('the mode of a workload', () => {
  test.each(rows)(
    '$it: $ns → $mode',
    async ({ ns, pod: template = '{}', mode, in: name = 'shop', also = '' }) => {
      const namespace = `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: ${ns} }\n---\n`;
      const deployment = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: ${name} }\nspec: { template: ${template} }\n`;
      const graph = await graphOf({ 'a.yaml': `${ns === '-' ? '' : namespace}${deployment}${also}` }, 'auto');
      const workload = workloadOf(graph, 'Deployment');
      expect(workload && membership(graph).modeOf(workload)).toBe(mode);
    },
  );
});

const others: readonly { it: string; kind: string; text: string; mode: MeshMode; world?: World }[] = [
  {
    it: 'a Gateway of the usual class',
    kind: 'KubernetesGateway',
    text: 'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: a, namespace: shop }\nspec: { gatewayClassName: istio }',
    mode: 'gateway',
  },
  {
    it: 'a waypoint',
    kind: 'KubernetesGateway',
    text: 'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: a, namespace: shop }\nspec: { gatewayClassName: istio-waypoint }',
    mode: 'waypoint',
  },
  {
    it: 'a waypoint of a class of its own',
    kind: 'KubernetesGateway',
    text: 'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: a, namespace: shop }\nspec: { gatewayClassName: own }\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: { name: own }\nspec: { controllerName: istio.io/mesh-controller }',
    mode: 'waypoint',
  },
  {
    it: 'machines that register themselves',
    kind: 'WorkloadGroup',
    text: 'apiVersion: networking.istio.io/v1\nkind: WorkloadGroup\nmetadata: { name: a, namespace: shop }',
    mode: 'sidecar',
  },
  {
    it: 'a machine that is listed',
    kind: 'WorkloadEntry',
    text: 'apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: { name: a, namespace: shop }',
    mode: 'unknown',
  },
  {
    it: 'a machine that says it has a proxy',
    kind: 'WorkloadEntry',
    text: 'apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: { name: a, namespace: shop }\nspec: { labels: { security.istio.io/tlsMode: istio } }',
    mode: 'sidecar',
  },
  {
    it: 'a recorded Pod stays without a sidecar',
    kind: 'Pod',
    text: `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${enabled} }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: shop, uid: x }`,
    mode: 'none',
  },
  {
    it: 'a Pod that is written down gets one',
    kind: 'Pod',
    text: `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${enabled} }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: shop }`,
    mode: 'sidecar',
  },
  {
    it: 'in a closed world every Pod is recorded, and a Namespace that is not loaded has no labels',
    kind: 'Pod',
    text: 'apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: shop }',
    mode: 'none',
    world: 'closed',
  },
  {
    it: 'a floating workload has no known namespace',
    kind: 'Deployment',
    text: `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${ambient} }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: a }`,
    mode: 'unknown',
  },
];

test.each(others)('$it: $mode', async ({ kind, text, mode, world = 'auto' }) => {
  const graph = await graphOf({ 'a.yaml': text }, world);
  const workload = workloadOf(graph, kind);
  expect(workload && membership(graph).modeOf(workload)).toBe(mode);
});

describe('which Namespace is meant', () => {
  const namespace = (labels: string): string =>
    `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${labels} }\n`;
  const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\n';
  async function modeIn(texts: Readonly<Record<string, string>>): Promise<MeshMode | undefined> {
    const graph = await graphOf(texts, 'auto');
    const workload = workloadOf(graph, 'Deployment');
    return workload && membership(graph).modeOf(workload);
  }

  test('the nearest', async () => {
    const texts = { 'dev/ns.yaml': namespace(ambient), 'prod/ns.yaml': namespace(enabled) };
    expect(await modeIn({ ...texts, 'dev/web.yaml': deployment })).toBe('ambient');
    expect(await modeIn({ ...texts, 'prod/web.yaml': deployment })).toBe('sidecar');
  });

  test('none, when equally near ones differ', async () => {
    const texts = { 'dev/ns.yaml': namespace(ambient), 'prod/ns.yaml': namespace(enabled) };
    expect(await modeIn({ ...texts, 'base/web.yaml': deployment })).toBe('unknown');
  });

  test('any, when equally near ones agree', async () => {
    const texts = { 'dev/ns.yaml': namespace(ambient), 'prod/ns.yaml': namespace(ambient) };
    expect(await modeIn({ ...texts, 'base/web.yaml': deployment })).toBe('ambient');
  });

  test('none, when a kustomization changes it', async () => {
    const kustomization = 'resources: [ns.yaml, web.yaml]\npatches: [{ path: more.yaml }]\n';
    const texts = { 'kustomization.yaml': kustomization, 'ns.yaml': namespace(ambient) };
    expect(await modeIn({ ...texts, 'web.yaml': deployment })).toBe('unknown');
    expect(
      await modeIn({
        ...texts,
        'kustomization.yaml': 'resources: [ns.yaml]\npatches: [{ path: x }]\n',
        'web.yaml': deployment,
      }),
    ).toBe('unknown');
  });
});

test('injects says what a new pod would get', async () => {
  const graph = await graphOf(
    {
      'a.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${enabled} }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: shop, uid: x }`,
    },
    'auto',
  );
  const workload = workloadOf(graph, 'Pod');
  expect(workload && membership(graph).modeOf(workload)).toBe('none');
  expect(workload && membership(graph).injects(workload)).toBe(true);
});
