/**
 * Near misses: a name that is one edit (two from eight letters on) from a known one, with the
 * same digits (`v1` for `v2` is another version, not a typo). A swap of neighbours is one edit.
 */
export function isNearMiss(written: string, known: string): boolean {
  if (written === known) return false;
  const allowed = Math.min(written.length, known.length) >= 8 ? 2 : 1;
  if (Math.abs(written.length - known.length) > allowed) return false;
  if (written.length < 3 || known.length < 3) return false;
  if (digits(written) !== digits(known)) return false;
  return distance(written, known, allowed) <= allowed;
}

/** The digits of a name: versions and hashes differ on purpose. */
function digits(text: string): string {
  return text.replace(/[^0-9]+/g, ' ').trim();
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

/**
 * The known names, arranged so that asking for near misses does not read them all: a name with one edit
 * keeps its first or its last letters. Ask with `nearest`.
 */
export interface NearNames {
  nearest(written: string): string | undefined;
}

export function createNearNames(names: Iterable<string>): NearNames {
  const buckets = new Map<string, Set<string>>();
  for (const name of names) {
    for (const key of bucketKeys(name)) {
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, new Set([name]));
      else bucket.add(name);
    }
  }
  return {
    nearest: (written) =>
      nearestName(
        written,
        bucketKeys(written).flatMap((key) => [...(buckets.get(key) ?? [])]),
      ),
  };
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

const EDGE = 2;
/** Names that share no bucket are no near misses: digits are the same, and one edge is as a rule untouched. */
function bucketKeys(name: string): string[] {
  const same = digits(name);
  return [`^${name.slice(0, EDGE)} ${same}`, `${name.slice(-EDGE)}$ ${same}`];
}
