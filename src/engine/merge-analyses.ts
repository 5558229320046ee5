// One report of several worlds that were judged by themselves: environments of one repository.
import type { Severity } from '../sdk/rule.ts';
import { type Analysis, compareDiagnostics } from './analyze.ts';
import { sum } from './baseline.ts';
import type { Diagnostic, SuppressedDiagnostic } from './diagnostic.ts';
import { mergeCoverage } from './merge-coverage.ts';
import type { Coverage, Report } from './report.ts';
import { UNUSED } from './silencer.ts';

/** The analysis of one world. */
export interface WorldAnalysis {
  /** Empty for what belongs to no world by name. */
  readonly name: string;
  readonly analysis: Analysis;
  /** Paths of the files that it holds. */
  readonly files: ReadonlySet<string>;
}

/**
 * Puts reports together. What several worlds show alike is one finding that names them. What is said of a suppression is
 * said only when it holds in every world that has it: elsewhere it does its work.
 */
export function mergeAnalyses(worlds: readonly WorldAnalysis[]): Analysis {
  const [first] = worlds;
  if (first === undefined) throw new Error('there is no world to tell about');
  const idle = idleSuppressions(worlds);
  const kept = worlds.map(({ name, analysis: { report, counted } }) => {
    const [diagnostics, dropped] = split(
      report.diagnostics,
      (one) => one.rule !== UNUSED || idle.has(keyOf(one)),
    );
    return { name, diagnostics, counted: without(counted, dropped) };
  });
  const diagnostics = merge(kept);
  const suppressed = merge(
    worlds.map(({ name, analysis }) => ({ name, diagnostics: analysis.report.suppressed })),
  );
  const reports = worlds.map(({ analysis }) => analysis.report);
  const tally = (severity: Severity): number => diagnostics.filter((one) => one.severity === severity).length;
  const report: Report = {
    ...first.analysis.report,
    summary: {
      ...first.analysis.report.summary,
      errors: tally('error'),
      warnings: tally('warning'),
      infos: tally('info'),
      suppressed: suppressed.length,
      hidden: reports.reduce((sum, { summary }) => sum + summary.hidden, 0),
      incomplete: reports.some(({ summary }) => summary.incomplete),
    },
    diagnostics,
    suppressed,
    ...mergeBaselines(worlds, suppressed),
    coverage: coverageOf(worlds),
  };
  // Of a fix that several worlds offer alike, the one that is shown.
  const shown = new Set(diagnostics.map(({ fix }) => fix));
  return {
    report,
    sources: new Map(worlds.flatMap(({ analysis }) => [...analysis.sources])),
    counted: kept.flatMap(({ counted }) => counted),
    crashes: worlds.flatMap(({ analysis }) => analysis.crashes),
    fixes: new Map(worlds.flatMap(({ analysis }) => [...analysis.fixes].filter(([fix]) => shown.has(fix)))),
  };
}

/** What is said of suppressions by every world that has the file they stand in. */
function idleSuppressions(worlds: readonly WorldAnalysis[]): ReadonlySet<string> {
  const said = worlds.map(({ analysis, files }) => {
    const unused = analysis.report.diagnostics.filter(({ rule }) => rule === UNUSED);
    return { files, unused, keys: new Set(unused.map(keyOf)) };
  });
  const idle = said.flatMap(({ unused }) =>
    unused.filter((one) => {
      const file = one.location?.file ?? '';
      const holders = said.filter(({ files }) => files.has(file));
      return (holders.length === 0 ? said : holders).every(({ keys }) => keys.has(keyOf(one)));
    }),
  );
  return new Set(idle.map(keyOf));
}

/** What is known is known in all worlds; an entry is fixed when every world that has its file says so. */
function mergeBaselines(
  worlds: readonly WorldAnalysis[],
  suppressed: readonly SuppressedDiagnostic[],
): Pick<Report, 'baseline'> {
  const first = worlds[0]?.analysis.report.baseline;
  if (first === undefined) return {};
  const said = worlds.map(({ analysis, files }) => {
    const fixed = analysis.report.baseline?.fixed ?? [];
    return { files, fixed, keys: new Set(fixed.map((entry) => JSON.stringify(entry))) };
  });
  const fixed = said.flatMap((one) =>
    one.fixed.filter((entry) => {
      const holders = said.filter(({ files }) => files.has(entry.file));
      return (holders.length === 0 ? said : holders).every(({ keys }) => keys.has(JSON.stringify(entry)));
    }),
  );
  const known = suppressed.filter(({ suppressed: { by } }) => by === 'baseline').length;
  return { baseline: { file: first.file, known, fixed: sum(distinct(fixed)) } };
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

function keyOf({ location, message }: Diagnostic): string {
  return `${location?.file}:${location?.line}:${location?.column} ${message}`;
}

/** Findings of all worlds in order; the same one is told once, with the names of its worlds. */
function merge<T extends Diagnostic>(
  found: readonly { readonly name: string; readonly diagnostics: readonly T[] }[],
): T[] {
  const all = found
    .flatMap(({ name, diagnostics }) => diagnostics.map((diagnostic) => ({ name, diagnostic })))
    .sort((a, b) => compareDiagnostics(a.diagnostic, b.diagnostic));
  const merged: { readonly diagnostic: T; readonly names: Set<string> }[] = [];
  for (const { name, diagnostic } of all) {
    const last = merged.at(-1);
    if (last !== undefined && compareDiagnostics(last.diagnostic, diagnostic) === 0) last.names.add(name);
    else merged.push({ diagnostic, names: new Set([name]) });
  }
  return merged.map(({ diagnostic, names }) => {
    const named = [...names].filter((name) => name !== '');
    return named.length === 0 ? diagnostic : { ...diagnostic, worlds: named };
  });
}

function coverageOf(worlds: readonly WorldAnalysis[]): Coverage {
  const all = worlds.map(({ name, analysis }) => ({ name, coverage: analysis.report.coverage }));
  const { clusters: counts, ...coverage } = mergeCoverage(all);
  const rules = all.map((one) => one.coverage.rules);
  const crashed = new Set(rules.flatMap((one) => one.crashed));
  const ran = new Set(rules.flatMap((one) => one.ran).filter((rule) => !crashed.has(rule)));
  const skipped = new Map(rules.flatMap((one) => one.skipped.map((rule) => [rule.rule, rule])));
  return {
    ...coverage,
    rules: {
      ran: [...ran],
      skipped: [...skipped.values()].filter(({ rule }) => !ran.has(rule) && !crashed.has(rule)),
      crashed: [...crashed],
    },
    worlds: counts.filter(({ name }) => name !== ''),
  };
}

function split<T>(items: readonly T[], isKept: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isKept), items.filter((item) => !isKept(item))];
}

/** The severities that count without those of findings that were dropped. */
function without(counted: readonly Severity[], dropped: readonly Diagnostic[]): Severity[] {
  const rest = [...counted];
  for (const { severity } of dropped) {
    const at = rest.indexOf(severity);
    if (at >= 0) rest.splice(at, 1);
  }
  return rest;
}
