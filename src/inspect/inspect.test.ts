import { describe, expect, test } from 'vitest';
import type { WholeGraph } from '../graph/graph.ts';
import type { Bindable } from '../mesh/ambient/waypoint-labels.ts';
import { workloads } from '../mesh/workloads/workloads.ts';
import { openTexts } from '../session/session.ts';
import { explainAuthz } from './authz.ts';
import { describeNamespace, describeService, describeWorkload } from './describe.ts';
import type { Explanation } from './explanation.ts';
import { explainMtls } from './mtls.ts';
import { explainWaypoint } from './waypoint.ts';

/** The text of an explanation: problems marked, places by resource. */
function textOf({ verdict, sections }: Explanation): string {
  const steps = sections.flatMap(({ title, steps }) => [
    `# ${title}`,
    ...steps.map(({ text, problem, places }) =>
      [
        problem ? '!' : '-',
        text,
        ...places.map(({ resource }) => `[${resource.kind} ${resource.name}]`),
      ].join(' '),
    ),
  ]);
  return [verdict, ...steps].join('\n');
}

async function open(raw: string): Promise<WholeGraph> {
  return (await openTexts([{ path: 'mesh.yaml', raw }], { world: 'closed' })).graph;
}

const namespace = (labels: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${labels} } }
---`;
const ambient = 'istio.io/dataplane-mode: ambient';
const till = `
apiVersion: v1
kind: Service
metadata: { name: till, namespace: shop }
spec:
  selector: { app: till }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: till, namespace: shop }
spec:
  selector: { matchLabels: { app: till } }
  template:
    metadata: { labels: { app: till, version: v1 } }
    spec:
      containers: [{ name: till, image: till, ports: [{ containerPort: 8080 }] }]
