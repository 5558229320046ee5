import { describe, expect, test } from 'vitest';
import type { World } from '../../graph/evidence.ts';
import { openTexts } from '../../session/session.ts';
import { type Edge, edges } from './edges.ts';

async function edgesOf(raw: string, world: World = 'closed'): Promise<readonly Edge[]> {
  return edges((await openTexts([{ path: 'mesh.yaml', raw }], { world })).graph);
}

/** An edge as a line: who, how, whom, and how sure. */
function show({ from, relation, to, state, target }: Edge): string {
  const where = to.namespace === undefined ? '' : `${to.namespace}/`;
  const sure = state === 'found' ? (target === undefined ? 'brought along' : 'found') : state;
  return `${from.kind} ${from.name} ${relation} ${to.kind} ${where}${to.name}: ${sure}`;
}

function resource(apiVersion: string, kind: string, name: string, spec: string, more = ''): string {
  return `apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: ${name}, namespace: shop${more} }
spec: { ${spec} }
---
`;
}
const istio = (kind: string, name: string, spec: string, more = ''): string =>
  resource('networking.istio.io/v1', kind, name, spec, more);
const api = (kind: string, name: string, spec: string): string =>
  resource('gateway.networking.k8s.io/v1', kind, name, spec);
const service = (name: string, spec = 'ports: [{ port: 80 }]', more = ''): string =>
  resource('v1', 'Service', name, spec, more);
const deployment = (name: string, pod = ''): string =>
  resource(
    'apps/v1',
    'Deployment',
    name,
    `template: { metadata: { labels: { app: ${name} } }, spec: { ${pod} } }`,
  );
