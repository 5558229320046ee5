import { ensure } from '../model/collections.ts';
/**
 * World rule 7: two siblings (files or folders under one folder) that define the same identity are variants of
 * each other, alternatives that are not meant to be applied together. Kinship is kept per folder and is
 * transitive: whoever shares an identity with a variant is one too.
 */
export interface Variants {
  /** Whether two files belong to alternatives. */
  areVariants(a: string, b: string): boolean;
  /** For the report: folder and the siblings in it that stand for each other. */
  groups(): readonly VariantGroup[];
}

export interface VariantGroup {
  readonly folder: string;
  readonly siblings: readonly string[];
}

/** `identities`: for each identity that is defined more than once, the paths of its files. */
export function findVariants(identities: Iterable<readonly string[]>): Variants {
  const families = new Map<string, Map<string, string>>();

  function find(parents: Map<string, string>, name: string): string {
    let root = name;
    for (let up = parents.get(root); up !== undefined && up !== root; up = parents.get(root)) root = up;
    return root;
  }
  function join(folder: string, a: string, b: string): void {
    const parents = ensure(families, folder, () => new Map());
    for (const name of [a, b]) if (!parents.has(name)) parents.set(name, name);
    const [x, y] = [find(parents, a), find(parents, b)];
    if (x === y) return;
    const [first, second] = x < y ? [x, y] : [y, x];
    parents.set(second, first);
  }

  for (const paths of identities) {
    // Sorted neighbours diverge at every folder where any two of the paths diverge.
    const sorted = [...new Set(paths)].sort();
    for (let i = 1; i < sorted.length; i++) {
      const split = divergence(sorted[i - 1] ?? '', sorted[i] ?? '');
      if (split !== undefined) join(split.folder, split.a, split.b);
    }
  }
  return {
    areVariants(a, b) {
      const split = divergence(a, b);
      if (split === undefined) return false;
      const parents = families.get(split.folder);
      if (parents === undefined || !parents.has(split.a) || !parents.has(split.b)) return false;
      return find(parents, split.a) === find(parents, split.b);
    },
    groups() {
      const groups: VariantGroup[] = [];
      for (const [folder, parents] of families) {
        const byRoot = new Map<string, string[]>();
        for (const name of parents.keys()) {
          const root = find(parents, name);
          const group = byRoot.get(root);
          if (group === undefined) byRoot.set(root, [name]);
          else group.push(name);
        }
        for (const siblings of byRoot.values()) groups.push({ folder, siblings: siblings.sort() });
      }
      return groups.sort((a, b) => (a.folder < b.folder ? -1 : a.folder > b.folder ? 1 : 0));
    },
  };
}

/** The folder where two paths part, and the child that each goes on with. Undefined for one and the same path. */
function divergence(a: string, b: string): { folder: string; a: string; b: string } | undefined {
  if (a === b) return undefined;
  const left = a.split('/');
  const right = b.split('/');
  let i = 0;
  while (i < left.length - 1 && i < right.length - 1 && left[i] === right[i]) i++;
  return { folder: left.slice(0, i).join('/'), a: left[i] ?? '', b: right[i] ?? '' };
}
