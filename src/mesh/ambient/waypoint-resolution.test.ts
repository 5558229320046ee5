import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { workloads } from '../workloads/workloads.ts';
import type { Bindable } from './waypoint-labels.ts';
import { type WaypointBinding, waypoints } from './waypoints.ts';

/** Where the source says so: functions of pilot/pkg/serviceregistry/ambient/waypoints.go, unless a file is named. */
const sources = {
  label:
    '`fetchWaypointForTarget`, `GetUseWaypoint`: an own label, else that of the namespace; `none` is nobody',
  space: '`GetUseWaypoint`: the label for the namespace is read from the same object',
  there: '`fetchWaypointForTarget`: no Waypoint of this name, and no falling back',
  address: '`gatewayToWaypointTransform`: every Gateway with an address is one, whatever its class',
  listener: '`makeAllowedRoutes`: the bound listener, else that for HBONE on 15008, else the own namespace',
  admits:
    '`AllowsAttachmentFromNamespace`, `makeWaypointSelector`: All, Selector, and everything else is Same',
  binding: '`makeInboundBinding`, `findBoundListener`: by port, else by the protocol of a sandwich',
  type: '`gatewayToWaypointTransform`, `fetchWaypointForService`: label of the Gateway, of its class, `service`',
  workload: '`fetchWaypointForWorkload`: an inherited type that does not fit is no error',
  instance:
    'pilot/pkg/serviceregistry/ambient/workloads.go, `fetchWaypointForInstance`: a waypoint has none itself',
  managed: '`fetchWaypointForService`: Services of waypoints and east-west gateways',
  entry:
    '`fetchWaypointForService`: visibility of ServiceEntries (pilot/pkg/model/serviceentry_visibility.go)',
  canary: '`ResolveUseWaypointCanary`, `getUseWaypointCanary`: from the level that names the primary',
  weight: '`getCanaryWeight`: 0 to 100, and 0 without the annotation',
  weighed:
    '`buildWeightedWaypoints`, `resolveCanaryWaypoint`: a canary that is wrong leaves the primary alone',
} as const;
type Proof = keyof typeof sources;

function proven<T extends object>(
  proof: Proof,
  rows: readonly T[],
): readonly (T & { readonly proof: Proof })[] {
  return rows.map((row) => ({ ...row, proof }));
}

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

