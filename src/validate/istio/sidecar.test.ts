import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['', ['error spec']],
  ['egress: [{hosts: ["./*"]}]', []],
  ['workloadSelector: {labels: {}}, egress: [{hosts: ["./*"]}]', ['warning workloadSelector']],
  [
    'egress: [{hosts: [cart, ./cart, "/", "a_b/x.y", "~/*", "~ns/a.b", "./*x.y", ns/a.b]}]',
    [
      'error egress[0].hosts[0]',
      'error egress[0].hosts[1]',
      'error egress[0].hosts[2]',
      'error egress[0].hosts[3]',
      'error egress[0].hosts[6]',
    ],
  ],
  ['egress: [{}, {hosts: ["*/*"]}]', ['error egress[0].port', 'error egress[0].hosts']],
  ['egress: [{hosts: ["*/*", ns/a.b]}]', ['warning egress[0].hosts[0]']],
  [
    'egress: [{hosts: [./a.b, shop/a.b, ./*, shop/c.d]}]',
    ['warning egress[0].hosts[1]', 'warning egress[0].hosts[2]', 'warning egress[0].hosts[3]'],
  ],
  [
    'egress: [{port: {number: 80, name: a_b, protocol: x, targetPort: 1}, bind: a, hosts: ["./*"]}, {port: {number: 80}, hosts: ["./*"]}]',
    [
      'error egress[0].port.name',
      'error egress[0].port.protocol',
      'error egress[0].port.targetPort',
      'error egress[0].bind',
      'error egress[1].port.number',
    ],
  ],
  [
    'egress: [{port: {number: 0}, hosts: ["./*"]}, {port: {number: 0}, bind: "unix:///a", captureMode: IPTABLES, hosts: ["./*"]}, {port: {number: 0}, bind: "unix:///a", hosts: ["./*"]}]',
    ['error egress[0].port.number', 'error egress[1].captureMode', 'error egress[2].bind'],
  ],
  [
    'ingress: [{}, {port: {number: 80, protocol: HTTP}, defaultEndpoint: "10.0.0.1:80"}, {port: {number: 80, protocol: HTTP}, defaultEndpoint: "127.0.0.1:x"}, {port: {number: 81, protocol: HTTP}, defaultEndpoint: "a"}, {port: {number: 82, protocol: HTTP}, defaultEndpoint: "unix://a"}, {port: {number: 83, protocol: HTTP}, defaultEndpoint: ":70000"}]',
    [
      'error ingress[0].port',
      'error ingress[1].defaultEndpoint',
      'error ingress[2].port.number',
      'error ingress[2].defaultEndpoint',
      'error ingress[3].defaultEndpoint',
      'error ingress[4].defaultEndpoint',
      'error ingress[5].defaultEndpoint',
    ],
  ],
  [
    'ingress: [{port: {number: 80, protocol: HTTP}, defaultEndpoint: "[::1]:80"}, {port: {number: 81, protocol: HTTP}, defaultEndpoint: ":80"}]',
    [],
  ],
  [
    'ingress: [{port: {number: 80, protocol: HTTP}, tls: {mode: ISTIO_MUTUAL, httpsRedirect: true, credentialName: a}}]',
    [
      'error ingress[0].tls.httpsRedirect',
      'error ingress[0].tls.credentialName',
      'error ingress[0].tls.mode',
      'error ingress[0].tls',
      'error ingress[0].tls.credentialName',
    ],
  ],
  [
    'ingress: [{port: {number: 80, protocol: TCP}, connectionPool: {http: {maxRetries: 1}}}]',
    ['warning ingress[0].connectionPool.http'],
  ],
  [
    'ingress: [{port: {number: 443, protocol: HTTPS}, tls: {mode: SIMPLE, serverCertificate: a, privateKey: b}}]',
    [],
  ],
  ['inboundConnectionPool: {}', ['error inboundConnectionPool']],
  ['outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}', ['error outboundTrafficPolicy.mode']],
  [
    'outboundTrafficPolicy: {mode: ALLOW, egressProxy: {host: "*.a"}}',
    [
      'error outboundTrafficPolicy.mode',
      'error outboundTrafficPolicy.egressProxy',
      'error outboundTrafficPolicy.egressProxy.port',
      'error outboundTrafficPolicy.egressProxy.host',
    ],
  ],
  ['outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: a.b, port: {number: 1}}}', []],
])('%s', async (spec, expected) => {
  const found = await valueProblems('networking.istio.io/v1', 'Sidecar', `spec: {${spec}}`);
  expect(found.map((line) => line.replace(' spec.', ' '))).toEqual(expected);
});