---`;
const waypoint = (listener: string, label = ''): string => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: way, namespace: shop, labels: { ${label} } }
spec:
  gatewayClassName: istio-waypoint
  listeners: [{ name: mesh, port: 15008, protocol: HBONE${listener} }]
---`;
const policy = (name: string, spec: string): string => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${name}, namespace: shop }
spec: ${spec}
---`;

function service(graph: WholeGraph): Bindable {
  return graph.list('Service')[0] ?? expect.unreachable();
}

describe('explain waypoint', () => {
  test.each<{ name: string; mesh: string; verdict: string; says: readonly string[] }>([
    {
      name: 'nothing asks for one',
      mesh: namespace(ambient),
      verdict: 'No waypoint stands before Service till.',
      says: ['- Neither it nor its namespace has the label istio.io/use-waypoint. [Service till]'],
    },
    {
      name: 'the namespace names one',
      mesh: namespace(`${ambient}, istio.io/use-waypoint: way`) + waypoint(''),
      verdict: 'Service shop/till is behind waypoint shop/way.',
      says: [
        '- It has no label istio.io/use-waypoint; that of its namespace decides: way. [Namespace shop]',
        '- Its listener mesh lets in namespaces: Same. [KubernetesGateway way]',
        '- It serves service; asked for is service.',
        '- No policy is attached to it.',
      ],
    },
    {
      name: 'it is missing',
      mesh: namespace(`${ambient}, istio.io/use-waypoint: way`),
      verdict: 'Service shop/till wants waypoint shop/way, which does not exist: traffic goes past it.',
      says: ['! Gateway shop/way does not exist.'],
    },
    {
      name: 'it serves something else',
      mesh:
        namespace(`${ambient}, istio.io/use-waypoint: way`) + waypoint('', 'istio.io/waypoint-for: workload'),
      verdict:
        'Service shop/till wants waypoint shop/way, which serves another type of traffic: traffic goes past it.',
      says: ['! It serves workload; asked for is service. [KubernetesGateway way]'],
    },
    {
      name: 'what it enforces',
      mesh:
        namespace(`${ambient}, istio.io/use-waypoint: way`) +
        waypoint('') +
        policy('readers', '{ targetRefs: [{ kind: Service, group: "", name: till }] }'),
      verdict: 'Service shop/till is behind waypoint shop/way.',
      says: ['- AuthorizationPolicy shop/readers [AuthorizationPolicy readers]'],
    },
  ])('$name', async ({ mesh, verdict, says }) => {
    const graph = await open(mesh + till);
    const text = textOf(explainWaypoint(graph, service(graph)));
    expect(text.split('\n')[0]?.replace('shop/till.', 'till.')).toBe(verdict.replace('shop/till.', 'till.'));
    for (const line of says) expect(text.split('\n')).toContain(line);
  });
});

describe('explain authz', () => {
  test.each<{ name: string; mesh: string; port?: number; verdict: string; says?: readonly string[] }>([
    {
      name: 'no policy',
      mesh: namespace('istio-injection: enabled'),
      verdict: 'Its sidecar: everything is allowed.',
      says: ['- No AuthorizationPolicy applies.'],
    },
    {
      name: 'not in the mesh',
      mesh: namespace('team: a') + policy('all', '{}'),
      verdict: 'It is not in the mesh: no AuthorizationPolicy is enforced for Deployment shop/till.',
      says: [
        '! AuthorizationPolicy shop/all selects the workload, but nothing enforces it there. [AuthorizationPolicy all]',
      ],
    },
    {
      name: 'an empty policy allows nothing',
      mesh: namespace('istio-injection: enabled') + policy('all', '{}'),
      verdict: 'Its sidecar: everything is refused, because no ALLOW policy can match.',
      says: ['- ALLOW policy shop/all has no rules: it allows nothing. [AuthorizationPolicy all]'],
    },
    {
      name: 'denials come first',
      mesh:
        namespace('istio-injection: enabled') +
        policy('some', '{ rules: [{ from: [{ source: { namespaces: [front] } }] }] }') +
        policy('bad', '{ action: DENY, rules: [{ to: [{ operation: { paths: [/admin] } }] }] }'),
      verdict:
        'Its sidecar: what a DENY policy matches is refused, only what an ALLOW policy matches is allowed.',
      says: [
        '- DENY policy shop/bad: to paths /admin. [AuthorizationPolicy bad]',
        '- ALLOW policy shop/some: from namespaces front. [AuthorizationPolicy some]',
      ],
    },
    {
      name: 'rules about other ports',
      mesh:
        namespace('istio-injection: enabled') +
        policy('some', '{ action: DENY, rules: [{ to: [{ operation: { ports: ["9090"] } }] }] }'),
      port: 8080,
      verdict: 'Its sidecar: everything is allowed.',
      says: ['- DENY policy shop/some: none of its rules is about port 8080. [AuthorizationPolicy some]'],
    },
    {
      name: 'ztunnel loses HTTP',
      mesh:
        namespace(ambient) +
        policy('bad', '{ action: DENY, rules: [{ to: [{ operation: { paths: [/admin] } }] }] }'),
      verdict: 'The ztunnel before its pods: everything is allowed.',
      says: ['! ztunnel reads no HTTP: rules[0] of it does not count there. [AuthorizationPolicy bad]'],
    },
    {
      name: 'ztunnel knows no other action',
      mesh: namespace(ambient) + policy('ask', '{ action: CUSTOM, provider: { name: opa }, rules: [{}] }'),
      verdict: 'The ztunnel before its pods: everything is allowed.',
      says: [
        '! AuthorizationPolicy shop/ask selects the workload, but ztunnel knows no action CUSTOM. [AuthorizationPolicy ask]',
      ],
    },
    {
      name: 'a target that sidecars ignore',
      mesh:
        namespace('istio-injection: enabled') +
        policy('aimed', '{ targetRefs: [{ kind: Service, group: "", name: till }] }'),
      verdict: 'Its sidecar: everything is allowed.',
      says: [
        '! AuthorizationPolicy shop/aimed targets a Service of the workload, and only a waypoint enforces that: none stands before it, or its pods have sidecars. [AuthorizationPolicy aimed]',
      ],
    },
  ])('$name', async ({ mesh, port, verdict, says = [] }) => {
    const graph = await open(mesh + till);
    const [workload] = workloads(graph).matching({ app: 'till' }, 'shop');
    const text = textOf(explainAuthz(graph, workload ?? expect.unreachable(), port));
    expect(text.split('\n')[0]).toBe(verdict);
    for (const line of says) expect(text.split('\n')).toContain(line);
  });
});

describe('explain mtls', () => {
  const front = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: front, namespace: shop }
spec:
  selector: { matchLabels: { app: front } }
  template:
    metadata: { labels: { app: front } }
    spec: { containers: [{ name: front, image: front }] }
---`;
  const strict = `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: strict, namespace: shop }
spec: { mtls: { mode: STRICT } }
---`;
  const plain = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: till, namespace: shop }
