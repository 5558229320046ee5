import { describe, expect, test } from 'vitest';
import { compareText } from '../../model/collections.ts';
import { openTexts } from '../../session/session.ts';
import { lostCompatibilities, lostSettings, upgradeConcerns } from './concerns.ts';
import { releaseChanges } from './upgrade.ts';

/** A manifest in short: `Kind namespace/name`, and the rest as flow mappings. */
function manifest(apiVersion: string, kind: string, name: string, rest: string, more = ''): string {
  const [namespace, own = ''] = name.includes('/') ? name.split('/') : [undefined, name];
  const place = namespace === undefined ? '' : `, namespace: ${namespace}`;
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${own}${place}${more} }\n${rest}\n---\n`;
}
const istio = (kind: string, name: string, spec: string, more = ''): string =>
  manifest('networking.istio.io/v1', kind, name, `spec: ${spec}`, more);
const rule = (name: string, spec: string): string => istio('DestinationRule', name, spec);
const routes = (name: string, spec: string, more = ''): string => istio('VirtualService', name, spec, more);
const entry = (name: string, spec: string, more = ''): string => istio('ServiceEntry', name, spec, more);
const service = (name: string, spec = '{ ports: [{ name: http, port: 80 }] }'): string =>
  manifest('v1', 'Service', name, `spec: ${spec}`);
const telemetry = (name: string, spec: string): string =>
  manifest('telemetry.istio.io/v1', 'Telemetry', name, `spec: ${spec}`);
const namespace = (name: string, labels = '{}'): string =>
  manifest('v1', 'Namespace', name, '', `, labels: ${labels}`);
const operator = (spec: string): string =>
  manifest('install.istio.io/v1alpha1', 'IstioOperator', 'istio-system/installed', `spec: ${spec}`);
const mesh = (config: string): string => operator(`{ meshConfig: ${config} }`);
const pods = (name: string, annotations: string): string =>
  manifest(
    'apps/v1',
    'Deployment',
    name,
    `spec: { template: { metadata: { labels: { app: web }, annotations: ${annotations} }, spec: { containers: [{ name: web }] } } }`,
  );
const gateway = (name: string, spec: string, more = ''): string =>
  manifest('gateway.networking.k8s.io/v1', 'Gateway', name, `spec: ${spec}`, more);
const httpRoute = (spec: string): string =>
  manifest('gateway.networking.k8s.io/v1', 'HTTPRoute', 'shop/web', `spec: { rules: [${spec}] }`);

const external = service('shop/bank', '{ type: ExternalName, externalName: bank.example.com }');
const toBank = routes('shop/web', '{ hosts: [web], http: [{ route: [{ destination: { host: bank } }] }] }');
const tls = (settings: string): string =>
  `{ host: bank.example.com, trafficPolicy: { tls: { ${settings} } } }`;
const ambient = namespace('shop', '{ istio.io/dataplane-mode: ambient }');
const dns = mesh('{ defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" } } }');
const twoBanks =
  entry('a/bank', '{ hosts: [bank.example.com] }') + entry('b/bank', '{ hosts: [bank.example.com] }');
const scoped = istio('Sidecar', 'shop/all', '{ egress: [{ hosts: ["./*"] }] }');
const toSharedBank = routes(
  'shop/web',
  '{ hosts: [web], http: [{ route: [{ destination: { host: bank.example.com } }] }] }',
);
const provider = (type: string): string =>
  mesh(`{ extensionProviders: [{ name: traces, ${type}: { service: collector, port: 80 } }] }`);
const remaining = (name: string): string =>
  mesh(`{ defaultConfig: { proxyStatsMatcher: { inclusionRegexps: ["${name}"] } } }`);

type Case = readonly [what: string, yaml: string, concerned: readonly string[]];

/** For each change: what it concerns, and what looks alike and is not concerned. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  'automatic-sni': [
    [
      'an authority without sni',
      rule('a/x', tls('mode: SIMPLE, caCertificates: /ca.pem')),
      ['DestinationRule x'],
    ],
    ['with sni', rule('a/x', tls('mode: SIMPLE, caCertificates: /ca.pem, sni: bank')), []],
    ['without authority, which is worse', rule('a/x', tls('mode: SIMPLE')), []],
    ['mTLS of the mesh', rule('a/x', tls('mode: ISTIO_MUTUAL')), []],
  ],
  'external-name-route': [
    ['a name that nobody knows', external + toBank, ['VirtualService web']],
    ['a name of the mesh', external + toBank + entry('shop/e', '{ hosts: [bank.example.com] }'), []],
    ['another type of Service', service('shop/bank') + toBank, []],
  ],
  'external-name-rule': [
    [
      'a rule for the alias',
      external + rule('shop/x', tls('mode: DISABLE').replace('bank.example.com', 'bank')),
      ['DestinationRule x'],
    ],
    ['a rule for the target', external + rule('shop/x', tls('mode: DISABLE')), []],
    ['a rule that says nothing', external + rule('shop/x', '{ host: bank }'), []],
  ],
  'server-verification': [
    ['no authority', rule('a/x', tls('mode: SIMPLE')), ['DestinationRule x']],
    [
      'in a subset and for a port',
      rule(
        'a/x',
        '{ host: b.example.com, subsets: [{ name: v1, trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: MUTUAL } }] } }] }',
      ),
      ['DestinationRule x'],
    ],
    ['an authority', rule('a/x', tls('mode: SIMPLE, caCertificates: /ca.pem')), []],
    ['a credential', rule('a/x', tls('mode: SIMPLE, credentialName: bank')), []],
    ['no wish to know', rule('a/x', tls('mode: SIMPLE, insecureSkipVerify: true')), []],
    ['no TLS', rule('a/x', tls('mode: DISABLE')), []],
  ],
  'wildcard-order': [
    [
      'a wider host elsewhere',
      service('shop/web') +
        routes('shop/wide', '{ hosts: ["*.shop.svc.cluster.local"] }') +
        routes('shop/narrow', '{ hosts: [web.shop.svc.cluster.local] }'),
      ['VirtualService narrow'],
    ],
    [
      'that is known to be younger',
      service('shop/web') +
        routes(
          'shop/wide',
          '{ hosts: ["*.shop.svc.cluster.local"] }',
          ', creationTimestamp: "2024-02-01T00:00:00Z"',
        ) +
        routes(
          'shop/narrow',
          '{ hosts: [web.shop.svc.cluster.local] }',
          ', creationTimestamp: "2024-01-01T00:00:00Z"',
        ),
      [],
    ],
    [
      'for a gateway',
      service('shop/web') +
        routes('shop/wide', '{ hosts: ["*.shop.svc.cluster.local"], gateways: [public] }') +
        routes('shop/narrow', '{ hosts: [web.shop.svc.cluster.local] }'),
      [],
    ],
    [
      'that only the other namespace sees',
      service('shop/web') +
        routes('a/wide', '{ hosts: ["*.shop.svc.cluster.local"], exportTo: ["."] }') +
        routes('shop/narrow', '{ hosts: [web.shop.svc.cluster.local], exportTo: ["."] }'),
      [],
    ],
    [
      'of nothing that is there',
      routes('shop/wide', '{ hosts: ["*.example.com"] }') +
        routes('shop/narrow', '{ hosts: [a.example.com] }'),
      [],
    ],
  ],
  'default-tracing': [
    ['the default place', service('istio-system/zipkin'), ['Service zipkin']],
    ['another namespace', service('shop/zipkin'), []],
    [
      'another place is configured',
      service('istio-system/zipkin') +
        mesh('{ defaultConfig: { tracing: { zipkin: { address: "jaeger:9411" } } } }'),
      [],
    ],
    ['tracing is off', service('istio-system/zipkin') + mesh('{ enableTracing: false }'), []],
    [
      'a Telemetry decides',
      service('istio-system/zipkin') +
        telemetry('istio-system/x', '{ tracing: [{ providers: [{ name: otel }] }] }'),
      [],
    ],
  ],
  'discovery-scope': [
    [
      'a namespace that is not selected, once',
      mesh('{ discoverySelectors: [{ matchLabels: { mesh: "on" } }] }') +
        namespace('shop') +
        rule('shop/x', '{ host: a }') +
        routes('shop/second', '{ hosts: [a] }'),
      ['DestinationRule x'],
    ],
    [
      'one that is selected',
      mesh('{ discoverySelectors: [{ matchLabels: { mesh: "on" } }] }') +
        namespace('shop', '{ mesh: "on" }') +
        rule('shop/x', '{ host: a }'),
      [],
    ],
    [
      'one that is selected by its name',
      mesh('{ discoverySelectors: [{ matchLabels: { kubernetes.io/metadata.name: shop } }] }') +
        namespace('shop') +
        rule('shop/x', '{ host: a }'),
      [],
    ],
    ['no selectors', namespace('shop') + rule('shop/x', '{ host: a }'), []],
  ],
  'passthrough-target-port': [
    [
      'another port',
      entry('a/e', '{ hosts: [x.com], ports: [{ number: 80, targetPort: 8080 }] }'),
      ['ServiceEntry e'],
    ],
    ['the same port', entry('a/e', '{ hosts: [x.com], ports: [{ number: 80, targetPort: 80 }] }'), []],
    [
      'with resolution',
      entry('a/e', '{ hosts: [x.com], resolution: DNS, ports: [{ number: 80, targetPort: 8080 }] }'),
      [],
    ],
  ],
  'redirection-opt-out': [
    ['disabled', pods('shop/web', '{ ambient.istio.io/redirection: disabled }'), ['Deployment web']],
    ['enabled', pods('shop/web', '{ ambient.istio.io/redirection: enabled }'), []],
  ],
  'waypoint-account': [
    [
      'a waypoint for an account',
      gateway(
        'shop/w',
        '{ gatewayClassName: istio-waypoint }',
        ', annotations: { istio.io/for-service-account: a }',
      ),
      ['KubernetesGateway w'],
    ],
    ['another waypoint', gateway('shop/w', '{ gatewayClassName: istio-waypoint }'), []],
    [
      'another gateway',
      gateway('shop/w', '{ gatewayClassName: istio }', ', annotations: { istio.io/for-service-account: a }'),
      [],
    ],
  ],
  'dns-exclusion': [
    [
      'DNS is captured',
      dns + pods('shop/web', '{ traffic.sidecar.istio.io/excludeOutboundPorts: "3306, 53" }'),
      ['Deployment web'],
    ],
    [
      'by the pods themselves',
      pods(
        'shop/web',
        `{ traffic.sidecar.istio.io/excludeOutboundPorts: "53", proxy.istio.io/config: '{"proxyMetadata":{"ISTIO_META_DNS_CAPTURE":"true"}}' }`,
      ),
      ['Deployment web'],
    ],
    ['DNS is not captured', pods('shop/web', '{ traffic.sidecar.istio.io/excludeOutboundPorts: "53" }'), []],
    ['other ports', dns + pods('shop/web', '{ traffic.sidecar.istio.io/excludeOutboundPorts: "5353" }'), []],
  ],
  'removed-opencensus': [
    ['is there', provider('opencensus'), ['MeshConfig istio']],
    ['another is there', provider('zipkin'), []],
  ],
  'removed-stackdriver': [
    ['is there', provider('stackdriver'), ['MeshConfig istio']],
    ['another is there', provider('opentelemetry'), []],
  ],
  'core-dump-annotation': [
    ['on', pods('shop/web', '{ sidecar.istio.io/enableCoreDump: "true" }'), ['Deployment web']],
    ['off', pods('shop/web', '{ sidecar.istio.io/enableCoreDump: "false" }'), []],
  ],
  'destination-rule-merge': [
    [
      'exported differently',
      rule('a/x', '{ host: b.a.svc.cluster.local, exportTo: ["."] }') + rule('a/second', '{ host: b }'),
      ['DestinationRule second', 'DestinationRule x'],
    ],
    ['exported alike', rule('a/x', '{ host: b, exportTo: ["*"] }') + rule('a/second', '{ host: b }'), []],
    ['of other hosts', rule('a/x', '{ host: c, exportTo: ["."] }') + rule('a/second', '{ host: b }'), []],
    [
      'of other namespaces',
      rule('a/x', '{ host: b.c, exportTo: ["."] }') + rule('b/second', '{ host: b.c }'),
      [],
    ],
    [
      'for other workloads',
      rule('a/x', '{ host: b, workloadSelector: { matchLabels: { app: web } } }') +
        rule('a/second', '{ host: b }'),
      [],
    ],
  ],
  'gateway-name-label': [
    [
      'the old label',
      manifest(
        'security.istio.io/v1',
        'AuthorizationPolicy',
        'shop/x',
        'spec: { selector: { matchLabels: { istio.io/gateway-name: public } } }',
      ) +
        service('shop/second', '{ selector: { istio.io/gateway-name: public } }') +
        istio('Gateway', 'shop/z', '{ selector: { istio.io/gateway-name: public } }'),
      ['AuthorizationPolicy x', 'Gateway z', 'Service second'],
    ],
    [
      'the new label',
      service('shop/second', '{ selector: { gateway.networking.k8s.io/gateway-name: public } }'),
      [],
    ],
  ],
  'retry-conditions': [
    [
      'attempts alone',
      routes(
        'a/x',
        '{ hosts: [b], http: [{ retries: { attempts: 3 }, route: [{ destination: { host: b } }] }] }',
      ),
      ['VirtualService x'],
    ],
    ['for the mesh', mesh('{ defaultHttpRetryPolicy: { attempts: 3 } }'), ['MeshConfig istio']],
    [
      'with conditions',
      routes('a/x', '{ hosts: [b], http: [{ retries: { attempts: 3, retryOn: 5xx } }] }'),
      [],
    ],
    ['none wanted', routes('a/x', '{ hosts: [b], http: [{ retries: { attempts: 0 } }] }'), []],
    ['nothing said', routes('a/x', '{ hosts: [b], http: [{ timeout: 3s }] }'), []],
  ],
  'shared-host': [
    ['by two ServiceEntries', twoBanks, ['ServiceEntry bank', 'ServiceEntry bank']],
    [
      'by a Service and a ServiceEntry',
      service('shop/web') + entry('b/web', '{ hosts: [web.shop.svc.cluster.local] }'),
      ['ServiceEntry web'],
    ],
    [
      'in one namespace',
      twoBanks.replace('namespace: b', 'namespace: a').replace('name: bank', 'name: x'),
      [],
    ],
    ['by a wildcard', twoBanks.replace('[bank.example.com]', '["*.example.com"]'), []],
  ],
  'telemetry-attributes': [
    [
      'the old names',
      telemetry(
        'a/x',
        '{ accessLogging: [{ filter: { expression: "wasm.upstream_peer.app == \'web\'" } }] }',
      ) +
        telemetry(
          'a/second',
          '{ metrics: [{ overrides: [{ tagOverrides: { zone: { value: "node.metadata[\'Z\']" } } }] }] }',
        ),
      ['Telemetry second', 'Telemetry x'],
    ],
    [
      'the new names',
      telemetry(
        'a/x',
        '{ accessLogging: [{ filter: { expression: "xds.node.metadata[\'Z\'] == response.code" } }] }',
      ),
      [],
    ],
    [
      'both',
      telemetry(
        'a/x',
        "{ accessLogging: [{ filter: { expression: \"has(filter_state.upstream_peer) ? true : filter_state['wasm.upstream_peer'].app == 'a'\" } }] }",
      ),
      [],
    ],
  ],
  'allocated-address': [
    ['for sidecars', dns + entry('a/e', '{ hosts: [x.com], resolution: DNS }'), ['ServiceEntry e']],
    ['for ambient pods', ambient + entry('a/e', '{ hosts: [x.com], resolution: DNS }'), ['ServiceEntry e']],
    [
      'ambient pods ask elsewhere',
      ambient +
        operator('{ values: { cni: { ambient: { dnsCapture: false } } } }') +
        entry('a/e', '{ hosts: [x.com], resolution: DNS }'),
      [],
    ],
    ['nobody captures DNS', entry('a/e', '{ hosts: [x.com], resolution: DNS }'), []],
    [
      'it has addresses',
      dns + entry('a/e', '{ hosts: [x.com], resolution: DNS, addresses: [10.0.0.1] }'),
      [],
    ],
    ['it has no resolution', dns + entry('a/e', '{ hosts: [x.com] }'), []],
    [
      'it does not want one',
      dns +
        entry(
          'a/e',
          '{ hosts: [x.com], resolution: DNS }',
          ', labels: { networking.istio.io/enable-autoallocate-ip: "false" }',
        ),
      [],
    ],
    ['it has wildcards only', dns + entry('a/e', '{ hosts: ["*.x.com"], resolution: DNS }'), []],
  ],
  'removed-lightstep': [
    ['is there', provider('lightstep'), ['MeshConfig istio']],
    ['another is there', provider('zipkin'), []],
  ],
  'backend-tls-policy': [
    [
      'nobody asked for it',
      manifest('gateway.networking.k8s.io/v1', 'BackendTLSPolicy', 'shop/x', 'spec: {}'),
      ['BackendTLSPolicy x'],
    ],
    [
      'it was on',
      operator('{ values: { pilot: { env: { PILOT_ENABLE_ALPHA_GATEWAY_API: true } } } }') +
        manifest('gateway.networking.k8s.io/v1', 'BackendTLSPolicy', 'shop/x', 'spec: {}'),
      [],
    ],
  ],
  'gateway-spans': [
    [
      'for all',
      telemetry('istio-system/x', '{ tracing: [{ providers: [{ name: otel }] }] }'),
      ['Telemetry x'],
    ],
    [
      'for a Gateway',
      telemetry(
        'a/x',
        '{ targetRefs: [{ kind: Gateway, name: g }], tracing: [{ providers: [{ name: otel }] }] }',
      ),
      ['Telemetry x'],
    ],
    ['for one namespace', telemetry('a/x', '{ tracing: [{ providers: [{ name: otel }] }] }'), []],
    [
      'turned off',
      telemetry('istio-system/x', '{ tracing: [{ disableSpanReporting: true, providers: [{ name: a }] }] }'),
      [],
    ],
  ],
  'inference-pool': [
    [
      'of the old group',
      httpRoute('{ backendRefs: [{ group: inference.networking.x-k8s.io, kind: InferencePool, name: p }] }'),
      ['HTTPRoute web'],
    ],
    [
      'of the new group',
      httpRoute('{ backendRefs: [{ group: inference.networking.k8s.io, kind: InferencePool, name: p }] }'),
      [],
    ],
  ],
  'mirror-host': [
    [
      'in both ways',
      routes(
        'a/x',
        '{ hosts: [b], http: [{ mirror: { host: c }, mirrors: [{ destination: { host: d } }] }] }',
      ),
      ['VirtualService x', 'VirtualService x'],
    ],
    [
      'of a route',
      httpRoute('{ filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: c } } }] }'),
      ['HTTPRoute web'],
    ],
    [
      'nothing is mirrored',
      routes('a/x', '{ hosts: [b], http: [{ route: [{ destination: { host: c } }] }] }'),
      [],
    ],
  ],
  'breaker-metrics': [
    ['asked for', remaining('.*remaining_cx.*'), ['MeshConfig istio']],
    ['others are asked for', remaining('.*upstream_rq_retry.*'), []],
  ],
  'stats-compression-annotation': [
    ['is there', pods('shop/web', '{ sidecar.istio.io/statsCompression: gzip }'), ['Deployment web']],
    ['is not there', pods('shop/web', '{}'), []],
  ],
  'excluded-namespace': [
    [
      'labelled and excluded',
      ambient + operator('{ values: { cni: { excludeNamespaces: [shop] } } }'),
      ['Namespace shop'],
    ],
    ['labelled', ambient + operator('{ values: { cni: { excludeNamespaces: [other] } } }'), []],
    ['excluded', namespace('shop') + operator('{ values: { cni: { excludeNamespaces: [shop] } } }'), []],
  ],
  'service-namespace': [
    ['first by the alphabet', twoBanks + scoped + toSharedBank, ['VirtualService web']],
    ['without a Sidecar', twoBanks + toSharedBank, []],
    [
      'defined beside the Sidecar',
      twoBanks.replace('namespace: b', 'namespace: shop') + scoped + toSharedBank,
      [],
    ],
    [
      'a Service comes first anyway',
      service('a/bank') +
        entry('b/bank', '{ hosts: [bank.a.svc.cluster.local] }') +
        scoped +
        toSharedBank.replace('bank.example.com', 'bank.a.svc.cluster.local'),
      [],
    ],
  ],
  'gateway-merging': [
    [
      'of another namespace',
      gateway(
        'infra/public',
        '{ gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }',
      ) + istio('Gateway', 'shop/extra', '{ selector: { gateway.networking.k8s.io/gateway-name: public } }'),
      ['Gateway extra'],
    ],
    [
      'of the same namespace',
      gateway(
        'infra/public',
        '{ gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }',
      ) + istio('Gateway', 'infra/extra', '{ selector: { gateway.networking.k8s.io/gateway-name: public } }'),
      [],
    ],
  ],
};

test('every change has cases, of which one is concerned and one is not', () => {
  expect(Object.keys(cases).sort(compareText)).toEqual(releaseChanges.map(({ id }) => id).sort(compareText));
  for (const own of Object.values(cases)) {
    expect(own.some(([, , concerned]) => concerned.length > 0)).toBe(true);
    expect(own.some(([, , concerned]) => concerned.length === 0)).toBe(true);
  }
});

describe('whom a change concerns', () => {
  const all = Object.entries(cases).flatMap(([id, own]) => own.map((one) => [id, ...one] as const));
  test.each(all)('%s: %s', async (id, _, raw, expected) => {
    const release = releaseChanges.find((change) => change.id === id)?.release ?? '';
    const before = `1.${Number(release.slice(2)) - 1}`;
    const request = { world: 'closed', mesh: { istioVersion: before, upgradeTo: release } } as const;
    const { graph } = await openTexts([{ path: 'a.yaml', raw }], request);
    const found = upgradeConcerns(graph)
      .filter(({ change, lookup }) => change.id === id && lookup?.state !== 'found')
      .map(({ resource: { kind, name } }) => `${kind} ${name}`);
    expect(found.sort(compareText)).toEqual(expected);
  });
});

const env = (name: string, value: string): string =>
  operator(`{ values: { pilot: { env: { ${name}: ${value} } } } }`);

describe('switches that are gone', () => {
  test.each<[string, string, string, string, readonly string[]]>([
    ['changed', '1.26', '1.27', env('PILOT_STATUS_QPS', '300'), ['PILOT_STATUS_QPS=300']],
    ['as it is anyway', '1.26', '1.27', env('PILOT_STATUS_QPS', '"100"'), []],
    ['on, which it stays', '1.25', '1.26', env('ENABLE_AUTO_SNI', '1'), []],
    [
      'off, which it does not stay',
      '1.25',
      '1.26',
      env('ENABLE_AUTO_SNI', 'false'),
      ['ENABLE_AUTO_SNI=false'],
    ],
    ['gone before', '1.26', '1.27', env('ENABLE_AUTO_SNI', 'false'), []],
    ['still there', '1.24', '1.25', env('ENABLE_AUTO_SNI', 'false'), []],
    ['another', '1.20', '1.31', env('PILOT_ENABLE_AMBIENT', 'true'), []],
  ])('%s', async (_, istioVersion, upgradeTo, raw, expected) => {
    const { graph } = await openTexts([{ path: 'a.yaml', raw }], { mesh: { istioVersion, upgradeTo } });
    expect(lostSettings(graph).map(({ setting, value }) => `${setting.name}=${value}`)).toEqual(expected);
  });
});

test.each([
  ['1.25', '1.28', []],
  ['1.24', '1.28', ['1.24']],
  ['1.28', '1.28', ['1.28']],
])('compatibilityVersion %s at %s', async (version, upgradeTo, expected) => {
  const raw = operator(`{ compatibilityVersion: "${version}" }`);
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { mesh: { istioVersion: '1.27', upgradeTo } });
  expect(lostCompatibilities(graph).map((one) => one.version)).toEqual(expected);
});

test.each([
  ['bank.example.com', true],
  ['bank', false],
])('a server of which nobody made sure, %s, may have a public certificate: %s', async (host, expected) => {
  const raw = rule('shop/x', `{ host: ${host}, trafficPolicy: { tls: { mode: SIMPLE } } }`);
  const mesh = { istioVersion: '1.20', upgradeTo: '1.21' };
  const { graph } = await openTexts([{ path: 'a.yaml', raw }], { mesh });
  expect(upgradeConcerns(graph).map(({ isMinor }) => isMinor)).toEqual([expected]);
});

test.each([
  ['rules/a.yaml', 'rules/a.yaml', [false, false]],
  ['one/a.yaml', 'other/deep/b.yaml', [true, true]],
])('rules in %s and %s weigh by how surely both are applied', async (one, other, expected) => {
  const first = rule('shop/x', '{ host: b }');
  const second = rule('shop/second', '{ host: b, exportTo: ["."] }');
  const texts =
    one === other
      ? [{ path: one, raw: first + second }]
      : [
          { path: one, raw: first },
          { path: other, raw: second },
        ];
  const { graph } = await openTexts(texts, { mesh: { istioVersion: '1.23', upgradeTo: '1.24' } });
  expect(upgradeConcerns(graph).map(({ isMinor }) => isMinor)).toEqual(expected);
});
