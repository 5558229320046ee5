import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { workloads } from '../workloads/workloads.ts';
import type { Bindable } from './waypoint-labels.ts';
import { type WaypointBinding, waypoints } from './waypoints.ts';

const use = (name: string, more = ''): string => `{ istio.io/use-waypoint: ${name}${more} }`;
const useIn = (name: string, namespace: string): string =>
  use(name, `, istio.io/use-waypoint-namespace: ${namespace}`);

const hbone = (allowed = ''): string => `{ name: mesh, port: 15008, protocol: HBONE${allowed} }`;
const from = (namespaces: string): string => `, allowedRoutes: { namespaces: ${namespaces} }`;
const selecting = (selector: string): string => from(`{ from: Selector, selector: ${selector} }`);

/** A Gateway `namespace/name`. */
function waypoint(
  ref: string,
  {
    labels = '{}',
    annotations = '{}',
    listeners = `[${hbone()}]`,
    className = 'istio-waypoint',
    more = '',
  } = {},
): string {
  const [namespace, name] = ref.split('/');
  return `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { namespace: ${namespace}, name: ${name}, labels: ${labels}, annotations: ${annotations} }
spec: { gatewayClassName: ${className}, listeners: ${listeners} }
${more}
`;
}
const gatewayClass = (metadata: string): string => `---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: own, ${metadata} }
spec: { controllerName: istio.io/mesh-controller }
`;
const meshConfig = (visibility: string): string => `---
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data:
  mesh: '{ serviceEntryVisibility: ${visibility} }'
`;

interface Row {
  readonly it: string;
  readonly of?: 'Service' | 'ServiceEntry' | 'Deployment' | 'WorkloadEntry' | 'WorkloadGroup';
  /** Labels of the object itself (or its template). */
  readonly own?: string;
  /** Labels of its namespace; `-` when that is not loaded. */
  readonly ns?: string;
  readonly also?: string;
  readonly world?: World;
  readonly is: string;
}

const w = waypoint('shop/w');
const shared = waypoint('infra/w');

