import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import type { Kind } from '../model/kinds.gen.ts';
import { kinds } from '../model/kinds.gen.ts';
import { type FieldPath, fieldPath } from '../model/paths.ts';
import type { OnProgress } from '../model/progress.ts';
import type { Fix } from '../sdk/fix.ts';
import { type OptionValue, optionValues } from '../sdk/option.ts';
import type {
  Cluster,
  Finding,
  Messages,
  NamedRule,
  Needs,
  Related,
  Report,
  Rule,
  RuleHead,
  Severity,
} from '../sdk/rule.ts';
import type { LiveLimits } from './live.ts';
import type { LiveCoverage } from './report.ts';

/** Raised when a rule points at an object that is not part of the resource: a copy, or another resource's. */
class ForeignObjectError extends Error {
  constructor(what: string) {
    super(`the place handed over is no object of ${what}: hand over the object from the graph, never a copy`);
    this.name = 'ForeignObjectError';
  }
}

/** A finding with its field known by path, not yet by line. */
export interface RawFinding {
  readonly rule: NamedRule;
  readonly message: string;
  readonly data: Readonly<Record<string, string | number>>;
  readonly severity: Severity;
  readonly resource: Resource;
  readonly field: FieldPath;
  readonly related: readonly RawRelated[];
  readonly nearMiss: boolean;
  readonly suggestion?: string;
  readonly fix?: () => Fix | undefined;
  readonly assumes?: readonly string[] | undefined;
}

export interface RawRelated {
  readonly resource: Resource;
  readonly field: FieldPath;
  readonly note: string;
}

/** A rule that threw: the others still ran. */
export interface Crash {
  readonly rule: string;
  readonly code: string;
  /** The resource that it looked at last, where that is known. */
  readonly resource?: Resource;
  readonly error: Error;
}

export interface RunResult {
  readonly findings: readonly RawFinding[];
  readonly crashes: readonly Crash[];
  readonly ran: readonly string[];
  readonly skipped: readonly SkippedRule[];
  /** Where a cluster was read: what that keeps rules from. */
  readonly limits?: LiveLimits;
}

/** An input that rules run over. */
export interface RunInput extends Cluster<Kind> {
  readonly graph: WholeGraph;
  readonly read: { readonly live?: LiveCoverage };
}

export interface SkippedRule extends Reason {
  readonly rule: string;
  readonly code: string;
}

/** Why a rule does not run: in a word, and as people read it. */
export interface Reason {
  /**
   * `out-of-scope`: it compares clusters or releases; `idle`: there is nothing for it to judge; `unread`: what it would
   * judge could not be read from a cluster.
   */
  readonly cause: 'disabled' | 'not-chosen' | 'opt-in' | 'out-of-scope' | 'idle' | 'unread' | 'not-installed';
  readonly why: string;
}

export interface Selection {
  /** Only these (names or codes); empty: all. */
  readonly only: ReadonlySet<string>;
  /** Names or codes switched on beyond the default. */
  readonly enable: ReadonlySet<string>;
  readonly disable: ReadonlySet<string>;
}

/** The options that people set, by `area/name` of the rule and name of the option. */
export type RuleSettings = ReadonlyMap<string, Readonly<Record<string, OptionValue>>>;

