// Lines of a document, for explaining what is wrong with it.
import type { Span } from './refusal.ts';

export interface TextLine {
  /** Offset of the line. */
  readonly start: number;
  /** Offset of its line break, or the end of the text. */
  readonly end: number;
  readonly text: string;
  /** Column, from 0, of its first character that is no blank. */
  readonly indent: number;
}

/** The line that has the offset. */
export function lineAt(text: string, offset: number): TextLine {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const lineBreak = text.indexOf('\n', offset);
  const end = lineBreak < 0 ? text.length : lineBreak;
  const line = text.slice(start, end);
  return { start, end, text: line, indent: line.length - line.trimStart().length };
}

/** Column, from 0, of an offset. */
export function columnAt(text: string, offset: number): number {
  return offset === 0 ? 0 : offset - text.lastIndexOf('\n', offset - 1) - 1;
}

/** The next line that is neither blank nor a comment. */
export function nextContentLine(text: string, line: TextLine): TextLine | undefined {
  let next = line;
  while (next.end < text.length) {
    next = lineAt(text, next.end + 1);
    if (isContent(next)) return next;
  }
  return undefined;
}

/** The last line before that is neither blank nor a comment. */
export function previousContentLine(text: string, line: TextLine): TextLine | undefined {
  let previous = line;
  while (previous.start > 0) {
    previous = lineAt(text, previous.start - 1);
    if (isContent(previous)) return previous;
  }
  return undefined;
}

function isContent(line: TextLine): boolean {
  const first = line.text.charAt(line.indent);
  return first !== '' && first !== '#';
}

/** What a line has from an offset on, without the blanks around it. */
export function contentSpan(line: TextLine, from: number): Span {
  const rest = line.text.slice(Math.max(0, from - line.start));
  const content = rest.trim();
  const start = Math.max(from, line.start) + (content === '' ? 0 : rest.indexOf(content));
  return { start, end: start + Math.max(1, content.length) };
}
