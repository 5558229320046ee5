// Formats of one line or entry for each finding: compact, github, gitlab.
import { error } from '@actions/core';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { readGitlab, readWorkflowCommand } from '../../test/readers.ts';
import type { Diagnostic } from '../engine/diagnostic.ts';
import { formatCompact } from './compact.ts';
import type { Format } from './format.ts';
import { formatGithub } from './github.ts';
import { formatGitlab } from './gitlab.ts';
import { finding, place, plain, reportOf } from './hand-made.ts';

type Report = ReturnType<typeof reportOf>;

function write(format: Format, report: Report, options = {}): string {
  return [...format(report, { ...plain, ...options })].join('');
}
function lines(format: Format, report: Report, options = {}): string[] {
  return write(format, report, options).split('\n').slice(0, -1);
}

const spans = { ...place(3, 5, 6), endLine: 4 };
const severities = (['info', 'warning', 'error'] as const).map((severity) => finding(3, 5, 6, { severity }));
const skipped = finding(1, 1, 0, { rule: 'input/skipped-input', code: 'IST1908', severity: 'info' });
const unseen = reportOf('', [skipped], {
  summary: { incomplete: true },
  coverage: {
    failures: [{ path: 'gone.yaml', why: 'It does not exist.', help: 'Check the path.' }],
    skipped: [{ path: 'charts/values.yaml', reason: 'values', documents: 1 }],
    uncheckedRules: [{ kind: 'Lock', field: 'spec', rule: 'self.a', why: 'too long', file: 'crds.yaml' }],
    unresolved: {
      count: 1,
      references: [
        {
          what: 'Service',
          name: 'shop/cart',
          from: { apiVersion: 'v1', kind: 'VirtualService', name: 'cart' },
          file: 'app.yaml',
          why: 'no Service is loaded',
        },
      ],
    },
  },
});
/** Incomplete, and neither a finding nor a failure tells why. */
const unexplained = reportOf('', [], { summary: { incomplete: true } });
const crashed = reportOf('', [], {
  summary: { incomplete: true },
  coverage: { rules: { ran: [], skipped: [], crashed: ['a/b'] } },
});

describe('compact', () => {
  test('is a line for each finding, then a summary without a place', () => {
    const report = reportOf('', [
      ...severities,
      finding(1, 1, 1, {
        message: 'two\nlines\u001b',
        suggestion: 'shop/pub',
        location: place(7, 2, 1, 'a b.yaml'),
      }),
    ]);
    expect(lines(formatCompact, report)).toEqual([
      'app.yaml:3:5: info IST0101 Gateway shop/public does not exist.',
      'app.yaml:3:5: warning IST0101 Gateway shop/public does not exist.',
      'app.yaml:3:5: error IST0101 Gateway shop/public does not exist.',
      'a b.yaml:7:2: error IST0101 two lines␛ Did you mean shop/pub?',
      'meshlint: 2 errors, 1 warning, 1 note in 1 file',
    ]);
  });
  test('tells what was not read and what was passed over', () => {
    expect(lines(formatCompact, unseen)).toEqual([
      'gone.yaml:1:1: error unread-input gone.yaml was not read: It does not exist. Check the path.',
      'meshlint: Incomplete: not all of the input could be judged. Nothing was found in the rest, 1 file',
      'meshlint: Skipped: 1 input: a values',
      'meshlint: Not checked: 1 rule of CustomResourceDefinitions',
      'meshlint: Not checked: Lock spec: self.a (too long; in crds.yaml)',
      'meshlint: Unsettled: 1 reference could be neither found nor called missing',
    ]);
    expect(lines(formatCompact, unseen, { verbose: true })).toContain(
      'meshlint: Skipped: charts/values.yaml: a values',
    );
  });
  test('says nothing of clean input when quiet, and always what is incomplete', () => {
    expect(write(formatCompact, reportOf('', []), { quiet: true })).toBe('');
    expect(lines(formatCompact, unexplained, { quiet: true })[0]).toBe(
      'meshlint: error unread-input Not all of the input could be judged. Run with --format text to see why.',
    );
    expect(lines(formatCompact, crashed)[0]).toContain('The rule a/b failed');
  });
});

