// What the browser writes into files: comments that suppress, and fixes.
import type { PlannedFix } from '../../engine/fixes.ts';
import { applyFixes, editRaw, holds } from '../../fix/index.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Source } from '../../text/index.ts';
import { createEditedFiles, writeEdited } from '../edited-files.ts';
import type { Finding, Model } from './model.ts';
import { suppressionEdit } from './suppression.ts';

/** Writes the comment; tells why not, where that is so. */
export async function suppress(
  { code, location }: Finding,
  reason: string,
  { sources }: Model,
): Promise<string | undefined> {
  const source = sources.get(location?.file ?? '');
  if (location?.file === undefined || source === undefined)
    return 'This finding is about no place in a file.';
  const edit = await suppressionEdit(source, location.line, code, reason);
  if (edit === undefined) return `A comment cannot stand above ${location.file}:${location.line}.`;
  return write(source, [edit]);
}

/** Applies the fix of a finding; tells why not, where that is so. */
export async function repair(fix: PlannedFix): Promise<string | undefined> {
  const applied = await applyFixes(fix.source, [fix]);
  return applied === undefined ? 'The fix cannot be applied.' : write(fix.source, applied.edits);
}

function write(source: Source, edits: readonly TextEdit[]): string | undefined {
  const files = createEditedFiles(process.cwd());
  const raw = files.read(source.path);
  if (raw === undefined || !holds(raw, source.text)) {
    return `${source.path} is not the text that was checked: r reads it again.`;
  }
  files.change(source.path, editRaw(raw, edits));
  for (const file of files.all) {
    const why = writeEdited(file);
    if (why !== undefined) return `${source.path} cannot be written: ${why}.`;
  }
  return undefined;
}
