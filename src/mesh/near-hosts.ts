import { compareText, ensure, pushTo } from '../model/collections.ts';
import { type NearNames, nearestName } from '../model/near.ts';

/** Known hosts, arranged so that one that looks like a written host is found without reading them all. */
export interface NearHosts {
  nearest(host: string): string | undefined;
}

/** World rule 6 for hosts: a typo stands in one label, so the others have to be equal. */
export function createNearHosts(hosts: Iterable<string>): NearHosts {
  // Labels by the rest of their host: `a..c` holds every b of a known `a.b.c`.
  const byFrame = new Map<string, string[]>();
  const near = new Map<string, NearNames>();
  const knownLabels = new Set<string>();
  for (const host of hosts) {
    const labels = host.split('.');
    for (const [i, label] of labels.entries()) {
      pushTo(byFrame, withLabel(labels, i, ''), label);
      knownLabels.add(label);
    }
  }
  return {
    nearest(host) {
      const labels = host.split('.');
      for (const [i, written] of labels.entries()) {
        const frame = withLabel(labels, i, '');
        const known = byFrame.get(frame);
        // What is the name of something else is no typo.
        if (known === undefined || knownLabels.has(written)) continue;
        const label = nearestLabel(
          written,
          ensure(near, frame, () => createNearLabels(known)),
        );
        if (label !== undefined) return withLabel(labels, i, label);
      }
      return undefined;
    },
  };
}

/**
 * The nearest label, unless the difference looks meant: short labels differ by a letter all the time (`api` and
 * `app`), and `team-a` is no typo of `team-b`, as `v1` is none of `v2`.
 */
export function nearestLabel(written: string, known: NearNames): string | undefined {
  if (written.length < 4) return undefined;
  const label = known.nearest(written);
  return label === undefined || label.length < 4 || areSiblings(written, label) ? undefined : label;
}

function areSiblings(a: string, b: string): boolean {
  const left = a.split('-');
  const right = b.split('-');
  if (left.length !== right.length) return false;
  return left.every((part, i) => part === right[i] || Math.max(part.length, right[i]?.length ?? 0) < 4);
}

function withLabel(labels: readonly string[], index: number, label: string): string {
  return labels.map((own, i) => (i === index ? label : own)).join('.');
}

/**
 * An index of many labels that often begin alike (`service-…`): they are read in order, those with a common beginning
 * that is already too far from the written label are passed over together.
 */
export function createNearLabels(labels: Iterable<string>): NearNames {
  const sorted = [...new Set(labels)].sort(compareText);
  return { nearest: (written) => nearestName(written, within(MOST_EDITS, written, sorted)) };
}

/** As many edits as near misses ever have. */
const MOST_EDITS = 2;

/** The labels of a sorted list that are at most so many edits away. */
function* within(most: number, written: string, sorted: readonly string[]): Iterable<string> {
  // One row of the table of edit distances for every letter of the label that is being read.
  const rows: Row[] = [{ costs: Array.from({ length: written.length + 1 }, (_, i) => i), least: 0 }];
  let before = '';
  for (let i = 0; i < sorted.length; ) {
    const label = sorted[i] ?? '';
    rows.length = 1 + sharedLength(before, label);
    let last = rows.at(-1);
    while (last !== undefined && last.least <= most && rows.length <= label.length) {
      last = nextRow(rows, last, label, written);
      rows.push(last);
    }
    before = label.slice(0, rows.length - 1);
    i++;
    if (last !== undefined && last.least > most) while (sorted[i]?.startsWith(before)) i++;
    else if ((last?.costs[written.length] ?? 0) <= most) yield label;
  }
}

interface Row {
  readonly costs: readonly number[];
  readonly least: number;
}

/** Edit distances (swaps of neighbours count as one) from the next longer beginning of the label to those of the other. */
function nextRow(rows: readonly Row[], above: Row, label: string, written: string): Row {
  const at = rows.length - 1;
  const letter = label[at];
  const swapped = at === 0 ? undefined : rows[at - 1]?.costs;
  let left = at + 1;
  let least = left;
  const costs = [left];
  for (let j = 1; j <= written.length; j++) {
    const change = (above.costs[j - 1] ?? 0) + (letter === written[j - 1] ? 0 : 1);
    let cost = Math.min((above.costs[j] ?? 0) + 1, left + 1, change);
    if (swapped !== undefined && letter === written[j - 2] && label[at - 1] === written[j - 1]) {
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
