import { compareUnresolved, type InputCoverage } from './coverage.ts';
import type { ClusterCoverage } from './report.ts';

/**
 * What was seen of several clusters together: counts are added up, lists joined. What clusters share is listed once,
 * and counted for each. The mesh is that of the first; each has its own beside its name.
 */
export function mergeCoverage(
  clusters: readonly { readonly name: string; readonly coverage: InputCoverage }[],
): InputCoverage & { readonly clusters: readonly ClusterCoverage[] } {
  const all = clusters.map(({ coverage }) => coverage);
  const [first] = all;
  if (first === undefined) throw new Error('there is no cluster to tell about');
  const sum = (pick: (coverage: InputCoverage) => number): number =>
    all.reduce((total, coverage) => total + pick(coverage), 0);
  const join = <T>(pick: (coverage: InputCoverage) => readonly T[]): T[] => distinct(all.flatMap(pick));
  const unchecked = join(({ uncheckedRules = [] }) => uncheckedRules);
  const rendered = join(({ rendered = [] }) => rendered);
  return {
    world: first.world,
    files: sum(({ files }) => files),
    documents: sum(({ documents }) => documents),
    resources: sum(({ resources }) => resources),
    kinds: addUp(all.map(({ kinds }) => kinds)),
    otherKinds: addUp(all.map(({ otherKinds }) => otherKinds)),
    skipped: join(({ skipped }) => skipped),
    failures: join(({ failures }) => failures),
    ...(rendered.length === 0 ? {} : { rendered }),
    floating: sum(({ floating }) => floating),
    variants: join(({ variants }) => variants),
    unresolved: {
      count: sum(({ unresolved }) => unresolved.count),
      references: all.flatMap(({ unresolved }) => unresolved.references).sort(compareUnresolved),
    },
    ...(unchecked.length === 0 ? {} : { uncheckedRules: unchecked }),
    mesh: first.mesh,
    clusters: clusters.map(({ name, coverage: { files, documents, resources, mesh, live } }) => ({
      name,
      files,
      documents,
      resources,
      mesh,
      ...(live === undefined ? {} : { live }),
    })),
  };
}

function addUp(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total = new Map<string, number>();
  for (const counts of all) {
    for (const [key, n] of Object.entries(counts)) total.set(key, (total.get(key) ?? 0) + n);
  }
  return Object.fromEntries(total);
}

/** Entries that say the same are one: files that several clusters share are read for each of them. */
function distinct<T>(entries: readonly T[]): T[] {
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}