const rows: readonly Row[] = [
  // Which label decides.
  { it: 'no label', is: 'none' },
  { it: 'its own label', own: use('w'), also: w, is: 'bound shop/w own' },
  { it: 'the label of the namespace', ns: use('w'), also: w, is: 'bound shop/w namespace' },
  {
    it: 'its own before that of the namespace',
    own: use('v'),
    ns: use('w'),
    also: w + waypoint('shop/v'),
    is: 'bound shop/v own',
  },
  { it: 'opted out', own: use('none'), ns: use('w'), also: w, is: 'none own' },
  { it: 'a namespace that opts out', ns: use('none'), also: w, is: 'none namespace' },
  { it: 'back in, by its own label', own: use('w'), ns: use('none'), also: w, is: 'bound shop/w own' },
  {
    it: 'no falling back to the namespace',
    own: use('gone'),
    ns: use('w'),
    also: w,
    is: 'error missing own shop/gone',
  },
  { it: 'an empty value names nobody', own: use('""'), ns: use('w'), also: w, is: 'error missing own shop/' },
  // In which namespace.
  {
    it: 'another namespace',
    own: useIn('w', 'infra'),
    also: waypoint('infra/w', { listeners: `[${hbone(from('{ from: All }'))}]` }),
    is: 'bound infra/w own',
  },
  {
    it: 'another namespace, by the namespace',
    ns: useIn('w', 'infra'),
    also: waypoint('infra/w', { listeners: `[${hbone(from('{ from: All }'))}]` }),
    is: 'bound infra/w namespace',
  },
  {
    it: 'the two labels go together',
    own: use('w'),
    ns: useIn('w', 'infra'),
    also: shared + waypoint('shop/v'),
    is: 'error missing own shop/w',
  },
  {
    it: 'the second label alone says nothing',
    own: '{ istio.io/use-waypoint-namespace: infra }',
    ns: use('w'),
    also: w,
    is: 'bound shop/w namespace',
  },
  { it: 'old spelling with a slash', own: use('infra/w'), also: w, is: 'error missing own shop/infra/w' },
  // Whether it is there.
  { it: 'missing', own: use('gone'), also: w, is: 'error missing own shop/gone' },
  { it: 'not loaded', own: use('w'), is: 'unknown labelled shop/w' },
  { it: 'not loaded, by the namespace', ns: useIn('w', 'infra'), also: w, is: 'unknown labelled infra/w' },
  { it: 'missing in a closed world', own: use('w'), world: 'closed', is: 'error missing own shop/w' },
  {
    it: 'never missing in an open one',
    own: use('gone'),
    also: w,
    world: 'open',
    is: 'unknown labelled shop/gone',
  },
  { it: 'the Namespace is not loaded', ns: '-', also: w, is: 'unknown' },
  { it: 'the Namespace is not needed', ns: '-', own: use('w'), also: w, is: 'bound shop/w own' },
  { it: 'a Namespace not loaded in a closed world', ns: '-', also: w, world: 'closed', is: 'none' },
  {
    it: 'no address yet',
    own: use('w'),
    also: waypoint('shop/w', { more: 'status: { conditions: [{ type: Programmed, status: "False" }] }' }),
    is: 'error not-ready own shop/w',
  },
  {
    it: 'with an address',
    own: use('w'),
    also: waypoint('shop/w', {
      more: 'status: { conditions: [{ type: Programmed, status: "True" }], addresses: [{ value: 10.0.0.1 }] }',
    }),
    is: 'bound shop/w own',
  },
  {
    it: 'the class is not asked for',
    own: use('w'),
    also: waypoint('shop/w', { className: 'istio', listeners: '[{ name: http, port: 80, protocol: HTTP }]' }),
    is: 'bound shop/w own',
  },
  // Who may attach.
  {
    it: 'another namespace, not admitted',
    own: useIn('w', 'infra'),
    also: shared,
    is: 'error attachment-denied own infra/w',
  },
  {
    it: 'Same, said',
    own: useIn('w', 'infra'),
    also: waypoint('infra/w', { listeners: `[${hbone(from('{ from: Same }'))}]` }),
    is: 'error attachment-denied own infra/w',
  },
  {
    it: 'None means Same',
    own: use('w'),
    also: waypoint('shop/w', { listeners: `[${hbone(from('{ from: None }'))}]` }),
    is: 'bound shop/w own',
  },
  {
    it: 'selected by label',
    own: useIn('w', 'infra'),
    ns: '{ team: a }',
    also: waypoint('infra/w', { listeners: `[${hbone(selecting('{ matchLabels: { team: a } }'))}]` }),
    is: 'bound infra/w own',
  },
  {
    it: 'not selected',
    own: useIn('w', 'infra'),
    ns: '{ team: b }',
    also: waypoint('infra/w', { listeners: `[${hbone(selecting('{ matchLabels: { team: a } }'))}]` }),
    is: 'error attachment-denied own infra/w',
  },
  {
    it: 'not even from its own namespace',
    own: use('w'),
    also: waypoint('shop/w', { listeners: `[${hbone(selecting('{ matchLabels: { team: a } }'))}]` }),
    is: 'error attachment-denied own shop/w',
  },
  {
    it: 'Selector without one selects nothing',
    own: use('w'),
    also: waypoint('shop/w', { listeners: `[${hbone(from('{ from: Selector }'))}]` }),
    is: 'error attachment-denied own shop/w',
  },
  {
    it: 'an empty one selects all',
    own: use('w'),
    also: waypoint('shop/w', { listeners: `[${hbone(selecting('{}'))}]` }),
    is: 'bound shop/w own',
  },
  {
    it: 'selected by name',
    own: useIn('w', 'infra'),
    also: waypoint('infra/w', {
      listeners: `[${hbone(selecting('{ matchLabels: { kubernetes.io/metadata.name: shop } }'))}]`,
    }),
    is: 'bound infra/w own',
  },
  {
    it: 'selected by name, which is always known',
    own: useIn('w', 'infra'),
    ns: '-',
    also: waypoint('infra/w', {
      listeners: `[${hbone(selecting('{ matchExpressions: [{ key: kubernetes.io/metadata.name, operator: In, values: [shop] }] }'))}]`,
    }),
    is: 'bound infra/w own',
  },
  {
    it: 'selected by labels that are not known',
    own: useIn('w', 'infra'),
    ns: '-',
    also: waypoint('infra/w', { listeners: `[${hbone(selecting('{ matchLabels: { team: a } }'))}]` }),
    is: 'unknown labelled infra/w',
  },
  {
    it: 'only the listener for HBONE counts',
    own: useIn('w', 'infra'),
    also: waypoint('infra/w', {
      listeners: `[{ name: http, port: 80, protocol: HTTP${from('{ from: All }')} }, ${hbone()}]`,
    }),
    is: 'error attachment-denied own infra/w',
  },
  {
    it: 'on its port',
    own: useIn('w', 'infra'),
    also: waypoint('infra/w', {
      listeners: `[{ name: mesh, port: 15009, protocol: HBONE${from('{ from: All }')} }]`,
    }),
    is: 'error attachment-denied own infra/w',
  },
  {
    it: 'the listener of a sandwich',
    own: useIn('w', 'infra'),
    also: waypoint('infra/w', {
      annotations: '{ ambient.istio.io/waypoint-inbound-binding: PROXY/15088 }',
      listeners: `[{ name: p, port: 15088, protocol: istio.io/PROXY${from('{ from: All }')} }, ${hbone()}]`,
    }),
    is: 'bound infra/w own',
  },
  {
    it: 'the listener of a sandwich, by protocol',
    own: useIn('w', 'infra'),
    also: waypoint('infra/w', {
      annotations: '{ ambient.istio.io/waypoint-inbound-binding: PROXY }',
      listeners: `[{ name: p, port: 1, protocol: istio.io/PROXY${from('{ from: All }')} }]`,
    }),
    is: 'bound infra/w own',
  },
  {
    it: 'the binding of its class',
    own: useIn('w', 'infra'),
    also:
      waypoint('infra/w', {
        className: 'own',
        listeners: `[{ name: p, port: 1, protocol: istio.io/PROXY${from('{ from: All }')} }]`,
      }) + gatewayClass('annotations: { ambient.istio.io/waypoint-inbound-binding: PROXY }'),
    is: 'bound infra/w own',
  },
  {
    it: 'a binding that nobody understands',
    own: useIn('w', 'infra'),
    also: waypoint('infra/w', {
      annotations: '{ ambient.istio.io/waypoint-inbound-binding: TCP/1 }',
      listeners: `[{ name: p, port: 1, protocol: TCP${from('{ from: All }')} }]`,
    }),
    is: 'error attachment-denied own infra/w',
  },
  // What it serves.
  {
    it: 'for workloads only',
    own: use('w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: workload }' }),
    is: 'error type-mismatch own shop/w',
  },
  {
    it: 'for workloads only, inherited',
    ns: use('w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: workload }' }),
    is: 'error type-mismatch namespace shop/w',
  },
  {
    it: 'for all',
    own: use('w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: all }' }),
    is: 'bound shop/w own',
  },
  {
    it: 'for nothing',
    own: use('w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: none }' }),
    is: 'error type-mismatch own shop/w',
  },
  {
    it: 'for a typo',
    own: use('w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: services }' }),
    is: 'error type-mismatch own shop/w',
  },
  {
    it: 'what the class says',
    own: use('w'),
    also:
      waypoint('shop/w', { className: 'own' }) + gatewayClass('labels: { istio.io/waypoint-for: workload }'),
    is: 'error type-mismatch own shop/w',
  },
  {
    it: 'the Gateway before its class',
    own: use('w'),
    also:
      waypoint('shop/w', { className: 'own', labels: '{ istio.io/waypoint-for: service }' }) +
      gatewayClass('labels: { istio.io/waypoint-for: workload }'),
    is: 'bound shop/w own',
  },
  // Workloads.
  {
    it: 'a workload by its own label',
    of: 'Deployment',
    own: use('w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: workload }' }),
    is: 'bound shop/w own',
  },
  {
    it: 'a workload, inherited',
    of: 'Deployment',
    ns: use('w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: all }' }),
    is: 'bound shop/w namespace',
  },
  {
    it: 'a workload by a waypoint for Services',
    of: 'Deployment',
    own: use('w'),
    also: w,
    is: 'error type-mismatch own shop/w',
  },
  { it: 'the same inherited is no error', of: 'Deployment', ns: use('w'), also: w, is: 'none namespace' },
  {
    it: 'a workload that opts out',
    of: 'Deployment',
    own: use('none'),
    ns: use('w'),
    also: w,
    is: 'none own',
  },
  {
    it: 'pods of the waypoint itself',
    of: 'Deployment',
    own: use('w', ', gateway.networking.k8s.io/gateway-name: w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: all }' }),
    is: 'none',
  },
  {
    it: 'pods that only claim to be',
    of: 'Deployment',
    own: use('w', ', gateway.networking.k8s.io/gateway-name: gone'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: all }' }),
    is: 'bound shop/w own',
  },
  {
    it: 'a machine',
    of: 'WorkloadEntry',
    own: use('w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: workload }' }),
    is: 'bound shop/w own',
  },
  {
    it: 'machines of a group',
    of: 'WorkloadGroup',
    own: use('w'),
    also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: workload }' }),
    is: 'bound shop/w own',
  },
  // Services of gateways.
  {
    it: 'the Service of a waypoint',
    own: use('w', ', gateway.istio.io/managed: istio.io-mesh-controller'),
    also: w,
    is: 'none',
  },
  {
    it: 'the Service of an east-west gateway',
    ns: use('w'),
    own: '{ gateway.istio.io/managed: istio.io-eastwest-controller }',
    also: w,
    is: 'none',
  },
  {
    it: 'the Service of an ingress gateway',
    ns: use('w'),
    own: '{ gateway.istio.io/managed: istio.io-gateway-controller }',
    also: w,
    is: 'bound shop/w namespace',
  },
  // ServiceEntries.
  { it: 'a ServiceEntry', of: 'ServiceEntry', own: use('w'), also: w, is: 'bound shop/w own' },
  {
    it: 'hidden from other namespaces, with a waypoint there',
    of: 'ServiceEntry',
    own: useIn('w', 'infra'),
    also:
      waypoint('infra/w', { listeners: `[${hbone(from('{ from: All }'))}]` }) +
      meshConfig('{ defaultVisibility: NAMESPACE }'),
    is: 'error cross-namespace-forbidden own infra/w',
  },
  {
    it: 'hidden from others, with a waypoint here',
    of: 'ServiceEntry',
    own: use('w'),
    also: w + meshConfig('{ defaultVisibility: NAMESPACE }'),
    is: 'bound shop/w own',
  },
  {
    it: 'hidden by a policy for its namespace',
    of: 'ServiceEntry',
    own: useIn('w', 'infra'),
    ns: '{ team: a }',
    also:
      waypoint('infra/w', { listeners: `[${hbone(from('{ from: All }'))}]` }) +
      meshConfig(
        '{ policies: [{ visibility: NAMESPACE, matchingRules: [{ namespaceSelector: { matchLabels: { team: a } } }] }] }',
      ),
    is: 'error cross-namespace-forbidden own infra/w',
  },
  {
    it: 'shown by a policy for its namespace',
    of: 'ServiceEntry',
    own: useIn('w', 'infra'),
    ns: '{ team: a }',
    also:
      waypoint('infra/w', { listeners: `[${hbone(from('{ from: All }'))}]` }) +
      meshConfig(
        '{ defaultVisibility: NAMESPACE, policies: [{ visibility: PUBLIC, matchingRules: [{ namespaceSelector: { matchLabels: { team: a } } }] }] }',
      ),
    is: 'bound infra/w own',
  },
  {
    it: 'a Service is not hidden by that',
    own: useIn('w', 'infra'),
    also:
      waypoint('infra/w', { listeners: `[${hbone(from('{ from: All }'))}]` }) +
      meshConfig('{ defaultVisibility: NAMESPACE }'),
    is: 'bound infra/w own',
  },
];

