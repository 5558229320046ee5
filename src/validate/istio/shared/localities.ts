import { type Fault, quoted } from './fault.ts';

interface Found {
  readonly index: number;
  readonly key: string;
  readonly fault: Fault;
}

/**
 * What is wrong with localities in a row, `region/zone/subzone` with less parts or a `*` at the end: none may lie
 * inside another one (`validateLocalities`, config/validation/agent).
 */
export function* findLocalityFault(localities: readonly string[]): Iterable<Found> {
  const whole = new Map<string, string>();
  const beginnings = new Map<string, string>();
  for (const [index, key] of localities.entries()) {
    const fault = formFault(key) ?? overlap(key, whole, beginnings);
    if (fault !== undefined) yield { index, key, fault };
  }
}

function formFault(locality: string): Fault | undefined {
  const stars = locality.split('*').length - 1;
  if (stars > 1 || (stars === 1 && !locality.endsWith('*'))) {
    return {
      problem: `${quoted(locality)} has a * before its end`,
      help: 'Use one * at the end, for everything below a region or zone',
    };
  }
  if (!locality.split('/', 3).includes('')) return undefined;
  return {
    problem: `${quoted(locality)} has an empty part`,
    help: 'Write region, region/zone or region/zone/subzone',
  };
}

/** Looks for a locality that this one lies in, or that lies in this one, and remembers this one. */
function overlap(
  locality: string,
  whole: Map<string, string>,
  beginnings: Map<string, string>,
): Fault | undefined {
  const parts = locality.split('/');
  // region/* is all of the region.
  if (parts.at(-1) === '*') parts.pop();
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const own = prefixes.at(-1) ?? '';
  const rival = ['', ...prefixes].map((prefix) => whole.get(prefix)).find((found) => found !== undefined);
  const inside = beginnings.get(own);
  whole.set(own, locality);
  for (const prefix of ['', ...prefixes]) beginnings.set(prefix, locality);
  const other = rival ?? inside;
  if (other === undefined) return undefined;
  return {
    problem: `${quoted(locality)} overlaps with ${quoted(other)}`,
    help: 'Keep them apart, so that each workload is in one of them',
  };
}
