import { editRaw } from '../../fix/index.ts';
import type { TextEdit } from '../../text/edit.ts';
import { createSource, readDocuments, type Source } from '../../text/index.ts';
import { indexLines, lineText } from '../../text/lines.ts';

/**
 * Writes a comment above a line that suppresses a code there; undefined where it would be taken for content (in a block
 * of text), or could not stand (in JSON).
 */
export async function suppressionEdit(
  source: Source,
  line: number,
  code: string,
  reason: string,
): Promise<TextEdit | undefined> {
  const { text } = source;
  const lines = indexLines(text);
  const start = lines[line - 1];
  if (start === undefined || isJson(text)) return undefined;
  const [indent = ''] = /^ */.exec(lineText(lines, text, line)) ?? [];
  const why = reason.replace(/\s+/g, ' ');
  const newText = `${indent}# meshlint-disable-next-line ${code} -- ${why}\n`;
  const edit = { start, end: start, newText };
  const edited = createSource(source.path, editRaw(text, [edit]));
  return (await valuesOf(edited)) === (await valuesOf(source)) ? edit : undefined;
}

/** Our reader lets comments in JSON pass; others do not. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function valuesOf(source: Source): Promise<string> {
  const documents = await readDocuments(source);
  return JSON.stringify(documents.map(({ value, error }) => [value, error?.message]));
}
