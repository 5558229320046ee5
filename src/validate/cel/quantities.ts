import { type CelInput, celFunc, celMethod } from '@bufbuild/cel';
import { compareVersions } from './semver.ts';
import { BOOL, DOUBLE, DYN, expectText, INT, MAP, opaque, STRING, textOf } from './values.ts';

/** Quantities are whole numbers of billionths, which is as fine as Kubernetes keeps them. */
const ONE = 1_000_000_000n;
const written = /^([-+]?)(\d*)(?:\.(\d*))?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][-+]?\d{1,3}|)$/;
const MAX_INT = 2n ** 63n - 1n;

/** Billionths; undefined for what is no quantity (resource.ParseQuantity). */
function parseQuantity(text: string): bigint | undefined {
  const [all, sign, whole = '', fraction = '', suffix = ''] = written.exec(text) ?? [];
  if (all === undefined || (whole === '' && fraction === '')) return undefined;
  const { factor, divisor } = scaleOf(suffix);
  const numerator = BigInt(whole + fraction) * factor * ONE;
  const denominator = 10n ** BigInt(fraction.length) * divisor;
  // What is finer is rounded up, away from zero.
  const units = (numerator + denominator - 1n) / denominator;
  return sign === '-' ? -units : units;
}

function scaleOf(suffix: string): { factor: bigint; divisor: bigint } {
  if (suffix.endsWith('i'))
    return { factor: 1024n ** BigInt('KMGTPE'.indexOf(suffix.charAt(0)) + 1), divisor: 1n };
  const exponent = /^[eE]./.test(suffix) ? Number(suffix.slice(1)) : (decimal[suffix] ?? 0);
  return exponent < 0
    ? { factor: 1n, divisor: 10n ** BigInt(-exponent) }
    : { factor: 10n ** BigInt(exponent), divisor: 1n };
}
const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

function unitsOf(value: unknown): bigint {
  return BigInt(expectText(value, 'quantity'));
}

function make(units: bigint): CelInput {
  return opaque('quantity', String(units));
}

function order(a: bigint, b: bigint): bigint {
  return a < b ? -1n : a > b ? 1n : 0n;
}

/** Versions compare by the same names. */
function compareTo(a: unknown, b: unknown): bigint {
  const version = textOf(a, 'semver');
  return version === undefined
    ? order(unitsOf(a), unitsOf(b))
    : compareVersions(version, expectText(b, 'semver'));
}

function integerIn(units: bigint): bigint | undefined {
  const whole = units / ONE;
  return units % ONE === 0n && whole <= MAX_INT && whole >= -MAX_INT - 1n ? whole : undefined;
}

/** Kubernetes' quantities (pkg/cel/library/quantity.go). */
export const quantityFunctions = [
  celFunc('quantity', [STRING], DYN, (text) => {
    const units = parseQuantity(text);
    if (units === undefined) throw new Error(`${text} is no quantity`);
    return make(units);
  }),
  celFunc('isQuantity', [STRING], BOOL, (text) => parseQuantity(text) !== undefined),
  celMethod('sign', MAP, [], INT, function () {
    return order(unitsOf(this), 0n);
  }),
  celFunc('sign', [MAP], INT, (value) => order(unitsOf(value), 0n)),
  celMethod('isInteger', MAP, [], BOOL, function () {
    return integerIn(unitsOf(this)) !== undefined;
  }),
  celMethod('asInteger', MAP, [], INT, function () {
    const integer = integerIn(unitsOf(this));
    if (integer === undefined) throw new Error('cannot convert value to integer');
    return integer;
  }),
  celMethod('asApproximateFloat', MAP, [], DOUBLE, function () {
    return Number(unitsOf(this)) / Number(ONE);
  }),
  celMethod('isGreaterThan', MAP, [MAP], BOOL, function (other) {
    return compareTo(this, other) === 1n;
  }),
  celMethod('isLessThan', MAP, [MAP], BOOL, function (other) {
    return compareTo(this, other) === -1n;
  }),
  celMethod('compareTo', MAP, [MAP], INT, function (other) {
    return compareTo(this, other);
  }),
  ...(
    [
      ['add', 1n],
      ['sub', -1n],
    ] as const
  ).flatMap(([name, sign]) => [
    celMethod(name, MAP, [MAP], DYN, function (other) {
      return make(unitsOf(this) + sign * unitsOf(other));
    }),
    celMethod(name, MAP, [INT], DYN, function (other) {
      return make(unitsOf(this) + sign * other * ONE);
    }),
  ]),
];
