import type { ValueReport } from '../../value-check.ts';
import { type Fault, refuse } from './fault.ts';

/** A whole percentage (`ValidatePercent`, config/validation). */
export function percentFault(value: number): Fault | undefined {
  if (value >= 0 && value <= 100) return undefined;
  return { problem: `${value} is not a percentage`, help: 'Write a number from 0 to 100' };
}

/** A percentage with a fraction, of which Envoy tells millionths (`validatePercentage`, config/validation). */
export function fractionFault(value: number): Fault | undefined {
  if (value > 0 && value < 0.0001) {
    return { problem: `${value} % is below what the proxy can tell`, help: 'Write 0, or at least 0.0001' };
  }
  return percentFault(value);
}

/** A number that may not be negative; `what` names it: "The weight". */
export function negativeFault(value: number, what: string): Fault | undefined {
  if (value >= 0) return undefined;
  return { problem: `${what} is negative: ${value}`, help: 'Write 0 or more' };
}

/** Checks that the numbers under these keys are not negative. */
export function checkCounters<T extends object>(
  report: ValueReport,
  owner: T,
  keys: readonly (keyof T & string)[],
): void {
  for (const key of keys) {
    const value: unknown = owner[key];
    if (typeof value === 'number') refuse(report, owner, key, negativeFault(value, key));
  }
}
