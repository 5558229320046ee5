// Comments, found on demand: a `#` behind a blank begins one, unless it is in a scalar, and the places of those are known.
import { SPACE, TAB } from './chars.ts';
import { readPositions } from './documents.ts';
import { readFast } from './fast.ts';
import type { PositionNode } from './positions.ts';
import type { Source } from './source.ts';
import { type Slice, splitDocuments } from './split.ts';
import { hasUnusualCharacters, withPlainBreaks } from './unusual.ts';

/** A comment, from its `#` to the end of its line. */
export interface Comment {
  readonly start: number;
  readonly end: number;
}

/** Tells whether the `#` at an offset begins a comment. */
type CommentTest = (offset: number) => boolean;

/** The comments of a text that hold a word, in order. */
export async function findComments({ text: raw }: Source, word: string): Promise<Comment[]> {
  const unusual = hasUnusualCharacters(raw);
  const text = unusual ? withPlainBreaks(raw) : raw;
  const slices = splitDocuments(text);
  const tests = new Map<Slice, CommentTest>();
  const comments: Comment[] = [];
  let at = text.indexOf(word);
  while (at >= 0) {
    const slice = slices.find(({ start, end }) => start <= at && at < end);
    let isComment = slice === undefined ? everywhere : tests.get(slice);
    if (slice !== undefined && isComment === undefined) {
      isComment = await commentTest(text, slice, unusual);
      tests.set(slice, isComment);
    }
    const start = hashesBefore(text, at).find(isComment ?? everywhere);
    const lineBreak = text.indexOf('\n', at);
    const end = lineBreak < 0 ? text.length : lineBreak;
    if (start !== undefined) comments.push({ start, end });
    at = text.indexOf(word, start === undefined ? at + word.length : end);
  }
  return comments;
}

/** Between documents there are only comments, blanks and markers. */
const everywhere: CommentTest = () => true;

/** Where a comment could begin on the line of an offset, before it: at the start of the line and behind blanks. */
function hashesBefore(text: string, offset: number): number[] {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const found: number[] = [];
  for (let at = text.indexOf('#', lineStart); at >= 0 && at < offset; at = text.indexOf('#', at + 1)) {
    const before = text.charCodeAt(at - 1);
    if (at === lineStart || before === SPACE || before === TAB) found.push(at);
  }
  return found;
}

async function commentTest(
  text: string,
  { start, end, slow }: Slice,
  unusual: boolean,
): Promise<CommentTest> {
  const read = slow === undefined && !unusual ? readFast(text, start, end, true) : undefined;
  if (read?.ok) return outsideScalars(text, read.positions);
  // A value that a later key replaces has no place, and what `yaml` refuses but Kubernetes reads is cut wrongly: both
  // have to say that it is a comment.
  const [{ commentsOf }, positions] = await Promise.all([
    import('./slow-comments.ts'),
    readPositions(text, start, end),
  ]);
  const isOutside = outsideScalars(text, positions);
  const offsets = commentsOf(text.slice(start, end));
  return (offset) => offsets.has(offset - start) && isOutside(offset);
}

function outsideScalars(text: string, positions: PositionNode | undefined): CommentTest {
  return (offset) => positions === undefined || !isInScalar(text, positions, offset);
}

function isInScalar(text: string, node: PositionNode, offset: number): boolean {
  if (offset >= node.keyStart && offset < node.keyEnd) return true;
  if (offset < node.start || offset >= node.end) return false;
  if (node.children === undefined) return offset >= scalarStart(text, node);
  for (const child of node.children.values()) if (isInScalar(text, child, offset)) return true;
  return false;
}

/** A comment may follow the header of a block scalar, which no other scalar begins like. */
function scalarStart(text: string, { start, end }: PositionNode): number {
  const first = text.charAt(start);
  if (first !== '|' && first !== '>') return start;
  const lineBreak = text.indexOf('\n', start);
  return lineBreak < 0 ? end : lineBreak;
}
