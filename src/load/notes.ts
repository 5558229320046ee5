// What is said about input that is not analysed, or not as written.
import type { OpaquePlace } from '../model/layout.ts';
import type { Source, TextDocument } from '../text/index.ts';
import { indexLines, type LineIndex, lineColumnAt } from '../text/lines.ts';
import type { Problem, ProblemPlace } from '../text/problem.ts';
import { reasonInWords, type Skipped, type SkipReason } from './loaded.ts';
import { withoutEndSlash } from './paths.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What was passed over in one file. */
interface Tally {
  readonly source: Source;
  readonly counts: Map<SkipReason, number>;
  /** Where the first such document starts, if it is one document rather than the file. */
  readonly first: Span | undefined;
}

export interface Notes {
  readonly problems: Problem[];
  readonly opaque: OpaquePlace[];
  readonly tallies: Map<string, Tally>;
  /** The lines of the file that had duplicate keys last; it may have many documents with them. */
  lines: { readonly source: Source; readonly index: LineIndex } | undefined;
}

export function createNotes(): Notes {
  return { problems: [], opaque: [], tallies: new Map(), lines: undefined };
}

/** Counts documents as not analysed. Without a document, it is the whole file. */
export function addSkipped(
  notes: Notes,
  source: Source,
  reason: SkipReason,
  count: number,
  document?: Span,
): void {
  let tally = notes.tallies.get(source.path);
  if (tally === undefined) {
    tally = { source, counts: new Map(), first: document };
    notes.tallies.set(source.path, tally);
  }
  tally.counts.set(reason, (tally.counts.get(reason) ?? 0) + count);
}

/** Remembers that a file holds what nobody can see, so that nothing near it counts as absent. */
export function addOpaque(notes: Notes, path: string, why: OpaquePlace['why']): void {
  const last = notes.opaque.at(-1);
  if (last?.path !== path || last.why !== why) notes.opaque.push({ path, why });
}

/** A file or folder that was found and cannot be read. */
export function addUnreadable(notes: Notes, path: string, why: string): void {
  const source = { path: withoutEndSlash(path), text: '' };
  notes.problems.push({
    rule: 'input/unparsable-input',
    message: 'unreadable',
    data: { problem: why },
    place: { source },
  });
  addOpaque(notes, path, 'unreadable');
  addSkipped(notes, source, 'unreadable', 0);
}

export function addSyntaxError(notes: Notes, source: Source, document: TextDocument): void {
  const { error } = document;
  if (error === undefined) return;
  notes.problems.push({
    rule: 'input/unparsable-input',
    message: 'syntax',
    data: { problem: error.message },
    place: { source, span: { start: error.start, end: error.end } },
  });
}

export function addDuplicateKeys(notes: Notes, source: Source, document: TextDocument): void {
  for (const { key, start, end, first } of document.duplicateKeys ?? []) {
    if (notes.lines?.source !== source) notes.lines = { source, index: indexLines(source.text) };
    const quoted = /["']/.test(source.text.charAt(first));
    const firstEnd = first + key.length + (quoted ? 2 : 0);
    notes.problems.push({
      rule: 'input/duplicate-key',
      message: 'twice',
      data: { key, line: lineColumnAt(notes.lines.index, source.text, first).line },
      place: { source, span: { start, end } },
      related: [{ place: { source, span: { start: first, end: firstEnd } }, note: 'first written here' }],
    });
  }
}

/** Documents that turned out to be inputs of a kustomization: what they look like by themselves does not count. */
export function retallyAsPatch(notes: Notes, path: string): void {
  const counts = notes.tallies.get(path)?.counts;
  for (const reason of ['not-a-manifest', 'no-kind', 'no-api-version'] as const) {
    const count = counts?.get(reason);
    if (counts === undefined || count === undefined) continue;
    counts.delete(reason);
    counts.set('patch', (counts.get('patch') ?? 0) + count);
  }
}

export function listSkipped(notes: Notes): Skipped[] {
  return [...notes.tallies.values()].flatMap(({ source, counts }) =>
    [...counts].map(([reason, documents]) => ({ path: source.path, reason, documents })),
  );
}

/** One problem for every file that was passed over, wholly or in part. What is a problem already is not said twice. */
export function skippedProblems(notes: Notes, ignoreUnknown: boolean): Problem[] {
  const problems: Problem[] = [];
  for (const { source, counts, first } of notes.tallies.values()) {
    const said = [...counts].filter(
      ([reason]) => reason !== 'unreadable' && (reason !== 'unparsable' || ignoreUnknown),
    );
    if (said.length === 0) continue;
    problems.push({
      rule: 'input/skipped-input',
      message: 'skipped',
      data: {
        reason: said.map(([reason]) => reasonInWords[reason]).join(' and '),
        count: said.reduce((sum, [, count]) => sum + count, 0),
      },
      place: first === undefined ? { source } : firstLineOf(source, first.start, first.end),
    });
  }
  return problems;
}

/** The first line of a document that says something. */
function firstLineOf(source: Source, start: number, end: number): ProblemPlace {
  let lineStart = start;
  while (lineStart < end) {
    const lineBreak = source.text.indexOf('\n', lineStart);
    const lineEnd = lineBreak < 0 || lineBreak > end ? end : lineBreak;
    const content = source.text.slice(lineStart, lineEnd).search(/[^\s#]|#/);
    if (content >= 0 && source.text.charAt(lineStart + content) !== '#') {
      return { source, span: { start: lineStart + content, end: lineEnd } };
    }
    lineStart = lineEnd + 1;
  }
  return { source };
}
