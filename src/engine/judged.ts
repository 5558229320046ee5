// What was judged in a run, and so what could have been found: what was not found is then known not to be there.
import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import type { RuleHead } from '../sdk/rule.ts';
import type { Coverage } from './report.ts';
import { isNamed, type RunResult, type Selection } from './run.ts';
import { ALL, INVALID, isCalled, type Silencer, UNUSED } from './silencer.ts';

/** What was judged in a run, and so what could have been found. */
export interface Judged {
  readonly clusters: readonly {
    readonly graph: WholeGraph;
    readonly isPart: boolean;
    readonly paths: readonly string[];
    readonly read: Pick<Coverage, 'skipped' | 'live'>;
  }[];
  readonly rules: readonly RuleHead[];
  readonly selection: Selection;
  readonly run: Pick<RunResult, 'ran' | 'skipped' | 'crashes'>;
  /** Whether only some findings are reported, by their namespace or by what changed. */
  readonly isNarrowed: boolean;
}

/** Tells what could have been found, so that what was not found is known not to be there. */
export interface Tester {
  /** Whether a suppression would have silenced something, had there been anything. */
  couldSilence(silencer: Silencer, word: string): boolean;
  /** Whether a rule would have found something about what it judges. */
  couldFind(word: string): boolean;
  /** Resources that name something which could not be settled, so that rules may have kept silent about them. */
  readonly unsettled: ReadonlySet<Resource>;
}

/** In doubt, nothing could have been found. */
export function createTester({ clusters, rules, selection, run, isNarrowed }: Judged): Tester {
  const isWhole = clusters.every(
    ({ graph, isPart, read }) =>
      (!isPart || graph.world === 'closed') && (read.live === undefined || read.live.unread.length === 0),
  );
  const ran = new Set(run.ran);
  const idle = new Set(
    run.skipped.flatMap(({ rule, cause }) => (cause === 'idle' || cause === 'not-installed' ? [rule] : [])),
  );
  const skipped = new Set(clusters.flatMap(({ read }) => read.skipped.map(({ path }) => path)));
  const unsettled = new Set(clusters.flatMap(({ graph }) => graph.unresolved().map(({ from }) => from)));
  const isInput = (head: RuleHead): boolean => head.needs === undefined;
  const didRun = (head: RuleHead): boolean => {
    if (!isInput(head)) return isWhole && (ran.has(head.name) || idle.has(head.name));
    if (isNamed(selection.disable, head) || (head.optIn && !isNamed(selection.enable, head))) return false;
    return selection.only.size === 0 || isNamed(selection.only, head);
  };
  const called = (word: string): RuleHead[] => rules.filter((head) => isCalled(word, head));
  const isReached = ({ reaches }: Silencer): boolean =>
    clusters.some(({ graph }) => [...graph.all()].some(reaches));
  const couldFind = (word: string): boolean => {
    if (isNarrowed || run.crashes.length > 0) return false;
    if (word === ALL) return isWhole && selection.only.size === 0;
    const heads = called(word);
    return heads.length > 0 && heads.every(didRun);
  };
  return {
    unsettled,
    couldFind,
    couldSilence(silencer, word) {
      if (!silencer.judged || !couldFind(word)) return false;
      const isInManifest = silencer.by === 'comment' || silencer.by === 'annotation';
      if (isInManifest && skipped.has(silencer.place?.source.path ?? '')) return false;
      // A script may be run over many inputs, and its flags are about what is in some of them.
      if (silencer.by === 'flag' && !isReached(silencer)) return false;
      // Of suppressions nothing is known before they are judged.
      if (called(word).some(({ name }) => name === UNUSED || name === INVALID)) return false;
      if (word !== ALL && called(word).every(isInput)) return true;
      return ![...unsettled].some((resource) => silencer.reaches(resource));
    },
  };
}
