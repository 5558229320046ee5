// The state of the fast path, and what its parts share. The fast path reads the YAML that manifests are made of;
// whatever lies outside, or is doubtful in the least, makes it give up ("bail"), and the slow path decides.
import { HASH, LF, SPACE, TAB } from './chars.ts';
import { MAX_DEPTH } from './document.ts';
import { type PositionNode, positionNode } from './positions.ts';

/** Cursor over one document. */
export interface Reader {
  readonly text: string;
  /** End of the document. */
  readonly end: number;
  pos: number;
  /** Whether positions are wanted beside the value. */
  tracking: boolean;
  /** Position of the value read last; only meaningful when tracking. */
  node: PositionNode;
  /** End of the text of the key read last. */
  keyEnd: number;
  /** Whether the quoted scalar read last spans lines (such a one cannot be a key). */
  multiline: boolean;
  /** Whether the last gap in a flow collection spans lines. */
  crossedLine: boolean;
  depth: number;
}

/** Thrown to give up. Not an Error: it needs no stack, and collecting one is slow. */
export class Bail {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

export const NESTING = 'nesting';

/** Leaves the document to the slow path. */
export function bail(reason: string): never {
  throw new Bail(reason);
}

const UNKNOWN = positionNode(0, 0);

export function createReader(text: string, start: number, end: number, tracking: boolean): Reader {
  return {
    text,
    end,
    pos: start,
    tracking,
    node: UNKNOWN,
    keyEnd: start,
    multiline: false,
    crossedLine: false,
    depth: 0,
  };
}

/** The character at an offset; the end of the document counts as a line break. */
export function charAt(reader: Reader, offset: number): number {
  return offset < reader.end ? reader.text.charCodeAt(offset) : LF;
}

/** Offset of the first character from `offset` on that is no space. */
export function skipSpaces(reader: Reader, offset: number): number {
  const { text, end } = reader;
  let pos = offset;
  while (pos < end && text.charCodeAt(pos) === SPACE) pos++;
  return pos;
}

/** Offset of the line after the one at `offset`, or the end of the document. */
export function nextLine(reader: Reader, offset: number): number {
  const lineBreak = reader.text.indexOf('\n', offset);
  return lineBreak < 0 || lineBreak >= reader.end ? reader.end : lineBreak + 1;
}

export function enter(reader: Reader): void {
  if (++reader.depth > MAX_DEPTH) bail(NESTING);
}

/**
 * At a line start: moves to the next content, over blank lines and comments.
 * Returns the column (from 0) of that content, or -1 at the end of the document.
 */
export function skipToContent(reader: Reader): number {
  const { text, end } = reader;
  let pos = reader.pos;
  for (;;) {
    const lineStart = pos;
    while (pos < end && text.charCodeAt(pos) === SPACE) pos++;
    if (pos >= end) {
      reader.pos = pos;
      return -1;
    }
    const code = text.charCodeAt(pos);
    if (code === LF) pos++;
    else if (code === HASH) pos = nextLine(reader, pos);
    else {
      if (code === TAB) bail('tab');
      reader.pos = pos;
      return pos - lineStart;
    }
  }
}

/** After a value: only blanks and a comment may follow. Moves to the next line start. */
export function finishLine(reader: Reader): void {
  const { text, end } = reader;
  let { pos } = reader;
  while (pos < end && text.charCodeAt(pos) === SPACE) pos++;
  const code = pos < end ? text.charCodeAt(pos) : LF;
  if (code === LF) reader.pos = pos < end ? pos + 1 : end;
  else if (code === HASH && pos > reader.pos) reader.pos = nextLine(reader, pos);
  else bail(code === TAB ? 'tab' : 'text after a value');
}
