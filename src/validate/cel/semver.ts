import { type CelInput, celFunc, celMethod } from '@bufbuild/cel';
import { BOOL, DYN, expectText, INT, MAP, opaque, STRING } from './values.ts';

const identifier = '(?:0|[1-9]\\d*|\\d*[-A-Za-z][-0-9A-Za-z]*)';
const written = new RegExp(
  `^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-(${identifier}(?:\\.${identifier})*))?(?:\\+([-0-9A-Za-z]+(?:\\.[-0-9A-Za-z]+)*))?$`,
);

/** The version that a text stands for; undefined for none (blang/semver's Parse; normalized first where asked). */
function parse(text: string, normalize: boolean): string | undefined {
  const whole = normalize ? normalized(text) : text;
  return whole !== undefined && written.test(whole) ? whole : undefined;
}

/** Without a `v` in front and without leading zeros, with all three numbers. */
function normalized(text: string): string | undefined {
  const [first = '', second, ...rest] = text.replace(/^v/, '').split('.');
  const parts = [
    first,
    ...(second === undefined ? [] : [second]),
    ...(rest.length === 0 ? [] : [rest.join('.')]),
  ];
  if (parts.length < 3 && /[-+]/.test(parts.at(-1) ?? '')) return undefined;
  while (parts.length < 3) parts.push('0');
  return parts.map((part) => part.replace(/^0+(?=\d)/, '')).join('.');
}

function numbers(text: string): bigint[] {
  return (written.exec(text) ?? []).slice(1, 4).map((part) => BigInt(part ?? '0'));
}

function order(a: bigint | string, b: bigint | string): bigint {
  return a < b ? -1n : a > b ? 1n : 0n;
}

export function compareVersions(a: string, b: string): bigint {
  const [left, right] = [numbers(a), numbers(b)];
  for (const [at, part] of left.entries()) {
    const found = order(part, right[at] ?? 0n);
    if (found !== 0n) return found;
  }
  return comparePrerelease(written.exec(a)?.[4], written.exec(b)?.[4]);
}

/** A version without one is the later; numbers come before words, and fewer parts before more. */
function comparePrerelease(a: string | undefined, b: string | undefined): bigint {
  if (a === undefined || b === undefined) return order(a === undefined ? 1n : 0n, b === undefined ? 1n : 0n);
  const [left, right] = [a.split('.'), b.split('.')];
  for (const [at, part] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1n;
    const [number, otherNumber] = [/^\d+$/.test(part), /^\d+$/.test(other)];
    if (number !== otherNumber) return number ? -1n : 1n;
    const found = number ? order(BigInt(part), BigInt(other)) : order(part, other);
    if (found !== 0n) return found;
  }
  return order(BigInt(left.length), BigInt(right.length));
}

function version(text: string, normalize: boolean): CelInput {
  const parsed = parse(text, normalize);
  if (parsed === undefined) throw new Error(`${text} is no semantic version`);
  // Builds of one version are equal.
  return opaque('semver', parsed.replace(/\+.*$/, ''));
}

/** Kubernetes' versions (pkg/cel/library/semverlib.go); how they compare is in quantities.ts, by the same names. */
export const semverFunctions = [
  celFunc('semver', [STRING], DYN, (text) => version(text, false)),
  celFunc('semver', [STRING, BOOL], DYN, version),
  celFunc('isSemver', [STRING], BOOL, (text) => parse(text, false) !== undefined),
  celFunc('isSemver', [STRING, BOOL], BOOL, (text, normalize) => parse(text, normalize) !== undefined),
  ...['major', 'minor', 'patch'].map((name, at) =>
    celMethod(name, MAP, [], INT, function () {
      return numbers(expectText(this, 'semver'))[at] ?? 0n;
    }),
  ),
];
