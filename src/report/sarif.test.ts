import fc from 'fast-check';
import type { Result, Run } from 'sarif';
import { describe, expect, test } from 'vitest';
import { readSarif } from '../../test/readers.ts';
import type { SuppressedDiagnostic } from '../engine/diagnostic.ts';
import { finding, place, plain, reportOf } from './hand-made.ts';
import { formatSarif } from './sarif.ts';

type Report = ReturnType<typeof reportOf>;

function runOf(report: Report, options = {}): Run {
  return readSarif([...formatSarif(report, { ...plain, ...options })].join(''));
}
function resultOf(report: Report): Result {
  const [result] = runOf(report).results ?? [];
  return result ?? expect.unreachable();
}

function suppressed(by: SuppressedDiagnostic['suppressed']['by']): SuppressedDiagnostic {
  return { ...finding(1, 1, 1), suppressed: { by, reason: 'known since May' } };
}

describe('a result', () => {
  test('has level, place, resource and fingerprint', () => {
    expect(resultOf(reportOf('', [finding(3, 5, 6)]))).toMatchInlineSnapshot(`
      {
        "kind": "fail",
        "level": "error",
        "locations": [
          {
            "logicalLocations": [
              {
                "fullyQualifiedName": "VirtualService/shop/cart",
                "kind": "resource",
                "name": "cart",
                "properties": {
                  "apiVersion": "networking.istio.io/v1",
                  "field": "spec.gateways[0]",
                },
              },
            ],
            "physicalLocation": {
              "artifactLocation": {
                "uri": "app.yaml",
                "uriBaseId": "%SRCROOT%",
              },
              "region": {
                "endColumn": 11,
                "endLine": 3,
                "startColumn": 5,
                "startLine": 3,
              },
            },
          },
        ],
        "message": {
          "text": "Gateway shop/public does not exist. Requests get 404. Create the Gateway.",
        },
        "partialFingerprints": {
          "meshlint/v1": "0123456789abcdef",
        },
        "properties": {
          "code": "IST0101",
          "rule": "routing/missing-gateway",
        },
        "ruleId": "IST0101/missing-gateway",
        "ruleIndex": 0,
        "suppressions": [],
      }
    `);
  });
  test('has related places', () => {
    const related = [{ path: ['spec'], location: place(5, 5, 5, 'b.yaml'), note: 'the routes' }];
    expect(resultOf(reportOf('', [finding(3, 5, 6, { related })])).relatedLocations).toEqual([
      {
        id: 0,
        message: { text: 'the routes' },
        physicalLocation: {
          artifactLocation: { uri: 'b.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 5, startColumn: 5, endLine: 5, endColumn: 10 },
        },
      },
    ]);
  });
  test.each([
    ['a b/é#%.yaml', 'a%20b/%C3%A9%23%25.yaml', '%SRCROOT%'],
    ['/tmp/a.yaml', 'file:///tmp/a.yaml', undefined],
    ['C:/a.yaml', 'file:///C:/a.yaml', undefined],
  ])('names its file as a URI: %s', (file, uri, uriBaseId) => {
    const [where] =
      resultOf(reportOf('', [finding(1, 1, 1, { location: place(1, 1, 1, file) })])).locations ?? [];
    const artifact = where?.physicalLocation?.artifactLocation;
    expect([artifact?.uri, artifact?.uriBaseId]).toEqual([uri, uriBaseId]);
  });
  test.each([
    ['{0} and {name}', '{{0}} and {name}'],
    ['[text](1) and spec.http[0]', '\\[text](1) and spec.http[0]'],
  ])('has no placeholders or links in its message: %s', (message, text) => {
    expect(resultOf(reportOf('', [finding(1, 1, 1, { message, why: '', help: '' })])).message.text).toBe(
      text,
    );
  });
  test('has its fix, by file', () => {
    const region = { startLine: 3, startColumn: 5, endLine: 3, endColumn: 11 };
    const fix = {
      title: 'Name the Gateway.',
      safe: true,
      edits: [
        { file: 'app.yaml', ...region, newText: 'shop/pub' },
        { file: 'b.yaml', ...region, newText: '' },
      ],
    };
    const change = (uri: string, text: string): object => ({
      artifactLocation: { uri, uriBaseId: '%SRCROOT%' },
      replacements: [{ deletedRegion: region, insertedContent: { text } }],
    });
    expect(resultOf(reportOf('', [finding(3, 5, 6, { fix })])).fixes).toEqual([
      {
        description: { text: 'Name the Gateway.' },
        artifactChanges: [change('app.yaml', 'shop/pub'), change('b.yaml', '')],
        properties: { safe: true },
      },
    ]);
  });
  test.each([
    ['annotation', 'inSource'],
    ['comment', 'inSource'],
    ['flag', 'external'],
    ['config', 'external'],
    ['baseline', 'external'],
  ] as const)('that was silenced by %s says so', (by, kind) => {
    const { report, sources } = reportOf('', [finding(2, 1, 1)]);
    const run = runOf({ report: { ...report, suppressed: [suppressed(by)] }, sources });
    expect(run.results?.map(({ suppressions }) => suppressions)).toEqual([
      [],
      [{ kind, status: 'accepted', justification: 'known since May' }],
    ]);
  });
});

test('rules come with their pages, each finding with the index of its rule', () => {
  const findings = [
    finding(1, 1, 1),
    finding(2, 1, 1, { rule: 'routing/missing-subset' }),
    finding(3, 1, 1, { rule: 'mtls/a', code: 'IST0009' }),
  ];
  const describe = (rule: string) =>
    rule === 'mtls/a'
      ? undefined
      : {
          severity: 'info' as const,
          summary: `About ${rule}.`,
          page: `# ${rule}`,
          url: 'https://example.com/page',
        };
  const { tool, results = [] } = runOf(reportOf('', findings), { describe });
  const rules = tool.driver.rules ?? [];
  expect(rules.map(({ id, name }) => [id, name])).toEqual([
    ['IST0009/a', 'A'],
    ['IST0101/missing-gateway', 'MissingGateway'],
    ['IST0101/missing-subset', 'MissingSubset'],
  ]);
  expect(results.map(({ ruleId, ruleIndex = -1 }) => [ruleId, rules[ruleIndex]?.id])).toEqual(
    [1, 2, 0].map((i) => [rules[i]?.id, rules[i]?.id]),
  );
  expect(rules[1]).toMatchObject({
    shortDescription: { text: 'About routing/missing-gateway.' },
    help: { text: '# routing/missing-gateway', markdown: '# routing/missing-gateway' },
    helpUri: 'https://example.com/page',
    defaultConfiguration: { level: 'note' },
  });
});

describe('the invocation', () => {
  const notesOf = (report: Report) =>
    (runOf(report).invocations ?? []).flatMap(({ executionSuccessful, toolExecutionNotifications = [] }) => [
      executionSuccessful,
      ...toolExecutionNotifications.map(
        ({ level, descriptor, message, locations }) =>
          `${level} ${descriptor?.id} ${locations?.[0]?.physicalLocation?.artifactLocation?.uri}: ${message.text}`,
      ),
    ]);
  const incomplete = { summary: { incomplete: true } };

  test('was successful when all was judged', () => {
    expect(notesOf(reportOf('', [finding(1, 1, 1)]))).toEqual([true]);
  });
  test('tells what was not read', () => {
    const failures = [{ path: 'gone.yaml', why: 'It does not exist.', help: 'Check the path.' }];
    expect(notesOf(reportOf('', [], { ...incomplete, coverage: { failures } }))).toEqual([
      false,
      'error unread-input gone.yaml: gone.yaml was not read: It does not exist. Check the path.',
    ]);
    const broken = finding(1, 1, 1, {
      rule: 'input/unparsable-input',
      code: 'IST1907',
      message: 'It does not parse.',
    });
    const skipped = [{ path: 'app.yaml', reason: 'unparsable', documents: 1 }];
    expect(notesOf(reportOf('', [broken], { ...incomplete, coverage: { skipped } }))).toEqual([
      false,
      'error IST1907 app.yaml: It does not parse.',
    ]);
    expect(notesOf(reportOf('', [], incomplete))).toHaveLength(2);
  });
  test('tells what was passed over and not judged, as no result', () => {
    const skipped = [{ path: 'values.yaml', reason: 'values', documents: 1 }];
    const note = finding(1, 1, 0, { rule: 'input/skipped-input', code: 'IST1908', severity: 'info' });
    const report = reportOf('', [note], { coverage: { skipped, otherKinds: { 'example.org/Thing': 2 } } });
    expect(runOf(report).results).toEqual([]);
    expect(notesOf(report)).toEqual([
      true,
      'note skipped-input values.yaml: Passed over: a values.',
      'note not-judged undefined: Other kinds: 2 manifests of 1 kind that no rule reads',
    ]);
  });
});

test('the schema accepts it whatever names the input holds', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  fc.assert(
    fc.property(text, text, (message, file) => {
      runOf(reportOf('', [finding(1, 1, 1, { message, location: place(1, 1, 1, file) })]));
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('it comes in pieces, one for each result', () => {
  const many = reportOf(
    '',
    Array.from({ length: 500 }, () => finding(1, 1, 1)),
  );
  const pieces = [...formatSarif(many, plain)];
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(4000);
});
