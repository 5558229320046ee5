// What is wrong with a broken document, in words of our own and at the place where it can be mended. `yaml` says where
// its reading failed; that is often far behind the mistake, so its error is only where the search starts.
import type { Document, YAMLParseError } from 'yaml';
import { type TextProblem, TOO_DEEP } from './document.ts';
import { findCutToken, findUnclosedBracket, findUnclosedQuote } from './open-tokens.ts';
import { explainStructure } from './structure-errors.ts';
import { contentSpan, lineAt, type TextLine } from './text-lines.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** The first character that Kubernetes' YAML reader refuses wherever it stands. */
export function findForbiddenCharacter(slice: string): TextProblem | undefined {
  const at = slice.search(FORBIDDEN);
  if (at < 0) return undefined;
  const code = slice.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  return {
    message: `The control character U+${code} is not allowed in YAML: remove it.`,
    start: at,
    end: at + 1,
  };
}

/** Text on the line of a `...`, with which the document then starts. */
export function findTextAfterEnd(slice: string): TextProblem | undefined {
  if (!/^\.\.\.[ \t]/.test(slice)) return undefined;
  return {
    message: 'No text can follow `...`: start the next document with a line `---`.',
    ...contentSpan(lineAt(slice, 0), 3),
  };
}

// An unquoted template expression: it starts the line, or the value of a field or of a list item.
const TEMPLATE = /^[ \t]*(?:- +)*(?:[^\s#'"{][^\n'"{]*:[ \t]+)?(\{\{[^\n]*?(?:\}\}|$))/m;
const CONFLICT_MARKER = /^(?:<{7}|>{7}) [^\n]*$/m;

/**
 * A reason for a broken document that lies outside YAML: a template that has not been rendered, or a merge conflict.
 * It must stand on or before the line of the failure at `offset`.
 */
export function explainForeignText(slice: string, offset: number): TextProblem | undefined {
  const { end: lineEnd } = lineAt(slice, offset);
  const conflict = CONFLICT_MARKER.exec(slice);
  if (conflict) {
    const message = 'A merge conflict is left in the file: choose one side and remove the markers.';
    return { message, start: conflict.index, end: conflict.index + conflict[0].length };
  }
  const template = TEMPLATE.exec(slice);
  const expression = template?.[1];
  if (!template || expression === undefined || template.index > lineEnd) return undefined;
  const start = template.index + template[0].length - expression.length;
  const message = 'This is a template, not YAML: render it first, for example by `helm template`.';
  return { message, start, end: start + expression.length };
}

/** Explains the errors that `yaml` found in the document `slice`. Offsets are into it. */
export function explainSyntaxError(
  slice: string,
  document: Document.Parsed,
  error: YAMLParseError,
): TextProblem {
  const start = Math.min(error.pos[0], slice.length);
  const explained = explainByCode(slice, start, error) ?? explainUnclosed(slice, document, error);
  return explained ?? explainStructure(slice, document, start, error) ?? fallback(slice, start, error);
}

/** Mistakes that `yaml` names exactly. */
function explainByCode(slice: string, start: number, error: YAMLParseError): TextProblem | undefined {
  const character = slice.charAt(start);
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return spanning(slice, start, /[ \t]*\t/y, 'Tabs cannot indent YAML: use spaces.');
    case 'BAD_SCALAR_START':
      return one(
        start,
        `A value cannot start with ${character === '`' ? 'a backtick' : `\`${character}\``}: quote it.`,
      );
    case 'BAD_ALIAS':
      return one(start, `\`${character}\` needs a name after it: quote the value if text is meant.`);
    case 'BAD_DQ_ESCAPE':
      return explainEscape(slice, start);
    case 'KEY_OVER_1024_CHARS':
      return one(start, 'A key cannot be longer than 1,024 characters.');
    case 'RESOURCE_EXHAUSTION':
      return one(start, TOO_DEEP);
    case 'MULTIPLE_ANCHORS':
    case 'MULTIPLE_TAGS':
    case 'ALIAS_PROPS':
    case 'BAD_PROP_ORDER':
      return token(
        slice,
        start,
        'A value can have one anchor and one tag, before it and not before an alias.',
      );
    case 'TAG_RESOLVE_FAILED':
      return token(slice, start, 'Unknown tag: quote the value if text is meant.');
    case 'BAD_DIRECTIVE':
      return line(lineAt(slice, start), 'Not a directive that YAML knows.');
    default:
      return explainByMessage(slice, start, error);
  }
}

function explainByMessage(
  slice: string,
  start: number,
  { message }: YAMLParseError,
): TextProblem | undefined {
  if (message.startsWith('Block scalar header includes') || message.startsWith('Not a YAML token')) {
    return explainBlockHeader(slice, start);
  }
  if (message.startsWith('Comments must be')) {
    return one(start, 'A comment needs a space before its `#`; quote the value if text is meant.');
  }
  if (message.startsWith('Missing directives-end')) {
    return one(start, 'Directives have to be followed by a line `---`.');
  }
  if (message.startsWith('Block scalars with more-indented')) {
    return line(
      lineAt(slice, start),
      'The blank lines before this text are indented deeper than it: remove their spaces.',
    );
  }
  return undefined;
}

function explainEscape(slice: string, start: number): TextProblem {
  const written = slice.slice(start, start + 2);
  const message = `\`${written}\` is no escape in double quotes: write \`\\${written}\`, or use single quotes.`;
  return { message, start, end: start + written.length };
}

/** `yaml` points at the text after the header; the indicator may be before blanks. */
function explainBlockHeader(slice: string, start: number): TextProblem | undefined {
  const { start: lineStart } = lineAt(slice, start);
  const indicator = /[|>][-+0-9]*[ \t]*$/.exec(slice.slice(lineStart, start));
  if (!indicator) return undefined;
  const at = lineStart + indicator.index;
  const character = slice.charAt(at);
  return one(
    at,
    `Text cannot follow \`${character}\` on its line: put it on the next line, or quote the whole value if \`${character}\` is part of it.`,
  );
}

function explainUnclosed(
  slice: string,
  document: Document.Parsed,
  error: YAMLParseError,
): TextProblem | undefined {
  if (/^Missing closing ['"]quote/.test(error.message)) {
    const quote = findUnclosedQuote(slice, document.contents);
    if (quote === undefined) return explainCutText(slice, document);
    return one(quote, `This quote is never closed: add a \`${slice.charAt(quote)}\` where the text ends.`);
  }
  if (error.message.startsWith('Flow ') && error.message.includes('end with')) {
    const bracket = findUnclosedBracket(slice, document.contents);
    if (bracket === undefined) return undefined;
    const character = slice.charAt(bracket);
    const closing = character === '[' ? ']' : '}';
    return one(bracket, `This \`${character}\` is never closed: add the missing \`${closing}\`.`);
  }
  return undefined;
}

/** Go would read it; past the budget for such texts, and only there, indentation is asked for. */
function explainCutText(slice: string, document: Document.Parsed): TextProblem | undefined {
  const start = findCutToken(slice, document.contents);
  if (start === undefined) return undefined;
  return one(start, 'The further lines of this text have to be indented deeper than its key.');
}

function fallback(slice: string, start: number, error: YAMLParseError): TextProblem {
  const span = contentSpan(lineAt(slice, start), start);
  return { message: `Not valid YAML: ${error.message.replace(/\.?$/, '.')}`, ...span };
}

function one(start: number, message: string): TextProblem {
  return { message, start, end: start + 1 };
}

function line(textLine: TextLine, message: string): TextProblem {
  return { message, ...contentSpan(textLine, textLine.start) };
}

function token(slice: string, start: number, message: string): TextProblem {
  return spanning(slice, start, /\S*/y, message);
}

function spanning(slice: string, start: number, pattern: RegExp, message: string): TextProblem {
  pattern.lastIndex = start;
  const length = pattern.exec(slice)?.[0].length ?? 1;
  return { message, start, end: start + Math.max(1, length) };
}
