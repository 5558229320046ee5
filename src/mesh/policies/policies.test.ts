import { describe, expect, test } from 'vitest';
import type { WholeGraph } from '../../graph/graph.ts';
import { openTexts } from '../../session/session.ts';
import { ambientReach } from '../ambient/ambient-reach.ts';
import {
  type EnforcementPoint,
  listTargetable,
  policyReach,
  type TargetablePolicy,
  targetablePolicies,
} from './policies.ts';
import { selectorsAtWaypoints } from './selectors-at-waypoints.ts';

/**
 * Sidecar `car`, ambient `amb` behind Service `web` and waypoint `shop/w`, ambient `bare` with Service `bare` and no
 * waypoint, a gateway of either kind, and one ambient workload in another namespace.
 */
const mesh = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient } }
---
apiVersion: v1
kind: Namespace
metadata: { name: other, labels: { istio.io/dataplane-mode: ambient } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: car, namespace: shop }
spec: { template: { metadata: { labels: { app: car, tier: a, sidecar.istio.io/inject: "true" } } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: amb, namespace: shop }
spec: { template: { metadata: { labels: { app: amb, tier: a } } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: bare, namespace: shop }
spec: { template: { metadata: { labels: { app: bare } } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: out, namespace: shop }
spec: { template: { metadata: { labels: { app: out, istio.io/dataplane-mode: none } } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: shop }
spec: { template: { metadata: { labels: { istio: ingressgateway } } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: far, namespace: other }
spec: { template: { metadata: { labels: { app: amb } } } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { istio.io/use-waypoint: w } }
spec: { selector: { app: amb } }
---
apiVersion: v1
kind: Service
metadata: { name: bare, namespace: shop }
spec: { selector: { app: bare } }
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: web, namespace: shop, labels: { istio.io/use-waypoint: w } }
spec: { hosts: [example.com] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: w, namespace: shop }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: shop }
spec: { gatewayClassName: istio }
`;

function policy(kind: string, namespace: string, spec: string, name = 'p', annotations = '{}'): string {
  const groups: Readonly<Record<string, string>> = {
    WasmPlugin: 'extensions.istio.io/v1alpha1',
    TrafficExtension: 'extensions.istio.io/v1alpha1',
    Telemetry: 'telemetry.istio.io/v1',
  };
  return `---\napiVersion: ${groups[kind] ?? 'security.istio.io/v1'}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace}, annotations: ${annotations} }\nspec: ${spec}\n`;
}

async function graphOf(raw: string): Promise<WholeGraph> {
  return (await openTexts([{ path: 'a.yaml', raw }], { world: 'auto' })).graph;
}

function first(graph: WholeGraph): TargetablePolicy {
  const [found] = listTargetable(graph);
  if (found === undefined) throw new Error('no policy was read');
  return found;
}

function show(point: EnforcementPoint): string {
  if (point.type !== 'waypoint') return `${point.type} ${point.workload.resource.name}`;
  const { gateway, target } = point;
  return `waypoint ${gateway.name}${target === undefined ? '' : ` ${target.kind} ${target.name}`}`;
}

const gateway = (name: string, more = ''): string =>
  `{ group: gateway.networking.k8s.io, kind: Gateway, name: ${name}${more} }`;
const waypointClass = '{ group: gateway.networking.k8s.io, kind: GatewayClass, name: istio-waypoint }';
const service = (name: string, group = '""'): string => `{ group: ${group}, kind: Service, name: ${name} }`;
const to = (ref: string): string => `{ targetRefs: [${ref}] }`;

const everybody = ['proxy car', 'proxy ingress', 'proxy public', 'ztunnel amb', 'ztunnel bare'];
const AP = 'AuthorizationPolicy';
const RA = 'RequestAuthentication';

interface Row {
  readonly it: string;
  readonly kind?: string;
  readonly ns?: string;
  readonly spec: string;
  readonly annotations?: string;
  readonly points: readonly string[];
}
const rows: readonly Row[] = [
  // By namespace and labels.
  { it: 'a namespace', spec: '{}', points: everybody },
  { it: 'the mesh', ns: 'istio-system', spec: '{}', points: [...everybody, 'ztunnel far'] },
  { it: 'another namespace', ns: 'other', spec: '{}', points: ['ztunnel far'] },
  { it: 'a namespace without workloads', ns: 'empty', spec: '{}', points: [] },
  { it: 'labels', spec: '{ selector: { matchLabels: { app: amb } } }', points: ['ztunnel amb'] },
  {
    it: 'labels of several',
    spec: '{ selector: { matchLabels: { tier: a } } }',
    points: ['proxy car', 'ztunnel amb'],
  },
  {
    it: 'several labels',
    spec: '{ selector: { matchLabels: { tier: a, app: car } } }',
    points: ['proxy car'],
  },
  {
    it: 'labels in the mesh',
    ns: 'istio-system',
    spec: '{ selector: { matchLabels: { app: amb } } }',
    points: ['ztunnel amb', 'ztunnel far'],
  },
  { it: 'labels of nobody', spec: '{ selector: { matchLabels: { app: nobody } } }', points: [] },
  { it: 'who is outside', spec: '{ selector: { matchLabels: { app: out } } }', points: [] },
  {
    it: 'a bare selector, only Envoys',
    spec: '{ selector: {} }',
    points: ['proxy car', 'proxy ingress', 'proxy public'],
  },
  { it: 'empty labels, written out', spec: '{ selector: { matchLabels: {} } }', points: everybody },
  {
    it: 'pods of the waypoint',
    spec: '{ selector: { matchLabels: { gateway.networking.k8s.io/gateway-name: w } } }',
    points: [],
  },
  {
    it: 'pods of a gateway',
    spec: '{ selector: { matchLabels: { gateway.networking.k8s.io/gateway-name: public } } }',
    points: ['proxy public'],
  },
  // What ztunnel takes.
  {
    it: 'an action that ztunnel does not know',
    spec: '{ action: CUSTOM, selector: { matchLabels: { tier: a } } }',
    points: ['proxy car'],
  },
  {
    it: 'a dry run',
    spec: '{ selector: { matchLabels: { tier: a } } }',
    annotations: '{ istio.io/dry-run: "true" }',
    points: ['proxy car'],
  },
  { it: 'another kind', kind: RA, spec: '{ selector: { matchLabels: { tier: a } } }', points: ['proxy car'] },
  {
    it: 'another kind, bare selector',
    kind: 'WasmPlugin',
    spec: '{ selector: {} }',
    points: ['proxy car', 'proxy ingress', 'proxy public'],
  },
  // By targets.
  { it: 'a Service behind a waypoint', spec: to(service('web')), points: ['waypoint w Service web'] },
  { it: 'its group by another name', spec: to(service('web', 'core')), points: ['waypoint w Service web'] },
  { it: 'a wrong group', spec: to(service('web', 'networking.istio.io')), points: [] },
  { it: 'a Service without a waypoint', spec: to(service('bare')), points: [] },
  { it: 'a Service that is not there', spec: to(service('gone')), points: [] },
  { it: 'a Service of another namespace', ns: 'other', spec: to(service('web')), points: [] },
  {
    it: 'a reference into another namespace',
    ns: 'other',
    spec: to('{ group: "", kind: Service, name: web, namespace: shop }'),
    points: [],
  },
  {
    it: 'a reference into its own',
    spec: to('{ group: "", kind: Service, name: web, namespace: shop }'),
    points: ['waypoint w Service web'],
  },
  {
    it: 'a ServiceEntry',
    spec: to('{ group: networking.istio.io, kind: ServiceEntry, name: web }'),
    points: ['waypoint w ServiceEntry web'],
  },
  { it: 'a waypoint', spec: to(gateway('w')), points: ['waypoint w'] },
  { it: 'a gateway', spec: to(gateway('public')), points: ['proxy public'] },
  { it: 'a Gateway of another namespace', ns: 'other', spec: to(gateway('w')), points: [] },
  { it: 'a Gateway that is not there', spec: to(gateway('gone')), points: [] },
  { it: 'the class of waypoints', ns: 'istio-system', spec: to(waypointClass), points: ['waypoint w'] },
  { it: 'the class, from elsewhere', spec: to(waypointClass), points: [] },
  {
    it: 'another class',
    ns: 'istio-system',
    spec: to('{ group: gateway.networking.k8s.io, kind: GatewayClass, name: istio }'),
    points: [],
  },
  {
    it: 'several targets',
    spec: to(`${service('web')}, ${gateway('public')}`),
    points: ['waypoint w Service web', 'proxy public'],
  },
  {
    it: 'the old single target',
    kind: RA,
    spec: `{ targetRef: ${service('web')} }`,
    points: ['waypoint w Service web'],
  },
  {
    it: 'targets before the single target',
    spec: `{ targetRef: ${service('bare')}, targetRefs: [${service('web')}] }`,
    points: ['waypoint w Service web'],
  },
  {
    it: 'any action by target',
    spec: `{ action: CUSTOM, targetRefs: [${service('web')}] }`,
    points: ['waypoint w Service web'],
  },
];

describe('where a policy comes into force', () => {
  test.each(rows)('$it', async ({ kind = AP, ns = 'shop', spec, annotations = '{}', points }) => {
    const graph = await graphOf(mesh + policy(kind, ns, spec, 'p', annotations));
    const found = policyReach(graph).pointsOf(first(graph));
    expect(found.map(show).sort()).toEqual([...points].sort());
    // And the other way round: at each of these points the policy is found.
    for (const point of found) {
      const there = targetablePolicies(graph)[first(graph).kind].at(point);
      expect(there).toContain(first(graph));
    }
  });

  test('nowhere else', async () => {
    for (const { kind = AP, ns = 'shop', spec, annotations = '{}', points } of rows) {
      const graph = await graphOf(mesh + policy(kind, ns, spec, 'p', annotations));
      const all = await graphOf(mesh + policy(AP, 'istio-system', '{}'));
      const everywhere = policyReach(all).pointsOf(first(all)).map(show);
      const index = targetablePolicies(graph)[first(graph).kind];
      for (const point of policyReach(all).pointsOf(first(all))) {
        const isThere = index.at(point).length > 0;
        expect(`${show(point)} ${isThere}`).toBe(`${show(point)} ${points.includes(show(point))}`);
      }
      expect(everywhere).toContain('ztunnel far');
    }
  });
});

describe('ambient workloads that a policy selects', () => {
  const reached: readonly { it: string; ns?: string; spec: string; exposed: string[]; behind: string[] }[] = [
    { it: 'all of the namespace', spec: '{}', exposed: ['bare'], behind: ['amb'] },
    { it: 'by label', spec: '{ selector: { matchLabels: { app: amb } } }', exposed: [], behind: ['amb'] },
    { it: 'all of the mesh', ns: 'istio-system', spec: '{}', exposed: ['bare', 'far'], behind: ['amb'] },
    { it: 'a bare selector', spec: '{ selector: {} }', exposed: [], behind: [] },
    { it: 'only a sidecar', spec: '{ selector: { matchLabels: { app: car } } }', exposed: [], behind: [] },
  ];
  test.each(reached)('$it', async ({ ns = 'shop', spec, exposed, behind }) => {
    const graph = await graphOf(mesh + policy(AP, ns, spec));
    const reach = ambientReach(graph).of(first(graph));
    const names = (list: typeof reach.exposed): string[] =>
      list.map(({ workload }) => workload.resource.name).sort();
    expect([names(reach.exposed), names(reach.behind)]).toEqual([exposed, behind]);
  });

  test('copies elsewhere do not count, variants never', async () => {
    const namespace = (labels: string): string =>
      `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { istio.io/dataplane-mode: ambient${labels} } }\n`;
    const deployment =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec: { template: { metadata: { labels: { app: web } } } }\n';
    const texts = {
      'dev/ns.yaml': namespace(''),
      'dev/web.yaml': deployment,
      'prod/ns.yaml': namespace(', istio.io/use-waypoint: w'),
      'prod/web.yaml': deployment,
      'prod/policy.yaml': policy(AP, 'shop', '{ rules: [{ to: [{ operation: { paths: [x] } }] }] }').slice(4),
    };
    const files = Object.entries(texts).map(([path, raw]) => ({ path, raw }));
    const { graph } = await openTexts(files, { world: 'auto' });
    const { exposed, behind } = ambientReach(graph).of(first(graph));
    expect(exposed).toEqual([]);
    expect(behind.map(({ workload }) => workload.origin.source.path)).toEqual(['prod/web.yaml']);
  });

  test('of equally near copies one that is well is enough', async () => {
    const deployment = (labels: string): string =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec: { template: { metadata: { labels: { app: web${labels} } } } }\n`;
    const texts = {
      'base/ns.yaml':
        'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { istio.io/dataplane-mode: ambient } }\n',
      'base/policy.yaml': policy(AP, 'shop', '{ rules: [{ to: [{ operation: { paths: [x] } }] }] }').slice(4),
      'dev/web.yaml': deployment(''),
      'prod/web.yaml': deployment(', sidecar.istio.io/inject: "true"'),
    };
    const files = Object.entries(texts).map(([path, raw]) => ({ path, raw }));
    const { graph } = await openTexts(files, { world: 'auto' });
    expect(ambientReach(graph).of(first(graph)).exposed).toEqual([]);
  });
});