/** A rule that is about to run, and what it depends on beside the graph. */
export interface RuleRun {
  readonly head: RuleHead;
  readonly rule: Rule;
  readonly requested: boolean;
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** What one rule found in a run. */
export interface RuleOutcome {
  readonly findings: RawFinding[];
  readonly crashes: Crash[];
}

/** Runs a rule by `run`, or tells what it would find. */
export type Recall = (about: RuleRun, run: () => RuleOutcome) => RuleOutcome;

/** Loads every chosen rule and runs it over each cluster, isolated from the failures of the others. */
export async function runRules(
  clusters: readonly RunInput[],
  rules: readonly RuleHead[],
  selection: Selection,
  onProgress?: OnProgress,
  settings?: RuleSettings,
  recall: Recall = (_, run) => run(),
): Promise<RunResult> {
  const isLive = clusters.some(({ graph }) => graph.world === 'live');
  const limits = isLive ? (await import('./live.ts')).createLiveLimits(clusters) : undefined;
  const { chosen, skipped } = choose(clusters, rules, selection, limits);
  const loaded = await Promise.all(chosen.map(async (head) => ({ head, named: await head.load() })));
  const findings: RawFinding[] = [];
  const crashes: Crash[] = [];
  const ran: string[] = [];
  for (const [done, { head, named }] of loaded.entries()) {
    onProgress?.('judging', done, loaded.length);
    const requested = isNamed(selection.only, head) || isNamed(selection.enable, head);
    const options = optionValues(named.rule.options, settings?.get(head.name));
    limits?.note(head.name, Object.keys(named.rule.reads) as Kind[]);
    const about = { head, rule: named.rule, requested, options };
    const outcome = recall(about, () => runRule(named, about, clusters, limits));
    for (const finding of outcome.findings) findings.push(finding);
    crashes.push(...outcome.crashes);
    if (outcome.crashes.length === 0) ran.push(head.name);
  }
  return { findings, crashes, ran, skipped, ...(limits === undefined ? {} : { limits }) };
}

/** Runs one rule over everything; what it found before it threw stays. */
function runRule(
  named: NamedRule,
  { head, rule, requested, options }: RuleRun,
  clusters: readonly RunInput[],
  limits: LiveLimits | undefined,
): RuleOutcome {
  const findings: RawFinding[] = [];
  const crashes: Crash[] = [];
  const report = createReport(named, findings, limits);
  const run = (check: () => void, over: readonly RunInput[]): void => {
    const before = findings.length;
    limits?.begin(head, rule, over);
    try {
      check();
    } catch (error) {
      const last = findings.length > before ? findings.at(-1)?.resource : undefined;
      crashes.push({
        rule: head.name,
        code: head.code,
        ...(last === undefined ? {} : { resource: last }),
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
    limits?.end(findings, before);
  };
  if (head.scope === 'clusters') {
    run(() => rule.checkClusters?.({ clusters, report, requested, options }), clusters);
  } else {
    for (const cluster of clusters) {
      run(() => rule.check?.({ graph: cluster.graph, report, requested, options }), [cluster]);
    }
  }
  return { findings, crashes };
}

/** Whether a set of names and codes names this rule: by `area/name`, by `name` alone, or by code. */
export function isNamed(set: ReadonlySet<string>, { name, code }: Pick<RuleHead, 'name' | 'code'>): boolean {
  return set.size > 0 && (set.has(code) || set.has(name) || set.has(name.slice(name.indexOf('/') + 1)));
}

function whyNotChosen(head: RuleHead, selection: Selection): Reason | undefined {
  if (isNamed(selection.disable, head)) return { cause: 'disabled', why: 'disabled' };
  if (selection.only.size > 0 && !isNamed(selection.only, head)) {
    return { cause: 'not-chosen', why: 'not among the rules asked for' };
  }
  if (head.optIn && !isNamed(selection.enable, head) && !isNamed(selection.only, head)) {
    return { cause: 'opt-in', why: `opt-in (--enable ${head.code})` };
  }
  return undefined;
}

function whyOutOfScope({ scope }: RuleHead, clusters: readonly Cluster<Kind>[]): Reason | undefined {
  if (scope === 'clusters' && clusters.length < 2)
    return { cause: 'out-of-scope', why: 'needs several clusters (--cluster, --contexts)' };
  if (scope === 'upgrade' && clusters.every(({ graph }) => graph.mesh.upgradeTo === undefined))
    return { cause: 'out-of-scope', why: 'needs an upgrade (--upgrade-to)' };
  return undefined;
}

/** The rules that are to run, and why the others are not; those that have no check are neither. */
function choose(
  clusters: readonly RunInput[],
  rules: readonly RuleHead[],
  selection: Selection,
  limits: LiveLimits | undefined,
): { chosen: RuleHead[]; skipped: SkippedRule[] } {
  const chosen: RuleHead[] = [];
  const skipped: SkippedRule[] = [];
  const whyIdle = createIdleness(clusters, limits);
  for (const head of rules) {
    if (head.needs === undefined) continue;
    const whyNot = whyNotChosen(head, selection) ?? whyOutOfScope(head, clusters);
    const why = whyNot ?? whyIdle(head.needs);
    if (why === undefined) chosen.push(head);
    else {
      skipped.push({ rule: head.name, code: head.code, cause: why.cause, why: why.why });
      if (whyNot === undefined) limits?.note(head.name, head.needs.flat());
    }
  }
  return { chosen, skipped };
}

/** Why rules with these needs have nothing to do, if so; many rules share them. */
function createIdleness(
  clusters: readonly RunInput[],
  limits: LiveLimits | undefined,
): (needs: Needs) => Reason | undefined {
  const known = new Map<Needs, Reason | undefined>();
  const numbers = new Map<Kind, number>();
  for (const { graph } of clusters) {
    for (const [kind, n] of graph.counts()) numbers.set(kind, (numbers.get(kind) ?? 0) + n);
  }
  const count = (list: readonly Kind[]): number =>
    list.reduce((sum, kind) => sum + (numbers.get(kind) ?? 0), 0);
  function judge(needs: Needs): Reason | undefined {
    const missing = needs.find((list) => {
      const n = count(list);
      return n === 0 || n <= rivalsOf(list, needs);
    });
    if (missing === undefined) return undefined;
    const other = count(missing) > 0 ? 'other ' : '';
    const names = [...new Set(missing.map((kind) => kinds[kind].kind))];
    return limits?.whyNone(missing) ?? { cause: 'idle', why: `no ${other}${names.join(', ')} in the input` };
  }
  return (needs) => {
    if (!known.has(needs)) known.set(needs, judge(needs));
    return known.get(needs);
  };
}

/** How many lists before this one may be about the same resource. */
function rivalsOf(list: readonly Kind[], needs: Needs): number {
  const before = needs.slice(0, needs.indexOf(list));
  return before.filter((other) => other.some((kind) => list.includes(kind))).length;
}

function createReport(
  named: NamedRule,
  findings: RawFinding[],
  limits: LiveLimits | undefined,
): Report<Messages> {
  return (resource, finding) => {
    const verdict = judge(named.rule.severity, finding);
    if (verdict === undefined) return;
    findings.push({
      rule: named,
      message: finding.message,
      data: finding.data ?? {},
      severity: verdict.severity,
      resource,
      field: resolve(resource, finding.at),
      related: (finding.related ?? []).map(relate),
      nearMiss: verdict.nearMiss,
      ...(verdict.suggestion === undefined ? {} : { suggestion: verdict.suggestion }),
      ...(finding.fix === undefined ? {} : { fix: finding.fix }),
      assumes: limits?.assumed(),
    });
  };
}

/** What becomes of a finding that rests on a look-up (world rules 4 and 6). */
function judge(
  severity: Severity,
  finding: Finding<Messages, string>,
): { severity: Severity; nearMiss: boolean; suggestion?: string } | undefined {
  const wanted = finding.severity ?? severity;
  const lookup = finding.lookup;
  if (lookup === undefined) return { severity: wanted, nearMiss: false };
  if (lookup.state === 'found') return undefined;
  const hint = lookup.suggestion === undefined ? {} : { suggestion: lookup.suggestion };
  if (lookup.state === 'absent') return { severity: wanted, nearMiss: false, ...hint };
  if (lookup.suggestion === undefined) return undefined;
  return { severity: wanted === 'info' ? 'info' : 'warning', nearMiss: true, ...hint };
}

function relate(related: Related): RawRelated {
  const { resource, note } = related;
  const field =
    related.at === undefined
      ? { path: resource.metadata.name === undefined ? [] : ['metadata', 'name'], part: 'value' as const }
      : resolve(resource, related.at);
  return { resource, field, note };
}

function resolve(resource: Resource, place: Finding<Messages, string>['at']): FieldPath {
  const field = fieldPath(resource.body, place);
  if (field === undefined) {
    throw new ForeignObjectError(`${resource.kind} ${resource.namespace}/${resource.name}`);
  }
  return field;
}
