// The fast path: block structure. See reader.ts for what it takes and when it gives up.
import {
  COLON,
  DASH,
  DOUBLE_QUOTE,
  GREATER,
  HASH,
  isGap,
  LF,
  OPEN_BRACE,
  OPEN_BRACKET,
  PIPE,
  SINGLE_QUOTE,
  SPACE,
  TAB,
} from './chars.ts';
import { readBlockScalar } from './fast-block-scalar.ts';
import { readFlow } from './fast-flow.ts';
import { addField, plainKey } from './fast-keys.ts';
import { isIndicator, readPlain, readQuoted, requirePlainStart } from './fast-scalars.ts';
import { type PositionNode, positionNode } from './positions.ts';
import {
  Bail,
  bail,
  charAt,
  createReader,
  enter,
  finishLine,
  type Reader,
  skipSpaces,
  skipToContent,
} from './reader.ts';

/** What the fast path made of a document. */
export type FastResult =
  | { readonly ok: true; readonly value: unknown; readonly positions: PositionNode | undefined }
  /** Why it gave up, and where. */
  | { readonly ok: false; readonly reason: string; readonly offset: number };

const NO_PARENT = -1;
/** YAML allows 1,024 characters between the start of a key and its colon. */
const LONGEST_KEY = 1000;

/** Reads text[start, end) as one document; the value of an empty one is undefined. */
export function readFast(text: string, start: number, end: number, tracking: boolean): FastResult {
  const reader = createReader(text, start, end, tracking);
  try {
    if (startsWithMarker(reader)) bail('document marker');
    const column = skipToContent(reader);
    if (column < 0) return { ok: true, value: undefined, positions: undefined };
    const value = readBlock(reader, column, NO_PARENT);
    const positions = tracking ? reader.node : undefined;
    if (skipToContent(reader) >= 0) bail('content after the document');
    return { ok: true, value, positions };
  } catch (thrown) {
    if (thrown instanceof Bail) return { ok: false, reason: thrown.reason, offset: reader.pos };
    throw thrown;
  }
}

/** Whether the document includes the marker before it, because there is text on the marker's line. */
function startsWithMarker({ text, pos, end }: Reader): boolean {
  return pos + 3 <= end && (text.startsWith('---', pos) || text.startsWith('...', pos));
}

/** A block node that starts here, at `column`, in a parent indented by `parentIndent`; leaves the cursor at a line start. */
function readBlock(reader: Reader, column: number, parentIndent: number): unknown {
  const first = charAt(reader, reader.pos);
  if (first === DASH) {
    const next = charAt(reader, reader.pos + 1);
    if (isGap(next)) return readList(reader, column);
    if (next === TAB) bail('tab');
  }
  const keyStart = reader.pos;
  const key = readKey(reader);
  if (key !== undefined) return readMap(reader, column, key, keyStart);
  if (parentIndent === NO_PARENT && first !== OPEN_BRACE && first !== OPEN_BRACKET) bail('scalar document');
  return readInline(reader, parentIndent);
}

/** The key that starts here, with the cursor moved after its colon; undefined, and not moved, when there is none. */
function readKey(reader: Reader): string | undefined {
  const first = charAt(reader, reader.pos);
  if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) return readQuotedKey(reader, first);
  if (isIndicator(first)) {
    if (first === OPEN_BRACE || first === OPEN_BRACKET || first === PIPE || first === GREATER)
      return undefined;
    requirePlainStart(reader, first);
  }
  const { text, end: stop } = reader;
  const start = reader.pos;
  let pos = start;
  for (; pos < stop; pos++) {
    const code = text.charCodeAt(pos);
    if (code > COLON) continue;
    if (code === COLON) {
      const next = charAt(reader, pos + 1);
      if (isGap(next)) break;
      if (next === TAB) bail('tab');
    } else if (code === LF) return undefined;
    else if (code === HASH) {
      if (text.charCodeAt(pos - 1) === SPACE) return undefined;
    } else if (code === TAB) bail('tab');
  }
  if (pos >= stop) return undefined;
  if (pos - start > LONGEST_KEY) bail('long key');
  reader.pos = pos + 1;
  while (pos > start && text.charCodeAt(pos - 1) === SPACE) pos--;
  reader.keyEnd = pos;
  return plainKey(text.substring(start, pos));
}

function readQuotedKey(reader: Reader, quote: number): string | undefined {
  const { pos: start, tracking } = reader;
  reader.tracking = false;
  const key = readQuoted(reader, quote);
  reader.tracking = tracking;
  const keyEnd = reader.pos;
  const pos = skipSpaces(reader, keyEnd);
  if (reader.multiline || charAt(reader, pos) !== COLON) {
    reader.pos = start;
    return undefined;
  }
  if (!isGap(charAt(reader, pos + 1))) bail('colon after a quote');
  if (pos - start > LONGEST_KEY) bail('long key');
  reader.pos = pos + 1;
  reader.keyEnd = keyEnd;
  return key;
}