function textOf({ of = 'Service', own = '{}', ns = '{}', also = '' }: Row): string {
  const bodies = {
    Service: `apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop, labels: ${own} }`,
    ServiceEntry: `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: web, namespace: shop, labels: ${own} }`,
    Deployment: `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec: { template: { metadata: { labels: ${own} } } }`,
    WorkloadEntry: `apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: { name: web, namespace: shop }\nspec: { labels: ${own} }`,
    WorkloadGroup: `apiVersion: networking.istio.io/v1\nkind: WorkloadGroup\nmetadata: { name: web, namespace: shop }\nspec: { metadata: { labels: ${own} } }`,
  };
  const namespace = `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${ns} }\n---\n`;
  return `${ns === '-' ? '' : namespace}${bodies[of]}\n${also}`;
}

function objectOf(graph: WholeGraph, kind: Row['of']): Bindable | undefined {
  const [service] = graph.list(kind === 'ServiceEntry' ? 'ServiceEntry' : 'Service');
  return service ?? workloads(graph).all.find(({ resource }) => resource.kind === kind);
}

function show(binding: WaypointBinding): string {
  const { state, label } = binding;
  if (state === 'unknown') {
    const { wanted } = binding;
    return `unknown${label === undefined ? '' : ` labelled ${wanted?.namespace}/${wanted?.name}`}`;
  }
  if (state === 'none') return label === undefined ? 'none' : `none ${label.via}`;
  if (state === 'bound') return `bound ${binding.gateway.namespace}/${binding.gateway.name} ${label?.via}`;
  return `error ${binding.fault} ${label?.via} ${binding.wanted.namespace}/${binding.wanted.name}`;
}

