import type { Diagnostic } from '../engine/diagnostic.ts';
import type { Format } from './format.ts';
import { oneLine } from './screen.ts';
import { formatSummary } from './summary.ts';
import { findingsOf, UNREAD, unreadOf, unseenLines } from './unread.ts';
import { showOwner, showPath } from './words.ts';

/** One line for each finding, `file:line:column: severity code message`, as editors and grep read it. */
export const formatCompact: Format = function* ({ report }, options) {
  const findings = findingsOf(report);
  for (const diagnostic of findings) yield `${oneLine(finding(diagnostic))}\n`;
  const unread = unreadOf(report);
  for (const { path, what, help } of unread) {
    yield `${oneLine(`${inFile(path ?? '')}: error ${UNREAD} ${what} ${help}`)}\n`;
  }
  if (options.quiet && findings.length + unread.length === 0) return;
  // Without a place, so that nobody takes these for findings.
  const rest = options.quiet ? [] : unseenLines(report, options);
  for (const line of [formatSummary(report, { color: false, verbose: false }), ...rest]) {
    yield `meshlint: ${oneLine(line)}\n`;
  }
};

function finding(diagnostic: Diagnostic): string {
  const { severity, code, message, suggestion } = diagnostic;
  const hint = suggestion === undefined || message.includes(suggestion) ? '' : ` Did you mean ${suggestion}?`;
  return `${placeOf(diagnostic)}: ${severity} ${code} ${message}${hint}`;
}

function placeOf({ location, resource, path }: Diagnostic): string {
  if (location === undefined) return inFile('');
  if (location.file !== undefined) return inFile(location.file, location);
  const about = [resource === undefined ? '' : showOwner(resource, location), showPath(path)];
  return [`cluster ${location.cluster}`, ...about].filter((part) => part !== '').join(' ');
}

function inFile(file: string, { line, column } = { line: 1, column: 1 }): string {
  return file === '' ? 'meshlint' : `${file}:${line}:${column}`;
}
