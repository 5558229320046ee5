import type { Log, Notification, Replacement, ReportingDescriptor, Result, Run, Suppression } from 'sarif';
import type { Diagnostic, SuppressedDiagnostic } from '../engine/diagnostic.ts';
import type { Report } from '../engine/report.ts';
import type { Severity } from '../sdk/rule.ts';
import { assumptionOf } from './assumption.ts';
import { coverageRows } from './coverage.ts';
import type { Format, FormatOptions, RuleText } from './format.ts';
import { logicalLocation, physicalLocation, REPOSITORY } from './sarif-places.ts';
import { findingsOf, isIncomplete, passedOver, UNREAD, unreadOf } from './unread.ts';
import { helpOf } from './words.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const levels = { error: 'error', warning: 'warning', info: 'note' } as const satisfies Record<
  Severity,
  Result.level
>;

/** The words of GitHub. */
const problemSeverities = { error: 'error', warning: 'warning', info: 'recommendation' } as const;

/** SARIF 2.1.0, for code scanning: rules with their pages, findings, what was silenced, and what was not read. */
export const formatSarif: Format = function* ({ report }, options) {
  const { suppressed, tool, summary } = report;
  const findings = findingsOf(report);
  const rules = ruleIds([...findings, ...suppressed]);
  const indexes = new Map(rules.map(({ id }, i) => [id, i]));
  const run: Omit<Run, 'results'> = {
    tool: {
      driver: {
        name: tool.name,
        version: tool.version,
        semanticVersion: tool.version,
        informationUri: 'https://www.npmjs.com/package/meshlint',
        rules: rules.map((one) => describeRule(one, options.describe(one.rule))),
      },
    },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [REPOSITORY]: { description: { text: 'The root of the repository.' } } },
    invocations: [
      {
        executionSuccessful: !summary.incomplete,
        toolExecutionNotifications: notifications(report, options),
      },
    ],
    properties: { summary, world: report.coverage.world },
  };
  const log: Omit<Log, 'runs'> = { $schema: SCHEMA, version: '2.1.0' };
  // Results are written one by one: there may be more than one string can hold.
  const head = JSON.stringify({ ...log, runs: [{ ...run, results: [] }] }, null, 2);
  const end = head.lastIndexOf('[]');
  yield head.slice(0, end);
  let gap = '[';
  for (const one of [...findings, ...suppressed]) {
    yield `${gap}\n${JSON.stringify(resultOf(one, indexes, options), null, 2).replace(/^/gm, '        ')}`;
    gap = ',';
  }
  yield gap === '[' ? '[]' : '\n      ]';
  yield `${head.slice(end + 2)}\n`;
};

/** A rule of meshlint as SARIF has it. */
function describeRule({ id, code, rule }: RuleId, text: RuleText | undefined): ReportingDescriptor {
  const [area = '', name = area] = rule.split('/');
  return {
    id,
    name: name.replace(/(?:^|-)(\w)/g, (_, first: string) => first.toUpperCase()),
    ...(text === undefined ? {} : describe(text)),
    properties: {
      tags: ['istio', area],
      code,
      ...(text === undefined ? {} : { 'problem.severity': problemSeverities[text.severity] }),
    },
  };
}

function describe({ severity, summary, page, url }: RuleText): Omit<ReportingDescriptor, 'id'> {
  const text = literal(summary);
  return {
    shortDescription: { text },
    fullDescription: { text },
    help: page === undefined ? { text } : { text: literal(page), markdown: page },
    ...(url === undefined ? {} : { helpUri: url }),
    defaultConfiguration: { level: levels[severity] },
  };
}

interface RuleId {
  readonly id: string;
  readonly code: string;
  readonly rule: string;
}

/** Several rules share a code, and each has its own page: `IST0101/missing-gateway`. */
function idOf({ code, rule }: Pick<Diagnostic, 'code' | 'rule'>): string {
  return `${code}/${rule.slice(rule.lastIndexOf('/') + 1)}`;
}

