// The fast path over block scalars: `|` (literal) and `>` (folded).
import { DASH, GREATER, HASH, LF, NINE, PLUS, SPACE, TAB, ZERO } from './chars.ts';
import { positionNode, trimmedEnd } from './positions.ts';
import { bail, charAt, finishLine, type Reader, skipSpaces } from './reader.ts';

interface Header {
  /** `-` strips the final line break, `+` keeps all, otherwise there is one. */
  readonly chomping: number;
  /** The indentation indicator, or 0. */
  readonly indentation: number;
  /** Offset after the indicators. */
  readonly end: number;
}

interface Body {
  readonly lines: string[];
  /** The last line ends with the text: then it has no line break, and so go-yaml gives the value none. */
  readonly unfinished: boolean;
}

/** A block scalar whose parent is indented by `parentIndent`; the cursor is on `|` or `>`, and is left at a line start. */
export function readBlockScalar(reader: Reader, parentIndent: number): string {
  const start = reader.pos;
  const folded = charAt(reader, start) === GREATER;
  const header = readHeader(reader);
  if (header.indentation > 0 && parentIndent < 0) bail('block scalar header');
  const bodyStart = reader.pos;
  const { lines, unfinished } = readBody(reader, parentIndent, header.indentation);
  if (reader.tracking) {
    const bodyEnd = trimmedEnd(reader.text, bodyStart, reader.pos);
    reader.node = positionNode(start, bodyEnd > bodyStart ? bodyEnd : header.end);
  }
  let count = lines.length;
  while (count > 0 && lines[count - 1] === '') count--;
  const blankAtEnd = lines.length - count;
  if (count === 0) return header.chomping === PLUS ? '\n'.repeat(blankAtEnd) : '';
  if (blankAtEnd > 0) lines.length = count;
  const value = folded ? fold(lines) : lines.join('\n');
  if (header.chomping === DASH || unfinished) return value;
  return header.chomping === PLUS ? value + '\n'.repeat(blankAtEnd + 1) : `${value}\n`;
}

function readHeader(reader: Reader): Header {
  let chomping = 0;
  let indentation = 0;
  reader.pos++;
  for (let count = 0; count < 2; count++) {
    const code = charAt(reader, reader.pos);
    if (code === DASH || code === PLUS) {
      if (chomping) bail('block scalar header');
      chomping = code;
    } else if (code > ZERO && code <= NINE) {
      if (indentation) bail('block scalar header');
      indentation = code - ZERO;
    } else break;
    reader.pos++;
  }
  const end = reader.pos;
  finishLine(reader);
  return { chomping, indentation, end };
}

/** The lines of the scalar, without their indentation. */
function readBody(reader: Reader, parentIndent: number, indicated: number): Body {
  const { text, end: stop } = reader;
  const lines: string[] = [];
  let indent = indicated ? parentIndent + indicated : -1; // -1: the first line that is not blank decides
  let lineStart = reader.pos;
  let widestBlank = 0;
  let unfinished = false;
  while (lineStart < stop) {
    const pos = skipSpaces(reader, lineStart);
    const code = charAt(reader, pos);
    const width = pos - lineStart;
    if (code === LF) {
      if (pos >= stop) bail('blanks at the end');
      if (indent < 0) widestBlank = Math.max(widestBlank, width);
      lines.push(indent >= 0 && width > indent ? text.substring(lineStart + indent, pos) : '');
      lineStart = pos + 1;
      continue;
    }
    if (indent < 0) {
      if (width <= parentIndent) break;
      if (code === TAB) bail('tab');
      if (widestBlank > width) bail('block scalar indentation');
      indent = width;
    } else if (width < indent) {
      if (code === TAB) bail('tab');
      if (width > parentIndent && code !== HASH) bail('block scalar indentation');
      break;
    }
    const lineBreak = text.indexOf('\n', pos);
    unfinished = lineBreak < 0 || lineBreak >= stop;
    const lineEnd = unfinished ? stop : lineBreak;
    lines.push(text.substring(lineStart + indent, lineEnd));
    lineStart = unfinished ? stop : lineEnd + 1;
  }
  reader.pos = lineStart;
  return { lines, unfinished };
}

/** Joins lines as `>` has it: a break between two lines of text is a space, unless one of them is indented further. */
function fold(lines: readonly string[]): string {
  let value = '';
  let blanks = 0;
  let previous: string | undefined;
  for (const line of lines) {
    if (line === '') {
      blanks++;
      continue;
    }
    if (previous === undefined) value = '\n'.repeat(blanks);
    else if (startsBlank(previous) || startsBlank(line)) value += '\n'.repeat(blanks + 1);
    else value += blanks ? '\n'.repeat(blanks) : ' ';
    value += line;
    previous = line;
    blanks = 0;
  }
  return value;
}

function startsBlank(line: string): boolean {
  const code = line.charCodeAt(0);
  return code === SPACE || code === TAB;
}
