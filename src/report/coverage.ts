import type { Coverage, Report } from '../engine/report.ts';
import type { Reason } from '../engine/run.ts';
import type { FormatOptions } from './format.ts';
import { liveClusters, liveRows } from './live.ts';
import type { Palette } from './palette.ts';
import { renderedRows } from './rendered.ts';
import { oneLine, wrap } from './screen.ts';
import { count, showResource } from './words.ts';

/** Column where the values begin. */
const INDENT = 13;

/** What was read, which rules ran, and what could not be judged. Names stand in the verbose form. */
export function formatCoverage(report: Report, options: FormatOptions, paint: Palette): string[] {
  const { verbose } = options;
  const rows = coverageRows(report, options);
  const hint = rows.some((row) => (row.names?.length ?? 0) > 0) && !verbose;
  return [
    ...rows.flatMap((row) => show(row, options, paint)),
    ...(hint ? [paint.dim('-v names what is only counted here.')] : []),
    ...(report.diagnostics.length > 0
      ? [paint.dim('meshlint explain CODE tells more about a finding.')]
      : []),
  ];
}

/** The same for other formats to lay out. */
export function coverageRows(report: Report, options: Pick<FormatOptions, 'verbose' | 'skipReason'>): Row[] {
  const { coverage } = report;
  const { verbose } = options;
  return [
    ...read(coverage),
    ...liveRows(coverage),
    ...parts('Clusters', coverage.clusters),
    ...parts('Worlds', coverage.worlds),
    ...renderedRows(coverage),
    ...notRead(coverage, options),
    ...kinds(coverage, verbose),
    rules(coverage),
    ...uncheckedRules(coverage),
    ...unsettled(coverage),
    ...floating(coverage),
    ...variants(coverage),
    ...suppressed(report),
    ...baseline(report, verbose),
    ...(verbose && coverage.clusters === undefined ? [{ label: 'Mesh', text: showMesh(coverage.mesh) }] : []),
  ];
}

export interface Row {
  readonly label: string;
  readonly text: string;
  /** Shown on request. */
  readonly names?: readonly string[];
  /** Shown always, one a line. */
  readonly lines?: readonly string[];
  /** It tells what was not judged; `named` is what `passedOver` (unread.ts) lists with its files. */
  readonly unseen?: 'named' | 'counted';
}

function show(
  { label, text, names, lines }: Row,
  { verbose, width }: FormatOptions,
  paint: Palette,
): string[] {
  const indent = ' '.repeat(INDENT);
  const [first = '', ...rest] = wrap(oneLine(text), Math.max(20, width - INDENT));
  const details = [...(lines ?? []), ...(verbose ? (names ?? []) : [])];
  return [
    `${paint.bold(label.padEnd(INDENT))}${first}`,
    ...rest.map((line) => indent + line),
    ...details.map((line) => `${indent}  ${oneLine(line)}`),
  ];
}

function read(coverage: Coverage): Row[] {
  const { files, documents, resources, world } = coverage;
  if (files === 0 && liveClusters(coverage).length > 0) return [];
  const parts = [count(files, 'file'), count(documents, 'document'), count(resources, 'resource')];
  return [{ label: 'Read', text: `${parts.join(', ')} (world: ${world})` }];
}

function parts(label: string, all: Coverage['clusters']): Row[] {
  if (all === undefined) return [];
  return [
    {
      label,
      text: all.map(({ name, resources }) => `${name} (${count(resources, 'resource')})`).join(', '),
      names: all.map(({ name, files, mesh }) => `${name}: ${count(files, 'file')}; ${showMesh(mesh)}`),
    },
  ];
}

function notRead({ skipped }: Coverage, { skipReason }: Pick<FormatOptions, 'skipReason'>): Row[] {
  if (skipped.length === 0) return [];
  return [
    {
      label: 'Skipped',
      text: `${count(skipped.length, 'input')}: ${reasons(skipped.map(({ reason }) => skipReason(reason)))}`,
      names: skipped.map(({ path, reason }) => `${path}: ${skipReason(reason)}`),
      unseen: 'named',
    },
  ];
}

function kinds({ otherKinds, kinds }: Coverage, verbose: boolean): Row[] {
  const others = Object.entries(otherKinds);
  const total = others.reduce((sum, [, n]) => sum + n, 0);
  return [
    ...(verbose
      ? [{ label: 'Kinds', text: '', lines: Object.entries(kinds).map(([kind, n]) => `${n} ${kind}`) }]
      : []),
    ...(total > 0
      ? [
          {
            label: 'Other kinds',
            text: `${count(total, 'manifest')} of ${count(others.length, 'kind')} that no rule reads`,
            names: others.map(([kind, n]) => `${n} ${kind}`),
            unseen: 'counted' as const,
          },
        ]
      : []),
  ];
}

