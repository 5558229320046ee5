// What rules found in a cluster at another time, for those that would find the same now. Loaded when one is followed.
import type { Unresolved, WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { ensure } from '../model/collections.ts';
import type { Kind } from '../model/kinds.gen.ts';
import type { Recall, RuleOutcome, RuleRun } from './run.ts';

/** A run, rule by rule, with all that its findings rest on. It keeps no graph alive. */
export interface PastRun {
  readonly mesh: WholeGraph['mesh'];
  readonly whyUnread: WholeGraph['whyUnread'];
  readonly lists: ReadonlyMap<Kind, readonly Resource[]>;
  readonly rules: ReadonlyMap<string, PastRule>;
}

interface PastRule extends RuleOutcome {
  readonly rule: RuleRun['rule'];
  readonly requested: boolean;
  /** What people set, as JSON. */
  readonly options: string;
  /** What was noted as neither found nor missing while it ran. */
  readonly unresolved: readonly Unresolved[];
}

export interface Recaller {
  readonly recall: Recall;
  /** The run that this was. */
  run(): PastRun;
  /**
   * Whether the outcome is that of a run of all rules. It need not be where something is no longer noted as unresolved
   * by a rule that ran: another one, which did not, may have relied on the same look-up.
   */
  isCertain(): boolean;
}

/**
 * Compares a graph with what a run before it saw. A rule sees the kinds that it declares, in `reads`, and what is said of
 * the mesh and of what was not read; the compiler holds our rules to that. So it finds the same while all of
 * these are the very same resources. What plugins do is not known, certificates run out by themselves, and who reads no
 * kind by name looks at all of them: these rules always run.
 */
export function createRecaller(graph: WholeGraph, before?: PastRun): Recaller {
  const rules = new Map<string, PastRule>();
  const isKnown =
    before !== undefined &&
    graph.world === 'live' &&
    graph.assumptions === undefined &&
    graph.mesh === before.mesh &&
    graph.whyUnread === before.whyUnread;
  let hasCrashed = false;
  const same = new Map<Kind, boolean>();
  const isSame = (kind: Kind): boolean =>
    ensure(same, kind, () => {
      const [was = none, is] = [before?.lists.get(kind), graph.list(kind)];
      return was.length === is.length && is.every((resource, i) => resource === was[i]);
    });

  function pastOf({ head, rule, requested }: RuleRun, options: string): PastRule | undefined {
    const past = isKnown ? before.rules.get(head.name) : undefined;
    const reads = Object.keys(rule.reads) as Kind[];
    const isAlike = past?.rule === rule && past.requested === requested && past.options === options;
    const isBound = head.from === undefined && reads.length > 0 && !reads.includes('Secret');
    return isAlike && isBound && reads.every(isSame) ? past : undefined;
  }

  return {
    recall(about, run) {
      const { head, rule, requested } = about;
      const options = JSON.stringify(about.options);
      const past = pastOf(about, options);
      if (past !== undefined) {
        for (const { what, name, why, from } of past.unresolved) {
          graph.missing({ what, name, knowledge: { complete: false, why } }, from);
        }
        rules.set(head.name, past);
        return past;
      }
      const noted = graph.unresolved().length;
      const outcome = run();
      hasCrashed ||= outcome.crashes.length > 0;
      // What would repair a finding in a cluster is never asked for, and holds the whole graph.
      const findings = outcome.findings.map(({ fix: _, ...finding }) => finding);
      const unresolved = graph.unresolved().slice(noted);
      rules.set(head.name, { findings, crashes: [], rule, requested, options, unresolved });
      return outcome;
    },
    run: () => ({
      mesh: graph.mesh,
      whyUnread: graph.whyUnread,
      lists: new Map([...graph.counts()].map(([kind]) => [kind, graph.list(kind)])),
      // What a rule noted before it threw is not all of it; and which settings it assumed is noted by graph.
      rules: hasCrashed || graph.assumptions !== undefined ? new Map() : rules,
    }),
    isCertain() {
      if (!isKnown) return true;
      const noted = new Set(graph.unresolved().map(keyOf));
      for (const [name, past] of before.rules) {
        if (rules.get(name) === past) continue;
        if (past.unresolved.some((one) => !noted.has(keyOf(one)))) return false;
      }
      return true;
    },
  };
}

const none: readonly Resource[] = [];

function keyOf({ what, name, why, from }: Unresolved): string {
  return JSON.stringify([what, name, why, from.kind, from.namespace, from.name]);
}
