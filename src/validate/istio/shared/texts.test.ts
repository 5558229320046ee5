import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isClaimKey } from '../../../model/claim-key.ts';
import { isCidr, isIp } from './addresses.ts';
import { domainFault, domainsOverlap, namespacedHostFault, wildcardDomainFault } from './domains.ts';
import { durationFault, durationOrZeroFault, parseDuration } from './durations.ts';
import { headerValueFault } from './headers.ts';
import { findLocalityFault } from './localities.ts';
import { portFault, protocolFamily } from './ports.ts';
import { findRegexProblem } from './re2.ts';
import { regexFault } from './regex.ts';

test('addresses', () => {
  fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (ip) => isIp(ip)));
  fc.assert(
    fc.property(fc.ipV4(), fc.nat({ max: 40 }), (ip, bits) => isCidr(`${ip}/${bits}`) === bits <= 32),
  );
  for (const ip of ['::', '1::', 'fe80::1%eth0', '::ffff:1.2.3.4']) expect(isIp(ip), ip).toBe(true);
  for (const ip of [
    '',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.256',
    ':::',
    '1:2',
    'fe80::1%',
    '1.2.3.4%a',
    '::1.2.3.4:5',
  ]) {
    expect(isIp(ip), ip).toBe(false);
  }
  for (const block of ['10.0.0.0', '10.0.0.0/08', '::/129', 'fe80::%a/8', '/8'])
    expect(isCidr(block), block).toBe(false);
});

test('domains', () => {
  fc.assert(fc.property(fc.domain(), (name) => domainFault(name) === undefined));
  fc.assert(fc.property(fc.domain(), (name) => wildcardDomainFault(`*.${name}`) === undefined));
  fc.assert(fc.property(fc.domain(), (name) => domainFault(`*.${name}`) !== undefined));
  fc.assert(
    fc.property(fc.string(), (text) => wildcardDomainFault(text) !== undefined || /^[-\w.*]+$/.test(text)),
  );
  for (const name of ['a', 'a.b.', 'A.b']) expect(domainFault(name), name).toBeUndefined();
  for (const name of ['', '.', 'a..b', '1.2', '-a', 'a-.b', 'a'.repeat(64), `${'a.'.repeat(128)}b`]) {
    expect(domainFault(name), name).toBeDefined();
  }
  expect(domainsOverlap('*.a', 'b.a')).toBe(true);
  expect(domainsOverlap('*.a', '*.b.a')).toBe(true);
  expect(domainsOverlap('*.a', 'a')).toBe(false);
  expect(namespacedHostFault('~/*', 'Sidecar')).toBeUndefined();
  expect(namespacedHostFault('~/*', 'Gateway')).toBeDefined();
});

test('durations', () => {
  const units = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 };
  const [names, sizes] = [Object.keys(units), Object.values(units)];
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 999 }), { minLength: 6, maxLength: 6 }), (numbers) => {
      const text = numbers.map((number, i) => `${number}${names[i]}`).join('');
      return parseDuration(text) === numbers.reduce((sum, number, i) => sum + number * (sizes[i] ?? 0), 0);
    }),
  );
  expect(parseDuration('1.001s')).toBe(1001e6);
  expect(parseDuration('-.5m')).toBe(-30e9);
  for (const text of ['', '5', 's', '1 s', '1d', '1s2', '.s', '1e3s', '--1s'])
    expect(parseDuration(text), text).toBeUndefined();
  for (const text of ['1ms', '1h', '0.001s']) expect(durationFault(text), text).toBeUndefined();
  for (const text of ['0s', '-1s', '999us', '1.5ms']) expect(durationFault(text), text).toBeDefined();
  expect(durationOrZeroFault('0s')).toBeUndefined();
});

test('ports and protocols', () => {
  fc.assert(
    fc.property(fc.integer(), (port) => (portFault(port) === undefined) === (port > 0 && port < 65536)),
  );
  expect(['grpc-web', 'Https', 'Mongo', 'HTTP1'].map(protocolFamily)).toEqual([
    'http',
    'tls',
    'other',
    undefined,
  ]);
});

test('header values', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[^%]*$/),
      (text) => /[^\P{Cc}\t]/u.test(text) || headerValueFault(text) === undefined,
    ),
  );
  for (const value of ['', 'a\tb', '100%%', '%A%', '%A(b)%', '%A(["b", "c"])%', '%A(b) %', 'a%%%B%']) {
    expect(headerValueFault(value), value).toBeUndefined();
  }
  for (const value of ['%', '100%', 'a%b', '%A(b%', '%A(["b" "c"])%', '%A([b])%', '%A%%', 'a\nb', '%A()%']) {
    expect(headerValueFault(value), value).toBeDefined();
  }
  for (const key of ['@request.auth.claims.a', '@Request.Auth.Claims[a][b]'])
    expect(isClaimKey(key)).toBe(true);
  for (const key of ['@request.auth.claims', '@request.auth.claims.', '@request.auth.claims[]', 'a'])
    expect(isClaimKey(key)).toBe(false);
});

test('expressions of RE2', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) =>
      ['string', 'undefined'].includes(typeof findRegexProblem(text)),
    ),
  );
  fc.assert(
    fc.property(
      fc.string({ maxLength: 60 }),
      (text) => findRegexProblem(text.replace(/[^\w\s]/g, '\\$&')) === undefined,
    ),
  );
  for (const text of [
    '',
    'a{,2}',
    'a{',
    '{',
    '(|a)*',
    'a(?i)*',
    '[]a]',
    '[^]]',
    '[[:alpha:]_]',
    '\\pL',
    '\\p{Greek}',
    '\\Q(\\E',
    '(?P<a>b)',
    '(?<a>b)',
    '(a{10}){100}',
    '\\x{10ffff}',
    '\\012',
    '(?i-s:a)',
    '()',
  ]) {
    expect(findRegexProblem(text), text).toBeUndefined();
  }
  for (const text of [
    '(',
    ')',
    '*',
    '|*',
    '(*)',
    'a**',
    'a{2}{3}',
    'a{3,2}',
    'a{1001}',
    '(a{100}){11}',
    '[',
    '[]',
    '[z-a]',
    '[[:x:]]',
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?>a)',
    '(?x)a',
    '(?P=a)',
    '(?P<a>b)(?P<a>c)',
    '\\1',
    '\\',
    '\\Z',
    '\\x{110000}',
    '\\pX',
    '\\p{Foo}',
    '[\\b]',
    '(?i-)a',
    '{2}',
  ]) {
    expect(findRegexProblem(text), text).toBeDefined();
  }
  expect(regexFault('é'.repeat(512))).toBeUndefined();
  expect(regexFault('é'.repeat(513))).toBeDefined();
  expect(regexFault('')).toBeDefined();
});

test.each([
  [['a', 'b/c', 'b/d/*', 'c/d/e', 'c/d/f'], []],
  [['a', 'a/b'], [1]],
  [['a/b', 'a/*'], [1]],
  [['a/b/c', 'a/b'], [1]],
  [['*', 'a'], [1]],
  [['a', 'a'], [1]],
  [
    ['a*b', 'a//b', ''],
    [0, 1, 2],
  ],
])('localities %j', (localities, wrong) => {
  expect([...findLocalityFault(localities)].map(({ index }) => index)).toEqual(wrong);
});