/** A block map whose first key has been read. */
function readMap(
  reader: Reader,
  column: number,
  firstKey: string,
  firstStart: number,
): Record<string, unknown> {
  enter(reader);
  const map: Record<string, unknown> = {};
  const children: Map<string, PositionNode> | undefined = reader.tracking ? new Map() : undefined;
  let key = firstKey;
  let keyStart = firstStart;
  for (;;) {
    const { keyEnd } = reader;
    addField(map, key, readFieldValue(reader, column));
    if (children) {
      reader.node.keyStart = keyStart;
      reader.node.keyEnd = keyEnd;
      children.set(key, reader.node);
    }
    const next = skipToContent(reader);
    if (next !== column) {
      if (next > column) bail('indentation');
      if (next >= 0) reader.pos -= next;
      break;
    }
    keyStart = reader.pos;
    if (charAt(reader, keyStart) === DASH && isGap(charAt(reader, keyStart + 1))) bail('list item in a map');
    key = readKey(reader) ?? bail('not a key');
  }
  reader.depth--;
  if (children) reader.node = positionNode(firstStart, reader.node.end, children);
  return map;
}

/** The value of a field of a map at `column`; the cursor is after the colon, and is left at a line start. */
function readFieldValue(reader: Reader, column: number): unknown {
  if (!skipBlanksToLineEnd(reader)) return readInline(reader, column);
  const { keyEnd } = reader;
  const next = skipToContent(reader);
  if (next > column) return readBlock(reader, next, column);
  if (next === column && charAt(reader, reader.pos) === DASH && isGap(charAt(reader, reader.pos + 1))) {
    return readList(reader, column); // a list may stand under its key without being indented
  }
  if (next >= 0) reader.pos -= next;
  if (reader.tracking) reader.node = positionNode(keyEnd, keyEnd);
  return null;
}

/** Moves over blanks; when nothing else but a comment is on the line, moves to the next one and says so. */
function skipBlanksToLineEnd(reader: Reader): boolean {
  const { text, end } = reader;
  let { pos } = reader;
  while (pos < end && text.charCodeAt(pos) === SPACE) pos++;
  const code = pos < end ? text.charCodeAt(pos) : LF;
  if (code === LF || (code === HASH && text.charCodeAt(pos - 1) === SPACE)) {
    finishLine(reader);
    return true;
  }
  reader.pos = pos;
  return false;
}

/** A block list; the cursor is on its first `-`. */
function readList(reader: Reader, column: number): unknown[] {
  enter(reader);
  const start = reader.pos;
  const list: unknown[] = [];
  const children: PositionNode[] | undefined = reader.tracking ? [] : undefined;
  for (;;) {
    list.push(readItem(reader, column));
    children?.push(reader.node);
    const next = skipToContent(reader);
    if (next !== column) {
      if (next > column) bail('indentation');
      if (next >= 0) reader.pos -= next;
      break;
    }
    const after = charAt(reader, reader.pos) === DASH ? charAt(reader, reader.pos + 1) : 0;
    if (after === TAB) bail('tab');
    if (!isGap(after)) {
      reader.pos -= next;
      break;
    }
  }
  reader.depth--;
  if (children) reader.node = positionNode(start, reader.node.end, children);
  return list;
}

function readItem(reader: Reader, column: number): unknown {
  const dash = reader.pos++;
  if (!skipBlanksToLineEnd(reader)) {
    if (charAt(reader, reader.pos) === TAB) bail('tab');
    return readBlock(reader, column + (reader.pos - dash), column);
  }
  const next = skipToContent(reader);
  if (next > column) return readBlock(reader, next, column);
  if (next >= 0) reader.pos -= next;
  if (reader.tracking) reader.node = positionNode(dash, dash + 1);
  return null;
}

/** A scalar or a flow collection that starts here; leaves the cursor at a line start. */
function readInline(reader: Reader, parentIndent: number): unknown {
  const first = charAt(reader, reader.pos);
  if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) {
    const text = readQuoted(reader, first);
    finishLine(reader);
    return text;
  }
  if (first === OPEN_BRACE || first === OPEN_BRACKET) {
    const collection = readFlow(reader);
    finishLine(reader);
    return collection;
  }
  if (first === PIPE || first === GREATER) return readBlockScalar(reader, parentIndent);
  requirePlainStart(reader, first);
  return readPlain(reader, parentIndent);
}