spec: { host: till, trafficPolicy: { tls: { mode: DISABLE } } }
---`;
  const sidecars = namespace('istio-injection: enabled');
  const lonely = till.slice(till.indexOf('---') + 3);

  test.each<{ name: string; mesh: string; port?: number; verdict: string; says?: string }>([
    {
      name: 'sidecars do it by themselves',
      mesh: sidecars + till,
      verdict: 'By Service shop/till, port 80: mutual TLS of the mesh.',
    },
    {
      name: 'ambient mode does it by HBONE',
      mesh: namespace(ambient) + till,
      port: 8080,
      verdict: 'By Service shop/till, port 80: mutual TLS of the mesh, inside HBONE.',
    },
    {
      name: 'a DestinationRule sends plain text to a strict server',
      mesh: sidecars + strict + plain + till,
      port: 8080,
      verdict: 'By Service shop/till, port 80: refused: plain text, where only mutual TLS is taken.',
      says: '! It is refused: plain text, where only mutual TLS is taken.',
    },
    {
      name: 'nobody is in the mesh',
      mesh: namespace('a: b') + strict + till,
      port: 8080,
      verdict: 'By Service shop/till, port 80: plain text, which is accepted.',
    },
    {
      name: 'no Service leads there',
      mesh: namespace(ambient) + lonely,
      verdict: 'By the address of a pod, port 8080: mutual TLS of the mesh, inside HBONE.',
    },
    {
      name: 'no Service and no port',
      mesh: sidecars + lonely.replace(', ports: [{ containerPort: 8080 }]', ''),
      verdict:
        'Deployment shop/till declares no port, and no Service leads to it: name a port, as shop/till:8080.',
    },
  ])('$name', async ({ mesh, port, verdict, says }) => {
    const graph = await open(front + mesh);
    const [from] = workloads(graph).matching({ app: 'front' }, 'shop');
    const [to] = workloads(graph).matching({ app: 'till' }, 'shop');
    const text = textOf(
      explainMtls(graph, {
        from: from ?? expect.unreachable(),
        to: to ?? expect.unreachable(),
        ...(port === undefined ? {} : { port }),
      }),
    ).split('\n');
    expect(text[0]).toBe(verdict);
    if (says !== undefined) expect(text).toContain(says);
  });
});

describe('describe', () => {
  const routes = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: till, namespace: shop }
spec:
  hosts: [till]
  gateways: [edge]
  http: [{ route: [{ destination: { host: till, subset: v1 } }] }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: till, namespace: shop }
spec:
  host: till
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: strict, namespace: shop }
spec: { mtls: { mode: STRICT } }
---`;
  const mesh = namespace('istio-injection: enabled') + routes + till;
  const shared = [
    '- Port 80 (http) speaks HTTP, to container port 8080. [Service till]',
    '- VirtualService shop/till sends requests to it, subset v1. [VirtualService till]',
    '- Subset v1 (version=v1) fits shop/till. [DestinationRule till]',
    '! Subset v2 (version=v2) fits none of the workloads. [DestinationRule till]',
    '! Gateway shop/edge, by VirtualService shop/till: it does not exist. [VirtualService till]',
    '- STRICT on port 8080: PeerAuthentication shop/strict says so for the namespace. [PeerAuthentication strict]',
  ];

  test('a workload', async () => {
    const graph = await open(mesh);
    const [workload] = workloads(graph).matching({ app: 'till' }, 'shop');
    const lines = textOf(describeWorkload(graph, workload ?? expect.unreachable())).split('\n');
    expect(lines[0]).toBe('Deployment shop/till is in the mesh by a sidecar.');
    expect(lines).toEqual(
      expect.arrayContaining([
        ...shared,
        '- The label istio-injection=enabled of its namespace has one injected. [Namespace shop]',
        '- Container till declares port 8080. [Deployment till]',
      ]),
    );
  });

  test('a Service', async () => {
    const graph = await open(mesh);
    const lines = textOf(describeService(graph, graph.list('Service')[0] ?? expect.unreachable())).split(
      '\n',
    );
    expect(lines[0]).toBe(
      'Service shop/till stands before Deployment shop/till. No waypoint stands before Service shop/till.',
    );
    expect(lines).toEqual(expect.arrayContaining(shared));
  });

  test('a namespace', async () => {
    const graph = await open(mesh);
    const lines = textOf(describeNamespace(graph, graph.list('Namespace')[0] ?? expect.unreachable())).split(
      '\n',
    );
    expect(lines[0]).toBe('Namespace shop holds 1 workload; its mutual TLS is STRICT.');
    expect(lines).toEqual(
      expect.arrayContaining([
        '- Label istio-injection=enabled decides about sidecars. [Namespace shop]',
        '- till is in the mesh by a sidecar.',
        '- PeerAuthentication strict [PeerAuthentication strict]',
      ]),
    );
  });

  test.each<[labels: string, pod: string, step: string]>([
    ['a: b', '', 'Neither it nor its namespace has a label that enrols it.'],
    [ambient, '', 'The label istio.io/dataplane-mode=ambient of its namespace enrols it.'],
    ['istio.io/rev: blue', '', 'The label istio.io/rev=blue of its namespace has one injected.'],
    [
      'istio-injection: disabled',
      '',
      'The label istio-injection=disabled of its namespace has no sidecar injected.',
    ],
    ['a: b', 'sidecar.istio.io/inject: "true"', 'Its sidecar.istio.io/inject=true has one injected.'],
    [
      'istio-injection: enabled',
      'sidecar.istio.io/inject: "false"',
      'Its sidecar.istio.io/inject=false refuses the sidecar.',
    ],
    [
      ambient,
      'istio.io/dataplane-mode: none',
      'Its label istio.io/dataplane-mode=none keeps it out of ambient mode.',
    ],
  ])('why a workload is in the mesh: namespace %s, pod %s', async (labels, pod, says) => {
    const graph = await open(namespace(labels) + till.replace('version: v1', `version: v1, ${pod}`));
    const [workload] = workloads(graph).matching({ app: 'till' }, 'shop');
    const { sections } = describeWorkload(graph, workload ?? expect.unreachable());
    expect(sections.find(({ title }) => title === 'Mesh')?.steps.map(({ text }) => text)).toEqual([says]);
  });
});