function ruleIds(diagnostics: readonly Diagnostic[]): RuleId[] {
  const ids = new Map(diagnostics.map(({ code, rule }) => [idOf({ code, rule }), { code, rule }]));
  return [...ids].map(([id, named]) => ({ id, ...named })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function resultOf(
  diagnostic: Diagnostic | SuppressedDiagnostic,
  indexes: ReadonlyMap<string, number>,
  options: FormatOptions,
): Result {
  const { severity, message, why, location, resource, path, related, fingerprint } = diagnostic;
  const text = [message, why, helpOf(diagnostic), assumptionOf(diagnostic)]
    .filter((part) => part !== '')
    .join(' ');
  const physical = physicalLocation(location, options);
  const logical = logicalLocation(resource, path, location);
  const place = {
    ...(physical === undefined ? {} : { physicalLocation: physical }),
    ...(logical === undefined ? {} : { logicalLocations: [logical] }),
  };
  return {
    ruleId: idOf(diagnostic),
    ruleIndex: indexes.get(idOf(diagnostic)) ?? -1,
    kind: 'fail',
    level: levels[severity],
    message: { text: literal(text) },
    locations: Object.keys(place).length === 0 ? [] : [place],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((other, id) => {
            const where = physicalLocation(other.location, options);
            const owner = logicalLocation(other.resource, other.path, other.location);
            return {
              id,
              ...(where === undefined ? {} : { physicalLocation: where }),
              ...(owner === undefined ? {} : { logicalLocations: [owner] }),
              message: { text: literal(other.note) },
            };
          }),
        }),
    ...fixesOf(diagnostic, options),
    // Not `primaryLocationLineHash`: GitHub computes that by itself, and complains of any other.
    partialFingerprints: { 'meshlint/v1': fingerprint },
    // All results say it or none: an empty list is "not silenced".
    suppressions: 'suppressed' in diagnostic ? suppressionsOf(diagnostic) : [],
    properties: { code: diagnostic.code, rule: diagnostic.rule },
  };
}

/** Edits by file; a reader may apply them one by one, so each has the region that it replaces in the file as it is. */
function fixesOf({ fix }: Diagnostic, options: FormatOptions): Pick<Result, 'fixes'> {
  if (fix === undefined) return {};
  const files = new Map<string, Replacement[]>();
  for (const { file, newText, ...region } of fix.edits) {
    const replacements = files.get(file) ?? [];
    files.set(file, replacements);
    replacements.push({ deletedRegion: region, insertedContent: { text: newText } });
  }
  const changes = [...files].flatMap(([file, replacements]) => {
    const place = physicalLocation({ file }, options);
    return place === undefined ? [] : [{ artifactLocation: place.artifactLocation, replacements }];
  });
  return {
    fixes: [
      { description: { text: literal(fix.title) }, artifactChanges: changes, properties: { safe: fix.safe } },
    ],
  };
}

/** How findings may be silenced in the source itself; all other ways are outside of it. */
const inSource: ReadonlySet<string> = new Set(['annotation', 'comment']);

function suppressionsOf({ suppressed: { by, reason } }: SuppressedDiagnostic): Suppression[] {
  return [{ kind: inSource.has(by) ? 'inSource' : 'external', status: 'accepted', justification: reason }];
}

/** What was not read or not judged; nothing of it is a finding about the input. */
function notifications(report: Report, options: FormatOptions): Notification[] {
  const at = (path: string | undefined): Pick<Notification, 'locations'> => {
    const place = path === undefined ? undefined : physicalLocation({ file: path }, options);
    return place === undefined ? {} : { locations: [{ physicalLocation: place }] };
  };
  const note = (id: string, text: string, path?: string): Notification => ({
    descriptor: { id },
    level: 'note',
    message: { text: literal(text) },
    ...at(path),
  });
  return [
    ...unreadOf(report).map(
      ({ path, what, help }): Notification => ({
        descriptor: { id: UNREAD },
        level: 'error',
        message: { text: literal(`${what} ${help}`) },
        ...at(path),
      }),
    ),
    ...report.diagnostics.filter(isIncomplete).map(
      ({ code, message, location }): Notification => ({
        descriptor: { id: code },
        level: 'error',
        message: { text: literal(message) },
        ...at(location?.file),
      }),
    ),
    ...passedOver(report, options).map(({ id, path, what }) => note(id, what, path)),
    ...coverageRows(report, options)
      .filter(({ unseen }) => unseen === 'counted')
      .map(({ label, text }) => note('not-judged', `${label}: ${text}`)),
  ];
}

/** Escapes what readers would take for placeholders (`{0}`) and links (`[text](1)`). */
function literal(text: string): string {
  return text
    .replace(/\{(?=\d+\})/g, '{{')
    .replace(/(?<=\{\{\d+)\}/g, '}}')
    .replace(/\[(?=[^\][]*\]\()/g, '\\[');
}
