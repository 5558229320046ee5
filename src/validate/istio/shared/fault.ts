import type { ValueReport } from '../../value-check.ts';

/** What is wrong with a value, and what to write: each one clause without a full stop. */
export interface Fault {
  readonly problem: string;
  readonly help: string;
}

/** Reports a fault as an error, if there is one. Returns whether the value was right. */
export function refuse(
  report: ValueReport,
  owner: object,
  key: string | number | undefined,
  fault: Fault | undefined,
): boolean {
  if (fault === undefined) return true;
  report.error(owner, key, fault.problem, fault.help);
  return false;
}

/** Checks each item of a list at its own place; a missing list is right. */
export function refuseEach<T>(
  report: ValueReport,
  list: readonly T[] | undefined,
  faultOf: (item: T) => Fault | undefined,
): void {
  if (list === undefined) return;
  for (const [index, item] of list.entries()) refuse(report, list, index, faultOf(item));
}

/** The value as messages show it. Long values are cut, so that a message stays one line. */
export function quoted(value: string): string {
  const line = value.replace(/\s+/g, ' ');
  return `"${line.length > 80 ? `${line.slice(0, 77)}…` : line}"`;
}

/** Names in a row, as a sentence has them: a, b or c. */
export function either(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}
