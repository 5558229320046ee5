// From the text that is analyzed back to the bytes of its file: line ends, byte order mark and encoding stay.
import type { TextEdit } from '../text/edit.ts';
import { createSource } from '../text/index.ts';
import { editedText } from './plan.ts';

const BYTE_ORDER_MARK = 0xfeff;

/** The content of a file with edits made in it that are offsets into its text as it is analyzed. */
export function editRaw(raw: string, edits: readonly TextEdit[]): string {
  const shift = raw.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  if (!raw.includes('\r\n')) return raw.slice(0, shift) + editedText(raw.slice(shift), edits);
  let at = shift;
  let folded = 0;
  /** The offset in the file of an offset in the text; offsets come in order. */
  function offsetOf(wanted: number): number {
    while (folded < wanted) {
      at += raw.startsWith('\r\n', at) ? 2 : 1;
      folded++;
    }
    return at;
  }
  const own = edits.map(({ start, end, newText }) => {
    const from = offsetOf(start);
    const to = offsetOf(end);
    return { start: from, end: to, newText: newText.replaceAll('\n', lineBreakAt(raw, from)) };
  });
  return editedText(raw, own);
}

/** How the lines end around an offset: that of the line before, or of its own. */
function lineBreakAt(raw: string, offset: number): string {
  const earlier = raw.lastIndexOf('\n', offset - 1);
  const lineBreak = earlier >= 0 ? earlier : raw.indexOf('\n', offset);
  return raw.charAt(lineBreak - 1) === '\r' ? '\r\n' : '\n';
}

/** Whether a file still holds the text that was analyzed. */
export function holds(raw: string, text: string): boolean {
  return createSource('', raw).text === text;
}