describe('github', () => {
  const parse = (line: string) => readWorkflowCommand(line) ?? expect.unreachable();

  test('names the place, errors first', () => {
    const commands = lines(formatGithub, reportOf('', severities)).slice(0, -1).map(parse);
    expect(commands.map(({ command }) => command)).toEqual(['error', 'warning', 'notice']);
    expect(commands[0]).toEqual({
      command: 'error',
      properties: {
        file: 'app.yaml',
        line: '3',
        endLine: '3',
        col: '5',
        endColumn: '11',
        title: 'IST0101 routing/missing-gateway',
      },
      message: 'Gateway shop/public does not exist.\nRequests get 404.\nCreate the Gateway.',
    });
  });
  test('gives no columns over several lines', () => {
    const [line = ''] = lines(formatGithub, reportOf('', [finding(1, 1, 1, { location: spans })]));
    expect(parse(line).properties).toMatchObject({ line: '3', endLine: '4' });
    expect(parse(line).properties).not.toHaveProperty('col');
  });
  test('tells what is incomplete before all findings, and what was passed over in the log', () => {
    const [first = '', ...rest] = lines(formatGithub, unseen);
    expect(parse(first)).toEqual({
      command: 'error',
      properties: { file: 'gone.yaml', title: 'meshlint: incomplete' },
      message: 'gone.yaml was not read: It does not exist.\nCheck the path.',
    });
    expect(rest).toContain('meshlint: Skipped: 1 input: a values');
    for (const report of [unexplained, crashed]) {
      expect(lines(formatGithub, report, { quiet: true })[0]).toMatch(
        /^::error title=meshlint%3A incomplete::/,
      );
    }
  });
  test('escapes as the toolkit of GitHub does', () => {
    const text = fc.string({ unit: fc.constantFrom('%', '\n', ':', ',', ';', '=', 'a', '0', 'A', 'D', ' ') });
    const written: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    });
    try {
      fc.assert(
        fc.property(
          text,
          text.filter((file) => file !== ''),
          (message, file) => {
            written.length = 0;
            const one = finding(3, 5, 6, {
              message: `a${message}`,
              why: '',
              help: '',
              location: place(3, 5, 6, file),
            });
            error(`a${message}`, {
              file,
              startLine: 3,
              endLine: 3,
              startColumn: 5,
              endColumn: 11,
              title: 'IST0101 routing/missing-gateway',
            });
            const properties = (line: string): string[] =>
              (/ (.*?)::/.exec(line)?.[1] ?? '').split(',').sort();
            const theirs = written.join('').replace(/\n$/, '');
            const [ours = ''] = lines(formatGithub, reportOf('', [one]));
            expect(properties(ours)).toEqual(properties(theirs));
            expect(ours.split('::')[2]).toBe(theirs.split('::')[2]);
          },
        ),
        { seed: 7, numRuns: 300 },
      );
    } finally {
      spy.mockRestore();
    }
  });
});

describe('gitlab', () => {
  const issues = (report: Report, options = {}) => readGitlab(write(formatGitlab, report, options));

  test('is a list of issues', () => {
    expect(issues(reportOf('', severities)).map(({ severity }) => severity)).toEqual([
      'info',
      'minor',
      'major',
    ]);
    expect(issues(reportOf('', [finding(1, 1, 1, { location: spans })]))[0]).toMatchObject({
      check_name: 'IST0101',
      description: 'Gateway shop/public does not exist. Create the Gateway.',
      location: { path: 'app.yaml', lines: { begin: 3, end: 4 } },
    });
    expect(write(formatGitlab, reportOf('', []))).toBe('[]\n');
  });
  test('has a fingerprint for each, whatever findings share', () => {
    const same: Diagnostic[] = [1, 2, 3].map((line) => finding(line, 1, 1));
    const copy = finding(1, 1, 1, { location: place(1, 1, 1, 'prod/app.yaml') });
    const marks = issues(reportOf('', [...same, copy])).map(({ fingerprint }) => fingerprint);
    expect(new Set(marks).size).toBe(4);
    // The copy keeps its own, however many there are beside it.
    expect(marks[3]).toBe(issues(reportOf('', [copy]))[0]?.fingerprint);
  });
  test('names what was not read, not judged and passed over', () => {
    const told = issues(unseen).map(({ severity, check_name, location }) => [
      severity,
      check_name,
      location.path,
    ]);
    expect(told).toEqual([
      ['blocker', 'unread-input', 'gone.yaml'],
      ['info', 'skipped-input', 'charts/values.yaml'],
      ['info', 'unchecked-rule', 'crds.yaml'],
    ]);
    expect(issues(unseen, { quiet: true })).toHaveLength(1);
    for (const report of [unexplained, crashed]) expect(issues(report)[0]?.severity).toBe('blocker');
    const broken = finding(1, 1, 1, { rule: 'input/unparsable-input' });
    expect(
      issues(reportOf('', [broken], { summary: { incomplete: true } })).map(({ severity }) => severity),
    ).toEqual(['blocker']);
  });
});
