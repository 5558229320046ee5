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

interface Marker {
  /** Offset of `---` or `...`. */
  readonly at: number;
  readonly kind: '---' | '...';
  /** Start of the next line. */
  readonly next: number;
  /** Whether the marker's line has content of the document. */
  readonly content: boolean;
}

/**
 * The documents of a text, in order. A document starts after its `---` line, or on it when it has content there or
 * when directives precede it. Blanks and comments before the first marker make no document.
 */
export function splitDocuments(text: string): Slice[] {
  const hasDirectives = text.startsWith('%') || text.includes('\n%');
  const slices: Slice[] = [];
  let start = 0;
  let slow: string | undefined;
  let begun = false; // by `---`: such a document exists even when it is empty
  const add = (end: number): void => {
    if (begun || !isProlog(text, start, end))
      slices.push(slow === undefined ? { start, end } : { start, end, slow });
    slow = undefined;
  };
  for (const marker of findMarkers(text)) {
    if (marker.kind === '...') {
      add(marker.at);
      begun = false;
      start = marker.content ? marker.at : marker.next;
      if (marker.content) slow = 'text after an end marker';
    } else if (hasDirectives && !begun && startsWithDirective(text, start, marker.at)) {
      slow = 'directive';
      begun = true;
    } else {
      add(marker.at);
      begun = true;
      start = marker.content ? marker.at : marker.next;
      if (marker.content) slow = 'text after a document marker';
    }
  }
  add(text.length);
  return slices.length > 0 ? slices : [{ start: 0, end: text.length }];
}

function* findMarkers(text: string): Generator<Marker> {
  let nextStart = findMarker(text, '---', 0);
  let nextEnd = findMarker(text, '...', 0);
  while (nextStart < text.length || nextEnd < text.length) {
    const kind = nextStart < nextEnd ? '---' : '...';
    const at = Math.min(nextStart, nextEnd);
    let pos = at + 3;
    while (pos < text.length && (text.charCodeAt(pos) === SPACE || text.charCodeAt(pos) === TAB)) pos++;
    const code = pos < text.length ? text.charCodeAt(pos) : LF;
    const lineBreak = text.indexOf('\n', pos);
    const next = lineBreak < 0 ? text.length : lineBreak + 1;
    yield { at, kind, next, content: code !== LF && code !== HASH };
    if (kind === '---') nextStart = findMarker(text, kind, next);
    else nextEnd = findMarker(text, kind, next);
  }
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
