import { ensure, pushTo } from '../../model/collections.ts';
import { createNearNames, type NearNames } from '../../model/near.ts';

/** Known hosts, arranged so that one that looks like a written host is found without reading them all. */
export interface NearHosts {
  nearest(host: string): string | undefined;
}

/** World rule 6 for hosts: a typo stands in one label, so the others have to be equal. */
export function createNearHosts(hosts: Iterable<string>): NearHosts {
  // First labels by what follows them, and hosts by their first label: what else is equal is sought when asked for.
  const byRest = new Map<string, string[]>();
  const byFirst = new Map<string, string[]>();
  for (const host of hosts) {
    const dot = host.indexOf('.');
    if (dot < 0) continue;
    pushTo(byRest, host.slice(dot), host.slice(0, dot));
    pushTo(byFirst, host.slice(0, dot), host);
  }
  let labels: ReadonlySet<string> | undefined;
  function isLabel(text: string): boolean {
    labels ??= new Set([...byFirst.values()].flatMap((known) => known.flatMap((host) => host.split('.'))));
    return labels.has(text);
  }
  const near = new Map<string, NearNames>();

  /** Labels that stand between the same beginning and the same end in known hosts. */
  function between(before: string, after: string): readonly string[] {
    if (before === '') return byRest.get(after) ?? [];
    const known = byFirst.get(before.slice(0, before.indexOf('.'))) ?? [];
    return known
      .filter((host) => host.startsWith(before) && host.endsWith(after))
      .map((host) => host.slice(before.length, host.length - after.length))
      .filter((label) => label !== '' && !label.includes('.'));
  }

  return {
    nearest(host) {
      for (let start = 0, end = 0; end < host.length; start = end + 1) {
        const dot = host.indexOf('.', start);
        end = dot < 0 ? host.length : dot;
        const before = host.slice(0, start);
        const after = host.slice(end);
        const names = ensure(near, `${before} ${after}`, () => createNearNames(between(before, after)));
        const written = host.slice(start, end);
        const label = nearestLabel(written, names);
        // What is the name of something else is no typo.
        if (label !== undefined && !isLabel(written)) return `${before}${label}${after}`;
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
  return left.every((part, i) => {
    const other = right[i] ?? '';
    return part === other || (Math.max(part.length, other.length) < 4 && !isSwapped(part, other));
  });
}

/** Nobody tells two things apart by the order of three letters. */
function isSwapped(a: string, b: string): boolean {
  return a.length === 3 && (b === `${a[1]}${a[0]}${a[2]}` || b === `${a[0]}${a[2]}${a[1]}`);
}
