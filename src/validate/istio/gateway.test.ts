import { expect, test } from 'vitest';
import { valueProblems } from '../../../test/value-problems.ts';

test.each([
  ['', ['error servers']],
  ['servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]', []],
  ['servers: [{}]', ['error servers[0].hosts', 'error servers[0].port']],
  [
    'servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: [cart, a.b, "*b.c", ns/a.b, "~/a.b", ./a.b, "*/*", /a.b, ns/, 10.0.0.1, "a.*.b"]}]',
    [
      'error servers[0].hosts[0]',
      'error servers[0].hosts[2]',
      'error servers[0].hosts[4]',
      'error servers[0].hosts[7]',
      'error servers[0].hosts[8]',
      'error servers[0].hosts[10]',
    ],
  ],
  [
    'servers: [{port: {number: 0, protocol: http1, targetPort: 8}, hosts: ["*"], bind: a}]',
    [
      'error servers[0].port.protocol',
      'error servers[0].port.number',
      'error servers[0].port.targetPort',
      'error servers[0].port.name',
      'error servers[0].bind',
    ],
  ],
  [
    'servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*"], bind: "unix://a"}]',
    ['error servers[0].bind', 'error servers[0].port.number'],
  ],
  ['servers: [{port: {number: 0, name: a, protocol: HTTP}, hosts: ["*"], bind: "unix:///a"}]', []],
  [
    'servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*"]}, {port: {number: 81, name: a, protocol: TCP}, hosts: ["*"], tls: {httpsRedirect: true}}]',
    ['warning servers[1].tls.httpsRedirect', 'error servers[1].tls', 'error servers[1].port.name'],
  ],
  ['servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*"], tls: {httpsRedirect: true}}]', []],
  [
    'servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: a}}]',
    ['error servers[0].tls'],
  ],
  ['servers: [{port: {number: 443, name: a, protocol: HTTPS}, hosts: ["*"]}]', ['error servers[0].tls']],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE}}]',
    ['error servers[0].tls.serverCertificate', 'error servers[0].tls.privateKey'],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: MUTUAL, serverCertificate: a, privateKey: b}}]',
    ['error servers[0].tls.caCertificates'],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: MUTUAL, credentialName: a}}]',
    [],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: a, credentialNames: [b]}}]',
    ['error servers[0].tls.credentialNames'],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: ISTIO_MUTUAL, credentialName: a, caCertificates: b}}]',
    ['error servers[0].tls.caCertificates', 'error servers[0].tls.credentialName'],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: PASSTHROUGH, credentialName: a}}]',
    ['warning servers[0].tls.credentialName'],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: AUTO_PASSTHROUGH}}]',
    [],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: simple}}]',
    ['error servers[0].tls.mode'],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, serverCertificate: a, privateKey: b, caCrl: c}}]',
    ['error servers[0].tls.caCrl'],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: MUTUAL, credentialName: a, caCrl: c}}]',
    [],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: a, minProtocolVersion: TLSV1_1, cipherSuites: []}}]',
    ['warning servers[0].tls.minProtocolVersion'],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: a, cipherSuites: [AES128-SHA, AES128-SHA, x, "-y", ALL]}}]',
    ['warning servers[0].tls.cipherSuites[1]', 'warning servers[0].tls.cipherSuites[2]'],
  ],
  [
    'servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, tlsCertificates: [{serverCertificate: a}, {privateKey: b}]}}]',
    [
      'error servers[0].tls.tlsCertificates[0].privateKey',
      'error servers[0].tls.tlsCertificates[1].serverCertificate',
    ],
  ],
])('%s', async (spec, expected) => {
  const found = await valueProblems('networking.istio.io/v1', 'Gateway', `spec: {${spec}}`);
  expect(found.map((line) => line.replace(' spec.', ' '))).toEqual(expected);
});
