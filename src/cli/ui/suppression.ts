import { createSource, readDocuments } from '../../text/index.ts';

/**
 * The text of a file with a comment above a line that suppresses a code there; undefined where a comment would be taken
 * for content (in a block of text, in JSON) or could not stand.
 */
export async function withSuppression(
  raw: string,
  line: number,
  code: string,
  reason: string,
): Promise<string | undefined> {
  const mark = raw.startsWith('\ufeff') ? '\ufeff' : '';
  const lines = raw.slice(mark.length).split('\n');
  const here = lines[line - 1];
  if (here === undefined || isJson(raw)) return undefined;
  const indent = /^[ ]*/.exec(here)?.[0] ?? '';
  const end = here.endsWith('\r') ? '\r' : '';
  const comment = `${indent}# meshlint-disable-next-line ${code} -- ${reason.replace(/\s+/g, ' ')}${end}`;
  const edited = mark + lines.toSpliced(line - 1, 0, comment).join('\n');
  return (await valuesOf(edited)) === (await valuesOf(raw)) ? edited : undefined;
}

/** Our reader lets comments in JSON pass; others do not. */
function isJson(raw: string): boolean {
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
  }
}

async function valuesOf(raw: string): Promise<string> {
  const documents = await readDocuments(createSource('', raw));
  return JSON.stringify(documents.map(({ value, error }) => [value, error?.message]));
}
