// The fast path over plain and quoted scalars.
import {
  BACKSLASH,
  COLON,
  DASH,
  DOUBLE_QUOTE,
  HASH,
  isGap,
  LF,
  NINE,
  QUESTION,
  SINGLE_QUOTE,
  SPACE,
  TAB,
  ZERO,
} from './chars.ts';
import { positionNode } from './positions.ts';
import { bail, charAt, nextLine, type Reader, skipSpaces, skipToContent } from './reader.ts';
import { mayResolve, resolvePlain } from './scalars.ts';

// Characters that cannot start a plain scalar (`-`, `?` and `:` only before a gap).
const INDICATOR = new Uint8Array(65536);
for (const character of '-?:,[]{}#&*!|>%@`"\'') INDICATOR[character.charCodeAt(0)] = 1;

/** Whether a character may mean something else than the start of a plain scalar. */
export function isIndicator(code: number): boolean {
  return INDICATOR[code] === 1;
}

/** Gives up unless a plain scalar can start here, in block context. */
export function requirePlainStart(reader: Reader, code: number): void {
  if (INDICATOR[code] !== 1) return;
  if (code !== DASH && code !== QUESTION && code !== COLON) bail('indicator');
  const next = charAt(reader, reader.pos + 1);
  if (isGap(next) || next === TAB) bail('indicator');
}

/** A plain scalar in block context whose parent is indented by `parentIndent`; leaves the cursor at a line start. */
export function readPlain(reader: Reader, parentIndent: number): unknown {
  const { text, end: stop } = reader;
  const start = reader.pos;
  const textEnd = plainLineEnd(reader, start);
  const commented = charAt(reader, reader.pos) === HASH;
  const next = commented ? nextLine(reader, reader.pos) : Math.min(reader.pos + 1, stop);
  reader.pos = next;
  if (next < stop && goesOn(reader, next, parentIndent)) {
    if (commented) bail('text after a comment');
    return readPlainLines(reader, start, textEnd, parentIndent);
  }
  if (reader.tracking) reader.node = positionNode(start, textEnd);
  const first = text.charCodeAt(start);
  if (!mayResolve(first)) return text.substring(start, textEnd);
  return smallDecimal(text, start, textEnd) ?? readableValue(resolvePlain(text.substring(start, textEnd)));
}

/** End of the text of a plain scalar on the line at `start`; moves to the line break or comment that ends it. */
function plainLineEnd(reader: Reader, start: number): number {
  const { text, end: stop } = reader;
  let pos = start;
  for (; pos < stop; pos++) {
    const code = text.charCodeAt(pos);
    if (code > COLON) continue;
    if (code === LF) break;
    if (code === COLON) {
      const next = charAt(reader, pos + 1);
      if (isGap(next) || next === TAB) bail('nested key');
    } else if (code === HASH) {
      if (text.charCodeAt(pos - 1) === SPACE) break;
    } else if (code === TAB) bail('tab');
  }
  reader.pos = pos;
  while (text.charCodeAt(pos - 1) === SPACE) pos--;
  return pos;
}

/** Whether the next line that is not blank continues a plain scalar. */
function goesOn(reader: Reader, lineStart: number, parentIndent: number): boolean {
  const { text, end: stop } = reader;
  let pos = lineStart;
  for (;;) {
    const from = pos;
    while (pos < stop && text.charCodeAt(pos) === SPACE) pos++;
    if (pos >= stop) return false;
    const code = text.charCodeAt(pos);
    if (code !== LF) {
      if (code === TAB) bail('tab');
      return pos - from > parentIndent && code !== HASH;
    }
    pos++;
  }
}

