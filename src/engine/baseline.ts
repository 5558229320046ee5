// Findings that were there before somebody began to look: known, and no reason to fail.
import type { BaselineEntry } from '../model/baseline-entry.ts';
import { compareText } from '../model/collections.ts';
import { resourceId } from './diagnose.ts';
import type { Diagnostic, ResourceId, SuppressedDiagnostic } from './diagnostic.ts';
import { createTester, type Judged } from './judged.ts';

export interface Baseline {
  /** The file that it stands in, for the report. */
  readonly name: string;
  readonly entries: readonly BaselineEntry[];
  /** The path of a file as entries have it: the same, wherever the command is run. */
  pathOf(file: string): string;
  /** Whether a file that an entry names is not there any more. */
  isGone(file: string): boolean;
}

/** What became of a baseline. */
export interface BaselineCoverage {
  readonly file: string;
  /** How many findings it silenced. */
  readonly known: number;
  /** What is in it and was looked for in vain. */
  readonly fixed: readonly BaselineEntry[];
}

/** These findings never become known: they say that something was not read, or not judged. */
const neverKnown: ReadonlySet<string> = new Set([
  'input/internal-error',
  'input/unparsable-input',
  'input/skipped-input',
]);

/** Why a file was passed over that may hold what is known all the same. */
const unseen: ReadonlySet<string> = new Set(['template', 'unparsable', 'unreadable']);

/** Tells new findings from known ones. Each entry is good for as many findings as it counts. */
export function divide(
  diagnostics: readonly Diagnostic[],
  baseline: Baseline,
  judged: Judged,
): { fresh: Diagnostic[]; known: SuppressedDiagnostic[]; coverage: BaselineCoverage } {
  const left = new Map<string, { entry: BaselineEntry; count: number }[]>();
  for (const entry of baseline.entries) {
    const alike = left.get(entry.fingerprint) ?? [];
    left.set(entry.fingerprint, [...alike, { entry, count: entry.count ?? 1 }]);
  }
  const known: SuppressedDiagnostic[] = [];
  const take = (
    diagnostic: Diagnostic,
    isMeant: (entry: BaselineEntry) => boolean,
    alike = left.get(diagnostic.fingerprint) ?? [],
  ): boolean => {
    const found = alike.find(({ entry, count }) => count > 0 && isMeant(entry));
    if (found === undefined || neverKnown.has(diagnostic.rule)) return false;
    found.count--;
    known.push({ ...diagnostic, suppressed: { by: 'baseline', reason: `known in ${baseline.name}` } });
    return true;
  };
  // Copies of a resource have one fingerprint: first those that stay where they were, then those that moved with it.
  const { pathOf } = baseline;
  const unowned = [...left.values()].flat().filter(({ entry }) => entry.resource === undefined);
  const fresh = diagnostics
    .filter((diagnostic) => !take(diagnostic, ({ file }) => file === pathOf(fileOf(diagnostic))))
    .filter((diagnostic) => !take(diagnostic, ({ file }) => baseline.isGone(file)))
    // What is about a file has the path in its fingerprint, as it is seen from where the command is run.
    .filter((diagnostic) => {
      const { resource, rule, message } = diagnostic;
      const file = pathOf(fileOf(diagnostic));
      const isSame = (entry: BaselineEntry): boolean =>
        entry.rule === rule && entry.file === file && entry.message === message;
      return resource !== undefined || !take(diagnostic, isSame, unowned);
    });
  const read = new Set(judged.clusters.flatMap(({ paths }) => paths.map(pathOf)));
  for (const { path, reason } of judged.clusters.flatMap(({ read: { skipped } }) => skipped)) {
    if (unseen.has(reason)) read.delete(pathOf(path));
  }
  const { couldFind, unsettled } = createTester(judged);
  const doubtful = new Set([...unsettled].map((resource) => showResourceId(resourceId(resource))));
  const isFixed = ({ file, rule, resource = '' }: BaselineEntry): boolean =>
    (read.has(file) || baseline.isGone(file)) && couldFind(rule) && !doubtful.has(resource);
  const fixed = [...left.values()]
    .flat()
    .filter(({ entry, count }) => count > 0 && isFixed(entry))
    .map(({ entry, count }) => withCount(entry, count));
  return { fresh, known, coverage: { file: baseline.name, known: known.length, fixed } };
}

/** The entries of findings, sorted by where they are. */
export function entriesOf(
  diagnostics: readonly Diagnostic[],
  { pathOf }: Pick<Baseline, 'pathOf'>,
): BaselineEntry[] {
  return sum(
    diagnostics
      .filter(({ rule }) => !neverKnown.has(rule))
      .map((diagnostic) => {
        const { fingerprint, code, rule, resource, message } = diagnostic;
        const about = resource === undefined ? {} : { resource: showResourceId(resource) };
        return { fingerprint, code, rule, ...about, file: pathOf(fileOf(diagnostic)), message };
      }),
  );
}

/** Entries that are alike become one, sorted. */
export function sum(entries: readonly BaselineEntry[]): BaselineEntry[] {
  const alike = new Map<string, BaselineEntry>();
  for (const entry of entries) {
    const key = `${entry.fingerprint} ${entry.file}`;
    const count = (alike.get(key)?.count ?? (alike.has(key) ? 1 : 0)) + (entry.count ?? 1);
    alike.set(key, withCount(entry, count));
  }
  return [...alike.values()].sort(
    (a, b) =>
      compareText(a.file, b.file) ||
      compareText(a.code, b.code) ||
      compareText(a.resource ?? '', b.resource ?? '') ||
      compareText(a.fingerprint, b.fingerprint),
  );
}

/** Entries without others, as often as these count. */
export function subtract(
  entries: readonly BaselineEntry[],
  others: readonly BaselineEntry[],
): BaselineEntry[] {
  const gone = new Map(others.map((entry) => [`${entry.fingerprint} ${entry.file}`, entry.count ?? 1]));
  return entries.flatMap((entry) => {
    const count = (entry.count ?? 1) - (gone.get(`${entry.fingerprint} ${entry.file}`) ?? 0);
    return count > 0 ? [withCount(entry, count)] : [];
  });
}

function withCount({ count: _, ...entry }: BaselineEntry, count: number): BaselineEntry {
  return count === 1 ? entry : { ...entry, count };
}

function fileOf({ location }: Diagnostic): string {
  return location?.file ?? '';
}

/** `Kind ns/name`, with the cluster before it where clusters are told apart. */
function showResourceId({ kind, namespace, name, cluster }: ResourceId): string {
  const full = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  return cluster === undefined ? full : `${cluster}: ${full}`;
}
