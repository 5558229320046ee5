import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNearNames, nearestName } from './near.ts';

describe('near misses', () => {
  test.each([
    ['revews', 'reviews', true, 'a letter left out'],
    ['reveiws', 'reviews', true, 'two letters swapped'],
    ['catt', 'cart', true, 'a letter for another'],
    ['reviews', 'reviews', false, 'the same name'],
    ['cat', 'dog', false, 'another name'],
    ['ab', 'abc', false, 'too short to tell'],
    ['catch', 'watcher', false, 'two edits in a short name'],
    ['recomendatoins', 'recommendations', true, 'two edits in a long name'],
    ['reviews-v1', 'reviews-v2', false, 'another version'],
    ['reviews-v10', 'reviews-v1', false, 'another version'],
    ['reviws-v1', 'reviews-v1', true, 'a slip beside a version'],
    ['servcie3c12-173', 'service3c12-173', true, 'a slip beside a hash'],
    ['service3c12-173', 'service3c1c-73', false, 'hashes'],
    ['ns-1', 'ns1', false, 'a dash in a short name'],
    ['webb', 'web', true, 'a letter too much in a short name'],
    ['istio-egressgateway', 'istio-ingressgateway', false, 'another gateway of Istio'],
    ['istio-egresgateway', 'istio-egressgateway', true, 'a slip in the name of a gateway of Istio'],
    ['ingressgateway-b', 'ingressgateway', false, 'one more of a kind'],
    ['b-ingressgateway', 'ingressgateway', false, 'one more of a kind'],
    ['shop-canary', 'shop-canray', true, 'a slip behind a dash'],
  ])('%s for %s: %s (%s)', (written, known, near) => {
    expect(nearestName(written, [known])).toBe(near ? known : undefined);
    expect(createNearNames([known]).nearest(written)).toBe(near ? known : undefined);
  });

  test('the closest wins, the first by name on a tie', () => {
    expect(nearestName('revies', ['reviers', 'reviews', 'revised'])).toBe('reviers');
    expect(nearestName('recomendations', ['recommendation', 'recommendations'])).toBe('recommendations');
  });
});

test('the index finds what reading all of them finds', () => {
  const label = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '1'), maxLength: 10 });
  const prefixed = fc.tuple(fc.constantFrom('', 'service-', 'serv'), label).map(([a, b]) => `${a}${b}`);
  fc.assert(
    fc.property(fc.array(prefixed, { maxLength: 40 }), prefixed, (known, written) => {
      expect(createNearNames(known).nearest(written)).toBe(nearestName(written, known));
    }),
    { numRuns: 500 },
  );
});
