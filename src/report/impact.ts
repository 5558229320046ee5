// What a change does to a cluster, as a table.
import type { Diagnostic } from '../engine/diagnostic.ts';
import type { ChangedObjects, ImpactReport, Tally } from '../engine/impact.ts';
import { assumptionOf } from './assumption.ts';
import { createPalette, type Palette } from './palette.ts';
import { oneLine, wrap } from './screen.ts';
import { count, helpOf, showPath, showResource } from './words.ts';

export interface ImpactOptions {
  readonly color: boolean;
  /** Columns to wrap prose to. */
  readonly width: number;
  /** Names what is otherwise counted. */
  readonly verbose: boolean;
}

const levels: Readonly<Record<Diagnostic['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};
const INDENT = 2;

/** New findings, those that are gone, and those that stay; the last are named on request. */
export function* formatImpact(report: ImpactReport, options: ImpactOptions): Iterable<string> {
  const { cluster, summary, objects, coverage } = report;
  const paint = createPalette(options.color);
  yield `${paint.bold(`What this does to cluster ${oneLine(cluster)}:`)} ${showObjects(objects)}\n`;
  if (options.verbose) yield* named(objects);
  yield '\n';
  for (const { path, why, help } of coverage.failures) {
    yield `${paint.red('error')} ${oneLine(`${path} was not read: ${why}`)}\n  help: ${oneLine(help)}\n\n`;
  }
  yield* section('New', summary.new, report.new, { ...options, paint, withHelp: true });
  yield* section('Gone', summary.gone, report.gone, { ...options, paint, withHelp: false });
  const unchanged = options.verbose ? report.unchanged : [];
  yield* section('Unchanged', summary.unchanged, unchanged, { ...options, paint, withHelp: false });
}

/** The answer in one line; nothing is called clean that was not seen. */
export function impactSummary({ summary }: ImpactReport, color: boolean): string {
  const paint = createPalette(color);
  const { errors, warnings, infos } = summary.new;
  const unread = summary.incomplete
    ? `${paint.red('Incomplete')}: not all of the cluster and the files could be judged. `
    : '';
  const news = errors + warnings + infos;
  if (news > 0) return `${unread}${paint.bold(count(news, 'new finding'))}: ${showTally(summary.new)}`;
  return `${unread}${summary.incomplete ? 'Nothing new was found in the rest' : paint.green('No new findings')}`;
}

interface SectionOptions extends ImpactOptions {
  readonly paint: Palette;
  readonly withHelp: boolean;
}

function* section(
  title: string,
  tally: Tally,
  findings: readonly Diagnostic[],
  options: SectionOptions,
): Iterable<string> {
  yield `${options.paint.bold(title.padEnd(10))} ${showTally(tally)}\n`;
  const rows = findings.map(cellsOf);
  const widths = [0, 1, 2].map((column) =>
    rows.reduce((most, cells) => Math.max(most, cells[column]?.length ?? 0), 0),
  );
  for (const [i, finding] of findings.entries()) {
    const [level = '', ...cells] = (rows[i] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const { red, yellow, cyan } = options.paint;
    const color = { error: red, warning: yellow, info: cyan }[finding.severity];
    yield `${' '.repeat(INDENT)}${[color(level), ...cells].join('  ').trimEnd()}\n`;
    const help = options.withHelp ? [`help: ${helpOf(finding)}`] : [];
    const prose = [finding.message, ...help, assumptionOf(finding)].filter((text) => text !== '');
    const indent = ' '.repeat(INDENT + 9);
    for (const text of prose) {
      for (const line of wrap(oneLine(text), Math.max(20, options.width - indent.length))) {
        yield `${indent}${line}\n`;
      }
    }
  }
  yield '\n';
}

/** Level, code, whom it is about, and where. */
function cellsOf({ severity, code, resource, path, location }: Diagnostic): string[] {
  const about = [...(resource === undefined ? [] : [showResource(resource)]), showPath(path)];
  const place = location?.file === undefined ? '' : `${location.file}:${location.line}:${location.column}`;
  return [levels[severity], code, about.filter((part) => part !== '').join('  '), place].map(oneLine);
}

function showTally({ errors, warnings, infos }: Tally): string {
  const parts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
    ...(infos > 0 ? [count(infos, 'note')] : []),
  ];
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function showObjects({ added, replaced, removed, notFound }: ChangedObjects): string {
  return [
    `${count(added.length, 'object')} added`,
    `${replaced.length} replaced`,
    `${removed.length} removed`,
    ...(notFound.length === 0 ? [] : [`${notFound.length} to be removed and not there`]),
  ].join(', ');
}

function* named(objects: ChangedObjects): Iterable<string> {
  const words = { added: 'added', replaced: 'replaced', removed: 'removed', notFound: 'not there' } as const;
  for (const key of ['added', 'replaced', 'removed', 'notFound'] as const) {
    for (const { kind, namespace, name } of objects[key]) {
      const full = namespace === '' ? name : `${namespace}/${name}`;
      yield `${' '.repeat(INDENT)}${words[key].padEnd(9)} ${oneLine(`${kind} ${full}`)}\n`;
    }
  }
}
