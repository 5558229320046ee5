import type { Diagnostic } from '../engine/diagnostic.ts';
import type { Severity } from '../sdk/rule.ts';
import { assumptionOf } from './assumption.ts';
import type { Format, FormatOptions } from './format.ts';
import { findingsOf, isIncomplete, passedOver, UNREAD, unreadOf } from './unread.ts';
import { createUnique, helpOf, liveOwner } from './words.ts';

type Level = 'info' | 'minor' | 'major' | 'critical' | 'blocker';

const levels: Readonly<Record<Severity, Level>> = { error: 'major', warning: 'minor', info: 'info' };

/** An issue as GitLab (and Code Climate, where it is from) has it. */
interface Issue {
  readonly type: 'issue';
  readonly check_name: string;
  readonly description: string;
  readonly content?: { readonly body: string };
  readonly categories: readonly string[];
  readonly severity: Level;
  readonly fingerprint: string;
  readonly location: {
    readonly path: string;
    readonly lines: { readonly begin: number; readonly end: number };
  };
}

/** GitLab's Code Quality report: a list of issues and nothing else, so everything has to be one. */
export const formatGitlab: Format = function* ({ report }, options) {
  const unique = createUnique();
  let gap = '[';
  for (const issue of issues()) {
    yield `${gap}\n${JSON.stringify(issue, null, 2).replace(/^/gm, '  ')}`;
    gap = ',';
  }
  yield gap === '[' ? '[]\n' : '\n]\n';

  function* issues(): Iterable<Issue> {
    for (const { path = '', what, help } of unreadOf(report)) {
      yield issueOf('blocker', UNREAD, `${what} ${help}`, unique(what), placeAt(path, options));
    }
    for (const diagnostic of findingsOf(report)) yield finding(diagnostic, options, unique);
    if (options.quiet) return;
    for (const { id, path, what } of passedOver(report, options)) {
      yield issueOf('info', id, what, unique(`${path} ${what}`), placeAt(path, options));
    }
  }
};

function finding(diagnostic: Diagnostic, options: FormatOptions, unique: (text: string) => string): Issue {
  const { code, severity, message, why, location } = diagnostic;
  const help = [helpOf(diagnostic), assumptionOf(diagnostic)].filter((part) => part !== '').join(' ');
  const place =
    location?.file === undefined ? placeAt('', options) : placeAt(location.file, options, location);
  const level = isIncomplete(diagnostic) ? 'blocker' : levels[severity];
  // The same resource in two files (a base and its copy) has the same fingerprint: GitLab wants each only once.
  const mark = unique(`${diagnostic.fingerprint} ${place.path}`);
  const text = [message, liveOwner(diagnostic), help].filter((part) => part !== '').join(' ');
  const issue = issueOf(level, code, text, mark, place);
  return { ...issue, content: { body: [why, help].filter((part) => part !== '').join('\n\n') } };
}

function issueOf(
  severity: Level,
  check: string,
  description: string,
  fingerprint: string,
  location: Issue['location'],
): Issue {
  return {
    type: 'issue',
    check_name: check,
    description,
    categories: ['Bug Risk'],
    severity,
    fingerprint,
    location,
  };
}

function placeAt(
  file: string,
  { placeOf }: FormatOptions,
  { line: begin, endLine: end } = { line: 1, endLine: 1 },
): Issue['location'] {
  return { path: file === '' ? '.' : placeOf(file), lines: { begin, end } };
}