async function graphOf(raw: string, world: World = 'auto'): Promise<WholeGraph> {
  return (await openTexts([{ path: 'a.yaml', raw }], { world })).graph;
}

describe('the waypoint of an object', () => {
  test.each(rows)('$it → $is', async (row) => {
    const graph = await graphOf(textOf(row), row.world);
    const object = objectOf(graph, row.of);
    const binding = object && waypoints(graph).waypointOf(object);
    expect(binding && show(binding)).toBe(row.is);
    // The label can be pointed at: it is an object of the resource that is said to hold it.
    const { label } = binding ?? {};
    if (label !== undefined) expect(holds(label.resource.body, label.labels)).toBe(true);
  });
});

function holds(value: object, wanted: object): boolean {
  return Object.values(value).some(
    (child: unknown) =>
      child === wanted || (typeof child === 'object' && child !== null && holds(child, wanted)),
  );
}

/** What stands before a workload with the label `app: web`. */
const fronts: readonly { it: string; ns?: string; own?: string; services: string; is: string }[] = [
  { it: 'no Service', services: w, is: 'none' },
  { it: 'a Service with a waypoint', services: service('a', use('w')) + w, is: 'bound shop/w own' },
  {
    it: 'one of two Services',
    services: service('a', '{}') + service('b', use('w')) + w,
    is: 'bound shop/w own',
  },
  { it: 'a Service for others', services: service('a', use('w'), 'app: other') + w, is: 'none' },
  {
    it: 'a Service that opts out',
    ns: use('w'),
    services: service('a', use('none')) + w,
    is: 'none namespace',
  },
  {
    it: 'the workload itself',
    own: ', istio.io/use-waypoint: w',
    services: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: all }' }),
    is: 'bound shop/w own',
  },
  {
    it: 'no Service is loaded, the namespace has a waypoint',
    ns: use('w'),
    services: w,
    is: 'unknown labelled undefined/undefined',
  },
  {
    it: 'bound before meant',
    services: service('a', useIn('x', 'far')) + service('b', use('w')) + w,
    is: 'bound shop/w own',
  },
  {
    it: 'meant before faulty',
    services: service('a', useIn('x', 'far')) + service('b', use('gone')) + w,
    is: 'unknown labelled far/x',
  },
  {
    it: 'faulty before none',
    services: service('a', '{}') + service('b', use('gone')) + w,
    is: 'error missing own shop/gone',
  },
  {
    it: 'a ServiceEntry that selects it',
    services: `---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: a, namespace: shop, labels: ${use('w')} }\nspec: { workloadSelector: { labels: { app: web } } }\n${w}`,
    is: 'bound shop/w own',
  },
];

