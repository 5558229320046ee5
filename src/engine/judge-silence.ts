// What is wrong with suppressions: those that silence nothing (input/unused-suppression) and those that do not say what
// they mean to, or no longer hold (input/invalid-suppression).
import type { Resource } from '../graph/resource.ts';
import { nearestName } from '../model/near.ts';
import type { RuleHead, Severity } from '../sdk/rule.ts';
import type { ProblemPlace } from '../text/problem.ts';
import { createTester, type Judged } from './judged.ts';
import type { Pending } from './pending.ts';
import type { Silence } from './silence.ts';
import { ALL, INVALID, isCalled, type Mistake, type Silencer, UNUSED } from './silencer.ts';
import type { SuppressedBy } from './suppress.ts';

/** Codes that were given out, beside those of the rules that are there. */
export type CodeTable = Readonly<Record<string, { readonly name: string; readonly retired?: true }>>;

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
export async function judgeSilence(
  { silencers, mistakes }: Silence,
  judged: Judged,
  codes: () => Promise<CodeTable>,
): Promise<Complaint[]> {
  const complaints: Complaint[] = [];
  const found = createTester(judged);
  for (const mistake of mistakes) {
    complaints.push(...(await complain(judged.rules, INVALID, mistake)));
  }
  for (const silencer of silencers) {
    const { by, reason } = silencer;
    const severity = mildly.has(by) ? ('info' as const) : undefined;
    for (const word of silencer.words) {
      const mistake = await mistakeIn(word, judged.rules, codes);
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
async function mistakeIn(
  word: string,
  rules: readonly RuleHead[],
  readCodes: () => Promise<CodeTable>,
): Promise<Pick<Mistake, 'message' | 'data'> | undefined> {
  if (word === ALL || rules.some((head) => isCalled(word, head))) return undefined;
  const codes = await readCodes();
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
