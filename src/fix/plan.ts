// From a proposed fix to changes of the text, each proven: what is read afterwards is exactly what was meant.
import { isDeepStrictEqual } from 'node:util';
import type { FixPlanner } from '../engine/fixes.ts';
import { readDocuments, readPositions } from '../text/documents.ts';
import type { FieldEdit, TextEdit } from '../text/edit.ts';
import { createSource, type Source, type TextDocument } from '../text/index.ts';
import { hasUnusualCharacters } from '../text/unusual.ts';
import { editText } from './edit-text.ts';
import { withEdits } from './intended.ts';

/** Makes a planner; it keeps the documents of the last source. */
export function createFixPlanner(): FixPlanner {
  let last: { readonly source: Source; readonly documents: Promise<readonly TextDocument[]> } | undefined;
  return async (source, { start, end }, edits) => {
    if (last?.source !== source) last = { source, documents: readDocuments(source) };
    const documents = await last.documents;
    // Nobody can tell what a text means that does not parse as a whole.
    if (hasUnusualCharacters(source.text) || documents.some(({ error }) => error !== undefined))
      return undefined;
    const document = documents.find((one) => one.start === start && one.end === end);
    return document === undefined ? undefined : planEdits(source, document, edits);
  };
}

async function planEdits(
  { text }: Source,
  { start, end, value, slow }: TextDocument,
  edits: readonly FieldEdit[],
): Promise<readonly TextEdit[] | undefined> {
  const root = await readPositions(text, start, end);
  if (root === undefined) return undefined;
  const document = { text, start, end, value, root, unusual: slow !== undefined };
  const parts: TextEdit[] = [];
  for (const edit of edits) {
    const made = editText(document, edit);
    if (made === undefined) return undefined;
    parts.push(...made);
  }
  const sorted = inOrderOfText(parts);
  if (sorted === undefined) return undefined;
  const intended = withEdits(structuredClone(value), edits);
  const after = await readDocuments(createSource('', editedText(text, sorted, start, end)));
  const isMeant =
    intended !== undefined && after.length === 1 && isDeepStrictEqual(after[0]?.value, intended);
  return isMeant ? sorted : undefined;
}

/** The edits by place; undefined when two of them touch the same text. */
export function inOrderOfText(edits: readonly TextEdit[]): readonly TextEdit[] | undefined {
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
