// Lines and columns of offsets.

/** Offsets of the line starts of a text. */
export type LineIndex = readonly number[];

export function indexLines(text: string): LineIndex {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** Line and column, from 1, of an offset; one outside the text is taken to its nearest end. */
export function lineColumnAt(
  index: LineIndex,
  text: string,
  offset: number,
): { line: number; column: number } {
  const target = Math.max(0, Math.min(offset, text.length));
  let low = 0;
  let high = index.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((index[middle] ?? 0) <= target) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: target - (index[low] ?? 0) + 1 };
}

/** Text of a line, counted from 1, without its break. */
export function lineText(index: LineIndex, text: string, line: number): string {
  const start = index[line - 1];
  if (start === undefined) return '';
  const next = index[line];
  return text.slice(start, next === undefined ? text.length : next - 1);
}
