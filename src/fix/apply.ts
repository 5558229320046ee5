// Applying many fixes to one text.
import { isDeepStrictEqual } from 'node:util';
import type { PlannedFix } from '../engine/fixes.ts';
import { readDocuments } from '../text/documents.ts';
import type { TextEdit } from '../text/edit.ts';
import { createSource, type Source } from '../text/index.ts';
import { apart } from './apart.ts';
import { withEdits } from './intended.ts';
import { editedText } from './plan.ts';

export interface Applied {
  readonly text: string;
  readonly edits: readonly TextEdit[];
  readonly fixes: readonly PlannedFix[];
}

/**
 * Applies fixes of one source, in their order; of those that touch the same text the first, for what they see is gone
 * afterwards. Undefined when nothing can be applied.
 */
export async function applyFixes(source: Source, fixes: readonly PlannedFix[]): Promise<Applied | undefined> {
  const chosen = apart(fixes.map(({ edits }) => edits)).flatMap((i) => fixes[i] ?? []);
  const all = await attempt(source, chosen);
  if (all !== undefined || chosen.length < 2) return all;
  // Together they do not mean what each of them means: one at a time, the others may follow in another round.
  return attempt(source, chosen.slice(0, 1));
}

async function attempt(source: Source, fixes: readonly PlannedFix[]): Promise<Applied | undefined> {
  if (fixes.length === 0) return undefined;
  const before = await readDocuments(source);
  if (before.some(({ error }) => error !== undefined)) return undefined;
  const edits = fixes.flatMap((fix) => fix.edits).sort((a, b) => a.start - b.start || a.end - b.end);
  const text = editedText(source.text, edits);
  const after = await readDocuments(createSource(source.path, text));
  const isMeant =
    after.length === before.length &&
    before.every(({ start, value }, i) => {
      const own = fixes.filter(({ document }) => document === start).flatMap(({ fields }) => fields);
      return isDeepStrictEqual(after[i]?.value, withEdits(value, own));
    });
  return isMeant ? { text, edits, fixes } : undefined;
}
