import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRequestUrl, parseUrl } from './urls.ts';

test.each([
  ['https://example.com/keys', 'https'],
  ['HTTP://example.com', 'http'],
  ['https:opaque', 'https'],
  ['https://user:pw@example.com:8443/a?b#c', 'https'],
  ['https://example.com:/a', 'https'],
  ['http://[::1]:80/', 'http'],
  ['http://[fe80::1%25eth0]/', 'http'],
  ['http://é.example/', 'http'],
  ['http://a%C3%A9/', 'http'],
  ['mongodb://a:1,b:2/', 'mongodb'],
  ['/path', ''],
  ['example.com/a', ''],
  ['*', ''],
  ['', ''],
])('%s is read', (text, scheme) => {
  expect(parseUrl(text)).toEqual({ scheme });
});

test.each([
  ':80',
  'a:b/\u0008',
  '1.2.3.4:80/x',
  'https://example.com:port/',
  'http://a:1,b:2/',
  'http://::1/',
  'http://[1]/',
  'http://[1.2.3.4]/',
  'http://[::1/',
  'http://[::1]x/',
  'http://a b/',
  'http://a%41/',
  'http://us er@a/',
  'http://a/%zz',
  'http://a/#%zz',
])('%s is refused', (text) => {
  expect(parseUrl(text)).toHaveProperty('fault');
});

test.each([
  ['/path', true],
  ['https://example.com', true],
  ['*', true],
  ['', false],
  ['example.com/a', false],
  ['/a#b', true],
])('%s as the target of a request: %s', (text, right) => {
  expect('scheme' in parseRequestUrl(text)).toBe(right);
});

test('what browsers take for a URL is one here, with the same scheme', () => {
  fc.assert(
    fc.property(
      fc.webUrl({ withFragments: true, withQueryParameters: true, validSchemes: ['http', 'https'] }),
      (text) => {
        expect(parseUrl(text)).toEqual({ scheme: new URL(text).protocol.slice(0, -1) });
      },
    ),
  );
});

test('any text is answered', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const parsed of [parseUrl(text), parseRequestUrl(text)]) {
        expect('scheme' in parsed ? parsed.scheme : parsed.fault).toBeTypeOf('string');
      }
    }),
  );
});
