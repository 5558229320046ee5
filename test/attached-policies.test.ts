import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.gen.ts';
import { openTexts } from '../src/session/session.ts';

// A policy that is attached to a Service lacks nothing but a waypoint: when that is there, IST1027 goes, and the policy is
// told nothing new. Whatever the policy says, whoever the target is, and wherever the waypoint stands.

const UNBOUND = 'IST1027';

const api = { apiVersion: 'security.istio.io/v1' };
const specs: readonly [kind: string, manifest: object, spec: object][] = [
  ['AuthorizationPolicy', api, { action: 'DENY', rules: [{ to: [{ operation: { paths: ['/admin*'] } }] }] }],
  ['AuthorizationPolicy', api, { rules: [{ from: [{ source: { namespaces: ['front'] } }] }] }],
  ['AuthorizationPolicy', api, { rules: [{ to: [{ operation: { methods: ['GET'] } }] }] }],
  ['AuthorizationPolicy', api, {}],
  ['RequestAuthentication', api, { jwtRules: [{ issuer: 'https://id.example.com', jwks: '{"keys":[]}' }] }],
  ['WasmPlugin', { apiVersion: 'extensions.istio.io/v1alpha1' }, { url: 'oci://registry.example.com/a:1' }],
  [
    'Telemetry',
    { apiVersion: 'telemetry.istio.io/v1' },
    { accessLogging: [{ providers: [{ name: 'envoy' }] }] },
  ],
];
const targets: Readonly<Record<string, object>> = {
  Service: { group: '', kind: 'Service', name: 'orders' },
  ServiceEntry: { group: 'networking.istio.io', kind: 'ServiceEntry', name: 'payments' },
};

/** Where the waypoint stands, and who names it. */
const placements: Readonly<
  Record<string, { readonly own: object; readonly space: object; readonly at: string }>
> = {
  'of the namespace': { own: {}, space: { 'istio.io/use-waypoint': 'waypoint' }, at: 'shop' },
  'of the target': { own: { 'istio.io/use-waypoint': 'waypoint' }, space: {}, at: 'shop' },
  'of the target, against the namespace': {
    own: { 'istio.io/use-waypoint': 'waypoint' },
    space: { 'istio.io/use-waypoint': 'none' },
    at: 'shop',
  },
  'in another namespace': {
    own: { 'istio.io/use-waypoint': 'waypoint', 'istio.io/use-waypoint-namespace': 'platform' },
    space: {},
    at: 'platform',
  },
};

function world(policy: object, own: object, space: object, at: string | undefined): string {
  const named = (name: string, labels: object = {}, namespace: string | undefined = 'shop'): object => ({
    metadata: { name, namespace, labels },
  });
  const manifests = [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { 'istio.io/dataplane-mode': 'ambient', ...space } },
    },
    ...['platform', 'front'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      ...named('orders'),
      spec: {
        selector: { matchLabels: { app: 'orders' } },
        template: { metadata: { labels: { app: 'orders' } }, spec: { containers: [] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      ...named('orders', own),
      spec: { selector: { app: 'orders' }, ports: [{ name: 'http', port: 80 }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'ServiceEntry',
      ...named('payments', own),
      spec: {
        hosts: ['payments.example.com'],
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        resolution: 'DNS',
      },
    },
    policy,
  ];
  const waypoint = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'waypoint', namespace: at },
    spec: {
      gatewayClassName: 'istio-waypoint',
      listeners: [
        {
          name: 'mesh',
          port: 15008,
          protocol: 'HBONE',
          allowedRoutes: { namespaces: { from: 'All' } },
        },
      ],
    },
  };
  const all = at === undefined ? manifests : [...manifests, waypoint];
  return all.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
}

async function codesAt(kind: string, raw: string): Promise<readonly string[]> {
  const session = await openTexts([{ path: 'a.yaml', raw }], { world: 'closed' });
  const { report } = await session.analyze(rules, 'test');
  return report.diagnostics
    .filter(({ resource }) => resource?.kind === kind)
    .map(({ code }) => code)
    .sort();
}

describe.each(Object.entries(placements))('a waypoint %s', (_, { own, space, at }) => {
  const rows = Object.keys(targets).flatMap((target) =>
    specs.map(([kind, manifest, spec]) => ({ target, kind, manifest, spec })),
  );
  test.each(rows)('for a $kind that targets a $target: $spec', async ({ target, kind, manifest, spec }) => {
    const metadata = { name: 'policy', namespace: 'shop' };
    const policy = { ...manifest, kind, metadata, spec: { targetRefs: [targets[target]], ...spec } };
    const before = await codesAt(kind, world(policy, {}, {}, undefined));
    const after = await codesAt(kind, world(policy, own, space, at));
    expect(before).toContain(UNBOUND);
    expect(after).toEqual(before.filter((code) => code !== UNBOUND));
  });
});
