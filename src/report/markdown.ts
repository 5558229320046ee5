import type { Diagnostic } from '../engine/diagnostic.ts';
import type { Report } from '../engine/report.ts';
import type { Severity } from '../sdk/rule.ts';
import { assumptionOf } from './assumption.ts';
import { coverageRows } from './coverage.ts';
import type { Format, FormatOptions } from './format.ts';
import { oneLine } from './screen.ts';
import { formatSummary } from './summary.ts';
import { findingsOf, type Unread, unreadOf } from './unread.ts';
import { count, helpOf, showOwner, showPath } from './words.ts';

/** Characters that a comment on GitHub may have. */
const LIMIT = 65_536;
/** Kept for the title and what closes the comment. */
const RESERVE = 1_500;
/** Of what was not judged, as many are named. */
const LINES_SHOWN = 20;
/** Places that are named with a reason that several findings share. */
const PLACES_SHOWN = 5;
/** Sentences are cut here: names in the input have no bounds. */
const LONGEST = 800;

const titles = [
  ['error', 'Errors'],
  ['warning', 'Warnings'],
  ['info', 'Notes'],
] as const satisfies readonly (readonly [Severity, string])[];

/** For a comment on a pull request: findings in a table for each severity, the reasons folded; never too long for one. */
export const formatMarkdown: Format = function* ({ report }, options) {
  const room = createRoom(LIMIT - RESERVE);
  const findings = findingsOf(report);
  const title = `### meshlint: ${prose(formatSummary(report, { color: false, verbose: false }))}\n`;
  const incomplete = report.summary.incomplete
    ? room.take(CAUTION, unreadOf(report).map(unreadLine), '')
    : none;
  // What was not seen weighs more than the last of many findings.
  const coverage = options.quiet
    ? none
    : room.take(folded('What was read'), coverageLines(report, options), UNFOLD);
  yield title + incomplete.text;
  if (incomplete.cut > 0) yield `> - and ${incomplete.cut} more\n`;
  let hidden = 0;
  for (const [severity, heading] of titles) {
    const rows = findings.filter((one) => one.severity === severity).map((one) => row(one, options));
    const { text, cut } = rows.length === 0 ? none : room.take(`\n#### ${heading}\n\n${TABLE}`, rows, '');
    hidden += cut;
    yield text;
  }
  if (findings.length > 0) {
    const { text, cut } = room.take(folded('Why, and what to do'), reasons(findings, options), UNFOLD);
    yield text;
    const what = hidden > 0 ? count(hidden, 'more finding') : 'The rest';
    if (hidden + cut > 0)
      yield `\n${what} left out: a comment takes no more. \`meshlint analyze\` shows all.\n`;
    yield '\n`meshlint explain CODE` tells more about a finding.\n';
  }
  yield coverage.text;
};

const CAUTION = '\n> [!CAUTION]\n> Not all of the input could be judged, so there may be more to find.\n';
const TABLE = '| Code | Place | Finding |\n|---|---|---|\n';
const UNFOLD = '\n</details>\n';

/** A part of the comment: the lines that fit, and how many do not. */
interface Part {
  readonly text: string;
  readonly cut: number;
}
const none: Part = { text: '', cut: 0 };

/** Hands out characters of the comment until there are none. */
function createRoom(size: number): { take(head: string, lines: readonly string[], tail: string): Part } {
  let left = size;
  return {
    take(head, lines, tail) {
      let rest = left - head.length - tail.length;
      const end = lines.findIndex((line) => {
        rest -= line.length;
        return rest < 0;
      });
      const shown = end < 0 ? lines : lines.slice(0, end);
      // A head may say something by itself; a fold with nothing in it does not.
      if (shown.length === 0 && tail !== '') return { text: '', cut: lines.length };
      const text = head + shown.join('') + tail;
      left -= text.length;
      return { text, cut: lines.length - shown.length };
    },
  };
}

function unreadLine({ what, help }: Unread): string {
  return `> - ${prose(`${what} ${help}`)}\n`;
}

function coverageLines(report: Report, options: FormatOptions): string[] {
  return coverageRows(report, options).flatMap(({ label, text, lines = [] }) => [
    `- **${label}**: ${prose(text)}\n`,
    ...lines.slice(0, LINES_SHOWN).map((line) => `  - ${prose(line)}\n`),
    ...(lines.length > LINES_SHOWN ? [`  - and ${lines.length - LINES_SHOWN} more\n`] : []),
  ]);
}

function folded(title: string): string {
  return `\n<details><summary>${title}</summary>\n\n`;
}

function row(diagnostic: Diagnostic, options: FormatOptions): string {
  const { code, message, resource, path, location } = diagnostic;
  const about = [resource === undefined ? '' : showOwner(resource, location), showPath(path)];
  const owner = about.filter((part) => part !== '').map((part) => ` ${codeSpan(part)}`);
  const cells = [
    code,
    placeOf(diagnostic, options),
    prose(message) + (owner.length === 0 ? '' : `<br>${owner.join('').trim()}`),
  ];
  // Even in code a bar ends the cell.
  return `| ${cells.map((text) => text.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |\n`;
}

/** Why, and what to do: once for all findings of which the same is said. */
function reasons(findings: readonly Diagnostic[], options: FormatOptions): string[] {
  const places = new Map<string, string[]>();
  for (const diagnostic of findings) {
    const text = [diagnostic.why, helpOf(diagnostic), assumptionOf(diagnostic)]
      .filter((part) => part !== '')
      .map(prose);
    const reason = `**${diagnostic.code}** ${text.join(' ')}`;
    const known = places.get(reason) ?? [];
    places.set(reason, known);
    known.push(placeOf(diagnostic, options));
  }
  return [...places].map(([reason, all]) => {
    const shown = all.filter((place) => place !== '').slice(0, PLACES_SHOWN);
    const more = all.length > shown.length ? [`${all.length - shown.length} more`] : [];
    const where = shown.length === 0 ? '' : ` (${[...shown, ...more].join(', ')})`;
    return `- ${reason}${where}\n`;
  });
}

/** `file:line`, as code. */
function placeOf({ location }: Diagnostic, options: FormatOptions): string {
  if (location === undefined || location.file === '') return '';
  if (location.file === undefined) return `cluster ${codeSpan(location.cluster)}`;
  return codeSpan(`${options.placeOf(location.file)}:${location.line}`);
}

/** A sentence of ours: what stands between backticks is code, all else is what it is, whatever it looks like. */
function prose(text: string): string {
  return shortened(oneLine(text))
    .split(/(`[^`]+`)/)
    .map((part, i) => (i % 2 === 1 ? codeSpan(part.slice(1, -1)) : literal(part)))
    .join('');
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** No markup, and no mention of people and issues. */
function literal(text: string): string {
  return text
    .replace(/[\\`*_{}[\]|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[@#](?=\w)|\bGH-(?=\d)/g, '$&&#8203;');
}

function codeSpan(text: string): string {
  const plain = shortened(oneLine(text));
  if (!plain.includes('`')) return `\`${plain}\``;
  const fence = '`'.repeat(Math.max(...[...plain.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return `${fence} ${plain} ${fence}`;
}
