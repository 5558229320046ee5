import type { ClusterLocation, Diagnostic, Location, RelatedPlace } from '../engine/diagnostic.ts';
import type { Coverage } from '../engine/report.ts';
import type { Severity } from '../sdk/rule.ts';
import { formatCoverage } from './coverage.ts';
import type { Format, FormatOptions, Reportable } from './format.ts';
import { createFramer, type Framer } from './frame.ts';
import { createPalette, type Palette } from './palette.ts';
import { oneLine, wrap } from './screen.ts';
import { COUNTED_RULE, formatSummary } from './summary.ts';
import { helpOf, sayFailure, showOwner, showPath } from './words.ts';

/** Severities as people read them. */
const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

type Failure = Coverage['failures'][number];

interface Page {
  readonly analysis: Reportable;
  readonly options: FormatOptions;
  readonly paint: Palette;
  readonly framer: Framer;
}

/** Findings with the lines that they are about, then what was found in all and what could be seen. */
export const formatText: Format = function* (analysis, options) {
  const diagnostics = analysis.report.diagnostics.filter(
    (diagnostic) => options.verbose || diagnostic.rule !== COUNTED_RULE,
  );
  const paint = createPalette(options.color);
  const page: Page = { analysis, options, paint, framer: createFramer(options.codeWidth) };
  for (const diagnostic of diagnostics) yield `${finding(page, diagnostic).join('\n')}\n\n`;
  for (const failure of analysis.report.coverage.failures) yield `${unread(failure, page).join('\n')}\n\n`;
  const summary = formatSummary(analysis.report, options);
  if (options.quiet) {
    if (diagnostics.length > 0 || analysis.report.summary.incomplete) yield `${summary}\n`;
    return;
  }
  yield `${summary}\n\n`;
  yield `${formatCoverage(analysis.report, options, paint).join('\n')}\n`;
};

function finding(page: Page, diagnostic: Diagnostic): string[] {
  const { paint, options } = page;
  const { severity, code, message, why, location, resource, path, related } = diagnostic;
  const color = severity === 'error' ? paint.red : severity === 'warning' ? paint.yellow : paint.cyan;
  const lines = [`${paint.bold(color(`${levels[severity]}[${code}]`))} ${paint.bold(oneLine(message))}`];
  const gutter = gutterOf(diagnostic);
  const about = [
    ...(path.length === 0 ? [] : [showPath(path)]),
    ...(diagnostic.worlds === undefined ? [] : [`(in ${diagnostic.worlds.join(', ')})`]),
    ...(location?.file === undefined ? [] : doubts(location, path)),
  ];
  // A finding about a whole file has no line to show.
  const isWholeFile = location?.file !== undefined && !location.exact && path.length === 0;
  const file = isWholeFile ? location.file : location && showLocation(location);
  const place = [...withOwner(file, resource, location), ...about];
  if (place.length > 0) {
    lines.push(`${' '.repeat(gutter)}${paint.blue('-->')} ${place.map(oneLine).join('  ')}`);
  }
  if (location?.file !== undefined && !isWholeFile) lines.push(...frame(page, location, gutter, 1, color));
  for (const other of related) lines.push(...relatedPlace(page, other, gutter));
  lines.push(...prose('why', why, options.width, paint));
  lines.push(...prose('help', helpOf(diagnostic), options.width, paint));
  lines.push(...prose('assumes', diagnostic.assumes?.join(', and ') ?? '', options.width, paint));
  return lines;
}

/** What the place alone would not tell. */
function doubts({ exact, renderedFrom }: Location, path: Diagnostic['path']): string[] {
  if (renderedFrom !== undefined) return [`(rendered from ${renderedFrom}${exact ? '' : ', about here'})`];
  return exact || path.length === 0 ? [] : ['(not set)'];
}

/** A path that gave nothing: no rule says so, and it decides the exit code. */
function unread(failure: Failure, { paint, options }: Page): string[] {
  const title = `${paint.bold(paint.red('error'))} ${paint.bold(oneLine(sayFailure(failure)))}`;
  return [title, ...prose('help', failure.help, options.width, paint)];
}

function prose(label: string, text: string, width: number, paint: Palette): string[] {
  if (text === '') return [];
  const indent = ' '.repeat(label.length + 4);
  const lines = wrap(oneLine(text), width - indent.length);
  return lines.map((line, i) => (i === 0 ? `  ${paint.bold(`${label}:`)} ${line}` : `${indent}${line}`));
}

function relatedPlace(page: Page, related: RelatedPlace, gutter: number): string[] {
  const { paint } = page;
  const { location, resource, note } = related;
  const parts = [...withOwner(showLocation(location), resource, location), note];
  return [
    `${' '.repeat(gutter)}${paint.blue(':::')} ${parts.map(oneLine).join('  ')}`,
    ...(location.file === undefined ? [] : frame(page, location, gutter, 0, paint.blue)),
  ];
}

function frame(
  page: Page,
  location: Location,
  gutter: number,
  context: number,
  color: (text: string) => string,
): string[] {
  const source = page.analysis.sources.get(location.file);
  if (source === undefined) return [];
  const bar = (number: string, text: string): string =>
    `${page.paint.blue(`${number.padStart(gutter)} |`)}${text === '' ? '' : ` ${text}`}`;
  const lines = page.framer.frame(source, location, context);
  if (lines.length === 0) return [];
  return [
    bar('', ''),
    ...lines.map(({ number, text, underline }) =>
      bar(number === undefined ? '' : String(number), underline ? color(text) : text),
    ),
  ];
}

/** A place and the resource that stands there; a cluster has no other place than that resource. */
function withOwner(
  place = '',
  resource: Diagnostic['resource'],
  location: Diagnostic['location'],
): readonly string[] {
  const owner = resource === undefined ? '' : showOwner(resource, location);
  const isLive = location !== undefined && location.file === undefined;
  const parts = isLive && owner !== '' ? [`${place}: ${owner}`] : [place, owner];
  return parts.filter((part) => part !== '');
}

/** `app.yaml:3:5`, or `cluster prod`. */
function showLocation(location: Location | ClusterLocation): string {
  if (location.file === undefined) return `cluster ${location.cluster}`;
  const { file, line, column } = location;
  return `${file}:${line}:${column}`;
}

function gutterOf({ location, related }: Diagnostic): number {
  const lines = [location, ...related.map((other) => other.location)].map((place) => place?.line ?? 0);
  return Math.max(2, String(Math.max(...lines) + 1).length);
}
