import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  expandHost,
  hostCovers,
  hostsOverlap,
  parseForeignHost,
  parsePartialHost,
  parseServiceHost,
} from './hosts.ts';

const domain = 'cluster.local';

test.each([
  ['reviews', 'reviews.shop.svc.cluster.local'],
  ['reviews.shop', 'reviews.shop'],
  ['Reviews', 'Reviews.shop.svc.cluster.local'],
  ['*', '*'],
  ['*.example.com', '*.example.com'],
  ['10.0.0.1', '10.0.0.1'],
  ['::1', '::1'],
])('%s stands for %s', (written, full) => {
  expect(expandHost(written, 'shop', domain)).toBe(full);
});

test.each([
  ['reviews.shop.svc.cluster.local', 'reviews', 'shop'],
  ['reviews.~.svc.cluster.local', 'reviews', '~'],
  ['pod.reviews.shop.svc.cluster.local', undefined, undefined],
  ['reviews.svc.cluster.local', undefined, undefined],
  ['.shop.svc.cluster.local', undefined, undefined],
  ['reviews.shop.svc.corp.internal', undefined, undefined],
  ['reviews.shop.svc.cluster.local.', undefined, undefined],
])('%s is the Service %s of %s', (host, name, namespace) => {
  expect(parseServiceHost(host, domain)).toEqual(name && { name, namespace });
});

test.each([
  ['reviews.shop', true],
  ['reviews.shop.svc', true],
  ['reviews.shop.svc.cluster', true],
  ['reviews.shop.cluster.local', true],
  ['reviews.shop.svc.cluster.local', false],
  ['reviews.shop.svc.', false],
  ['reviews.shop.sv', false],
  ['reviews.shop.com', false],
  ['reviews.', false],
  ['reviews', false],
])('%s is part of a full name: %s', (host, isPart) => {
  expect(parsePartialHost(host, domain)).toEqual(isPart ? { name: 'reviews', namespace: 'shop' } : undefined);
});

test.each([
  ['web.shop.svc.corp.internal', { name: 'web', namespace: 'shop', domain: 'corp.internal' }],
  ['web.shop.svc', undefined],
  ['web.shop.example.com', undefined],
  ['.shop.svc.corp', undefined],
])('%s belongs to the domain %o', (host, parsed) => {
  expect(parseForeignHost(host)).toEqual(parsed);
});

describe('names with wildcards', () => {
  test.each([
    ['foo.com', 'foo.com', true],
    ['foo.com', 'bar.com', false],
    ['*.com', 'foo.com', true],
    ['*.foo.com', 'foo.com', false],
    ['*', 'foo.com', true],
    ['*', '*.com', true],
    ['*.foo.com', '*.com', true],
    ['*.foo.com', '*.bar.com', false],
    ['*-eu.foo.com', 'api-eu.foo.com', true],
    ['Foo.com', 'foo.com', false],
  ])('%s and %s overlap: %s', (a, b, overlap) => {
    expect(hostsOverlap(a, b)).toBe(overlap);
    expect(hostsOverlap(b, a)).toBe(overlap);
  });

  /** Every text of up to five letters, among them a counterexample to whatever is wrong about shorter patterns. */
  const universe = textsUpTo(5);
  const means = (pattern: string, text: string): boolean =>
    pattern.startsWith('*') ? text.endsWith(pattern.slice(1)) : text === pattern;
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 4 });
  const pattern = fc.oneof(
    letters.filter((text) => text !== ''),
    letters.map((text) => `*${text}`),
  );

  test('overlap if and only if some name is meant by both', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        expect(hostsOverlap(a, b)).toBe(universe.some((text) => means(a, text) && means(b, text)));
      }),
    );
  });

  test('one covers another if and only if it means every name that the other means', () => {
    fc.assert(
      fc.property(pattern, pattern, (outer, inner) => {
        const all = universe.every((text) => !means(inner, text) || means(outer, text));
        expect(hostCovers(outer, inner)).toBe(all);
      }),
    );
  });

  test('overlapping is symmetric and reflexive, covering reflexive and transitive, and covering overlaps', () => {
    fc.assert(
      fc.property(pattern, pattern, pattern, (a, b, c) => {
        expect(hostsOverlap(a, b)).toBe(hostsOverlap(b, a));
        expect(hostsOverlap(a, a) && hostCovers(a, a)).toBe(true);
        if (hostCovers(a, b)) expect(hostsOverlap(a, b)).toBe(true);
        if (hostCovers(a, b) && hostCovers(b, a)) expect(a).toBe(b);
        if (hostCovers(a, b) && hostCovers(b, c)) expect(hostCovers(a, c)).toBe(true);
      }),
    );
  });
});

function textsUpTo(length: number): readonly string[] {
  const texts = [''];
  for (let from = 0, n = 0; n < length; n++) {
    const until = texts.length;
    for (; from < until; from++) for (const letter of 'ab.') texts.push(`${texts[from]}${letter}`);
  }
  return texts;
}
