import { ensure, pushTo } from '../model/collections.ts';
import { createNearNames, type NearNames } from '../model/near.ts';

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
    for (const { frame, label } of framesOf(host)) {
      pushTo(byFrame, frame, label);
      knownLabels.add(label);
    }
  }
  return {
    nearest(host) {
      for (const { frame, label: written, start, end } of framesOf(host)) {
        const known = byFrame.get(frame);
        // What is the name of something else is no typo.
        if (known === undefined || knownLabels.has(written)) continue;
        const label = nearestLabel(
          written,
          ensure(near, frame, () => createNearNames(known)),
        );
        if (label !== undefined) return `${host.slice(0, start)}${label}${host.slice(end)}`;
      }
      return undefined;
    },
  };
}

interface Frame {
  /** A host without one of its labels. */
  readonly frame: string;
  readonly label: string;
  /** Where the label stands. */
  readonly start: number;
  readonly end: number;
}

function framesOf(host: string): readonly Frame[] {
  const frames: Frame[] = [];
  for (let start = 0, end = 0; end < host.length; start = end + 1) {
    const dot = host.indexOf('.', start);
    end = dot < 0 ? host.length : dot;
    frames.push({
      frame: `${host.slice(0, start)}${host.slice(end)}`,
      label: host.slice(start, end),
      start,
      end,
    });
  }
  return frames;
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
  return left.every((part, i) => {
    const other = right[i] ?? '';
    return part === other || (Math.max(part.length, other.length) < 4 && !isSwapped(part, other));
  });
}

/** Nobody tells two things apart by the order of three letters. */
function isSwapped(a: string, b: string): boolean {
  return a.length === 3 && (b === `${a[1]}${a[0]}${a[2]}` || b === `${a[0]}${a[2]}${a[1]}`);
}
