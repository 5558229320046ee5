import { describe, expect, test } from 'vitest';
import { familyOf, type Protocol, parseProtocol, protocolOf, suggestPortName } from './protocols.ts';

describe('protocolOf', () => {
  test.each<[string, Parameters<typeof protocolOf>[0], Protocol]>([
    ['the name', { name: 'http' }, 'HTTP'],
    ['what stands before the first dash', { name: 'http2-web-ui' }, 'HTTP2'],
    ['the name in any case', { name: 'Redis-main' }, 'Redis'],
    ['grpc-web as one word', { name: 'grpc-web' }, 'GRPC-Web'],
    ['grpc-web whatever follows', { name: 'grpc-website' }, 'GRPC-Web'],
    ['grpc with any other suffix', { name: 'grpc-api' }, 'GRPC'],
    ['no name at all', {}, 'Unsupported'],
    ['a name that only looks like one', { name: 'httpd' }, 'Unsupported'],
    ['a protocol at the end', { name: 'web-http' }, 'Unsupported'],
    ['a word that every object knows', { name: 'constructor' }, 'Unsupported'],
    ['appProtocol before the name', { name: 'http', appProtocol: 'tcp' }, 'TCP'],
    ['appProtocol with a suffix', { name: 'x', appProtocol: 'https-tls' }, 'HTTPS'],
    ['a name of Kubernetes in appProtocol', { appProtocol: 'kubernetes.io/h2c' }, 'HTTP2'],
    ['web sockets', { appProtocol: 'kubernetes.io/ws' }, 'HTTP'],
    ['web sockets over TLS', { appProtocol: 'kubernetes.io/wss' }, 'HTTPS'],
    [
      'an appProtocol that says nothing hides the name',
      { name: 'http', appProtocol: 'acme/v2' },
      'Unsupported',
    ],
    ['an empty appProtocol too', { name: 'http', appProtocol: '' }, 'Unsupported'],
    ['UDP before anything else', { name: 'http', protocol: 'UDP' }, 'UDP'],
    ['a port on which servers speak first', { port: 3306 }, 'TCP'],
    ['such a port with a protocol of its own', { name: 'mysql', port: 3306 }, 'MySQL'],
    ['a port next to it', { port: 3307 }, 'Unsupported'],
  ])('reads %s', (_, port, expected) => {
    expect(protocolOf(port)).toBe(expected);
  });
});

test.each<[string, string]>([
  ['GRPC', 'http'],
  ['HTTPS', 'tls'],
  ['MONGO', 'tcp'],
  ['udp', 'udp'],
  ['', 'sniffed'],
])('%s is treated as %s', (text, family) => {
  expect(familyOf(parseProtocol(text))).toBe(family);
});

test.each([
  ['', 'http'],
  ['web', 'http-web'],
  ['htpp-web', 'http-web'],
  ['web-http', 'http-web'],
  ['web-grpc', 'grpc'],
  ['Metrics', 'http-metrics'],
  ['a-very-long-nam', 'http'],
])('suggests for %s the name %s', (name, expected) => {
  expect(suggestPortName(name)).toBe(expected);
});
