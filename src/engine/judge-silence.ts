// What is wrong with suppressions: those that silence nothing (input/unused-suppression) and those that do not say what
// they mean to, or no longer hold (input/invalid-suppression).
import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { nearestName } from '../model/near.ts';
import type { RuleHead, Severity } from '../sdk/rule.ts';
import type { ProblemPlace } from '../text/problem.ts';
import type { Pending } from './pending.ts';
import { isNamed, type RunResult, type Selection } from './run.ts';
import type { Silence } from './silence.ts';
import { ALL, INVALID, isCalled, type Mistake, type Silencer, UNUSED } from './silencer.ts';
import type { SuppressedBy } from './suppress.ts';

/** Codes that were given out, beside those of the rules that are there. */
export type CodeTable = Readonly<Record<string, { readonly name: string; readonly retired?: true }>>;

/** What was judged in a run, and so what could have been found. */
export interface Judged {
  readonly clusters: readonly {
    readonly graph: WholeGraph;
    readonly isPart: boolean;
    readonly read: { readonly skipped: readonly { readonly path: string }[] };
  }[];
  readonly rules: readonly RuleHead[];
  readonly selection: Selection;
  readonly run: Pick<RunResult, 'ran' | 'skipped' | 'crashes'>;
  /** Whether only some findings are reported, by their namespace or by what changed. */
  readonly isNarrowed: boolean;
  readonly codes: CodeTable;
}

/** Something to be said about a suppression, which does not silence it itself. */
export interface Complaint {
  readonly pending: Pending;
  readonly about?: Silencer;
}

/** As the text of a finding names it. */
const nouns: Readonly<Record<SuppressedBy, string>> = {
  comment: 'comment',
  annotation: 'annotation',
  config: 'entry of the configuration',
  flag: 'flag',
  baseline: 'baseline',
};
/** What is written for others too: istioctl finds other things, and a script may be run over many inputs. */
const mildly: ReadonlySet<SuppressedBy> = new Set(['annotation', 'flag']);

/** Complains about suppressions, each at its own place. */
export async function judgeSilence({ silencers, mistakes }: Silence, judged: Judged): Promise<Complaint[]> {
  const complaints: Complaint[] = [];
  const found = createTester(judged);
  for (const mistake of mistakes) {
    complaints.push(...(await complain(judged.rules, INVALID, mistake)));
  }
  for (const silencer of silencers) {
    const { by, reason } = silencer;
    const severity = mildly.has(by) ? ('info' as const) : undefined;
    for (const word of silencer.words) {
      const mistake = mistakeIn(word, judged);
      if (mistake !== undefined) {
        const all = { ...silencer, ...mistake, data: { ...mistake.data, means: nouns[by] } };
        complaints.push(...(await complain(judged.rules, INVALID, all, silencer, severity)));
      } else if (!silencer.used.has(word) && found.couldSilence(silencer, word)) {
        const message = word === ALL ? 'all' : 'code';
        const note =
          by === 'annotation'
            ? ' istioctl may find what meshlint does not: keep it where it is needed there.'
            : '';
        const data = { word, means: nouns[by], reason, note };
        complaints.push(
          ...(await complain(judged.rules, UNUSED, { ...silencer, message, data }, silencer, severity)),
        );
      }
    }
  }
  return complaints;
}

/** A word that names no rule, or only one that is gone. */
function mistakeIn(word: string, { rules, codes }: Judged): Pick<Mistake, 'message' | 'data'> | undefined {
  if (word === ALL || rules.some((head) => isCalled(word, head))) return undefined;
  const code = word.toUpperCase();
  if (Object.hasOwn(codes, code)) {
    return codes[code]?.retired === true ? { message: 'retired', data: { word: code } } : undefined;
  }
  const names = rules.flatMap(({ name }) => [name, name.slice(name.indexOf('/') + 1)]);
  const near = nearestName(word, names);
  return { message: 'unknown', data: { word, hint: near === undefined ? '' : `Did you mean ${near}? ` } };
}

async function complain(
  rules: readonly RuleHead[],
  name: string,
  what: { message: string; data: Pending['data']; place?: ProblemPlace; resource?: Resource },
  about?: Silencer,
  severity?: Severity,
): Promise<Complaint[]> {
  const rule = await rules.find((head) => head.name === name)?.load();
  if (rule === undefined) return [];
  const { message, data, place = { source: { path: '', text: '' } }, resource } = what;
  const pending: Pending = {
    rule,
    severity: severity ?? rule.rule.severity,
    message,
    data,
    place,
    related: [],
    ...(resource === undefined ? {} : { resource }),
  };
  return [about === undefined ? { pending } : { pending, about }];
}

/** Tells what could have been found, so that what was not found is known not to be there. */
export interface Tester {
  /** Whether a suppression would have silenced something, had there been anything. */
  couldSilence(silencer: Silencer, word: string): boolean;
  /** Whether a rule would have found something about what it judges. */
  couldFind(word: string): boolean;
  /** Whether something that the resource names could not be settled, so that rules may have kept silent. */
  isDoubtful(resource: Resource): boolean;
}

/** In doubt, nothing could have been found. */
export function createTester({ clusters, rules, selection, run, isNarrowed }: Judged): Tester {
  const isWhole = clusters.every(({ graph, isPart }) => !isPart || graph.world === 'closed');
  const ran = new Set(run.ran);
  const idle = new Set(run.skipped.filter(({ why }) => why.startsWith('no ')).map(({ rule }) => rule));
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
  const isDoubtful = (resource: Resource): boolean => unsettled.has(resource);
  const couldFind = (word: string): boolean => {
    if (isNarrowed || run.crashes.length > 0) return false;
    if (word === ALL) return isWhole && selection.only.size === 0;
    const heads = called(word);
    return heads.length > 0 && heads.every(didRun);
  };
  return {
    isDoubtful,
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
