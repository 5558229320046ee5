import { expect, test } from 'vitest';
import { isAtLeast, minorOf } from './releases.ts';

test.each([
  ['1.30', '1.9', true],
  ['1.9', '1.30', false],
  ['1.28.3', '1.28', true],
  ['v1.28-rc.0', '1.28', true],
])('%s is %s or later: %s', (version, release, expected) => {
  expect(isAtLeast(version, release)).toBe(expected);
});

test.each([
  ['1.28.3', '1.28'],
  ['v1.28-latest', '1.28'],
  ['latest', undefined],
  [undefined, undefined],
])('%s is of release %s', (version, release) => {
  expect(minorOf(version)).toBe(release);
});