const causes: Readonly<Record<Reason['cause'], string>> = {
  disabled: 'disabled',
  'not-chosen': 'not among the rules asked for',
  'opt-in': 'opt-in',
  'out-of-scope': 'nothing to judge',
  idle: 'nothing to judge',
  unread: 'not read',
  'not-installed': 'not installed',
};

function rules({ rules: { ran, skipped, crashed } }: Coverage): Row {
  const parts = [
    `${ran.length} ran`,
    ...(skipped.length > 0
      ? [`${skipped.length} skipped: ${reasons(skipped.map(({ cause }) => causes[cause]))}`]
      : []),
    ...(crashed.length > 0 ? [`${crashed.length} crashed`] : []),
  ];
  return {
    label: 'Rules',
    text: parts.join(', '),
    names: skipped.map(({ rule, code, why }) => `${code} ${rule}: ${why}`),
    lines: crashed.map((rule) => `crashed: ${rule}`),
  };
}

/** Named always: nobody else knows that they were not asked. */
function uncheckedRules({ uncheckedRules: all = [] }: Coverage): Row[] {
  if (all.length === 0) return [];
  return [
    {
      label: 'Not checked',
      text: `${count(all.length, 'rule')} of CustomResourceDefinitions`,
      lines: all.map(
        ({ kind, field, rule, why, file }) =>
          `${kind}${field === '' ? '' : ` ${field}`}: ${rule} (${why}; in ${file})`,
      ),
      unseen: 'named',
    },
  ];
}

function unsettled({ unresolved }: Coverage): Row[] {
  if (unresolved.count === 0) return [];
  return [
    {
      label: 'Unsettled',
      text: `${count(unresolved.count, 'reference')} could be neither found nor called missing`,
      names: unresolved.references.map(
        ({ what, name, from, file, why }) =>
          `${what} ${name}, named by ${showResource(from)}${file === '' ? '' : ` in ${file}`}: ${why}`,
      ),
      unseen: 'counted',
    },
  ];
}

function floating({ floating: n }: Coverage): Row[] {
  if (n === 0) return [];
  const verb = n === 1 ? 'names' : 'name';
  return [
    { label: 'Floating', text: `${count(n, 'manifest')} ${verb} no namespace (-n NAMESPACE places them)` },
  ];
}

function variants({ variants: groups }: Coverage): Row[] {
  if (groups.length === 0) return [];
  return [
    {
      label: 'Variants',
      text: `${count(groups.length, 'group')} of alternatives, not judged against each other`,
      names: groups.map(({ folder, siblings }) => `${folder === '' ? '.' : folder}: ${siblings.join(', ')}`),
    },
  ];
}

/** Fixed entries that are named when nobody asks for all. */
const MOST_FIXED = 10;

function baseline({ baseline: known }: Report, verbose: boolean): Row[] {
  if (known === undefined) return [];
  const { file, fixed } = known;
  const named = fixed.slice(0, verbose ? fixed.length : MOST_FIXED);
  const more = fixed.length - named.length;
  return [
    {
      label: 'Baseline',
      text: `${count(known.known, 'known finding')} in ${file}${fixed.length === 0 ? '' : `; ${fixed.length} fixed (meshlint baseline --prune takes them out):`}`,
      lines: [
        ...named.map(
          ({ code, resource, file, message }) =>
            `${code} ${file}${resource === undefined ? '' : `  ${resource}`}: ${message}`,
        ),
        ...(more > 0 ? [`and ${more} more`] : []),
      ],
    },
  ];
}

function suppressed({ suppressed: all }: Report): Row[] {
  const findings = all.filter(({ suppressed: { by } }) => by !== 'baseline');
  if (findings.length === 0) return [];
  return [
    {
      label: 'Suppressed',
      text: count(findings.length, 'finding'),
      names: findings.map(
        ({ code, resource, suppressed: { reason } }) =>
          `${code} ${resource === undefined ? '' : showResource(resource)}: ${reason}`,
      ),
    },
  ];
}

function showMesh({ rootNamespace, clusterDomain, trustDomain, source }: Coverage['mesh']): string {
  const from = source === undefined ? 'no mesh configuration found: defaults' : `from ${source}`;
  return `root namespace ${rootNamespace}, cluster domain ${clusterDomain}, trust domain ${trustDomain} (${from})`;
}

/** `opt-in (3), disabled`: each reason with how often it was given, most frequent first. */
function reasons(given: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of given) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([reason, n]) => (n === 1 ? reason : `${reason} (${n})`))
    .join(', ');
}
