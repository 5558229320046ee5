// Which line of a template a line of what it printed came from.

/** Larger texts are not compared: their places would not be worth the time. */
const MOST_PAIRS = 4_000_000;

/**
 * The line of the template, from 0, that printed line `at` of the output stems from, or else the nearest line above
 * it; undefined when none fits. Finds the way through both texts, from top to bottom, that has most lines in common; an action in a template line stands
 * for any text.
 */
export function alignLine(
  output: readonly string[],
  template: readonly string[],
  at: number,
): number | undefined {
  const width = template.length + 1;
  if (output.length * width > MOST_PAIRS) return undefined;
  const patterns = template.map(patternOf);
  const likeness = (i: number, j: number): number => {
    const pattern = patterns[j];
    const line = output[i] ?? '';
    // Braces alone, and lines that anything would fit, tell nothing.
    if (pattern === undefined || line.trim() === '') return 0;
    if (typeof pattern === 'string') return pattern === line.trim() ? 3 : 0;
    return pattern.test(line.trim()) ? 2 : 0;
  };
  // best[i][j]: how well the output from i fits the template from j.
  const best = new Uint32Array((output.length + 1) * width);
  const cell = (i: number, j: number): number => best[i * width + j] ?? 0;
  for (let i = output.length - 1; i >= 0; i--) {
    for (let j = template.length - 1; j >= 0; j--) {
      const like = likeness(i, j);
      const pair = like === 0 ? 0 : like + cell(i + 1, j + 1);
      best[i * width + j] = Math.max(pair, cell(i + 1, j), cell(i, j + 1));
    }
  }
  let i = 0;
  let j = 0;
  let nearest: number | undefined;
  while (i <= at && i < output.length && j < template.length) {
    const like = likeness(i, j);
    if (like > 0 && cell(i, j) === like + cell(i + 1, j + 1)) {
      nearest = j;
      i++;
      j++;
    } else if (cell(i, j) === cell(i, j + 1)) j++;
    else i++;
  }
  return nearest;
}

/** A line as it stands, or what it may print; undefined for one that says nothing by itself. */
function patternOf(line: string): string | RegExp | undefined {
  const text = line.trim();
  if (!text.includes('{{')) return text === '' ? undefined : text;
  const parts = text.split(/\{\{.*?\}\}/);
  // Many actions in one line fit too much, and take long to tell.
  if (parts.join('').trim().length < 2 || parts.length > 6 || text.length > 500) return undefined;
  return new RegExp(`^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}$`);
}
