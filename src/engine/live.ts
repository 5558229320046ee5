// What becomes of rules where not all of a cluster could be read. Loaded when a cluster is judged.
import type { WholeGraph } from '../graph/graph.ts';
import type { Reads } from '../graph/view.ts';
import { ensure } from '../model/collections.ts';
import { type Kind, kinds } from '../model/kinds.gen.ts';
import type { LiveCoverage } from './report.ts';

/** An input as far as this is about it. */
interface Judged {
  readonly graph: WholeGraph;
  readonly read: { readonly live?: LiveCoverage };
}

export interface LiveLimits {
  /** Why there is nothing of these kinds to judge, where the reading of the cluster is the reason. */
  whyNone(list: readonly Kind[]): string | undefined;
  /** Notes for a rule that these kinds matter to it. */
  note(rule: string, kinds: Iterable<Kind>): void;
  /** Whether what a rule says of a kind would hold whatever else the cluster has. */
  holds(reads: Reads, about: Kind, graph: WholeGraph): boolean;
  /** Tells with each kind that was not read how many rules that keeps from judging all there is. */
  counted(coverage: LiveCoverage): LiveCoverage;
}

/**
 * Kinds that change what others mean, and that no look-up is asked about: what is not loaded of them counts as not
 * there (docs/architecture.md). Where they could not be read, that would be a guess.
 */
const changers: ReadonlySet<Kind> = new Set<Kind>([]);

export function createLiveLimits(inputs: readonly Judged[]): LiveLimits {
  const live = inputs.filter(({ graph }) => graph.world === 'live');
  const keptFrom = new Map<string, Set<string>>();

  function whyUnread(kind: Kind): string | undefined {
    for (const { graph } of live) {
      const why = graph.whyUnread(kind);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  return {
    whyNone(list) {
      for (const kind of list) {
        const why = whyUnread(kind);
        if (why !== undefined) return why;
      }
      const isMissing = (kind: Kind): boolean =>
        live.every(({ read }) => read.live?.notInstalled.includes(kind) === true);
      if (live.length < inputs.length || !list.every(isMissing)) return undefined;
      const names = new Set(list.map((kind) => kinds[kind].kind));
      return `no ${[...names].join(', ')} in the cluster: not installed`;
    },
    note(rule, all) {
      for (const kind of all) {
        if (whyUnread(kind) !== undefined) ensure(keptFrom, kind, () => new Set()).add(rule);
      }
    },
    holds(reads, about, graph) {
      if (graph.world !== 'live') return true;
      return (Object.keys(reads) as Kind[]).every(
        (kind) => kind === about || !changers.has(kind) || graph.isClosed(kind),
      );
    },
    counted: (coverage) => ({
      ...coverage,
      unread: coverage.unread.map((one) => ({ ...one, rules: keptFrom.get(one.kind)?.size ?? 0 })),
    }),
  };
}
