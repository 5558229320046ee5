// What keeps an analysis from being complete, and what was only passed over: every format says it in its own way.
import type { Diagnostic } from '../engine/diagnostic.ts';
import type { Report } from '../engine/report.ts';
import { coverageRows } from './coverage.ts';
import type { FormatOptions } from './format.ts';
import { unreadKinds } from './live.ts';
import { COUNTED_RULE } from './summary.ts';
import { sayFailure } from './words.ts';

/** The word for what could not be read, where findings have a code. */
export const UNREAD = 'unread-input';

/** Findings that say that something could not be judged. */
const incompleteRules: ReadonlySet<string> = new Set(['input/unparsable-input', 'input/internal-error']);

/** Something that should have been read or run, and was not: exit code 3. */
export interface Unread {
  /** The path that was given; absent when no path is to blame. */
  readonly path?: string;
  readonly what: string;
  readonly help: string;
}

/** Findings for formats that tell elsewhere how much was passed over. */
export function findingsOf({ diagnostics }: Report): Diagnostic[] {
  return diagnostics.filter(({ rule }) => rule !== COUNTED_RULE);
}

/** Whether a finding leaves the analysis incomplete. */
export function isIncomplete({ rule }: Diagnostic): boolean {
  return incompleteRules.has(rule);
}

/** What no finding tells of an incomplete analysis. Never empty when nothing else says that it is incomplete. */
export function unreadOf({ coverage, summary, diagnostics }: Report): Unread[] {
  const unread: Unread[] = coverage.failures.map((failure) => {
    const { path, help } = failure;
    return { ...(path === '' ? {} : { path }), what: sayFailure(failure), help };
  });
  unread.push(...unreadKinds(coverage));
  if (!summary.incomplete || unread.length > 0 || diagnostics.some(isIncomplete)) return unread;
  const { crashed } = coverage.rules;
  const help = 'Run with --format text to see why.';
  if (crashed.length === 0) return [{ what: 'Not all of the input could be judged.', help }];
  return crashed.map((rule) => ({ what: `The rule ${rule} failed, and its verdicts are missing.`, help }));
}

/** A file or folder that was passed over, or a rule in it that was. */
export interface PassedOver {
  readonly id: 'skipped-input' | 'not-rendered' | 'unchecked-rule';
  readonly path: string;
  readonly what: string;
}

/** What was passed over and has a place, for formats that tell of places. */
export function passedOver({ coverage, diagnostics }: Report, { skipReason }: FormatOptions): PassedOver[] {
  const { skipped, rendered = [], uncheckedRules = [] } = coverage;
  const told = new Set(diagnostics.filter(isIncomplete).map(({ location }) => location?.file));
  return [
    ...skipped.flatMap(({ path, reason }) =>
      told.has(path)
        ? []
        : [{ id: 'skipped-input' as const, path, what: `Passed over: ${skipReason(reason)}.` }],
    ),
    ...rendered.flatMap(({ path, kind, why }) =>
      why === undefined
        ? []
        : [{ id: 'not-rendered' as const, path, what: `This ${kind} was not rendered: ${why}.` }],
    ),
    ...uncheckedRules.map(({ kind, field, rule, why, file }) => ({
      id: 'unchecked-rule' as const,
      path: file,
      what: `A rule for ${kind}${field === '' ? '' : ` ${field}`} was not checked: ${rule} (${why}).`,
    })),
  ];
}

/** One line for each thing that was passed over or left open; with `-v` also what it is in detail. */
export function unseenLines(report: Report, options: FormatOptions): string[] {
  return coverageRows(report, options)
    .filter((row) => row.unseen)
    .flatMap(({ label, text, names = [], lines = [] }) => [
      `${label}: ${text}`,
      ...[...lines, ...(options.verbose ? names : [])].map((line) => `${label}: ${line}`),
    ]);
}
