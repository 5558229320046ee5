import type { Diagnostic } from '../engine/diagnostic.ts';
import type { Severity } from '../sdk/rule.ts';
import { assumptionOf } from './assumption.ts';
import { coverageRows } from './coverage.ts';
import type { Format, FormatOptions } from './format.ts';
import { formatSummary } from './summary.ts';
import { findingsOf, isIncomplete, UNREAD, unreadOf } from './unread.ts';
import { createUnique, helpOf, liveOwner, showPath, showResource } from './words.ts';
import { attributes, element, escapeXml } from './xml.ts';

type Outcome = 'failure' | 'error' | 'skipped' | 'passed';

interface Case {
  readonly outcome: Outcome;
  readonly xml: string;
}

const rank: Readonly<Record<Severity | 'never', number>> = { info: 0, warning: 1, error: 2, never: 3 };

/**
 * JUnit's XML: a suite for the input as a whole, and one for each file with findings. Only what fails the run is a
 * failure, so that a build server never contradicts the exit code; findings of less weight count as skipped, with
 * their message. What could not be judged is an error.
 */
export const formatJunit: Format = function* ({ report }, options) {
  // GitLab takes cases of the same class and name for one.
  const unique = createUnique();
  const suites = new Map<string, Case[]>([['meshlint', inputCases()]]);
  for (const diagnostic of findingsOf(report)) {
    const file = diagnostic.location?.file ?? '';
    const name = file === '' ? 'meshlint' : options.placeOf(file);
    const cases = suites.get(name) ?? [];
    suites.set(name, cases);
    cases.push(finding(diagnostic, name));
  }

  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  // Readers that hold to Jenkins' schema know no skipped cases here.
  const { skipped: _, ...all } = counts([...suites.values()].flat());
  yield `<testsuites${attributes({ name: 'meshlint', ...all })}>\n`;
  for (const [name, cases] of suites) {
    yield `  <testsuite${attributes({ name, ...counts(cases), time: '0' })}>\n`;
    for (const { xml } of cases) yield `    ${xml}\n`;
    if (name === 'meshlint') yield `    <system-out>${escapeXml(aboutInput())}</system-out>\n`;
    yield '  </testsuite>\n';
  }
  yield '</testsuites>\n';

  function inputCases(): Case[] {
    const classname = 'meshlint.input';
    const unread = unreadOf(report).map(({ path = '', what, help }): Case => {
      const file = path === '' ? undefined : options.placeOf(path);
      const name = unique(file === undefined ? what : `${file} is read`);
      const error = element('error', { message: what, type: UNREAD }, [escapeXml(`${what}\n${help}`)]);
      return { outcome: 'error', xml: element('testcase', { classname, name, file, time: '0' }, [error]) };
    });
    if (report.summary.incomplete) return unread;
    // A report without any case is an error to Jenkins.
    return [
      { outcome: 'passed', xml: element('testcase', { classname, name: 'all input was judged', time: '0' }) },
    ];
  }

  function aboutInput(): string {
    const rows = coverageRows(report, options).flatMap(({ label, text, lines = [] }) => [
      `${label}: ${text}`,
      ...lines.map((line) => `  ${line}`),
    ]);
    return [formatSummary(report, { color: false, verbose: false }), ...rows, ''].join('\n');
  }

  function finding(diagnostic: Diagnostic, suite: string): Case {
    const { code, rule, severity, message, resource, path, location } = diagnostic;
    // No line in the name: the same finding is the same case when it moves.
    const about = [code, resource === undefined ? '' : showResource(resource), showPath(path)];
    const outcome = outcomeOf(diagnostic, options);
    const text = escapeXml(detail(diagnostic, suite));
    const result =
      outcome === 'skipped'
        ? [element('skipped', { message: `${severity}: ${message}` }, [text])]
        : [element(outcome, { message: `${code}: ${message}`, type: severity }, [text])];
    const given = {
      classname: `meshlint.${rule.replaceAll('/', '.')}`,
      name: unique(`${suite}: ${about.filter((part) => part !== '').join(' ')}`),
      file: location?.file === undefined || location.file === '' ? undefined : suite,
      time: '0',
    };
    return { outcome, xml: element('testcase', given, result) };
  }
};

function outcomeOf(diagnostic: Diagnostic, { failOn }: FormatOptions): 'failure' | 'error' | 'skipped' {
  if (isIncomplete(diagnostic)) return 'error';
  return rank[diagnostic.severity] >= rank[failOn] ? 'failure' : 'skipped';
}

/** What stands behind a failed case. */
function detail(diagnostic: Diagnostic, file: string): string {
  const { code, severity, message, why, location } = diagnostic;
  const help = helpOf(diagnostic);
  const assumption = assumptionOf(diagnostic);
  return [
    `${location?.file === undefined ? file : `${file}:${location.line}:${location.column}`}: ${severity} ${code}`,
    [message, liveOwner(diagnostic)].filter((part) => part !== '').join(' '),
    ...(why === '' ? [] : [`why: ${why}`]),
    ...(help === '' ? [] : [`help: ${help}`]),
    ...(assumption === '' ? [] : [assumption]),
  ].join('\n');
}

function counts(
  cases: readonly Case[],
): Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>> {
  const tally = (outcome: Outcome): number => cases.filter((one) => one.outcome === outcome).length;
  return {
    tests: cases.length,
    failures: tally('failure'),
    errors: tally('error'),
    skipped: tally('skipped'),
  };
}
