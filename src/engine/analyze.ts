import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { compareText } from '../model/collections.ts';
import type { Kind } from '../model/kinds.gen.ts';
import type { OnProgress } from '../model/progress.ts';
import type { Cluster, RuleHead, Severity } from '../sdk/rule.ts';
import type { Source } from '../text/index.ts';
import type { Problem } from '../text/problem.ts';
import type { Baseline } from './baseline.ts';
import { coverageOf } from './coverage.ts';
import { createDiagnoser } from './diagnose.ts';
import type { Diagnostic, DiagnosticFix, SuppressedDiagnostic } from './diagnostic.ts';
import type { FixPlanner, PlannedFix } from './fixes.ts';
import type { CodeTable } from './judge-silence.ts';
import type { LiveLimits } from './live.ts';
import { crashProblem, createProblemReader, type Pending, pendingFinding } from './pending.ts';
import { type Coverage, REPORT_VERSION, type Report, type Summary } from './report.ts';
import { type Crash, isNamed, type Recall, type RuleSettings, runRules, type Selection } from './run.ts';
import type { SeverityLayer } from './severities.ts';
import type { Silence } from './silence.ts';
import type { Silencer } from './silencer.ts';
import type { Suppression } from './suppress.ts';

/** What one input holds: a cluster of the mesh, or all that there is. */
export interface ClusterInput extends Cluster<Kind> {
  /** Empty for an input that stands for no cluster by name. */
  readonly name: string;
  readonly graph: WholeGraph;
  /** Texts with words that silence findings. */
  readonly commented: readonly Source[];
  /** The files that were read, as people see them. */
  readonly paths: readonly string[];
  /** Whether files were given by themselves: more of the mesh may stand beside them. */
  readonly isPart: boolean;
  /** What reading, parsing and checking the input handed over. */
  readonly problems: readonly Problem[];
  /** What was read, as far as the engine does not know it from the graph. */
  readonly read: Pick<
    Coverage,
    'files' | 'documents' | 'otherKinds' | 'skipped' | 'failures' | 'rendered' | 'uncheckedRules' | 'live'
  >;
}

export interface AnalyzeInput {
  /** At least one. */
  readonly clusters: readonly ClusterInput[];
  readonly rules: readonly RuleHead[];
  readonly toolVersion: string;
  readonly options?: AnalyzeOptions;
}

export interface AnalyzeOptions {
  readonly selection?: Partial<Selection>;
  /** Severities that somebody chose; what `selection` names wins over them. */
  readonly severities?: readonly SeverityLayer[];
  /** What people set about single rules. */
  readonly settings?: RuleSettings;
  readonly suppressions?: readonly Suppression[];
  /** Codes that were given out, to tell those in suppressions from slips. */
  readonly codes?: () => Promise<CodeTable>;
  /** The date by which suppressions expire, as `2027-01-31`; today when not said. */
  readonly today?: string;
  /** Findings that are known already: they are suppressed. */
  readonly baseline?: Baseline;
  /** Least severity that is shown. */
  readonly show?: Severity;
  /** Only findings on resources of this namespace (and on files) are shown. */
  readonly namespace?: string;
  /** Works out how findings can be repaired; without it none tells a fix. */
  readonly planFix?: FixPlanner;
  readonly onProgress?: OnProgress;
  /** Only findings that a change is answerable for are shown. */
  readonly change?: ChangeFilter;
  /** Knows what some rules would find; without it all run. */
  readonly recall?: Recall;
}

/** Tells the findings that a change is answerable for. */
export interface ChangeFilter {
  /** Whether everything found in a file is reported. */
  touches(file: string): boolean;
  /** Whether a finding in another file came with the change. */
  isNew(diagnostic: Diagnostic): Promise<boolean>;
}

/** A report and the texts that its places stand in, for formats that show lines. */
export interface Analysis {
  readonly report: Report;
  readonly sources: ReadonlyMap<string, Source>;
  /** Findings that count for the exit code: shown ones and those that only `--show` hides. */
  readonly counted: readonly Severity[];
  readonly crashes: readonly Crash[];
  /** What the fixes of the findings shown do, for those who apply them. */
  readonly fixes: ReadonlyMap<DiagnosticFix, PlannedFix>;
}

