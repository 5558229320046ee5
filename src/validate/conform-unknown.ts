import { nearestName } from '../model/near.ts';
import type { Path } from './conform.ts';

/** What a schema says of the fields of an object, as far as it takes to find the one that was meant. */
export interface Fielded<N> {
  readonly type: string;
  readonly fields: ReadonlyMap<string, N>;
  readonly item: N | undefined;
  /** Other names that were met, each with the field that it is a slip of. */
  slips: Map<string, string | undefined> | undefined;
}

/** The place of an object that has the field: a path into the manifest, `[]` for any item of a list. */
export type Home = readonly (string | number)[];

/** The field of the object that a name is a slip of: written in another case, or a letter or two beside it. */
export function slipOf<N>(node: Fielded<N>, name: string): string | undefined {
  const slips = node.slips ?? new Map<string, string | undefined>();
  node.slips = slips;
  if (!slips.has(name)) {
    const plain = plainly(name);
    const alike = [...node.fields.keys()].find((field) => plainly(field) === plain);
    slips.set(name, alike ?? nearestName(name, node.fields.keys()));
  }
  return slips.get(name);
}

/** Whether two names differ by capitals, dashes and underscores only. */
export function isSpelledAlike(one: string, other: string): boolean {
  return plainly(one) === plainly(other);
}

function plainly(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase();
}

/**
 * Where a field of this name belongs: in the nearest object around, or in one right below. `open` makes a node
 * ready to be looked into.
 */
export function homesOf<N extends Fielded<N>>(
  root: N,
  path: Path,
  name: string,
  open: (node: N) => N,
): readonly Home[] {
  const line = [open(root)];
  for (const step of path) {
    const last = line.at(-1);
    const next = typeof step === 'string' ? (last?.fields.get(step) ?? last?.item) : last?.item;
    if (next === undefined) return [];
    line.push(open(next));
  }
  const around = line.slice(0, -1).findLastIndex((node) => node.fields.has(name));
  // Every manifest has these; a field of that name further in was hardly meant to stand there.
  if (around > 0) return [path.slice(0, around)];
  const below: Home[] = [];
  for (const [field, child] of line.at(-1)?.fields ?? []) {
    if (path.length === 0 && field !== 'spec') continue;
    let node = open(child);
    const home: (string | number)[] = [...path, field];
    if (node.type === 'list' && node.item !== undefined) {
      node = open(node.item);
      home.push('');
    }
    if (node.fields.has(name)) below.push(home);
  }
  return below;
}
