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

export interface SkippedRule {
  readonly rule: string;
  readonly code: string;
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

/** Loads every chosen rule and runs it over each cluster, isolated from the failures of the others. */
export async function runRules(
  clusters: readonly RunInput[],
  rules: readonly RuleHead[],
  selection: Selection,
  onProgress?: OnProgress,
  settings?: RuleSettings,
): Promise<RunResult> {
  const findings: RawFinding[] = [];
  const crashes: Crash[] = [];
  const ran: string[] = [];
  const skipped: SkippedRule[] = [];
  const chosen: RuleHead[] = [];
  const isLive = clusters.some(({ graph }) => graph.world === 'live');
  const limits = isLive ? (await import('./live.ts')).createLiveLimits(clusters) : undefined;
  const idle = createIdleness(clusters, limits);
  for (const head of rules) {
    if (head.needs === undefined) continue;
    const why = whyNotChosen(head, selection) ?? whyOutOfScope(head, clusters) ?? idle(head.needs);
    if (why === undefined) chosen.push(head);
    else {
      skipped.push({ rule: head.name, code: head.code, why });
      if (why === idle(head.needs)) limits?.note(head.name, head.needs.flat());
    }
  }
  const loaded = await Promise.all(chosen.map(async (head) => ({ head, named: await head.load() })));
  for (const [done, { head, named }] of loaded.entries()) {
    onProgress?.('judging', done, loaded.length);
    const report = createReport(named, findings);
    const requested = isNamed(selection.only, head) || isNamed(selection.enable, head);
    const options = optionValues(named.rule.options, settings?.get(head.name));
    let isWhole = true;
    limits?.note(head.name, Object.keys(named.rule.reads) as Kind[]);
    const run = (check: () => void, over: readonly RunInput[]): void => {
      const before = findings.length;
      try {
        check();
      } catch (error) {
        isWhole = false;
        const last = findings.length > before ? findings.at(-1)?.resource : undefined;
        crashes.push({
          rule: head.name,
          code: head.code,
          ...(last === undefined ? {} : { resource: last }),
          error: error instanceof Error ? error : new Error(String(error)),
        });
      }
      if (limits === undefined) return;
      const held = findings
        .splice(before)
        .filter(({ resource }) =>
          over.every(({ graph }) => limits.holds(named.rule, head.needs ?? [], resource, graph)),
        );
      findings.push(...held);
    };
    const { rule } = named;
    if (head.scope === 'clusters')
      run(() => rule.checkClusters?.({ clusters, report, requested, options }), clusters);
    else {
      for (const cluster of clusters) {
        run(() => rule.check?.({ graph: cluster.graph, report, requested, options }), [cluster]);
      }
    }
    if (isWhole) ran.push(head.name);
  }
  return { findings, crashes, ran, skipped, ...(limits === undefined ? {} : { limits }) };
}

/** Whether a set of names and codes names this rule: by `area/name`, by `name` alone, or by code. */
export function isNamed(set: ReadonlySet<string>, { name, code }: Pick<RuleHead, 'name' | 'code'>): boolean {
  return set.size > 0 && (set.has(code) || set.has(name) || set.has(name.slice(name.indexOf('/') + 1)));
}

function whyNotChosen(head: RuleHead, selection: Selection): string | undefined {
  if (isNamed(selection.disable, head)) return 'disabled';
  if (selection.only.size > 0 && !isNamed(selection.only, head)) return 'not among the rules asked for';
  if (head.optIn && !isNamed(selection.enable, head) && !isNamed(selection.only, head)) {
    return `opt-in (--enable ${head.code})`;
  }
  return undefined;
}

function whyOutOfScope({ scope }: RuleHead, clusters: readonly Cluster<Kind>[]): string | undefined {
  if (scope === 'clusters' && clusters.length < 2) return 'needs several clusters (--cluster, --contexts)';
  if (scope === 'upgrade' && clusters.every(({ graph }) => graph.mesh.upgradeTo === undefined))
    return 'needs an upgrade (--upgrade-to)';
  return undefined;
}

/** Why rules with these needs have nothing to do, if so; many rules share them. */
function createIdleness(
  clusters: readonly Cluster<Kind>[],
  limits: LiveLimits | undefined,
): (needs: Needs) => string | undefined {
  const known = new Map<Needs, string | undefined>();
  const numbers = new Map<Kind, number>();
  function numberOf(kind: Kind): number {
    let n = numbers.get(kind);
    if (n === undefined) {
      n = 0;
      for (const { graph } of clusters) n += graph.list(kind).length;
      numbers.set(kind, n);
    }
    return n;
  }
  function judge(needs: Needs): string | undefined {
    for (const list of needs) {
      let n = 0;
      for (const kind of list) n += numberOf(kind);
      if (n > 0 && n > rivalsOf(list, needs)) continue;
      const unread = limits?.whyNone(list);
      if (unread !== undefined) return unread;
      const names = [...new Set(list.map((kind) => kinds[kind].kind))];
      return `no ${n > 0 ? 'other ' : ''}${names.join(', ')} in the input`;
    }
    return undefined;
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

function createReport(named: NamedRule, findings: RawFinding[]): Report<Messages> {
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