const rank: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** Runs the rules and makes the report: places, order, fingerprints, suppression, coverage. */
export async function analyze(input: AnalyzeInput): Promise<Analysis> {
  const { clusters, rules, options = {} } = input;
  const chosen: Selection = {
    only: options.selection?.only ?? new Set(),
    enable: options.selection?.enable ?? new Set(),
    disable: options.selection?.disable ?? new Set(),
  };
  const severities =
    options.severities === undefined
      ? undefined
      : (await import('./severities.ts')).createSeverities(options.severities, rules, chosen, unavoidable);
  const selection = severities?.selection ?? chosen;
  const { onProgress, settings, recall } = options;
  const run = await runRules(clusters, rules, selection, onProgress, settings, recall);
  const silence = await openSilence(clusters, options);
  const diagnoser = createDiagnoser();
  const fixer =
    options.planFix === undefined ? undefined : (await import('./fixes.ts')).createFixer(options.planFix);

  const diagnostics: Diagnostic[] = [];
  const suppressed: SuppressedDiagnostic[] = [];
  const counted: Severity[] = [];
  let hidden = 0;
  const { change, baseline } = options;
  const isShown = (severity: Severity): boolean => rank[severity] >= rank[options.show ?? 'info'];
  /** The file that a finding is about; of what is rendered, the one that it was written in. */
  const fileOf = async (pending: Pending): Promise<string> => {
    const { path, rendering } = pending.place.source;
    return rendering === undefined ? path : ((await diagnoser.diagnose(pending)).location?.file ?? path);
  };
  const take = async (found: Pending, about?: Silencer): Promise<void> => {
    const pending = severities === undefined ? found : severities.weigh(found, await fileOf(found));
    const { resource, severity, rule } = pending ?? found;
    const diagnostic =
      silence === undefined || unavoidable.has(rule.name)
        ? undefined
        : await diagnoser.diagnose(pending ?? found);
    // Asked of what weighs nothing here, too: its suppression is not idle.
    const reason = diagnostic && silence?.match(found, diagnostic, about);
    if (pending === undefined) return;
    const isTouched =
      change === undefined || unavoidable.has(rule.name) || change.touches(await fileOf(pending));
    if (isElsewhere(resource, options.namespace)) {
      hidden++;
      return;
    }
    if (reason !== undefined && diagnostic !== undefined) {
      if (isTouched) suppressed.push({ ...diagnostic, suppressed: reason });
      return;
    }
    if (!isTouched && !(await change.isNew(diagnostic ?? (await diagnoser.diagnose(pending))))) {
      hidden++;
      return;
    }
    if (baseline === undefined) counted.push(severity);
    if (baseline === undefined && !isShown(severity)) hidden++;
    else {
      const shown = diagnostic ?? (await diagnoser.diagnose(pending));
      diagnostics.push(shown);
      fixer?.note(shown, pending);
    }
  };
  for (const [done, finding] of run.findings.entries()) {
    onProgress?.('locating', done, run.findings.length);
    await take(pendingFinding(finding));
  }
  const readProblem = createProblemReader(clusters, rules);
  for (const problem of [...clusters.flatMap(({ problems }) => problems), ...run.crashes.map(crashProblem)]) {
    const pending = await readProblem(problem);
    if (pending !== undefined && isChosen(pending, selection)) await take(pending);
  }
  const judged = { clusters, rules, selection, run, isNarrowed: options.namespace !== undefined };
  if (silence !== undefined) {
    const { judgeSilence } = await import('./judge-silence.ts');
    const codes = options.codes ?? (async () => ({}));
    for (const { pending, about } of await judgeSilence(silence, judged, codes)) {
      if (isChosen(pending, selection)) await take(pending, about);
    }
  }

  let unique = dedupe(diagnostics.sort(compareDiagnostics));
  const divided =
    baseline &&
    (await import('./baseline.ts')).divide(unique, baseline, {
      ...judged,
      isNarrowed: judged.isNarrowed || change !== undefined,
    });
  if (divided !== undefined) {
    const { fresh, known } = divided;
    suppressed.push(...known);
    counted.push(...fresh.map(({ severity }) => severity));
    unique = fresh.filter(({ severity }) => isShown(severity));
    hidden += fresh.length - unique.length;
  }
  const tally = (severity: Severity): number => unique.filter((d) => d.severity === severity).length;
  const report: Report = {
    version: REPORT_VERSION,
    tool: { name: 'meshlint', version: input.toolVersion },
    summary: {
      errors: tally('error'),
      warnings: tally('warning'),
      infos: tally('info'),
      suppressed: suppressed.length,
      hidden,
      incomplete:
        run.crashes.length > 0 ||
        clusters.some(
          ({ problems, read }) =>
            read.failures.length > 0 ||
            (read.live?.unread.length ?? 0) > 0 ||
            problems.some(({ rule }) => unavoidable.has(rule)),
        ),
    },
    diagnostics: fixer === undefined ? unique : await fixer.addTo(unique),
    suppressed: suppressed.sort(compareDiagnostics),
    ...(divided === undefined ? {} : { baseline: divided.coverage }),
    coverage: {
      ...(await coverInputs(clusters, run.limits)),
      rules: { ran: run.ran, skipped: run.skipped, crashed: run.crashes.map((crash) => crash.rule) },
    },
  };
  return {
    report,
    sources: diagnoser.sources,
    counted,
    crashes: run.crashes,
    fixes: fixer?.fixes ?? new Map(),
  };
}

