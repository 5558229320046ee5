import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHostIndex } from './host-index.ts';
import { hostCovers, isWildcard } from './hosts.ts';

const label = fc.constantFrom('a', 'b', 'ab', 'cart');
const host = fc
  .tuple(fc.boolean(), fc.array(label, { minLength: 1, maxLength: 4 }))
  .map(([wildcard, labels]) => (wildcard ? `*${labels.length > 1 ? '.' : ''}` : '') + labels.join('.'));

test('finds what covers the host, and nothing else, the most specific first', () => {
  fc.assert(
    fc.property(fc.uniqueArray(host, { maxLength: 12 }), host, (known, asked) => {
      const index = createHostIndex<string>();
      for (const one of known) index.add(one, one);
      const covering = known
        .filter((one) => hostCovers(one, asked))
        .sort((a, b) => Number(b === asked) - Number(a === asked) || b.length - a.length);
      expect([...index.covering(asked)].flat()).toEqual(covering);
      expect(index.at(asked)).toEqual(known.includes(asked) ? [asked] : undefined);
    }),
    { numRuns: 1000 },
  );
});

test('wildcards of one length do not hide each other', () => {
  const index = createHostIndex<number>();
  for (const [i, one] of ['*.a.com', '*.b.com', '*', 'x.a.com', '*.a.com'].entries()) index.add(one, i);
  expect([...index.covering('x.a.com')]).toEqual([[3], [0, 4], [2]]);
  expect([...index.hosts()].filter(isWildcard)).toEqual(['*.a.com', '*.b.com', '*']);
});
