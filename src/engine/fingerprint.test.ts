import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint } from './fingerprint.ts';

test('equal values, equal fingerprints', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(fingerprint(structuredClone(value))).toBe(fingerprint(value));
      expect(fingerprint(value)).toMatch(/^[0-9a-f]{16}$/);
    }),
  );
});

test('two hundred thousand findings that look alike have two hundred thousand fingerprints', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 200_000; i++)
    seen.add(fingerprint(['IST0101', 'routing/x', `app-${i}`, ['spec', 'http', i % 7]]));
  expect(seen.size).toBe(200_000);
});
