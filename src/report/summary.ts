import type { Report } from '../engine/report.ts';
import type { FormatOptions } from './format.ts';
import { showInput } from './live.ts';
import { createPalette } from './palette.ts';
import { count } from './words.ts';

/** What was passed over is counted in the coverage part; one note a file would bury the findings. */
export const COUNTED_RULE = 'input/skipped-input';

/** One line: how many findings in how much input. It never says "clean" of what was not seen. */
export function formatSummary(report: Report, options: Pick<FormatOptions, 'color' | 'verbose'>): string {
  const { summary, coverage } = report;
  const { errors, warnings, suppressed, hidden, incomplete } = summary;
  const known = report.baseline?.known ?? 0;
  const counted = options.verbose ? 0 : report.diagnostics.filter(({ rule }) => rule === COUNTED_RULE).length;
  const infos = summary.infos - counted;
  const paint = createPalette(options.color);
  const files = showInput(coverage);
  const found = [
    ...(errors > 0 ? [paint.red(count(errors, 'error'))] : []),
    ...(warnings > 0 ? [paint.yellow(count(warnings, 'warning'))] : []),
    ...(infos > 0 ? [paint.cyan(count(infos, 'note'))] : []),
  ];
  const aside = [
    ...(suppressed > known ? [`${suppressed - known} suppressed`] : []),
    ...(known > 0 ? [`${known} known`] : []),
    ...(hidden > 0 ? [`${hidden} not shown`] : []),
  ];
  const tail = aside.length > 0 ? ` (${aside.join(', ')})` : '';
  const unread = incomplete ? `${paint.red('Incomplete')}: not all of the input could be judged. ` : '';
  const nothing = 'Nothing to judge: no resource that meshlint knows';
  if (found.length > 0) {
    const rest = coverage.resources === 0 ? `. ${nothing}` : '';
    return `${unread}${paint.bold(found.join(', '))} in ${files}${tail}${rest}`;
  }
  if (incomplete) return `${unread}Nothing was found in the rest, ${files}${tail}`;
  if (coverage.resources === 0) return `${nothing} in ${files}${tail}`;
  if (coverage.rules.ran.length === 0)
    return `Nothing to judge: no rule applies to what is in ${files}${tail}`;
  if (hidden > 0) return `Nothing to show in ${files}${tail}`;
  return `${paint.green('No issues found')} in ${files}, ${count(coverage.resources, 'resource')}${tail}`;
}
