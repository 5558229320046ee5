import type { ValueReport } from '../../value-check.ts';
import { either } from './fault.ts';

/** Reports all but the first of fields that exclude each other (a `oneof` of the API): the API server takes one only. */
export function checkOneOf<T extends object>(
  report: ValueReport,
  owner: T,
  keys: readonly (keyof T & string)[],
): void {
  let first: string | undefined;
  for (const key of keys) {
    if (owner[key] === undefined) continue;
    if (first !== undefined) {
      report.error(owner, key, `${first} and ${key} are both set`, `Keep one of ${either(keys)}`);
    }
    first ??= key;
  }
}
