import type { Unresolved, WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { compareText } from '../model/collections.ts';
import { kinds } from '../model/kinds.gen.ts';
import { FLOATING } from '../model/names.ts';
import type { NamedRule, Severity } from '../sdk/rule.ts';
import { createLocator, type Source } from '../text/index.ts';
import type { Problem, ProblemPlace } from '../text/problem.ts';
import type { Diagnostic, Location, RelatedPlace, ResourceId, SuppressedDiagnostic } from './diagnostic.ts';
import { fingerprint } from './fingerprint.ts';
import type { FieldPath } from './paths.ts';
import { type Coverage, REPORT_VERSION, type Report, type UnresolvedReference } from './report.ts';
import { type Crash, isNamed, type RawFinding, runRules, type Selection } from './run.ts';
import { createSuppressor, type Suppression } from './suppress.ts';

export interface AnalyzeInput {
  readonly graph: WholeGraph;
  readonly rules: readonly NamedRule[];
  /** What reading, parsing and checking the input handed over. */
  readonly problems: readonly Problem[];
  /** What was read, as far as the engine does not know it from the graph. */
  readonly read: Pick<Coverage, 'files' | 'documents' | 'otherKinds' | 'skipped' | 'failures' | 'misfits'>;
  readonly toolVersion: string;
  readonly options?: AnalyzeOptions;
}

export interface AnalyzeOptions {
  readonly selection?: Partial<Selection>;
  readonly suppressions?: readonly Suppression[];
  /** Least severity that is shown. */
  readonly show?: Severity;
  /** Only findings on resources of this namespace (and on files) are shown. */
  readonly namespace?: string;
}

/** A report and the texts that its places stand in, for formats that show lines. */
export interface Analysis {
  readonly report: Report;
  readonly sources: ReadonlyMap<string, Source>;
  /** Findings that count for the exit code: shown ones and those that only `--show` hides. */
  readonly counted: readonly Severity[];
  readonly crashes: readonly Crash[];
}

const rank: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** Runs the rules and makes the report: places, order, fingerprints, suppression, coverage. */
export async function analyze(input: AnalyzeInput): Promise<Analysis> {
  const { graph, rules, options = {} } = input;
  const selection: Selection = {
    only: options.selection?.only ?? new Set(),
    enable: options.selection?.enable ?? new Set(),
    disable: options.selection?.disable ?? new Set(),
  };
  const run = runRules(graph, rules, selection);
  const suppressionOf = await createSuppressor(options.suppressions ?? []);
  const words = createWords(rules);
  const places = createPlaces();

  const diagnostics: Diagnostic[] = [];
  const suppressed: SuppressedDiagnostic[] = [];
  const counted: Severity[] = [];
  let hidden = 0;
  const shows = (severity: Severity): boolean => rank[severity] >= rank[options.show ?? 'info'];

  for (const finding of run.findings) {
    const { resource } = finding;
    if (
      options.namespace !== undefined &&
      resource.namespace !== options.namespace &&
      resource.namespace !== ''
    ) {
      hidden++;
      continue;
    }
    const reason = suppressionOf(finding, kinds[resource.kind].kind);
    if (reason !== undefined) {
      suppressed.push({ ...(await places.diagnose(finding, words)), suppressed: reason });
      continue;
    }
    counted.push(finding.severity);
    if (!shows(finding.severity)) hidden++;
    else diagnostics.push(await places.diagnose(finding, words));
  }
  for (const problem of [...input.problems, ...run.crashes.map(crashProblem)]) {
    const named = words.rule(problem.rule);
    if (named === undefined || isNamed(selection.disable, named)) continue;
    if (selection.only.size > 0 && !isNamed(selection.only, named) && named.rule.severity !== 'error')
      continue;
    counted.push(named.rule.severity);
    if (!shows(named.rule.severity)) hidden++;
    else diagnostics.push(await places.diagnoseProblem(problem, named));
  }

  const unique = dedupe(diagnostics.sort(compareDiagnostics));
  const tally = (severity: Severity): number => unique.filter((d) => d.severity === severity).length;
  const unresolved = graph.unresolved();
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
        input.read.failures.length > 0 ||
        run.crashes.length > 0 ||
        input.problems.some((problem) => problem.rule === 'input/unparsable-input'),
    },
    diagnostics: unique,
    suppressed: suppressed.sort(compareDiagnostics),
    coverage: {
      world: graph.world,
      ...input.read,
      resources: sum(Object.values(kindCounts(graph))),
      kinds: kindCounts(graph),
      floating: countFloating(graph),
      variants: graph.variants(),
      rules: { ran: run.ran, skipped: run.skipped, crashed: run.crashes.map((crash) => crash.rule) },
      unresolved: {
        count: unresolved.length,
        references: unresolved.map(unresolvedReference).sort(compareUnresolved),
      },
      mesh: {
        rootNamespace: graph.mesh.rootNamespace,
        clusterDomain: graph.mesh.clusterDomain,
        trustDomain: graph.mesh.trustDomain,
        ...(graph.mesh.source === undefined ? {} : { source: graph.mesh.source }),
      },
    },
  };
  return { report, sources: places.sources, counted, crashes: run.crashes };
}

