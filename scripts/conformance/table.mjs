// @ts-check
// Prints how the places of findings compare with the recorded lines: by code, by class, and difference by difference.
import { classes, isEqualOrBetter } from './explain.mjs';

/** @typedef {import('./explain.mjs').Explained} Explained */

/**
 * One row a code: findings as the scorer counts them, and the recorded lines by class.
 * @param {readonly Explained[]} all @param {ReadonlyMap<string, string>} scores `found/wanted` by code
 */
export function codeTable(all, scores) {
  const lines = all.filter(({ kind }) => kind !== 'more');
  const kinds = Object.keys(classes).filter((kind) => lines.some((one) => one.kind === kind));
  const codes = [...new Set([...scores.keys(), ...lines.map(({ code }) => code)])].sort();
  const rows = codes.map((code) => {
    const own = lines.filter((one) => one.code === code);
    const counts = kinds.map((kind) => own.filter((one) => one.kind === kind).length);
    return [
      code,
      scores.get(code) ?? '',
      ...[own.length, ...counts].map((count) => (count === 0 ? '' : `${count}`)),
    ];
  });
  const totals = kinds.map((kind) => `${lines.filter((one) => one.kind === kind).length}`);
  return align([['code', 'findings', 'lines', ...kinds], ...rows, ['all', '', `${lines.length}`, ...totals]]);
}

/** Every difference, those that are alike together, below what their class means. @param {readonly Explained[]} all */
export function differenceList(all) {
  const names = { ...classes, more: 'in more places than recorded' };
  return Object.entries(names).flatMap(([kind, says]) => {
    const rows = all.filter((one) => one.kind === kind);
    if (kind === 'equal' || rows.length === 0) return [];
    return [`${kind} (${rows.length}): ${says}`, ...groupsOf(rows), ''];
  });
}

/** Rows that say the same are one, and rows with one reason share it. @param {readonly Explained[]} rows */
function groupsOf(rows) {
  /** @type {Map<string, Map<string, number>>} */
  const reasons = new Map();
  for (const row of rows) {
    const key = `${row.code}\n${row.reason ?? ''}`;
    const counts = reasons.get(key) ?? new Map();
    counts.set(inWords(row), (counts.get(inWords(row)) ?? 0) + 1);
    reasons.set(key, counts);
  }
  return [...reasons]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([key, counts]) => {
      const [code, reason = ''] = key.split('\n');
      const places = [...counts].map(
        ([words, count]) => `  ${code} ${count > 1 ? `${count} × ` : ''}${words}`,
      );
      return [...places.sort(), ...(reason === '' ? [] : [`    ${reason}`])];
    });
}

/** @param {Explained} row */
function inWords({ kind, ours, theirs, line, resource, case: name }) {
  const recorded = theirs === '' ? '' : `recorded: ${theirs}`;
  // Patterns say nothing of what is not there, and too little of what nobody has explained.
  const where = ours === '' || kind === 'differs' ? `${resource}, line ${line ?? 'none'} in "${name}"` : '';
  return [ours, ours === '' ? '' : recorded, where].filter((part) => part !== '').join('; ');
}

/** How many of the recorded lines are equal or better. @param {readonly Explained[]} all */
export function share(all) {
  const lines = all.filter(({ kind }) => kind !== 'more');
  const good = lines.filter(({ kind }) => isEqualOrBetter(kind)).length;
  return { good, lines: lines.length, percent: lines.length === 0 ? 100 : (100 * good) / lines.length };
}

/** First column to the left, the others to the right. @param {readonly (readonly string[])[]} rows */
function align(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
