import type { ValueReport } from '../../value-check.ts';
import { quoted } from './fault.ts';
import { isDnsLabel } from './names.ts';

interface Options {
  /** ServiceEntries may be exported to nobody, `~`. */
  readonly mayHide?: boolean;
  /** What applies to some clients only stays in its namespace. */
  readonly ownNamespaceOnly?: boolean;
}

/** Checks `exportTo` (`validateExportTo`, config/validation). */
export function checkExportTo(
  report: ValueReport,
  exportTo: readonly string[] | undefined,
  namespace: string | undefined,
  { mayHide = false, ownNamespaceOnly = false }: Options = {},
): void {
  if (exportTo === undefined) return;
  const seen = new Set<string>();
  for (const [index, entry] of exportTo.entries()) {
    const key = entry === '.' && namespace !== undefined ? namespace : entry;
    if (seen.has(key)) {
      const twice =
        key === entry ? `${quoted(entry)} is listed` : `This namespace is listed, as . and by its name,`;
      report.error(exportTo, index, `${twice} more than once`, 'List each namespace once');
      continue;
    }
    if (entry === '~' && !mayHide) {
      report.error(
        exportTo,
        index,
        'exportTo ~ (nobody) is for ServiceEntries only',
        'Write . for this namespace only',
      );
    } else if (entry !== '~' && entry !== '.' && entry !== '*' && !isDnsLabel(entry)) {
      const help = 'Write . for this namespace, * for all, or the name of one';
      report.error(exportTo, index, `${quoted(entry)} is not a namespace`, help);
    } else {
      seen.add(key);
    }
    if (ownNamespaceOnly && key !== namespace && entry !== '.') {
      report.error(
        exportTo,
        index,
        `A workloadSelector works in its own namespace, and ${quoted(entry)} exports beyond it`,
        'Write . alone, or leave exportTo out',
      );
    }
  }
  if (exportTo.length < 2) return;
  for (const [index, entry] of exportTo.entries()) {
    if (entry === '*')
      report.error(exportTo, index, '* (all namespaces) stands beside other entries', 'List * alone');
    if (entry === '~' && mayHide) {
      report.error(exportTo, index, '~ (nobody) stands beside other entries', 'List ~ alone');
    }
  }
}