/** The exit code of an analysis: 3 incomplete, 1 findings at or above `failOn`, 0 clean. */
export function exitCode(analysis: Analysis, failOn: Severity | 'never'): 0 | 1 | 3 {
  if (analysis.report.summary.incomplete) return 3;
  if (failOn === 'never') return 0;
  return analysis.counted.some((severity) => rank[severity] >= rank[failOn]) ? 1 : 0;
}

/** `Kind ns/name` and what else tells one resource from another, as reports show it. */
function resourceId(resource: Resource): ResourceId {
  return {
    apiVersion: resource.apiVersion,
    kind: kinds[resource.kind].kind,
    ...(resource.namespace === FLOATING
      ? { floating: true as const }
      : resource.namespace === ''
        ? {}
        : { namespace: resource.namespace }),
    name: resource.name,
  };
}

interface Words {
  rule(name: string): NamedRule | undefined;
  say(
    rule: NamedRule,
    message: string,
    data: RawFinding['data'],
  ): Pick<Diagnostic, 'message' | 'why' | 'help'>;
}

function createWords(rules: readonly NamedRule[]): Words {
  const byName = new Map(rules.map((named) => [named.name, named]));
  return {
    rule: (name) => byName.get(name),
    say({ name, rule }, id, data) {
      const message = rule.messages[id];
      if (message === undefined) throw new Error(`rule ${name} has no message "${id}"`);
      return {
        message: fill(message.what, data),
        why: fill(message.why, data),
        help: fill(message.help, data),
      };
    },
  };
}

/** Puts the data into the braces of a text. */
function fill(template: string, data: RawFinding['data']): string {
  return template.replace(/\{([A-Za-z0-9]+)\}/g, (whole, name: string) => `${data[name] ?? whole}`);
}

interface Places {
  readonly sources: ReadonlyMap<string, Source>;
  diagnose(finding: RawFinding, words: Words): Promise<Diagnostic>;
  diagnoseProblem(problem: Problem, named: NamedRule): Promise<Diagnostic>;
}

