import { expect, test } from 'vitest';
import { openTexts } from '../../session/session.ts';
import { tcpDenials } from './tcp-denials.ts';

/** Sidecars `web` (HTTP and TCP), `db` (TLS) and `api` (HTTP, and a port that says nothing); `out` without a sidecar. */
const mesh = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Namespace
metadata: { name: data, labels: { istio-injection: enabled } }
---
${workload('web', 'shop', '[{ name: http, port: 80 }, { name: tcp-feed, port: 7000 }]')}
---
${workload('api', 'shop', '[{ name: grpc, port: 90 }, { name: other, port: 91 }]')}
---
${workload('db', 'data', '[{ name: tls-db, port: 5432 }]')}
---
${workload('out', 'data', '[{ name: tcp-out, port: 6000 }]', 'sidecar.istio.io/inject: "false"')}
`;

function workload(name: string, namespace: string, ports: string, label = 'tier: x'): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { selector: { app: ${name} }, ports: ${ports} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace} }
spec: { template: { metadata: { labels: { app: ${name}, ${label} } } } }`;
}

async function portsOf(namespace: string, spec: string): Promise<string[]> {
  const policy = `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: p, namespace: ${namespace} }
spec: { ${spec} }
`;
  const { graph } = await openTexts([{ path: 'a.yaml', raw: mesh + policy }], { world: 'closed' });
  return tcpDenials(graph).flatMap(({ field, ports }) =>
    ports.map(({ service, port }) => `${field} ${service.name} ${port.port}`),
  );
}

const get = 'to: [{ operation: { methods: [GET] } }]';

test.each([
  ['shop', `action: DENY, rules: [{ ${get} }]`, ['to web 7000']],
  ['shop', `action: DENY, selector: { matchLabels: { app: api } }, rules: [{ ${get} }]`, []],
  ['shop', `action: ALLOW, rules: [{ ${get} }]`, []],
  ['shop', 'action: DENY, rules: [{}]', []],
  ['data', `action: DENY, rules: [{ ${get} }]`, ['to db 5432']],
  ['istio-system', `action: DENY, rules: [{ ${get} }]`, ['to db 5432', 'to web 7000']],
  ['shop', `action: DENY, targetRefs: [{ kind: Service, name: web }], rules: [{ ${get} }]`, []],
  [
    'shop',
    `action: DENY, rules: [{ ${get} }, { from: [{ source: { requestPrincipals: [a] } }] }, { from: [{ source: { principals: [a] } }] }]`,
    ['to web 7000', 'from web 7000'],
  ],
])('%s: %s', async (namespace, spec, expected) => {
  expect(await portsOf(namespace, spec)).toEqual(expected);
});
