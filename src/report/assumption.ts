import type { Diagnostic } from '../engine/diagnostic.ts';

/** What a finding assumes of settings that could not be read, as a sentence; empty for most. */
export function assumptionOf({ assumes = [] }: Diagnostic): string {
  return assumes.length === 0 ? '' : `Assumes ${assumes.join(', and ')}.`;
}
