import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PlaceStep, parsePlace, placesIn } from './places.ts';

const every = { every: true } as const;

test.each<readonly [text: string, steps: readonly PlaceStep[] | undefined]>([
  ['spec', ['spec']],
  ['spec.http[*].route[0].weight', ['spec', 'http', every, 'route', 0, 'weight']],
  ["metadata.labels['app.kubernetes.io/name']", ['metadata', 'labels', 'app.kubernetes.io/name']],
  ['metadata.annotations["a\'b"].c', ['metadata', 'annotations', "a'b", 'c']],
  ['', undefined],
  ['.spec.http', ['spec', 'http']],
  ['spec.', undefined],
  ['spec..http', undefined],
  ['spec[', undefined],
  ['spec[a]', undefined],
  ['spec[*', undefined],
  ['spec http', undefined],
])('%j is read', (text, steps) => {
  expect(parsePlace(text)).toEqual(steps);
});

test('what is written is read again, whatever the names are', () => {
  const name = fc.oneof(
    fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]*$/),
    fc.string().map((text) => text.replaceAll("'", '')),
  );
  const step: fc.Arbitrary<PlaceStep> = fc.oneof(name, fc.nat(), fc.constant(every));
  fc.assert(
    fc.property(fc.array(step, { minLength: 1 }), (steps) => {
      const text = steps
        .map((one) => (typeof one === 'object' ? '[*]' : typeof one === 'number' ? `[${one}]` : `['${one}']`))
        .join('');
      expect(parsePlace(text)).toEqual(steps);
    }),
  );
});

describe('places', () => {
  const route = { name: 'a', timeout: '1s' };
  const other = { name: 'b' };
  const spec = { http: [route, other], hosts: ['x'], labels: { a: '1', b: '2' } };
  const body = { spec };
  test.each<readonly [text: string, places: ReturnType<typeof placesIn>]>([
    ['spec', [{ owner: body, key: 'spec', value: spec }]],
    ['spec.hosts[0]', [{ owner: spec.hosts, key: 0, value: 'x' }]],
    [
      'spec.http[*].timeout',
      [
        { owner: route, key: 'timeout', value: '1s' },
        { owner: other, key: 'timeout', value: undefined },
      ],
    ],
    [
      'spec.labels[*]',
      [
        { owner: spec.labels, key: 'a', value: '1' },
        { owner: spec.labels, key: 'b', value: '2' },
      ],
    ],
    ['spec.tls.mode', [{ owner: spec, key: 'tls', value: undefined }]],
    ['spec.hosts[3].name', [{ owner: spec.hosts, key: 3, value: undefined }]],
    ['spec.toString', [{ owner: spec, key: 'toString', value: undefined }]],
    ['spec.tcp[*].port', []],
    ['spec.hosts[*].length', [{ owner: spec.hosts, key: 0, value: undefined }]],
  ])('of %s', (text, places) => {
    expect(placesIn(body, parsePlace(text) ?? [])).toEqual(places);
  });
});
