// Cutting a text into documents. YAML's markers stand at the start of a line, and nothing - neither quotes nor block
// scalars - can hide them, so this takes no parsing.
import { HASH, LF, PERCENT, SPACE, TAB } from './chars.ts';

/** Where one document of a text stands. */
export interface Slice {
  readonly start: number;
  readonly end: number;
  /** Why only the slow path can read it. */
  readonly slow?: string;
}

const START = '---';
const END = '...';

/**
 * The documents of a text, in order. A document starts after its `---` line, or on it when it has content there or
 * when directives precede it. Blanks and comments before the first marker make no document.
 */
export function splitDocuments(text: string): Slice[] {
  const slices: Slice[] = [];
  const hasDirectives = text.startsWith('%') || text.includes('\n%');
  let nextStart = findMarker(text, START, 0);
  let nextEnd = findMarker(text, END, 0);
  let start = 0;
  let begun = false; // by `---`: such a document exists even when it is empty
  let slow: string | undefined;
  while (nextStart < text.length || nextEnd < text.length) {
    const starts = nextStart < nextEnd;
    const at = starts ? nextStart : nextEnd;
    const next = nextLineStart(text, at);
    if (starts && !begun && hasDirectives && startsWithDirective(text, start, at)) {
      slow = 'directive';
      begun = true;
    } else {
      if (begun || !isProlog(text, start, at)) slices.push(makeSlice(start, at, slow));
      begun = starts;
      const content = hasContentAfterMarker(text, at);
      start = content ? at : next;
      slow = content ? `text after ${starts ? 'a document' : 'an end'} marker` : undefined;
    }
    if (starts) nextStart = findMarker(text, START, next);
    else nextEnd = findMarker(text, END, next);
  }
  const rest = begun || slices.length === 0 || !isProlog(text, start, text.length);
  if (rest) slices.push(makeSlice(start, text.length, slow));
  return slices;
}

function makeSlice(start: number, end: number, slow: string | undefined): Slice {
  return slow === undefined ? { start, end } : { start, end, slow };
}

function nextLineStart(text: string, offset: number): number {
  const lineBreak = text.indexOf('\n', offset);
  return lineBreak < 0 ? text.length : lineBreak + 1;
}

/** Whether the line of a marker has more than a comment after it. */
function hasContentAfterMarker(text: string, at: number): boolean {
  let pos = at + START.length;
  while (pos < text.length && (text.charCodeAt(pos) === SPACE || text.charCodeAt(pos) === TAB)) pos++;
  return pos < text.length && text.charCodeAt(pos) !== LF && text.charCodeAt(pos) !== HASH;
}

/** Offset of the next line, from the one at `lineStart`, that is a marker; the length of the text when there is none. */
function findMarker(text: string, kind: string, lineStart: number): number {
  let at = lineStart;
  while (!(text.startsWith(kind, at) && endsMarker(text, at + kind.length))) {
    const lineBreak = text.indexOf(`\n${kind}`, at);
    if (lineBreak < 0) return text.length;
    at = lineBreak + 1;
  }
  return at;
}

function endsMarker(text: string, offset: number): boolean {
  const code = offset < text.length ? text.charCodeAt(offset) : LF;
  return code === LF || code === SPACE || code === TAB;
}

function startsWithDirective(text: string, start: number, end: number): boolean {
  const content = prologEnd(text, start, end);
  return content < end && text.charCodeAt(content) === PERCENT;
}

/** Whether there are only blanks and comments. */
function isProlog(text: string, start: number, end: number): boolean {
  return prologEnd(text, start, end) >= end;
}

/** Offset of the first character that is neither blank nor in a comment. */
function prologEnd(text: string, start: number, end: number): number {
  let pos = start;
  while (pos < end) {
    const code = text.charCodeAt(pos);
    if (code === HASH) {
      const lineBreak = text.indexOf('\n', pos);
      pos = lineBreak < 0 ? end : lineBreak;
    } else if (code === LF || code === SPACE || code === TAB) pos++;
    else break;
  }
  return pos;
}