function createPlaces(): Places {
  const locator = createLocator();
  const sources = new Map<string, Source>();

  async function locate(resource: Resource, field: FieldPath): Promise<Location> {
    const { source, start, end, item = [] } = resource.origin;
    sources.set(source.path, source);
    const place = await locator.locate(source, start, end, [...item, ...field.path], field.part);
    return location(source, place);
  }
  async function locateProblem({ source, span, field }: ProblemPlace): Promise<Location> {
    sources.set(source.path, source);
    if (field !== undefined) {
      return location(source, await locator.locate(source, field.start, field.end, field.path, field.part));
    }
    const from = locator.lineColumn(source, span?.start ?? 0);
    const to = locator.lineColumn(source, span?.end ?? 0);
    return location(source, {
      line: from.line,
      column: from.column,
      endLine: to.line,
      endColumn: to.column,
      exact: span !== undefined,
    });
  }

  return {
    sources,
    async diagnose(finding, words) {
      const { rule, resource, field } = finding;
      const related: RelatedPlace[] = [];
      for (const other of finding.related) {
        related.push({
          resource: resourceId(other.resource),
          path: other.field.path,
          location: await locate(other.resource, other.field),
          note: other.note,
        });
      }
      const id = resourceId(resource);
      return {
        code: rule.rule.code,
        rule: rule.name,
        severity: finding.severity,
        ...words.say(rule, finding.message, finding.data),
        resource: id,
        path: field.path,
        location: await locate(resource, field),
        related,
        fingerprint: fingerprint([rule.rule.code, rule.name, id, field.path, finding.message, finding.data]),
        docs: docsOf(rule.name),
        ...(finding.nearMiss ? { nearMiss: true as const } : {}),
        ...(finding.suggestion === undefined ? {} : { suggestion: finding.suggestion }),
      };
    },
    async diagnoseProblem(problem, named) {
      const message = named.rule.messages[problem.message];
      if (message === undefined) throw new Error(`rule ${named.name} has no message "${problem.message}"`);
      const related: RelatedPlace[] = [];
      for (const other of problem.related ?? []) {
        related.push({ path: [], location: await locateProblem(other.place), note: other.note });
      }
      const path = problem.place.field?.path ?? [];
      return {
        code: named.rule.code,
        rule: named.name,
        severity: named.rule.severity,
        message: fill(message.what, problem.data),
        why: fill(message.why, problem.data),
        help: fill(message.help, problem.data),
        path,
        location: await locateProblem(problem.place),
        related,
        fingerprint: fingerprint([named.rule.code, problem.place.source.path, path, problem.data]),
        docs: docsOf(named.name),
      };
    },
  };
}

function location(source: Source, place: Omit<Location, 'file'>): Location {
  const { line, column, endLine, endColumn, exact } = place;
  return { file: source.path, line, column, endLine, endColumn, exact };
}

/** Where the page of a rule stands. */
function docsOf(rule: string): string {
  return `rules/${rule}/README.md`;
}

function crashProblem(crash: Crash): Problem {
  const source = crash.resource?.origin.source ?? { path: '', text: '' };
  return {
    rule: 'input/internal-error',
    message: 'crashed',
    data: { rule: crash.rule, error: crash.error.message },
    place: { source },
  };
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.location?.file ?? '', b.location?.file ?? '') ||
    (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
    (a.location?.column ?? 0) - (b.location?.column ?? 0) ||
    compareText(a.code, b.code) ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

function dedupe(sorted: readonly Diagnostic[]): Diagnostic[] {
  return sorted.filter((diagnostic, i) => {
    const before = sorted[i - 1];
    return before === undefined || compareDiagnostics(before, diagnostic) !== 0;
  });
}

function kindCounts(graph: WholeGraph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [kind, { group }] of Object.entries(kinds) as [keyof typeof kinds, { group: string }][]) {
    const count = graph.list(kind).length;
    if (count > 0) counts[group === '' ? kind : `${group}/${kinds[kind].kind}`] = count;
  }
  return counts;
}

function countFloating(graph: WholeGraph): number {
  let count = 0;
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) count += graph.list(kind, FLOATING).length;
  return count;
}

function unresolvedReference(unresolved: Unresolved): UnresolvedReference {
  const { what, name, from, why } = unresolved;
  return { what, name, from: resourceId(from), file: from.origin.source.path, why };
}

function compareUnresolved(a: UnresolvedReference, b: UnresolvedReference): number {
  return compareText(a.file, b.file) || compareText(a.what, b.what) || compareText(a.name, b.name);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
