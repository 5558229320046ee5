// From a proposed fix to changes of the text, each proven: what is read afterwards is exactly what was meant.
import { isDeepStrictEqual } from 'node:util';
import type { FixPlanner } from '../engine/fixes.ts';
import { readDocuments, readPositions } from '../text/documents.ts';
import type { FieldEdit, TextEdit } from '../text/edit.ts';
import { createSource, type Source, type TextDocument } from '../text/index.ts';
import { hasUnusualCharacters } from '../text/unusual.ts';
import { apart } from './apart.ts';
import { editText } from './edit-text.ts';
import { withEdits } from './intended.ts';
import type { EditedDocument } from './place.ts';

/** Makes a planner; it keeps the documents of the last source. */
export function createFixPlanner(): FixPlanner {
  let last: { readonly source: Source; readonly documents: Promise<readonly TextDocument[]> } | undefined;
  return async (source, { start, end }, proposals) => {
    if (last?.source !== source) last = { source, documents: readSound(source) };
    const document = (await last.documents).find((one) => one.start === start && one.end === end);
    const root = document && (await readPositions(source.text, start, end));
    if (document === undefined || root === undefined) return proposals.map(() => undefined);
    const { value, slow } = document;
    const edited = { text: source.text, start, end, value, root, unusual: slow !== undefined };
    return prove(edited, proposals);
  };
}

/** The documents of a text; none when one of them does not parse, for then nobody can tell what the text means. */
async function readSound(source: Source): Promise<readonly TextDocument[]> {
  if (hasUnusualCharacters(source.text)) return [];
  const documents = await readDocuments(source);
  return documents.some(({ error }) => error !== undefined) ? [] : documents;
}

/** The changes that one proposal makes; undefined where it cannot be made, or touches the same text twice. */
function draft(document: EditedDocument, edits: readonly FieldEdit[]): readonly TextEdit[] | undefined {
  const parts: TextEdit[] = [];
  for (const edit of edits) {
    const made = editText(document, edit);
    if (made === undefined) return undefined;
    parts.push(...made);
  }
  return inOrderOfText(parts);
}

/** Characters that may be read to prove the fixes of one document, and readings that it may take however long it is. */
const MOST_CHARACTERS = 20_000_000;
const FEWEST_READINGS = 20;

/**
 * Keeps the drafts that mean what was proposed. As many as leave each other alone are proven at once; where that fails,
 * each half by itself.
 */
async function prove(
  document: EditedDocument,
  proposals: readonly (readonly FieldEdit[])[],
): Promise<(readonly TextEdit[] | undefined)[]> {
  const { text, start, end, value } = document;
  const drafts = proposals.map((edits) => draft(document, edits));
  const proven: (readonly TextEdit[] | undefined)[] = proposals.map(() => undefined);
  let readings = Math.max(FEWEST_READINGS, MOST_CHARACTERS / (end - start + 1));

  async function isMeant(some: readonly number[]): Promise<boolean> {
    const edits = inOrderOfText(some.flatMap((i) => drafts[i] ?? []));
    if (edits === undefined) return false;
    const intended = withEdits(
      structuredClone(value),
      some.flatMap((i) => proposals[i] ?? []),
    );
    const after = await readDocuments(createSource('', editedText(text, edits, start, end)));
    return intended !== undefined && after.length === 1 && isDeepStrictEqual(after[0]?.value, intended);
  }
  async function check(some: readonly number[]): Promise<void> {
    if (some.length === 0 || readings-- <= 0) return;
    if (await isMeant(some)) {
      for (const i of some) proven[i] = drafts[i];
    } else if (some.length > 1) {
      const half = some.length >> 1;
      await check(some.slice(0, half));
      await check(some.slice(half));
    }
  }

  let open = drafts.flatMap((edits, i) => (edits === undefined ? [] : [i]));
  while (open.length > 0 && readings > 0) {
    const chosen = new Set(apart(open.map((i) => drafts[i] ?? [])).map((at) => open[at]));
    await check(open.filter((i) => chosen.has(i)));
    open = open.filter((i) => !chosen.has(i));
  }
  return proven;
}

/** The edits by place; undefined when two of them touch the same text. */
function inOrderOfText(edits: readonly TextEdit[]): readonly TextEdit[] | undefined {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  return sorted.some((edit, i) => edit.start < (sorted[i - 1]?.end ?? 0)) ? undefined : sorted;
}

/** text[start, end) with edits made in it, which are sorted and do not overlap. */
export function editedText(text: string, edits: readonly TextEdit[], start = 0, end = text.length): string {
  let result = '';
  let at = start;
  for (const edit of edits) {
    result += text.slice(at, edit.start) + edit.newText;
    at = edit.end;
  }
  return result + text.slice(at, end);
}