const rows: readonly (Row & { readonly proof: Proof })[] = [
  ...proven<Row>('label', [
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
    {
      it: 'an empty value names nobody',
      own: use('""'),
      ns: use('w'),
      also: w,
      is: 'error missing own shop/',
    },
    {
      it: 'an own label beside a namespace that opts out of another',
      own: use('none'),
      ns: use('none'),
      also: w,
      is: 'none own',
    },
    { it: 'an empty label of the namespace', ns: use('""'), also: w, is: 'error missing namespace shop/' },
  ]),
  ...proven<Row>('space', [
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
  ]),
  ...proven<Row>('label', [
    {
      it: 'the second label alone says nothing',
      own: '{ istio.io/use-waypoint-namespace: infra }',
      ns: use('w'),
      also: w,
      is: 'bound shop/w namespace',
    },
    { it: 'old spelling with a slash', own: use('infra/w'), also: w, is: 'error missing own shop/infra/w' },
  ]),
  ...proven<Row>('space', [
    {
      it: 'a waypoint of the same name nearby is not taken instead',
      own: useIn('w', 'infra'),
      also: w + waypoint('infra/v'),
      is: 'error missing own infra/w',
    },
    { it: 'its own namespace, said', own: useIn('w', 'shop'), also: w, is: 'bound shop/w own' },
  ]),
  ...proven<Row>('there', [
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
  ]),
  ...proven<Row>('label', [
    { it: 'the Namespace is not loaded', ns: '-', also: w, is: 'unknown' },
    { it: 'the Namespace is not needed', ns: '-', own: use('w'), also: w, is: 'bound shop/w own' },
    { it: 'a Namespace not loaded in a closed world', ns: '-', also: w, world: 'closed', is: 'none' },
  ]),
  ...proven<Row>('address', [
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
      also: waypoint('shop/w', {
        className: 'istio',
        listeners: '[{ name: http, port: 80, protocol: HTTP }]',
      }),
      is: 'bound shop/w own',
    },
  ]),
  ...proven<Row>('there', [
    {
      it: 'not missing where only an ingress gateway is loaded',
      own: use('gone'),
      also: waypoint('shop/public', {
        className: 'istio',
        listeners: '[{ name: http, port: 80, protocol: HTTP }]',
      }),
      is: 'unknown labelled shop/gone',
    },
    {
      it: 'missing beside a waypoint of another make',
      own: use('gone'),
      also: waypoint('shop/other', {
        className: 'example',
        listeners: '[{ name: http, port: 80, protocol: HTTP }]',
      }),
      is: 'error missing own shop/gone',
    },
  ]),
  ...proven<Row>('admits', [
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
  ]),
  ...proven<Row>('listener', [
    {
      it: 'Selector without one selects nothing',
      own: use('w'),
      also: waypoint('shop/w', { listeners: `[${hbone(from('{ from: Selector }'))}]` }),
      is: 'error attachment-denied own shop/w',
    },
  ]),
  ...proven<Row>('admits', [
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
  ]),
  ...proven<Row>('listener', [
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
  ]),
  ...proven<Row>('binding', [
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
  ]),
  ...proven<Row>('listener', [
    {
      it: 'the own namespace, without any listener for HBONE',
      own: use('w'),
      also: waypoint('shop/w', { listeners: '[{ name: http, port: 80, protocol: HTTP }]' }),
      is: 'bound shop/w own',
    },
    {
      it: 'the first of two for HBONE counts',
      own: useIn('w', 'infra'),
      also: waypoint('infra/w', { listeners: `[${hbone()}, ${hbone(from('{ from: All }'))}]` }),
      is: 'error attachment-denied own infra/w',
    },
    {
      it: 'on the port, with another protocol',
      own: useIn('w', 'infra'),
      also: waypoint('infra/w', {
        listeners: `[{ name: mesh, port: 15008, protocol: TCP${from('{ from: All }')} }]`,
      }),
      is: 'error attachment-denied own infra/w',
    },
    {
      it: 'a binding whose port no listener has falls back to HBONE',
      own: useIn('w', 'infra'),
      also: waypoint('infra/w', {
        annotations: '{ ambient.istio.io/waypoint-inbound-binding: PROXY/15088 }',
        listeners: `[${hbone(from('{ from: All }'))}]`,
      }),
      is: 'bound infra/w own',
    },
    {
      it: 'a binding of protocol NONE, by port',
      own: useIn('w', 'infra'),
      also: waypoint('infra/w', {
        annotations: '{ ambient.istio.io/waypoint-inbound-binding: NONE/8080 }',
        listeners: `[{ name: p, port: 8080, protocol: HTTP${from('{ from: All }')} }, ${hbone()}]`,
      }),
      is: 'bound infra/w own',
    },
    {
      it: 'the binding of the Gateway before that of its class',
      own: useIn('w', 'infra'),
      also:
        waypoint('infra/w', {
          className: 'own',
          annotations: '{ ambient.istio.io/waypoint-inbound-binding: PROXY/1 }',
          listeners: `[{ name: a, port: 1, protocol: TCP }, { name: b, port: 2, protocol: TCP${from('{ from: All }')} }]`,
        }) + gatewayClass('annotations: { ambient.istio.io/waypoint-inbound-binding: PROXY/2 }'),
      is: 'error attachment-denied own infra/w',
    },
    {
      it: 'a Service by its own label, the labels of its namespace decide',
      own: useIn('w', 'infra'),
      ns: '{ team: a, istio.io/use-waypoint: none }',
      also: waypoint('infra/w', {
        listeners: `[${hbone(selecting('{ matchExpressions: [{ key: team, operator: NotIn, values: [b] }] }'))}]`,
      }),
      is: 'bound infra/w own',
    },
  ]),
  ...proven<Row>('type', [
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
        waypoint('shop/w', { className: 'own' }) +
        gatewayClass('labels: { istio.io/waypoint-for: workload }'),
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
    {
      it: 'the type of the class where the Gateway says nothing',
      own: use('w'),
      also: waypoint('shop/w', { className: 'own' }) + gatewayClass('labels: { istio.io/waypoint-for: all }'),
      is: 'bound shop/w own',
    },
    {
      it: 'who may attach is asked first',
      own: useIn('w', 'infra'),
      also: waypoint('infra/w', { labels: '{ istio.io/waypoint-for: workload }' }),
      is: 'error attachment-denied own infra/w',
    },
  ]),
  ...proven<Row>('workload', [
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
  ]),
  ...proven<Row>('instance', [
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
  ]),
  ...proven<Row>('workload', [
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
    {
      it: 'a workload for nothing, by its own label',
      of: 'Deployment',
      own: use('w'),
      also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: none }' }),
      is: 'error type-mismatch own shop/w',
    },
    {
      it: 'a workload that inherits a missing one',
      of: 'Deployment',
      ns: use('gone'),
      also: w,
      is: 'error missing namespace shop/gone',
    },
    {
      it: 'a workload by a waypoint elsewhere that does not admit it',
      of: 'Deployment',
      own: useIn('w', 'infra'),
      also: waypoint('infra/w', { labels: '{ istio.io/waypoint-for: workload }' }),
      is: 'error attachment-denied own infra/w',
    },
    {
      it: 'a machine by a waypoint for Services',
      of: 'WorkloadEntry',
      own: use('w'),
      also: w,
      is: 'error type-mismatch own shop/w',
    },
    {
      it: 'a machine that inherits one for Services',
      of: 'WorkloadEntry',
      ns: use('w'),
      also: w,
      is: 'none namespace',
    },
  ]),
  ...proven<Row>('managed', [
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
  ]),
  ...proven<Row>('entry', [
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
    {
      it: 'a ServiceEntry for workloads only',
      of: 'ServiceEntry',
      own: use('w'),
      also: waypoint('shop/w', { labels: '{ istio.io/waypoint-for: workload }' }),
      is: 'error type-mismatch own shop/w',
    },
    {
      it: 'hidden by what its namespace inherits',
      of: 'ServiceEntry',
      ns: useIn('w', 'infra'),
      also:
        waypoint('infra/w', { listeners: `[${hbone(from('{ from: All }'))}]` }) +
        meshConfig('{ defaultVisibility: NAMESPACE }'),
      is: 'error cross-namespace-forbidden namespace infra/w',
    },
  ]),
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
  test.each(rows)('$it → $is ($proof)', async (row) => {
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

const canary = (name: string, more = ''): string =>
  `labels: { istio.io/use-waypoint: w, istio.io/use-waypoint-canary: ${name}${more} }`;
const weight = (text: string): string => `, annotations: { istio.io/use-waypoint-canary-weight: "${text}" }`;
interface CanaryRow {
  readonly it: string;
  readonly service: string;
  readonly ns?: string;
  readonly also?: string;
  readonly is: string | undefined;
}
const canaries: readonly (CanaryRow & { readonly proof: Proof })[] = [
  ...proven<CanaryRow>('canary', [{ it: 'none named', service: `labels: ${use('w')}`, is: undefined }]),
  ...proven<CanaryRow>('weight', [
    { it: 'without a weight', service: canary('v'), is: 'v 0' },
    { it: 'with a weight', service: canary('v') + weight('20'), is: 'v 20' },
    { it: 'all of it', service: canary('v') + weight('100'), is: 'v 100' },
    { it: 'too much of it', service: canary('v') + weight('101'), is: 'invalid-weight' },
    { it: 'no number', service: canary('v') + weight('20%'), is: 'invalid-weight' },
  ]),
  ...proven<CanaryRow>('canary', [{ it: 'opted out', service: canary('none'), is: undefined }]),
  ...proven<CanaryRow>('weighed', [
    { it: 'the primary itself', service: canary('w'), is: 'same-as-primary' },
    { it: 'missing', service: canary('gone'), is: 'missing' },
    {
      it: 'not admitted',
      service: canary('v', ', istio.io/use-waypoint-canary-namespace: infra'),
      is: 'attachment-denied',
    },
  ]),
  ...proven<CanaryRow>('canary', [
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
  ]),
  ...proven<CanaryRow>('weight', [
    { it: 'less than nothing', service: canary('v') + weight('-1'), is: 'invalid-weight' },
  ]),
  ...proven<CanaryRow>('weighed', [
    {
      it: 'for workloads only',
      service: canary('x'),
      also: waypoint('shop/x', { labels: '{ istio.io/waypoint-for: workload }' }),
      is: 'type-mismatch',
    },
  ]),
];

describe('the canary of a Service', () => {
  test.each(canaries)(
    '$it → $is ($proof)',
    async ({ service: metadata, ns = 'labels: {}', also = '', is }) => {
      const graph = await graphOf(
        `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, ${ns} }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop, ${metadata} }\n${w}${waypoint('shop/v')}${waypoint('infra/v')}${also}`,
      );
      const [web] = graph.list('Service');
      const found = web && waypoints(graph).canaryOf(web);
      const shown = found?.state === 'bound' ? `${found.gateway.name} ${found.weight}` : found;
      expect(typeof shown === 'object' ? ('fault' in shown ? shown.fault : shown.why) : shown).toBe(is);
    },
  );
});

test('every row is proven, and no proof is idle', () => {
  const used = new Set([...rows, ...canaries].map(({ proof }) => proof));
  expect([...used].sort()).toEqual(Object.keys(sources).sort());
  expect(new Set(rows.map(({ it }) => it)).size).toBe(rows.length);
});
