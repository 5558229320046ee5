import {
  type CelInput,
  type CelListType,
  type CelMap,
  type CelMapType,
  CelScalar,
  isCelList,
  isCelMap,
  isCelUint,
  listType,
  mapType,
} from '@bufbuild/cel';

// The types are written out: what the library infers cannot be named in a declaration file.
export const INT: typeof CelScalar.INT = CelScalar.INT;
export const BOOL: typeof CelScalar.BOOL = CelScalar.BOOL;
export const STRING: typeof CelScalar.STRING = CelScalar.STRING;
export const DOUBLE: typeof CelScalar.DOUBLE = CelScalar.DOUBLE;
export const DYN: typeof CelScalar.DYN = CelScalar.DYN;
export const NULL: typeof CelScalar.NULL = CelScalar.NULL;
export const LIST: CelListType<typeof CelScalar.DYN> = listType(CelScalar.DYN);
export const MAP: CelMapType<typeof CelScalar.DYN, typeof CelScalar.DYN> = mapType(
  CelScalar.DYN,
  CelScalar.DYN,
);

/** Something that CEL in Kubernetes knows and meshlint does not: the rule cannot be judged, and is named. */
export class NotSupported extends Error {
  constructor(what: string) {
    super(`not supported: ${what}`);
    this.name = 'NotSupported';
  }
}

/**
 * Values of types that Kubernetes adds to CEL. The library takes only its own types, so they are maps with one key
 * that no manifest has. The text is canonical: values are equal when it is the same.
 */
const KIND = '\u0000kind';
const TEXT = '\u0000text';

export type OpaqueKind = 'ip' | 'cidr' | 'url' | 'quantity' | 'semver' | 'format';

export function opaque(kind: OpaqueKind, text: string): Map<string, string> {
  return new Map([
    [KIND, kind],
    [TEXT, text],
  ]);
}

/** The text of a value of that kind; undefined for any other value. */
export function textOf(value: unknown, ...of: readonly OpaqueKind[]): string | undefined {
  if (!isCelMap(value)) return undefined;
  const kind = value.get(KIND);
  const text = value.get(TEXT);
  return typeof text === 'string' && of.some((one) => one === kind) ? text : undefined;
}

/** The same, for methods: of any other value Kubernetes has no such method, or has it of a type that is not known here. */
export function expectText(value: unknown, ...of: readonly OpaqueKind[]): string {
  const text = textOf(value, ...of);
  if (text === undefined) throw new NotSupported(`a method of ${of.join(' or ')} on another value`);
  return text;
}

const VALUE = '\u0000value';

/** An optional value with something in it; none is null: so `x == null`, which cel-go lets pass its checks, means none. */
export function some(value: CelInput): CelInput {
  return new Map<string, CelInput>([[VALUE, value]]);
}

export function isSome(value: unknown): value is CelMap {
  return isCelMap(value) && value.has(VALUE);
}

/** The value in an optional one; undefined when it is none. */
export function valueIn(optional: unknown): CelInput | undefined {
  if (optional === null) return undefined;
  if (!isSome(optional)) throw new NotSupported('a method of optional on another value');
  return optional.get(VALUE);
}

export function itemsOf(list: unknown): CelInput[] {
  if (!isCelList(list)) throw new NotSupported('a method of lists on another value');
  return [...list];
}

/** -1, 0 or 1, as cel-go compares values of one type. */
export function compare(a: unknown, b: unknown): number {
  const left = comparable(a);
  const right = comparable(b);
  if (typeof left === 'string' || typeof right === 'string') {
    if (typeof left !== typeof right) throw new NotSupported('a comparison of values of two types');
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

function comparable(value: unknown): bigint | number | string {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isCelUint(value)) return value.value;
  const nanoseconds = nanosecondsOf(value);
  if (nanoseconds === undefined) throw new NotSupported('a comparison of such values');
  return nanoseconds;
}

/** Durations and timestamps are messages of the library. */
export function nanosecondsOf(value: unknown): bigint | undefined {
  const message: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'message') : undefined;
  if (typeof message !== 'object' || message === null) return undefined;
  const seconds: unknown = Reflect.get(message, 'seconds');
  const nanos: unknown = Reflect.get(message, 'nanos');
  if (typeof seconds !== 'bigint' || typeof nanos !== 'number') return undefined;
  return seconds * 1_000_000_000n + BigInt(nanos);
}

/** A value in words, for messages. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (isCelList(value)) return [...value].map(showValue).join(', ');
  if (isSome(value)) return showValue(valueIn(value));
  if (isCelMap(value)) {
    return [...value.entries()].map(([key, one]) => `${showValue(key)}: ${showValue(one)}`).join(', ');
  }
  return isCelUint(value) ? `${value.value}` : String(value);
}