function service(name: string, labels: string, selector = 'app: web'): string {
  return `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop, labels: ${labels} }\nspec: { selector: { ${selector} } }\n`;
}

describe('the waypoint before a workload', () => {
  test.each(fronts)('$it → $is', async ({ ns = '{}', own = '', services, is }) => {
    const graph = await graphOf(
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${ns} }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec: { template: { metadata: { labels: { app: web${own} } } } }\n${services}`,
    );
    const workload = workloads(graph).all.find(({ resource }) => resource.kind === 'Deployment');
    expect(workload && show(waypoints(graph).before(workload))).toBe(is);
  });
});

const canary = (name: string, more = ''): string =>
  `labels: { istio.io/use-waypoint: w, istio.io/use-waypoint-canary: ${name}${more} }`;
const weight = (text: string): string => `, annotations: { istio.io/use-waypoint-canary-weight: "${text}" }`;
const canaries: readonly { it: string; service: string; ns?: string; is: unknown }[] = [
  { it: 'none named', service: `labels: ${use('w')}`, is: undefined },
  { it: 'without a weight', service: canary('v'), is: 'v 0' },
  { it: 'with a weight', service: canary('v') + weight('20'), is: 'v 20' },
  { it: 'all of it', service: canary('v') + weight('100'), is: 'v 100' },
  { it: 'too much of it', service: canary('v') + weight('101'), is: 'invalid-weight' },
  { it: 'no number', service: canary('v') + weight('20%'), is: 'invalid-weight' },
  { it: 'opted out', service: canary('none'), is: undefined },
  { it: 'the primary itself', service: canary('w'), is: 'same-as-primary' },
  { it: 'missing', service: canary('gone'), is: 'missing' },
  {
    it: 'not admitted',
    service: canary('v', ', istio.io/use-waypoint-canary-namespace: infra'),
    is: 'attachment-denied',
  },
  { it: 'inherited with the primary', service: 'labels: {}', ns: canary('v') + weight('5'), is: 'v 5' },
  {
    it: 'not inherited beside an own primary',
    service: `labels: ${use('w')}`,
    ns: canary('v'),
    is: undefined,
  },
  { it: 'without a primary', service: 'labels: { istio.io/use-waypoint-canary: v }', is: undefined },
  {
    it: 'its own canary of an inherited primary',
    service: 'labels: { istio.io/use-waypoint-canary: v }',
    ns: `labels: ${use('w')}${weight('7')}`,
    is: 'v 7',
  },
];

describe('the canary of a Service', () => {
  test.each(canaries)('$it → $is', async ({ service: metadata, ns = 'labels: {}', is }) => {
    const graph = await graphOf(
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, ${ns} }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop, ${metadata} }\n${w}${waypoint('shop/v')}${waypoint('infra/v')}`,
    );
    const [web] = graph.list('Service');
    const found = web && waypoints(graph).canaryOf(web);
    const shown = found?.state === 'bound' ? `${found.gateway.name} ${found.weight}` : found;
    expect(typeof shown === 'object' ? ('fault' in shown ? shown.fault : shown.why) : shown).toBe(is);
  });
});

