import { compareText, pushTo } from './collections.ts';
import { installedNames } from './installed-names.ts';

/**
 * Near misses: a name that is one edit (two from eight letters on) from a known one, with the
 * same digits (`v1` for `v2` is another version, not a typo). A swap of neighbours is one edit.
 */
export function isNearMiss(written: string, known: string): boolean {
  if (written === known || installedNames.has(written) || extendsOther(written, known)) return false;
  const shorter = Math.min(written.length, known.length);
  if (shorter < 3) return false;
  // `ns-1` and `ns1`: a short name is told by its letters only.
  if (shorter < 4 && marksOf(written) !== marksOf(known)) return false;
  const allowed = shorter >= 8 ? 2 : 1;
  if (Math.abs(written.length - known.length) > allowed) return false;
  if (digits(written) !== digits(known)) return false;
  return distance(written, known, allowed) <= allowed;
}

/** `shop-b` is meant to differ from `shop`, and `b-shop` too. */
function extendsOther(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long.startsWith(`${short}-`) || long.endsWith(`-${short}`);
}

function marksOf(text: string): string {
  return text.replace(/[a-z]+/gi, '');
}

/** The digits of a name: versions and hashes differ on purpose. */
function digits(text: string): string {
  return (text.match(/[0-9]+/g) ?? []).join(' ');
}

/** Edit distance with transpositions (optimal string alignment); stops early above `most`. */
function distance(a: string, b: string, most: number): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

/** The closest of a short list, by the rules of near misses. */
export function nearestName(written: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const known of names) {
    if (!isNearMiss(written, known)) continue;
    const d = distance(written, known, 2);
    if (d < bestDistance || (d === bestDistance && best !== undefined && known < best)) {
      best = known;
      bestDistance = d;
    }
  }
  return best;
}

/** Known names, arranged so that near misses are found without reading them all. */
export interface NearNames {
  nearest(written: string): string | undefined;
}

/** An index of many names, also of those that begin alike (`service-…`) or differ by their numbers. */
export function createNearNames(names: Iterable<string>): NearNames {
  const byDigits = new Map<string, string[]>();
  for (const name of new Set(names)) pushTo(byDigits, digits(name), name);
  for (const alike of byDigits.values()) alike.sort(compareText);
  return {
    nearest: (written) =>
      nearestName(written, within(MOST_EDITS, written, byDigits.get(digits(written)) ?? [])),
  };
}

/** As many edits as near misses ever have. */
const MOST_EDITS = 2;

/**
 * The names of a sorted list that are at most so many edits away. Those with a common beginning that is already too
 * far away are passed over together.
 */
function* within(most: number, written: string, sorted: readonly string[]): Iterable<string> {
  // One row of the table of edit distances for every letter of the name that is being read.
  const rows: Row[] = [{ costs: Array.from({ length: written.length + 1 }, (_, i) => i), least: 0 }];
  let before = '';
  for (let i = 0; i < sorted.length; ) {
    const name = sorted[i] ?? '';
    rows.length = 1 + sharedLength(before, name);
    let last = rows.at(-1);
    while (last !== undefined && last.least <= most && rows.length <= name.length) {
      last = nextRow(rows, last, name, written);
      rows.push(last);
    }
    before = name.slice(0, rows.length - 1);
    i++;
    if (last !== undefined && last.least > most) while (sorted[i]?.startsWith(before)) i++;
    else if ((last?.costs[written.length] ?? 0) <= most) yield name;
  }
}

interface Row {
  readonly costs: readonly number[];
  readonly least: number;
}

/** Edit distances (swaps of neighbours count as one) from the next longer beginning of the name to those of the other. */
function nextRow(rows: readonly Row[], above: Row, name: string, written: string): Row {
  const at = rows.length - 1;
  const letter = name[at];
  const swapped = at === 0 ? undefined : rows[at - 1]?.costs;
  let left = at + 1;
  let least = left;
  const costs = [left];
  for (let j = 1; j <= written.length; j++) {
    const change = (above.costs[j - 1] ?? 0) + (letter === written[j - 1] ? 0 : 1);
    let cost = Math.min((above.costs[j] ?? 0) + 1, left + 1, change);
    if (swapped !== undefined && letter === written[j - 2] && name[at - 1] === written[j - 1]) {
      cost = Math.min(cost, (swapped[j - 2] ?? 0) + 1);
    }
    costs.push(cost);
    if (cost < least) least = cost;
    left = cost;
  }
  return { costs, least };
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
