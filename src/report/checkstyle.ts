import type { Diagnostic } from '../engine/diagnostic.ts';
import { assumptionOf } from './assumption.ts';
import type { Format } from './format.ts';
import { formatSummary } from './summary.ts';
import { findingsOf, passedOver, UNREAD, unreadOf, unseenLines } from './unread.ts';
import { helpOf, liveOwner } from './words.ts';
import { attributes, element, escapeXml } from './xml.ts';

/** The XML of Checkstyle, which many build servers read: errors by file. */
export const formatCheckstyle: Format = function* ({ report }, options) {
  const files = new Map<string, string[]>();
  function add(path: string, error: string): void {
    const errors = files.get(path);
    if (errors === undefined) files.set(path, [error]);
    else errors.push(error);
  }
  const problem = (severity: string, source: string, message: string): string =>
    element('error', { line: 1, severity, message, source: `meshlint.${source}` });

  for (const { path = '', what, help } of unreadOf(report)) {
    add(placeOf(path), problem('error', UNREAD, `${what} ${help}`));
  }
  for (const diagnostic of findingsOf(report)) {
    add(placeOf(diagnostic.location?.file ?? ''), finding(diagnostic));
  }
  if (!options.quiet) {
    for (const { id, path, what } of passedOver(report, options))
      add(placeOf(path), problem('info', id, what));
  }
  const rest = options.quiet ? [] : unseenLines(report, options);
  const about = [formatSummary(report, { color: false, verbose: false }), ...rest].join('\n');
  // Two hyphens would end a comment.
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<!-- ${escapeXml(about).replace(/-(?=-|$)/g, '- ')} -->\n`;
  yield '<checkstyle version="4.3">\n';
  for (const [name, errors] of files) {
    yield `  <file${attributes({ name })}>\n`;
    for (const error of errors) yield `    ${error}\n`;
    yield '  </file>\n';
  }
  yield '</checkstyle>\n';

  function placeOf(file: string): string {
    return file === '' ? '.' : options.placeOf(file);
  }
};

function finding(diagnostic: Diagnostic): string {
  const { severity, code, rule, message, location } = diagnostic;
  return element('error', {
    line: location?.line ?? 1,
    column: location?.column,
    severity,
    message: [code, message, liveOwner(diagnostic), helpOf(diagnostic), assumptionOf(diagnostic)]
      .filter((part) => part !== '')
      .join(' '),
    // Jenkins takes the last part for the type and what stands before it for the category.
    source: `meshlint.${rule.replaceAll('/', '.')}`,
  });
}
