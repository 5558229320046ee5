// JUnit and Checkstyle, read by a strict XML parser and by a reader of JUnit reports.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findXml, readJunit } from '../../test/readers.ts';
import { formatCheckstyle } from './checkstyle.ts';
import type { Format } from './format.ts';
import { finding, place, plain, reportOf } from './hand-made.ts';
import { formatJunit } from './junit.ts';

type Report = ReturnType<typeof reportOf>;

function write(format: Format, report: Report, options = {}): string {
  return [...format(report, { ...plain, ...options })].join('');
}

const severities = (['info', 'warning', 'error'] as const).map((severity, i) =>
  finding(i + 1, 5, 6, { severity }),
);
const unread = reportOf('', severities, {
  summary: { incomplete: true },
  coverage: {
    failures: [{ path: 'gone.yaml', why: 'It does not exist.', help: 'Check the path.' }],
    skipped: [{ path: 'charts/values.yaml', reason: 'values', documents: 1 }],
  },
});
const unexplained = reportOf('', [], { summary: { incomplete: true } });
const strange = fc.string({ unit: 'binary', maxLength: 20 });

describe('junit', () => {
  const suites = (report: Report, options = {}) => readJunit(write(formatJunit, report, options));
  async function outcomes(report: Report, options = {}): Promise<string[]> {
    return (await suites(report, options)).flatMap(({ cases }) => cases.map(({ outcome }) => outcome));
  }

  test('has a suite for each file, and one that says that all was judged', async () => {
    const other = finding(1, 1, 1, { location: place(1, 1, 1, 'b.yaml') });
    const found = await suites(reportOf('', [...severities, other]));
    expect(found.map(({ name, cases }) => [name, cases.length])).toEqual([
      ['meshlint', 1],
      ['app.yaml', 3],
      ['b.yaml', 1],
    ]);
    expect(await outcomes(reportOf('', []))).toEqual(['passed']);
  });
  test.each([
    ['error', ['passed', 'skipped', 'skipped', 'failure']],
    ['warning', ['passed', 'skipped', 'failure', 'failure']],
    ['info', ['passed', 'failure', 'failure', 'failure']],
    ['never', ['passed', 'skipped', 'skipped', 'skipped']],
  ])('fails what fails the run (--fail-on %s)', async (failOn, expected) => {
    expect(await outcomes(reportOf('', severities), { failOn })).toEqual(expected);
  });
  test('has an error for what was not read or judged', async () => {
    expect(await outcomes(unread)).toEqual(['error', 'skipped', 'skipped', 'failure']);
    expect(await outcomes(unexplained)).toEqual(['error']);
    const broken = finding(1, 1, 1, { rule: 'input/unparsable-input' });
    const report = reportOf('', [broken], { summary: { incomplete: true } });
    expect(await outcomes(report, { failOn: 'never' })).toEqual(['error']);
    expect(findXml(write(formatJunit, unread), '//system-out')[0]?.text).toContain(
      'Skipped: 1 input: a values',
    );
  });
  test('counts as its cases are', () => {
    const xml = write(formatJunit, unread);
    for (const path of [
      '/testsuites',
      ...findXml(xml, '//testsuite').map((_, i) => `//testsuite[${i + 1}]`),
    ]) {
      const has = (name: string): string => String(findXml(xml, `${path}//testcase[${name}]`).length);
      expect(findXml(xml, path)[0]?.attributes).toMatchObject({
        tests: String(findXml(xml, `${path}//testcase`).length),
        failures: has('failure'),
        errors: has('error'),
        ...(path === '/testsuites' ? {} : { skipped: has('skipped') }),
      });
    }
  });
  test('names cases without lines, each once', () => {
    const same = [finding(1, 1, 1), finding(2, 1, 1), finding(3, 1, 1, { path: ['spec', 'hosts'] })];
    const names = findXml(write(formatJunit, reportOf('', same)), '//testcase').map(
      ({ attributes }) => attributes.name,
    );
    expect(names).toEqual([
      'all input was judged',
      'app.yaml: IST0101 VirtualService shop/cart spec.gateways[0]',
      'app.yaml: IST0101 VirtualService shop/cart spec.gateways[0] (2)',
      'app.yaml: IST0101 VirtualService shop/cart spec.hosts',
    ]);
  });
  test('is XML whatever a message holds', () => {
    fc.assert(
      fc.property(strange, strange, (message, file) => {
        const report = reportOf('', [finding(1, 1, 1, { message, location: place(1, 1, 1, `a${file}`) })]);
        expect(findXml(write(formatJunit, report), '//failure')).toHaveLength(1);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe('checkstyle', () => {
  test('has errors by file', () => {
    const xml = write(formatCheckstyle, reportOf('', severities));
    expect(findXml(xml, '/checkstyle/file')[0]?.attributes).toEqual({ name: 'app.yaml' });
    expect(
      findXml(xml, '/checkstyle/file[@name="app.yaml"]/error').map(({ attributes }) => attributes)[2],
    ).toEqual({
      line: '3',
      column: '5',
      severity: 'error',
      message: 'IST0101 Gateway shop/public does not exist. Create the Gateway.',
      source: 'meshlint.routing.missing-gateway',
    });
  });
  test('tells what was not read and what was passed over', () => {
    const told = findXml(write(formatCheckstyle, unread), '//error').map(({ attributes }) => [
      attributes.severity,
      attributes.source,
    ]);
    expect(told[0]).toEqual(['error', 'meshlint.unread-input']);
    expect(told.at(-1)).toEqual(['info', 'meshlint.skipped-input']);
    expect(findXml(write(formatCheckstyle, unexplained), '//error')).toHaveLength(1);
    expect(findXml(write(formatCheckstyle, unread), '/comment()')[0]?.text).toContain('Incomplete');
  });
  test('is XML whatever a message holds, and keeps what can be kept', () => {
    fc.assert(
      fc.property(strange, strange, (message, path) => {
        const report = reportOf(
          '',
          [finding(1, 1, 1, { message: `${message}<&>"'`, location: place(1, 1, 1, `a${path}`) })],
          {
            coverage: { skipped: [{ path: 'x', reason: `--${path}-`, documents: 1 }] },
          },
        );
        const [found] = findXml(write(formatCheckstyle, report), '//file[1]/error');
        expect(found?.attributes.message).toContain(`<&>"'`);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
