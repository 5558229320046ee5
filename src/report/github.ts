import type { Diagnostic } from '../engine/diagnostic.ts';
import type { Severity } from '../sdk/rule.ts';
import { assumptionOf } from './assumption.ts';
import type { Format, FormatOptions } from './format.ts';
import { oneLine, visible } from './screen.ts';
import { formatSummary } from './summary.ts';
import { findingsOf, unreadOf, unseenLines } from './unread.ts';
import { helpOf, liveOwner } from './words.ts';

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/**
 * Workflow commands, which GitHub shows beside the lines of a pull request. It takes ten of each level from a step, so
 * what is incomplete comes first, and errors before warnings.
 */
export const formatGithub: Format = function* ({ report }, options) {
  const unread = unreadOf(report);
  for (const { path = '', what, help } of unread) {
    const place = path === '' ? {} : { file: options.placeOf(path) };
    yield command('error', { ...place, title: 'meshlint: incomplete' }, `${what}\n${help}`);
  }
  const findings = findingsOf(report);
  for (const severity of ['error', 'warning', 'info'] as const) {
    for (const diagnostic of findings) {
      if (diagnostic.severity === severity) yield finding(diagnostic, options);
    }
  }
  if (options.quiet && findings.length + unread.length === 0) return;
  const rest = options.quiet ? [] : unseenLines(report, options);
  // For the log of the step only: an annotation on every clean run would be noise.
  for (const line of [formatSummary(report, { color: false, verbose: false }), ...rest]) {
    yield `meshlint: ${oneLine(line)}\n`;
  }
};

function finding(diagnostic: Diagnostic, { placeOf }: FormatOptions): string {
  const { severity, code, rule, message, why, location } = diagnostic;
  const text = [message, liveOwner(diagnostic), why, helpOf(diagnostic), assumptionOf(diagnostic)]
    .filter((part) => part !== '')
    .join('\n');
  return command(commands[severity], { ...place(), title: `${code} ${rule}` }, text);

  function place(): Record<string, string | number> {
    if (location?.file === undefined || location.file === '') return {};
    const { line, column, endLine, endColumn } = location;
    // GitHub refuses columns of a place that goes over several lines.
    const columns = line === endLine ? { col: column, endColumn } : {};
    return { file: placeOf(location.file), line, endLine, ...columns };
  }
}

function command(
  name: string,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const given = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(`${value}`)}`);
  return `::${name} ${given.join(',')}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return visible(text.replaceAll('\r\n', '\n')).replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