describe('selectors at waypoints', () => {
  const l7 = 'rules: [{ to: [{ operation: { paths: [x] } }] }]';
  const amb = 'selector: { matchLabels: { app: amb } }';
  const judged: readonly {
    it: string;
    kind?: string;
    ns?: string;
    spec: string;
    also?: string;
    is: string | undefined;
  }[] = [
    { it: 'a DENY policy', spec: `{ ${amb}, action: DENY, ${l7} }`, is: 'denies-nothing Service web' },
    { it: 'an ALLOW policy', spec: `{ ${amb}, ${l7} }`, is: 'admits-nothing Service web' },
    {
      it: 'an ALLOW policy beside another',
      spec: `{ ${amb}, ${l7} }`,
      also: policy(AP, 'shop', '{ rules: [{}] }', 'q'),
      is: 'admits-less Service web',
    },
    {
      it: 'beside a DENY policy',
      spec: `{ ${amb}, ${l7} }`,
      also: policy(AP, 'shop', '{ action: DENY, rules: [{}] }', 'q'),
      is: 'admits-nothing Service web',
    },
    {
      it: 'beside one for others',
      spec: `{ ${amb}, ${l7} }`,
      also: policy(AP, 'other', '{ rules: [{}] }', 'q'),
      is: 'admits-nothing Service web',
    },
    {
      it: 'no HTTP',
      spec: `{ ${amb}, rules: [{ from: [{ source: { principals: [x] } }] }] }`,
      is: undefined,
    },
    { it: 'without a waypoint it is another problem', spec: `{ action: DENY, ${l7} }`, is: undefined },
    {
      it: 'a policy of the mesh',
      ns: 'istio-system',
      spec: `{ ${amb}, action: DENY, ${l7} }`,
      is: undefined,
    },
    { it: 'tokens', kind: RA, spec: `{ ${amb}, jwtRules: [{ issuer: x }] }`, is: 'ignored Service web' },
    {
      it: 'tokens for the mesh',
      kind: RA,
      ns: 'istio-system',
      spec: '{ jwtRules: [{ issuer: x }] }',
      is: 'ignored GatewayClass istio-waypoint',
    },
    { it: 'no rule for tokens', kind: RA, spec: `{ ${amb} }`, is: undefined },
    {
      it: 'tokens, checked by a twin',
      kind: RA,
      spec: `{ ${amb}, jwtRules: [{ issuer: x }] }`,
      also: policy(RA, 'shop', `{ targetRefs: [${gateway('w')}], jwtRules: [{ issuer: x }] }`, 'q'),
      is: undefined,
    },
    {
      it: 'a twin for another Service',
      kind: RA,
      spec: `{ ${amb}, jwtRules: [{ issuer: x }] }`,
      also: policy(RA, 'shop', `{ targetRefs: [${service('bare')}], jwtRules: [{ issuer: x }] }`, 'q'),
      is: 'ignored Service web',
    },
    {
      it: 'a DENY policy with its twin',
      spec: `{ ${amb}, action: DENY, ${l7} }`,
      also: policy(AP, 'shop', `{ action: DENY, targetRefs: [${service('web')}], ${l7} }`, 'q'),
      is: undefined,
    },
    {
      it: 'a DENY policy with another there',
      spec: `{ ${amb}, action: DENY, ${l7} }`,
      also: policy(AP, 'shop', `{ action: DENY, targetRefs: [${service('web')}], rules: [{}] }`, 'q'),
      is: 'denies-nothing Service web',
    },
    {
      it: 'an ALLOW policy does harm in spite of its twin',
      spec: `{ ${amb}, ${l7} }`,
      also: policy(AP, 'shop', `{ targetRefs: [${service('web')}], ${l7} }`, 'q'),
      is: 'admits-nothing Service web',
    },
    { it: 'an extension', kind: 'TrafficExtension', spec: `{ ${amb} }`, is: 'ignored Service web' },
    {
      it: 'logs by label',
      kind: 'Telemetry',
      spec: `{ ${amb}, accessLogging: [{}] }`,
      is: 'ignored Service web',
    },
    { it: 'logs by namespace', kind: 'Telemetry', spec: '{ accessLogging: [{}] }', is: undefined },
    {
      it: 'metrics as they are',
      kind: 'Telemetry',
      spec: `{ ${amb}, metrics: [{ providers: [{ name: x }] }] }`,
      is: undefined,
    },
    {
      it: 'metrics changed',
      kind: 'Telemetry',
      spec: `{ ${amb}, metrics: [{ overrides: [{ disabled: true }] }] }`,
      is: 'ignored Service web',
    },
    {
      it: 'pods of the waypoint',
      spec: '{ selector: { matchLabels: { gateway.networking.k8s.io/gateway-name: w } } }',
      is: 'waypoint-pods Gateway w',
    },
    {
      it: 'pods of a gateway',
      spec: `{ selector: { matchLabels: { gateway.networking.k8s.io/gateway-name: public } }, ${l7} }`,
      is: undefined,
    },
  ];
  test.each(judged)('$it → $is', async ({ kind = AP, ns = 'shop', spec, also = '', is }) => {
    const graph = await graphOf(mesh + policy(kind, ns, spec) + also);
    const found = selectorsAtWaypoints(graph).find(({ policy: { name } }) => name === 'p');
    expect(found && `${found.verdict} ${found.target}`).toBe(is);
  });
});