/** The number that a few digits make, without a substring; undefined when it takes more to read them. */
function smallDecimal(text: string, start: number, end: number): number | undefined {
  const first = text.charCodeAt(start);
  if (first <= ZERO || first > NINE || end - start > 9) return undefined;
  let value = first - ZERO;
  for (let pos = start + 1; pos < end; pos++) {
    const digit = text.charCodeAt(pos) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** JSON has no infinities, so Kubernetes refuses them: the slow path says so. */
export function readableValue(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) bail('not a JSON number');
  return value;
}

/** The cursor is at the line after the first one of a plain scalar over several lines. */
function readPlainLines(reader: Reader, start: number, firstEnd: number, parentIndent: number): unknown {
  const { text, end: stop } = reader;
  let value = text.substring(start, firstEnd);
  let textEnd = firstEnd;
  for (;;) {
    let breaks = 0;
    let lineStart = reader.pos;
    let pos = lineStart;
    let code = LF;
    while (pos < stop) {
      code = text.charCodeAt(pos);
      if (code === LF) {
        breaks++;
        lineStart = pos + 1;
      } else if (code !== SPACE) break;
      pos++;
    }
    if (pos >= stop) {
      reader.pos = stop;
      break;
    }
    if (code === TAB) bail('tab');
    if (pos - lineStart <= parentIndent || code === HASH) {
      reader.pos = lineStart;
      if (code === HASH) requireNoMoreText(reader, parentIndent);
      break;
    }
    textEnd = plainLineEnd(reader, pos);
    value += (breaks ? '\n'.repeat(breaks) : ' ') + text.substring(pos, textEnd);
    const commented = charAt(reader, reader.pos) === HASH;
    reader.pos = nextLine(reader, reader.pos);
    if (commented) {
      requireNoMoreText(reader, parentIndent);
      break;
    }
  }
  if (reader.tracking) reader.node = positionNode(start, textEnd);
  return readableValue(resolvePlain(value));
}

/** A comment ends a plain scalar: deeper text after it belongs to nothing. */
function requireNoMoreText(reader: Reader, parentIndent: number): void {
  const from = reader.pos;
  if (skipToContent(reader) > parentIndent) bail('text after a comment');
  reader.pos = from;
}

/**
 * A quoted scalar; leaves the cursor after its closing quote. To go-yaml the indentation of its further lines does not
 * matter.
 */
export function readQuoted(reader: Reader, quote: number): string {
  const { text, end: stop } = reader;
  const start = reader.pos;
  reader.multiline = false;
  let pos = start + 1;
  for (; pos < stop; pos++) {
    // Nearly always there is no escape and one line: one slice of the text.
    const code = text.charCodeAt(pos);
    if (code === quote) {
      if (quote === SINGLE_QUOTE && charAt(reader, pos + 1) === SINGLE_QUOTE) break;
      reader.pos = pos + 1;
      if (reader.tracking) reader.node = positionNode(start, pos + 1);
      return text.substring(start + 1, pos);
    }
    if (code === LF || (code === BACKSLASH && quote === DOUBLE_QUOTE)) break;
  }
  return readQuotedPieces(reader, quote, pos);
}

/** The same for a scalar with escapes or several lines; the first of them is at `pos`. */
function readQuotedPieces(reader: Reader, quote: number, from: number): string {
  const { text, end: stop } = reader;
  const start = reader.pos;
  let value = '';
  let pieceStart = start + 1;
  let pos = from;
  while (pos < stop) {
    const code = text.charCodeAt(pos);
    if (code === quote) {
      value += text.substring(pieceStart, pos);
      if (quote === DOUBLE_QUOTE || charAt(reader, pos + 1) !== SINGLE_QUOTE) {
        reader.pos = pos + 1;
        if (reader.tracking) reader.node = positionNode(start, pos + 1);
        return value;
      }
      value += "'";
      pos += 2;
      pieceStart = pos;
    } else if (code === BACKSLASH && quote === DOUBLE_QUOTE) {
      value += text.substring(pieceStart, pos);
      reader.pos = pos + 1;
      value += charAt(reader, pos + 1) === LF ? escapedLineBreak(reader) : escapedCharacter(reader);
      pos = reader.pos;
      pieceStart = pos;
    } else if (code === LF) {
      let pieceEnd = pos;
      while (pieceEnd > pieceStart && text.charCodeAt(pieceEnd - 1) === SPACE) pieceEnd--;
      if (pieceEnd > pieceStart && text.charCodeAt(pieceEnd - 1) === TAB) bail('tab');
      value += text.substring(pieceStart, pieceEnd);
      reader.pos = pos;
      value += foldedLineBreak(reader);
      pos = reader.pos;
      pieceStart = pos;
    } else pos++;
  }
  return bail('unclosed quote');
}

/** A line break in a quoted scalar and the blanks around it: a space, or one line break less than there are. */
function foldedLineBreak(reader: Reader): string {
  const { text, end: stop } = reader;
  reader.multiline = true;
  let breaks = -1;
  let pos = reader.pos;
  for (; pos < stop; pos++) {
    const code = text.charCodeAt(pos);
    if (code === LF) breaks++;
    else if (code !== SPACE) break;
  }
  if (charAt(reader, pos) === TAB) bail('tab');
  reader.pos = pos;
  return breaks > 0 ? '\n'.repeat(breaks) : ' ';
}

/** `\` at the end of a line: the break and the next line's indentation are no part of the value. */
function escapedLineBreak(reader: Reader): string {
  reader.multiline = true;
  const pos = skipSpaces(reader, reader.pos + 1);
  const code = charAt(reader, pos);
  if (code === LF) bail('blank after an escaped line break');
  if (code === TAB) bail('tab');
  reader.pos = pos;
  return '';
}

const ESCAPES = new Map(
  Object.entries({
    '0': '\0',
    a: '\x07',
    b: '\b',
    t: '\t',
    '\t': '\t',
    n: '\n',
    v: '\v',
    f: '\f',
    r: '\r',
    e: '\x1b',
    ' ': ' ',
    '"': '"',
    '\\': '\\',
    N: '\x85',
    _: '\xa0',
    L: '\u2028',
    P: '\u2029',
  }),
);
const HEX_ESCAPE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const HEX_DIGITS = /^[0-9a-fA-F]+$/;

/** The cursor is after the backslash. */
function escapedCharacter(reader: Reader): string {
  const letter = reader.text.charAt(reader.pos);
  const character = ESCAPES.get(letter);
  if (character !== undefined) {
    reader.pos++;
    return character;
  }
  const count = HEX_ESCAPE_DIGITS[letter] ?? 0;
  const digits = reader.text.substr(reader.pos + 1, count);
  if (count === 0 || digits.length !== count || !HEX_DIGITS.test(digits)) bail('escape');
  const codePoint = Number.parseInt(digits, 16);
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) bail('escape');
  reader.pos += 1 + count;
  return String.fromCodePoint(codePoint);
}