const secret = (name: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: shop }\n---\n`;
const web = deployment('web');

describe('edges', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'of a VirtualService',
      istio(
        'VirtualService',
        'front',
        `gateways: [mesh, public, other/lost],
         http: [{ route: [{ destination: { host: web, subset: v1 } }], mirror: { host: copy } },
                { delegate: { name: inner } }],
         tcp: [{ route: [{ destination: { host: web, subset: v2 } }] }]`,
      ) +
        istio('VirtualService', 'inner', '') +
        istio('Gateway', 'public', '') +
        istio('DestinationRule', 'web', 'host: web, subsets: [{ name: v1 }]') +
        service('web'),
      [
        'VirtualService front binds-to Gateway shop/public: found',
        'VirtualService front binds-to Gateway other/lost: absent',
        'VirtualService front delegates-to VirtualService shop/inner: found',
        'VirtualService front routes-to Service shop/web: found',
        'VirtualService front uses-subset DestinationRule shop/web: found',
        'VirtualService front mirrors-to host copy: absent',
        'VirtualService front routes-to Service shop/web: found',
        'VirtualService front uses-subset subset v2 of web: absent',
        'DestinationRule web configures Service shop/web: found',
      ],
    ],
    [
      'of a VirtualService to a ServiceEntry and a Gateway of the Gateway API',
      istio(
        'VirtualService',
        'front',
        'gateways: [edge], http: [{ route: [{ destination: { host: a.example.com } }] }]',
      ) +
        istio('ServiceEntry', 'outside', 'hosts: ["*.example.com"]') +
        api('Gateway', 'edge', 'gatewayClassName: istio'),
      [
        'VirtualService front binds-to KubernetesGateway shop/edge: found',
        'VirtualService front routes-to ServiceEntry shop/outside: found',
        'KubernetesGateway edge is-of-class GatewayClass istio: brought along',
      ],
    ],
    [
      'of a DestinationRule for chosen workloads',
      istio('DestinationRule', 'web', 'host: lost, workloadSelector: { matchLabels: { app: web } }') + web,
      [
        'DestinationRule web configures host lost: absent',
        'DestinationRule web selects Deployment shop/web: found',
      ],
    ],
    [
      'of a Gateway',
      istio(
        'Gateway',
        'public',
        `selector: { app: web },
         servers: [{ tls: { credentialName: one } }, { tls: { credentialNames: [two, "builtin://"] } }]`,
      ) +
        web +
        secret('one'),
      [
        'Gateway public selects Deployment shop/web: found',
        'Gateway public uses-secret Secret shop/one: found',
        'Gateway public uses-secret Secret shop/two: absent',
      ],
    ],
    [
      'of a Gateway on the pods that Istio brings',
      istio(
        'Gateway',
        'public',
        'selector: { istio: ingressgateway }, servers: [{ tls: { credentialName: one } }]',
      ),
      [
        'Gateway public selects Deployment istio-system/istio-ingressgateway: brought along',
        'Gateway public uses-secret Secret istio-system/one: absent',
      ],
    ],
    [
      'of a Gateway on nobody',
      istio('Gateway', 'public', 'selector: { app: lost }, servers: [{ tls: { credentialName: one } }]'),
      ['Gateway public selects workload app=lost: absent', 'Gateway public uses-secret Secret one: unknown'],
    ],
    [
      'of a ServiceEntry to machines and pods',
      istio('ServiceEntry', 'web', 'hosts: [web.example.com], workloadSelector: { labels: { app: web } }') +
        istio('WorkloadEntry', 'vm', 'address: 10.0.0.1, labels: { app: web }') +
        web,
      [
        'ServiceEntry web selects Deployment shop/web: found',
        'ServiceEntry web selects WorkloadEntry shop/vm: found',
      ],
    ],
    ...(
      [
        ['AuthorizationPolicy', 'security.istio.io/v1', 'selector: { matchLabels: { app: web } }'],
        ['EnvoyFilter', 'networking.istio.io/v1alpha3', 'workloadSelector: { labels: { app: web } }'],
        ['PeerAuthentication', 'security.istio.io/v1', 'selector: { matchLabels: { app: web } }'],
        ['ProxyConfig', 'networking.istio.io/v1beta1', 'selector: { matchLabels: { app: web } }'],
        ['RequestAuthentication', 'security.istio.io/v1', 'selector: { matchLabels: { app: web } }'],
        ['Sidecar', 'networking.istio.io/v1', 'workloadSelector: { labels: { app: web } }'],
        ['Telemetry', 'telemetry.istio.io/v1', 'selector: { matchLabels: { app: web } }'],
        ['TrafficExtension', 'extensions.istio.io/v1alpha1', 'selector: { matchLabels: { app: web } }'],
        ['WasmPlugin', 'extensions.istio.io/v1alpha1', 'selector: { matchLabels: { app: web } }'],
      ] as const
    ).map(([kind, apiVersion, spec]): [string, string, readonly string[]] => [
      `of a selecting ${kind}`,
      resource(apiVersion, kind, 'one', spec) +
        resource(apiVersion, kind, 'two', spec.replace('web', 'lost')) +
        web,
      [
        `${kind} one selects Deployment shop/web: found`,
        `${kind} two selects workload shop/app=lost: absent`,
      ],
    ]),
    [
      'of a policy with targets, which selects nothing',
      resource(
        'security.istio.io/v1',
        'AuthorizationPolicy',
        'callers',
        `selector: { matchLabels: { app: web } },
         targetRefs: [{ kind: Service, name: web }, { group: networking.istio.io, kind: ServiceEntry, name: lost },
                      { group: gateway.networking.k8s.io, kind: Gateway, name: edge },
                      { group: acme.example, kind: Thing, name: odd }]`,
      ) +
        service('web') +
        web,
      [
        'AuthorizationPolicy callers attaches-to Service shop/web: found',
        'AuthorizationPolicy callers attaches-to ServiceEntry shop/lost: absent',
        'AuthorizationPolicy callers attaches-to KubernetesGateway shop/edge: absent',
        'AuthorizationPolicy callers attaches-to Thing shop/odd: unknown',
      ],
    ],
    ...(
      [
        ['gateway.networking.k8s.io/v1', 'BackendTLSPolicy'],
        ['gateway.networking.x-k8s.io/v1alpha1', 'XBackendTrafficPolicy'],
      ] as const
    ).map(([apiVersion, kind]): [string, string, readonly string[]] => [
      `of a ${kind}`,
      resource(
        apiVersion,
        kind,
        'backends',
        `targetRefs: [{ group: "", kind: Service, name: web }, { group: "", kind: Service, name: lost }]`,
      ) + service('web'),
      [
        `${kind} backends attaches-to Service shop/web: found`,
        `${kind} backends attaches-to Service shop/lost: absent`,
      ],
    ]),
    [
      'of a policy with the older single target',
      resource(
        'extensions.istio.io/v1alpha1',
        'WasmPlugin',
        'filter',
        'targetRef: { group: gateway.networking.k8s.io, kind: GatewayClass, name: istio-waypoint }',
      ),
      ['WasmPlugin filter attaches-to GatewayClass istio-waypoint: absent'],
    ],
    [
      'of a policy to its callers',
      resource(
        'security.istio.io/v1',
        'AuthorizationPolicy',
        'callers',
        `rules: [{ from: [{ source: { namespaces: [shop, "team-*"] } },
                          { source: { principals: [cluster.local/ns/shop/sa/web, "*", cluster.local/ns/shop/sa/default] } }] }]`,
      ) +
        resource(
          'security.istio.io/v1',
          'AuthorizationPolicy',
          'others',
          'action: DENY, rules: [{ from: [{ source: { namespaces: [lost] } }] }]',
        ) +
        'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n',
      [
        'AuthorizationPolicy callers authorizes Namespace shop: found',
        'AuthorizationPolicy callers authorizes ServiceAccount shop/web: absent',
        'AuthorizationPolicy callers authorizes ServiceAccount shop/default: brought along',
        'AuthorizationPolicy others denies Namespace lost: absent',
      ],
    ],
    ...(['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'] as const).map(
      (kind): [string, string, readonly string[]] => [
        `of a ${kind}`,
        api(
          kind,
          'front',
          `parentRefs: [{ name: edge }, { group: "", kind: Service, name: web }, { kind: ListenerSet, name: more }],
           rules: [{ backendRefs: [{ name: web }, { name: lost, namespace: other }, { group: networking.istio.io, kind: Hostname, name: web.shop.svc.cluster.local }] }]`,
        ) +
          service('web') +
          api('ListenerSet', 'more', 'parentRef: { name: edge }'),
        [
          `${kind} front attaches-to KubernetesGateway shop/edge: absent`,
          `${kind} front attaches-to Service shop/web: found`,
          `${kind} front attaches-to ListenerSet shop/more: found`,
          `${kind} front routes-to Service shop/web: found`,
          `${kind} front routes-to Service other/lost: absent`,
          `${kind} front routes-to Service shop/web: found`,
          'ListenerSet more attaches-to KubernetesGateway shop/edge: absent',
        ],
      ],
    ),
    [
      'of requests that a route copies',
      api(
        'HTTPRoute',
        'front',
        `rules: [{ filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: web } } }],
                   backendRefs: [{ name: web, filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: lost } } }] }] }]`,
      ) + service('web'),
      [
        'HTTPRoute front routes-to Service shop/web: found',
        'HTTPRoute front mirrors-to Service shop/lost: absent',
        'HTTPRoute front mirrors-to Service shop/web: found',
      ],
    ],
    [
      'of a Gateway of the Gateway API',
      api(
        'Gateway',
        'edge',
        `gatewayClassName: acme,
         listeners: [{ tls: { certificateRefs: [{ name: one }, { name: two, namespace: other }, { kind: ConfigMap, name: odd }] } }]`,
      ) + secret('one'),
      [
        'KubernetesGateway edge is-of-class GatewayClass acme: absent',
        'KubernetesGateway edge uses-secret Secret shop/one: found',
        'KubernetesGateway edge uses-secret Secret other/two: absent',
        'KubernetesGateway edge uses-secret ConfigMap shop/odd: unknown',
      ],
    ],
    [
      'of a Service',
      service('web', 'selector: { app: web }') +
        service('lost', 'selector: { app: lost }') +
        service('bare', '') +
        web,
      [
        'Service lost selects workload shop/app=lost: absent',
        'Service web selects Deployment shop/web: found',
      ],
    ],
    [
      'of an Ingress, in both forms',
      resource(
        'networking.k8s.io/v1',
        'Ingress',
        'front',
        `defaultBackend: { service: { name: web } },
         rules: [{ http: { paths: [{ backend: { service: { name: lost } } }, { backend: { serviceName: web, servicePort: 80 } }] } }],
         tls: [{ secretName: one }]`,
      ) +
        service('web') +
        secret('one'),
      [
        'Ingress front routes-to Service shop/web: found',
        'Ingress front routes-to Service shop/lost: absent',
        'Ingress front routes-to Service shop/web: found',
        'Ingress front uses-secret Secret shop/one: found',
      ],
    ],
    [
      'of what goes through a waypoint',
      service('web', '', ', labels: { istio.io/use-waypoint: waypoint }') +
        service('free', '', ', labels: { istio.io/use-waypoint: none }') +
        istio(
          'ServiceEntry',
          'outside',
          '',
          ', labels: { istio.io/use-waypoint: waypoint, istio.io/use-waypoint-namespace: infra }',
        ) +
        resource(
          'apps/v1',
          'Deployment',
          'web',
          'template: { metadata: { labels: { istio.io/use-waypoint: lost } } }',
        ) +
        'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { istio.io/use-waypoint: waypoint } }\n---\n' +
        api('Gateway', 'waypoint', 'gatewayClassName: istio-waypoint'),
      [
        'KubernetesGateway waypoint is-of-class GatewayClass istio-waypoint: brought along',
        'Namespace shop enrols-in KubernetesGateway shop/waypoint: found',
        'Service web enrols-in KubernetesGateway shop/waypoint: found',
        'ServiceEntry outside enrols-in KubernetesGateway infra/waypoint: absent',
        'Deployment web enrols-in KubernetesGateway shop/lost: absent',
      ],
    ],
    [
      'of pods to the account they run as',
      deployment('one', 'serviceAccountName: web') +
        deployment('two', 'serviceAccount: lost') +
        deployment('three', 'serviceAccountName: default') +
        deployment('four') +
        'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web, namespace: shop }\n',
      [
        'Deployment one runs-as ServiceAccount shop/web: found',
        'Deployment three runs-as ServiceAccount shop/default: brought along',
        'Deployment two runs-as ServiceAccount shop/lost: absent',
      ],
    ],
  ])('%s', async (_, raw, expected) => {
    expect((await edgesOf(raw)).map(show)).toEqual(expected);
  });

  test('are unknown where nothing tells', async () => {
    const raw = istio(
      'VirtualService',
      'front',
      'gateways: [infra/public], http: [{ route: [{ destination: { host: web } }] }]',
    );
    expect((await edgesOf(raw, 'auto')).map(show)).toEqual([
      'VirtualService front binds-to Gateway infra/public: unknown',
      'VirtualService front routes-to host web: unknown',
    ]);
  });

  test('name the very field', async () => {
    const raw =
      istio('VirtualService', 'front', 'gateways: [mesh, public]') + service('web', 'selector: { app: web }');
    const found = await edgesOf(raw);
    const fields = found.map(({ from, at }) => {
      const { spec } = from;
      const holder = Object.entries(spec ?? {}).find(([, value]) => value === at.owner);
      return `${from.kind} ${holder?.[0]} ${at.key}`;
    });
    expect(fields).toEqual(['VirtualService gateways 1', 'Service selector undefined']);
  });

  test('come in the same order whatever the files are called', async () => {
    const files = [
      istio('VirtualService', 'b', 'gateways: [x]'),
      istio('VirtualService', 'a', 'gateways: [y, x]'),
    ];
    const there = edges((await openTexts(files.map((raw, i) => ({ path: `${i}.yaml`, raw })))).graph).map(
      show,
    );
    const back = edges((await openTexts(files.map((raw, i) => ({ path: `${9 - i}.yaml`, raw })))).graph).map(
      show,
    );
    expect(back).toEqual(there);
    expect(there).toHaveLength(3);
  });
});
