import type { ValueReport } from '../../value-check.ts';
import { type Fault, quoted, refuse } from './fault.ts';

/** Nanoseconds in each unit that Go's `time.ParseDuration` knows. */
const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const part = /(\d*)(?:\.(\d*))?([^\d.]+)/y;

/** Reads a duration as Go writes them (1h30m, 1.5s, 250ms) to nanoseconds; undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  const signed = text.startsWith('-') || text.startsWith('+') ? text.slice(1) : text;
  if (signed === '') return undefined;
  if (signed === '0') return 0;
  let total = 0;
  for (let at = 0; at < signed.length; at = part.lastIndex) {
    part.lastIndex = at;
    const [match, digits = '', fraction = '', unit = ''] = part.exec(signed) ?? [];
    const size = Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (match === undefined || size === undefined || (digits === '' && fraction === '')) return undefined;
    // Digits are weighed as whole numbers, since 0.1 is none in binary: 1.001s must be 1001 ms sharp.
    total += Number(digits) * size + Math.floor((Number(fraction) * size) / 10 ** fraction.length);
  }
  if (total > Number.MAX_SAFE_INTEGER * 1024) return undefined;
  return text.startsWith('-') ? -total : total;
}

/** Says that a text is no duration at all: the API server does not take it. */
export function durationSyntaxFault(text: string): Fault | undefined {
  if (parseDuration(text) !== undefined) return undefined;
  return {
    problem: text === '' ? 'The duration is empty' : `${quoted(text)} is not a duration`,
    help: 'Write a number with its unit, such as 250ms, 5s or 1h',
  };
}

/** A duration of at least a millisecond, in whole milliseconds (`ValidateDuration`, config/validation/agent). */
export function durationFault(text: string): Fault | undefined {
  const nanoseconds = parseDuration(text);
  if (nanoseconds === undefined) return durationSyntaxFault(text);
  if (nanoseconds < 1e6) {
    return { problem: `The duration ${quoted(text)} is below one millisecond`, help: 'Write 1ms or more' };
  }
  if (nanoseconds % 1e6 === 0) return undefined;
  return {
    problem: `The duration ${quoted(text)} has a part of a millisecond`,
    help: 'Use whole milliseconds',
  };
}

/** A duration that may also be zero, which switches the thing off; anything below a millisecond counts as zero. */
export function durationOrZeroFault(text: string): Fault | undefined {
  const nanoseconds = parseDuration(text);
  return nanoseconds !== undefined && Math.abs(nanoseconds) < 1e6 ? undefined : durationFault(text);
}

/** Checks the texts under these keys as durations, of a millisecond or more unless told otherwise. */
export function checkDurations<T extends object>(
  report: ValueReport,
  owner: T,
  keys: readonly (keyof T & string)[],
  faultOf: (text: string) => Fault | undefined = durationFault,
): void {
  for (const key of keys) {
    const value: unknown = owner[key];
    if (typeof value === 'string') refuse(report, owner, key, faultOf(value));
  }
}
