// The lines of the input around a place, with the place underlined.
import type { Location } from '../engine/diagnostic.ts';
import type { Source } from '../text/index.ts';
import { indexLines, type LineIndex, lineText } from '../text/lines.ts';
import { displayWidth, visible } from './screen.ts';

const TAB_STOP = 4;
const CUT = '…';
/** Columns that stay visible before the place when a long line is cut. */
const LEAD = 20;

export interface FrameLine {
  /** Undefined for the underline and for what is left out. */
  readonly number?: number;
  readonly text: string;
  readonly underline?: true;
}

export interface Framer {
  /** The place's line, underlined, with `context` lines above and below. Nothing when the line is not there. */
  frame(source: Source, location: Location, context: number): FrameLine[];
}

/** Frames for one report; the lines of a file are found once. */
export function createFramer(width: number): Framer {
  const indexes = new Map<string, LineIndex>();

  function indexOf(source: Source): LineIndex {
    const index = indexes.get(source.path) ?? indexLines(source.text);
    indexes.set(source.path, index);
    return index;
  }

  return {
    frame(source, location, context) {
      const index = indexOf(source);
      const { line, endLine } = location;
      const lastLine = source.text.endsWith('\n') ? index.length - 1 : index.length;
      if (line < 1 || line > index.length || source.text === '') return [];
      const read = (number: number): string => lineText(index, source.text, number);

      const lines: FrameLine[] = [];
      const shown = cut(read(line), location, width);
      const plain = (number: number): FrameLine => ({
        number,
        text: slice(toCells(read(number).slice(0, shown.from + width * 2)), shown.from, width),
      });
      for (let n = Math.max(1, line - context); n < line; n++) lines.push(plain(n));
      lines.push({ number: line, text: shown.text }, { text: shown.underline, underline: true });
      if (endLine > line) lines.push({ text: '...' });
      else for (let n = line + 1; n <= Math.min(lastLine, line + context); n++) lines.push(plain(n));
      return lines;
    },
  };
}

/** One character as the terminal shows it. */
interface Cell {
  readonly text: string;
  readonly width: number;
}

function toCells(text: string): Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  for (const char of text) {
    const cell = toCell(char, column);
    column += cell.width;
    cells.push(cell);
  }
  return cells;
}

function toCell(char: string, column: number): Cell {
  if (char >= ' ' && char <= '~') return { text: char, width: 1 };
  const width = TAB_STOP - (column % TAB_STOP);
  if (char === '\t') return { text: ' '.repeat(width), width };
  const text = visible(char);
  return { text, width: displayWidth(text) };
}

const widthOf = (cells: readonly Cell[]): number => cells.reduce((sum, cell) => sum + cell.width, 0);

/** The cells between two columns, with a mark where something is left out. */
function slice(cells: readonly Cell[], from: number, width: number): string {
  const kept: Cell[] = [];
  let column = 0;
  let more = false;
  for (const cell of cells) {
    const end = column + cell.width;
    if (end > from + width) more = true;
    else if (column >= from) kept.push(cell);
    else if (end > from) kept.push({ text: ' '.repeat(end - from), width: end - from });
    column = end;
  }
  const mark = (at: number): void => {
    const cell = kept[at];
    if (cell !== undefined) kept[at] = { ...cell, text: CUT.padEnd(cell.width) };
  };
  if (from > 0) mark(0);
  if (more) mark(kept.length - 1);
  return kept
    .map((cell) => cell.text)
    .join('')
    .trimEnd();
}

function cut(
  line: string,
  location: Location,
  width: number,
): { text: string; underline: string; from: number } {
  const start = Math.min(location.column - 1, line.length);
  const end = location.endLine === location.line ? location.endColumn - 1 : line.trimEnd().length;
  // A line of a megabyte is not measured as a whole.
  const skipped = start > width * 4 ? start - width : 0;
  const before = toCells(line.slice(skipped, start));
  const marked = toCells(line.slice(start, Math.max(start + 1, Math.min(end, start + width * 2))));
  const after = toCells(line.slice(Math.max(start + 1, end), Math.max(start + 1, end) + width * 2));
  const cells = [...before, ...marked, ...after];
  const column = widthOf(before);
  const from = widthOf(cells) <= width && skipped === 0 ? 0 : Math.max(0, column - LEAD);
  const marks = Math.max(1, Math.min(widthOf(marked), from + width - column));
  return {
    text: slice(cells, from, width),
    underline: ' '.repeat(column - from) + '^'.repeat(marks),
    from: skipped + from,
  };
}
