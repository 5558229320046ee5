// Suppressions that are written as comments of a manifest.
import { findComments } from '../text/comments.ts';
import type { Source } from '../text/index.ts';
import { indexLines, type LineIndex, lineColumnAt, lineText } from '../text/lines.ts';
import { type Slice, splitDocuments } from '../text/split.ts';
import type { Pending } from './pending.ts';
import { ALL, type Mistake, type Silencer } from './silencer.ts';

const WORD = 'meshlint-disable';
/** The word, what it is about, and the rest; another tool's words may come first. */
const DIRECTIVE = /(?:^#|\s#)[ \t]*(meshlint-disable[A-Za-z-]*)(?:[ \t:]+(.*))?$/;
const ONLY_COMMENTS = /^[ \t]*(?:#.*)?$/;

interface Text {
  readonly source: Source;
  readonly lines: LineIndex;
  readonly slices: readonly Slice[];
}

interface Directive {
  readonly words: readonly string[];
  readonly reason: string;
}

/** What the comments of a text silence, and what is wrong with them. */
export async function readComments(source: Source): Promise<{ silencers: Silencer[]; mistakes: Mistake[] }> {
  const text: Text = { source, lines: indexLines(source.text), slices: splitDocuments(source.text) };
  const silencers: Silencer[] = [];
  const mistakes: Mistake[] = [];
  for (const comment of await findComments(source, WORD)) {
    const [, word, rest = ''] = DIRECTIVE.exec(source.text.slice(comment.start, comment.end)) ?? [];
    if (word === undefined) continue;
    const place = { source, span: { start: comment.start, end: comment.end } };
    const scope = scopeOf(text, word, comment.start);
    if (typeof scope === 'string') {
      mistakes.push({ message: scope, data: { word }, place });
      continue;
    }
    const { words, reason } = readDirective(rest);
    silencers.push({ by: 'comment', reason, words, ...scope, place, judged: true, used: new Set() });
  }
  return { silencers, mistakes };
}

/** `CODE, CODE -- reason`; without a code it is about all. */
function readDirective(rest: string): Directive {
  const [, names = '', reason = ''] = /^(.*?)(?:(?:^|\s)--(?:\s(.*))?)?$/.exec(rest) ?? [];
  const [listed = ''] = names.split(/(?:^|\s)#/);
  const words = listed.split(/[\s,]+/).filter((word) => word !== '');
  return { words: words.length === 0 ? [ALL] : words, reason: reason.trim() || 'no reason is given' };
}

type Scope = Pick<Silencer, 'covers' | 'reaches'>;

/** What a comment is about, or what is wrong with it. */
function scopeOf(text: Text, word: string, offset: number): Scope | 'word' | 'misplaced' {
  const { source, lines } = text;
  const { line } = lineColumnAt(lines, source.text, offset);
  switch (word) {
    case `${WORD}-file`:
      return { covers: () => true, reaches: ({ origin }) => origin.source.path === source.path };
    case `${WORD}-next-line`:
      return onLine(text, nextLine(text, line));
    case `${WORD}-line`:
      return isAlone(source.text, offset) ? 'misplaced' : onLine(text, line);
    case WORD: {
      const slice = sliceFor(text, offset);
      return slice === undefined ? 'misplaced' : inDocument(text, slice);
    }
    default:
      return 'word';
  }
}

/** Whether a comment has its line to itself. */
function isAlone(text: string, offset: number): boolean {
  return /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', offset) + 1, offset));
}

function onLine({ source, lines, slices }: Text, line: number): Scope {
  const offset = lines[line - 1] ?? source.text.length;
  const slice = slices.find(({ start, end }) => start <= offset && offset < end);
  return {
    covers: (_, { location }) => location?.line === line,
    reaches: ({ origin }) => origin.source.path === source.path && origin.start === slice?.start,
  };
}

function inDocument({ source: { path }, lines }: Text, { start, end }: Slice): Scope {
  return {
    covers: (pending, { location }) => {
      // What was rendered has offsets of its own.
      const isHere = pending.place.source.rendering === undefined;
      const at = isHere ? startOf(pending) : (lines[(location?.line ?? 0) - 1] ?? -1);
      return at >= start && (at < end || at === start);
    },
    reaches: ({ origin }) => origin.source.path === path && origin.start === start,
  };
}

/** Where the document of a finding starts, or else its place. */
function startOf({ resource, place: { field, span } }: Pending): number {
  return resource?.origin.start ?? field?.start ?? span?.start ?? -1;
}

/** The line after this one that has more than a comment, so that several may stand above each other. */
function nextLine({ source, lines }: Text, line: number): number {
  let next = line + 1;
  while (next <= lines.length && ONLY_COMMENTS.test(lineText(lines, source.text, next))) next++;
  return next;
}

/** The document that a comment stands before: above its first line, its `---` or right above that. */
function sliceFor({ source: { text }, slices }: Text, offset: number): Slice | undefined {
  const own = slices.find(({ start, end }) => start <= offset && offset < end);
  if (own === undefined) return slices.find(({ start }) => start > offset);
  if (hasOnlyComments(text.slice(own.start, offset))) return own;
  const isLast = /^#.*(?:\n[ \t]*#.*)*\n?$/.test(text.slice(offset, own.end));
  return isLast && isAlone(text, offset) ? slices.find(({ start }) => start >= own.end) : undefined;
}

function hasOnlyComments(text: string): boolean {
  return text.split('\n').every((line) => ONLY_COMMENTS.test(line));
}
