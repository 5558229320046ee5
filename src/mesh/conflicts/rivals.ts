import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { compareText, pushTo } from '../../model/collections.ts';
import type { Kind } from '../../model/kinds.gen.ts';
import type { Labels } from '../../model/labels.ts';
import { folderOf } from '../../model/layout.ts';
import { FLOATING } from '../../model/names.ts';
import { type Workload, type workloadReads, workloads } from '../workloads/workloads.ts';
import { mayBeAlternative } from './copies.ts';

/** A resource and those that claim the same place. */
export interface Rivalry<T extends Resource> {
  readonly one: T;
  /** Those that istiod prefers come first. */
  readonly others: readonly T[];
  /** The one that istiod prefers, where that is known; may be the resource itself. */
  readonly winner: T | undefined;
}

/** More rivals than anybody reads are not looked for. */
const MOST_RIVALS = 10;

/**
 * The members of a group that each claim what the others claim. Of equals the oldest goes first, on a tie the first
 * by name (`sortConfigByCreationTime` in pilot/pkg/model/push_context.go); a lower `rank` goes before all of that.
 */
export function rivalries<K extends Kind>(
  graph: Graph<K>,
  group: readonly Resource<K>[],
  rank: (member: Resource<K>) => number = () => 0,
): readonly Rivalry<Resource<K>>[] {
  const found: Rivalry<Resource<K>>[] = [];
  const members = group
    .filter((member) => graph.changedBy(member) === undefined)
    .sort((a, b) => rank(a) - rank(b) || byAge(a, b));
  if (members.length < 2) return found;
  for (const one of members) {
    const others: Resource<K>[] = [];
    for (const other of members) {
      if (others.length >= MOST_RIVALS) break;
      // Copies of one that is named already say nothing new.
      if (others.some(({ name }) => name === other.name)) continue;
      if (areRivals(graph, one, other)) others.push(other);
    }
    if (others.length > 0) found.push({ one, others, winner: winnerOf([one, ...others], rank) });
  }
  return found;
}

/** Known when one outranks all, or when the age of all that could win is known. */
function winnerOf<T extends Resource>(rivals: readonly T[], rank: (member: T) => number): T | undefined {
  const least = Math.min(...rivals.map(rank));
  const best = rivals.filter((rival) => rank(rival) === least);
  if (best.length > 1 && best.some(({ metadata }) => metadata.creationTimestamp === undefined)) {
    return undefined;
  }
  return best.sort(byAge)[0];
}

function byAge(a: Resource, b: Resource): number {
  return (
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(a.name, b.name)
  );
}

function areRivals<K extends Kind>(graph: Graph<K>, a: Resource<K>, b: Resource<K>): boolean {
  if (a.name === b.name || !graph.coexist(a, b)) return false;
  // Without a namespace they only surely share one where they are applied together.
  if (a.namespace === FLOATING && folder(a) !== folder(b)) return false;
  return !mayBeAlternative(graph, a, b) && !mayBeAlternative(graph, b, a);
}

function folder({ origin }: Resource): string {
  return folderOf(origin.source.path);
}

/** What a resource without a selector is for, in words. */
export function scopeName({ namespace }: Resource, rootNamespace: string): string {
  if (namespace === rootNamespace) return 'the whole mesh';
  return namespace === FLOATING ? 'all of its namespace' : `all of namespace ${namespace}`;
}

/** A resource and those that select some of its workloads. */
export interface Overlap<T extends Resource> extends Rivalry<T> {
  /** Those that several select. */
  readonly workloads: readonly Workload[];
}

/**
 * Resources whose selectors meet at workloads of their namespace; those that select nothing by labels take no part.
 * `counts` says whether a workload that carries the labels is one that the resource applies to.
 */
export function overlapsOf<K extends Kind>(
  graph: Graph<K | keyof typeof workloadReads>,
  resources: readonly Resource<K>[],
  labelsOf: (resource: Resource<K>) => Labels,
  counts: (resource: Resource<K>, workload: Workload) => boolean,
): readonly Overlap<Resource<K>>[] {
  type T = Resource<K>;
  const claims = new Map<Workload, T[]>();
  for (const resource of resources) {
    const labels = labelsOf(resource);
    if (Object.keys(labels).length === 0) continue;
    for (const workload of workloads(graph).matching(labels, resource.namespace)) {
      if (graph.coexist(resource, workload.resource) && counts(resource, workload)) {
        pushTo(claims, workload, resource);
      }
    }
  }
  const shared = new Map<T, { rivalry: Rivalry<T>; workloads: Workload[] }>();
  // Many workloads are claimed by the same ones.
  const judged = new Map<string, readonly Rivalry<T>[]>();
  const numbers = new Map(resources.map((resource, index) => [resource, index]));
  for (const [workload, claimants] of claims) {
    if (claimants.length < 2 || graph.changedBy(workload.resource) !== undefined) continue;
    const key = claimants.map((claimant) => numbers.get(claimant)).join(' ');
    const known = judged.get(key) ?? rivalries(graph, claimants);
    judged.set(key, known);
    for (const rivalry of known) {
      const entry = shared.get(rivalry.one);
      if (entry === undefined) shared.set(rivalry.one, { rivalry, workloads: [workload] });
      else entry.workloads.push(workload);
    }
  }
  return [...shared.values()].map(({ rivalry, workloads: met }) => ({ ...rivalry, workloads: met }));
}