/** What silences findings, if anything does; most inputs have none of it. */
async function openSilence(
  clusters: readonly ClusterInput[],
  { suppressions = [], today }: AnalyzeOptions,
): Promise<Silence | undefined> {
  if (suppressions.length === 0 && clusters.every(({ commented }) => commented.length === 0))
    return undefined;
  // A date is asked for only here: the first one makes V8 read the time zone, a fiftieth of a short run.
  const date = today ?? new Date().toISOString().slice(0, 10);
  return (await import('./silence.ts')).createSilence(clusters, suppressions, date);
}

/** What was seen of the one input, or of all clusters together. */
async function coverInputs(
  clusters: readonly ClusterInput[],
  limits: LiveLimits | undefined,
): Promise<Omit<Coverage, 'rules'>> {
  const [only, ...others] = clusters;
  if (only !== undefined && only.name === '' && others.length === 0) return coverageOf(only, limits);
  const { mergeCoverage } = await import('./merge-coverage.ts');
  return mergeCoverage(
    clusters.map((cluster) => ({ name: cluster.name, coverage: coverageOf(cluster, limits) })),
  );
}

/** The exit code of an analysis: 3 incomplete, 1 findings at or above `failOn`, 0 clean. */
export function exitCode(
  {
    report,
    counted,
  }: Pick<Analysis, 'counted'> & { readonly report: { readonly summary: Pick<Summary, 'incomplete'> } },
  failOn: Severity | 'never',
): 0 | 1 | 3 {
  if (report.summary.incomplete) return 3;
  if (failOn === 'never') return 0;
  return counted.some((severity) => rank[severity] >= rank[failOn]) ? 1 : 0;
}

/** Problems that leave the analysis incomplete: nobody can switch them off by choosing rules. */
export const unavoidable: ReadonlySet<string> = new Set(['input/unparsable-input', 'input/internal-error']);

/** Whether the user's choice of rules covers a problem of the input. */
function isChosen({ rule: { name, rule }, hint }: Pending, selection: Selection): boolean {
  const head = { name, code: rule.code };
  if (isNamed(selection.disable, head)) return false;
  if (hint && !isNamed(selection.enable, head)) return false;
  return selection.only.size === 0 || isNamed(selection.only, head) || unavoidable.has(name);
}

/** Whether `-n` leaves a resource out; what has no namespace is always in. */
function isElsewhere(resource: Resource | undefined, namespace: string | undefined): boolean {
  if (resource === undefined || namespace === undefined || resource.namespace === '') return false;
  return resource.namespace !== namespace;
}

/** The order of findings in a report; 0 for the same finding. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.location?.file ?? '', b.location?.file ?? '') ||
    compareText(livePlace(a), livePlace(b)) ||
    (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
    (a.location?.column ?? 0) - (b.location?.column ?? 0) ||
    compareText(a.code, b.code) ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message) ||
    compareText(a.resource?.cluster ?? '', b.resource?.cluster ?? '')
  );
}

/** What orders findings in a cluster as lines order those in a file: cluster, namespace, object, field. */
function livePlace({ location, resource, path }: Diagnostic): string {
  if (location?.cluster === undefined) return '';
  const field = path.map((step) => (typeof step === 'number' ? String(step).padStart(6, '0') : step));
  const owner = [resource?.namespace ?? '', resource?.kind ?? '', resource?.name ?? ''];
  return [location.cluster, ...owner, ...field].join('\n');
}

function dedupe(sorted: readonly Diagnostic[]): Diagnostic[] {
  return sorted.filter((diagnostic, i) => {
    const before = sorted[i - 1];
    return before === undefined || compareDiagnostics(before, diagnostic) !== 0;
  });
}