test('who is behind a waypoint', async () => {
  const graph = await graphOf(
    `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: ${use('w')} }\n${service('a', '{}')}${service('b', use('none'))}${service('c', use('v', ', istio.io/use-waypoint-canary: w'))}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: d, namespace: shop }\n${waypoint('shop/w', { labels: '{ istio.io/waypoint-for: all }' })}${waypoint('shop/v')}${waypoint('shop/x')}`,
  );
  const { boundTo } = waypoints(graph);
  const names = graph.list('KubernetesGateway').map((gateway) => [
    gateway.name,
    boundTo(gateway)
      .map((one) => ('resource' in one ? one.resource.name : one.name))
      .sort(),
  ]);
  expect(names).toEqual([
    ['v', ['c']],
    ['w', ['a', 'c', 'd']],
    ['x', []],
  ]);
});

test('a kustomization that changes the object or the waypoint leaves it open', async () => {
  const kustomization = (file: string): string => `resources: [${file}]\npatches: [{ path: more.yaml }]\n`;
  const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n';
  async function bindingOf(patched: string, labels: string, gateway: string): Promise<string> {
    const files = {
      'kustomization.yaml': kustomization(patched),
      'ns.yaml': namespace,
      'web.yaml': service('web', labels).slice(4),
      'w.yaml': gateway.slice(4),
    };
    const texts = Object.entries(files).map(([path, raw]) => ({ path, raw }));
    const { graph } = await openTexts(texts, { world: 'auto' });
    const [web] = graph.list('Service');
    return web === undefined ? '' : show(waypoints(graph).waypointOf(web));
  }
  const forWorkloads = waypoint('shop/w', { labels: '{ istio.io/waypoint-for: workload }' });
  expect(await bindingOf('web.yaml', '{}', w)).toBe('unknown');
  expect(await bindingOf('web.yaml', use('w'), w)).toBe('unknown labelled undefined/undefined');
  expect(await bindingOf('web.yaml', use('none'), w)).toBe('unknown');
  expect(await bindingOf('w.yaml', use('w'), forWorkloads)).toBe('unknown labelled shop/w');
  expect(await bindingOf('w.yaml', use('w'), w)).toBe('bound shop/w own');
});
