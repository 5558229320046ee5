// Places of fields, found on demand: the document is read again, now with positions. That costs as much as reading it
// once more, and only for documents with findings, where keeping every position would double time and memory.
import type { Path } from './document.ts';
import { readPositions } from './documents.ts';
import { indexLines, type LineIndex, lineColumnAt, lineText } from './lines.ts';
import { type PositionNode, trimmedEnd } from './positions.ts';
import type { Source } from './source.ts';

/** Lines and columns from 1, in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** False when the path does not exist and the nearest parent's key stands in. */
  readonly exact: boolean;
  readonly start: number;
  readonly end: number;
}

/** Finds places; keeps a line index per source and the positions of the last document. */
export interface Locator {
  /**
   * Place of `path` in the document that spans [start, end) of the source; part 'key' is the key itself. A missing
   * field gives the key of the nearest parent there is (of a list item: its first line), with `exact` false. The
   * empty path gives the first line of the document's content. Blank ends of block values do not count.
   */
  locate(source: Source, start: number, end: number, path: Path, part?: 'key' | 'value'): Promise<Place>;
  /** Line and column of an offset. */
  lineColumn(source: Source, offset: number): { line: number; column: number };
  /** Text of one line, without its break. */
  line(source: Source, line: number): string;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface LastDocument {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  readonly positions: Promise<PositionNode | undefined>;
}

/** Makes a locator; one per report is enough. */
export function createLocator(): Locator {
  const lineIndices = new WeakMap<Source, LineIndex>();
  let last: LastDocument | undefined;

  const linesOf = (source: Source): LineIndex => {
    let index = lineIndices.get(source);
    if (index === undefined) {
      index = indexLines(source.text);
      lineIndices.set(source, index);
    }
    return index;
  };
  const positionsOf = (source: Source, start: number, end: number): Promise<PositionNode | undefined> => {
    if (last?.source !== source || last.start !== start || last.end !== end) {
      last = { source, start, end, positions: readPositions(source.text, start, end) };
    }
    return last.positions;
  };
  const lineColumn = (source: Source, offset: number): { line: number; column: number } =>
    lineColumnAt(linesOf(source), source.text, offset);

  return {
    async locate(source, start, end, path, part = 'value') {
      const { span, exact } = findSpan(
        source.text,
        start,
        end,
        await positionsOf(source, start, end),
        path,
        part,
      );
      const from = lineColumn(source, span.start);
      const to = lineColumn(source, span.end);
      return { ...from, endLine: to.line, endColumn: to.column, exact, ...span };
    },
    lineColumn,
    line: (source, line) => lineText(linesOf(source), source.text, line),
  };
}

function findSpan(
  text: string,
  start: number,
  end: number,
  root: PositionNode | undefined,
  path: Path,
  part: 'key' | 'value',
): { readonly span: Span; readonly exact: boolean } {
  if (root === undefined) return { span: firstContentLine(text, start, end), exact: path.length === 0 };
  let node = root;
  for (const segment of path) {
    const child = childOf(node, segment);
    if (child === undefined) return { span: keyOrFirstLine(text, node), exact: false };
    node = child;
  }
  const span = part === 'key' || node === root ? keyOrFirstLine(text, node) : valueSpan(text, node);
  return { span, exact: true };
}

function childOf(node: PositionNode, segment: string | number): PositionNode | undefined {
  if (node.children instanceof Map) return node.children.get(String(segment));
  return node.children?.[Number(segment)];
}

function keyOrFirstLine(text: string, node: PositionNode): Span {
  return node.keyStart >= 0
    ? { start: node.keyStart, end: node.keyEnd }
    : firstLine(text, node.start, node.end);
}

/** An empty value has no place of its own: its key stands for it. */
function valueSpan(text: string, node: PositionNode): Span {
  if (node.start >= node.end) return keyOrFirstLine(text, node);
  return { start: node.start, end: trimmedEnd(text, node.start, node.end) };
}

/** The part of [start, end) that is on the first line. */
function firstLine(text: string, start: number, end: number): Span {
  const lineBreak = text.indexOf('\n', start);
  const lineEnd = lineBreak < 0 || lineBreak > end ? end : lineBreak;
  return { start, end: trimmedEnd(text, start, lineEnd) };
}

const CONTENT_LINE = /^[ \t]*(?![ \t#]|---(?:[ \t]|$))(?=\S)/gm;

/** The first line of a document without positions that is neither blank nor a comment. */
function firstContentLine(text: string, start: number, end: number): Span {
  CONTENT_LINE.lastIndex = start;
  const match = CONTENT_LINE.exec(text);
  const at = match ? match.index + match[0].length : start;
  return at < end ? firstLine(text, at, end) : { start, end: start };
}
