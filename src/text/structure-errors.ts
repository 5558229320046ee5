// Mistakes in the layout of a document: indentation, missing colons and spaces, values where none can be.
import type { Document, YAMLParseError } from 'yaml';
import type { TextProblem } from './document.ts';
import { findLateQuote } from './open-tokens.ts';
import { contentSpan, lineAt, nextContentLine, previousContentLine, type TextLine } from './text-lines.ts';

/** Explains an error that `yaml` reports at offset `start` of the document `slice`. */
export function explainStructure(
  slice: string,
  document: Document.Parsed,
  start: number,
  error: YAMLParseError,
): TextProblem | undefined {
  const line = lineAt(slice, start);
  const { message } = error;
  switch (error.code) {
    case 'BAD_INDENT':
      return wrongIndentation(slice, line);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return secondColon(line, start) ?? deeperThanValue(slice, line) ?? wrongIndentation(slice, line);
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_IN_FLOW':
      return inFlow(slice, document, start) ?? explainKeyLine(slice, line, start);
    case 'MISSING_CHAR':
      if (message.startsWith('Missing , ') || message.includes('between flow'))
        return missingComma(slice, start);
      return explainKeyLine(slice, line, start);
    default:
      return explainUnexpected(slice, document, line, start, message);
  }
}

// `key:value`: a colon that no space follows. URLs and times have more after it than a key would.
const GLUED_COLON = /^(?:- +)*[\w./-]+(:)[^\s:/]/;
const GLUED_DASH = /^-[^\s-]/;
const LIST_ITEM = /^-(?:\s|$)/;

/** A line that is no `key: value`. */
function explainKeyLine(slice: string, line: TextLine, start: number): TextProblem | undefined {
  const content = line.text.trimStart();
  const contentStart = line.start + line.indent;
  const colon = GLUED_COLON.exec(content);
  if (colon) {
    const at = contentStart + colon[0].length - 2;
    return { message: 'A space is missing after the `:`.', start: at, end: at + 1 };
  }
  if (start > contentStart) return deeperThanValue(slice, line);
  if (LIST_ITEM.test(content)) return listItemAmongFields(slice, line);
  if (GLUED_DASH.test(content) && followsListItem(slice, line)) {
    return { message: 'A space is missing after the `-`.', start: contentStart, end: contentStart + 1 };
  }
  return { message: 'This is no `key: value`: the `:` is missing.', ...contentSpan(line, start) };
}

function followsListItem(slice: string, line: TextLine): boolean {
  const previous = previousContentLine(slice, line);
  return previous !== undefined && /^-/.test(previous.text.trimStart());
}

function listItemAmongFields(slice: string, line: TextLine): TextProblem | undefined {
  const previous = previousContentLine(slice, line);
  if (!previous || LIST_ITEM.test(previous.text.trimStart())) return undefined;
  if (previous.indent > line.indent) return wrongIndentation(slice, line);
  return {
    message:
      'A list item cannot stand here: the line before has a value already, and fields and items do not mix.',
    ...contentSpan(line, line.start),
  };
}

const SECOND_COLON = /:(?=\s|$)/g;

/** `key: value: more` on one line; `start` is where the value starts. */
function secondColon(line: TextLine, start: number): TextProblem | undefined {
  SECOND_COLON.lastIndex = start - line.start;
  const match = SECOND_COLON.exec(line.text);
  if (!match) return undefined;
  return {
    message: 'A second `: ` on one line: quote the value, or put the inner field on a line of its own.',
    start: line.start + match.index,
    end: line.start + match.index + 1,
  };
}

/** The line after is indented as if it belonged to a line that has a value already. */
function deeperThanValue(slice: string, line: TextLine): TextProblem | undefined {
  const next = nextContentLine(slice, line);
  if (!next || next.indent <= line.indent) return undefined;
  return {
    message: 'Indented deeper than the line before, which has a value already: one of the two is wrong.',
    ...contentSpan(next, next.start),
  };
}

function wrongIndentation(slice: string, line: TextLine): TextProblem {
  const above = indentsAbove(slice, line);
  const expected =
    above.length > 1 ? `${above.slice(0, -1).join(', ')} or ${above.at(-1)}` : String(above[0] ?? 0);
  return {
    message: `Wrong indentation: this line is indented by ${line.indent}, and the lines above it allow ${expected}.`,
    ...contentSpan(line, line.start),
  };
}

/** Indentations of the blocks that are open above a line, ascending: those of fields and those of list items. */
function indentsAbove(slice: string, line: TextLine): number[] {
  const indents = new Set<number>();
  let innermost = Number.POSITIVE_INFINITY;
  for (
    let above = previousContentLine(slice, line);
    above && innermost > 0;
    above = previousContentLine(slice, above)
  ) {
    if (above.indent >= innermost) continue;
    innermost = above.indent;
    indents.add(innermost);
    const item = /^(?:- +)+(?=[^\s-].*:(?:\s|$))/.exec(above.text.trimStart());
    if (item) indents.add(innermost + item[0].length);
  }
  return [...indents].sort((a, b) => a - b);
}

/** Inside brackets, what looks like a key over two lines is two entries without a comma. */
function inFlow(slice: string, document: Document.Parsed, start: number): TextProblem | undefined {
  const { contents } = document;
  const json = contents !== null && 'flow' in contents && contents.flow === true;
  return json ? missingComma(slice, start) : undefined;
}

function missingComma(slice: string, start: number): TextProblem {
  const before = slice.slice(0, start).trimEnd();
  const line = lineAt(slice, start);
  const onOneLine = before.length >= line.start && before.length > 0;
  const message = 'A `,` is missing between two entries.';
  if (onOneLine && !/[,:[{]$/.test(before)) return { message, ...contentSpan(line, start) };
  const next = nextContentLine(slice, line);
  return { message, ...(next && onOneLine ? contentSpan(next, next.start) : contentSpan(line, start)) };
}

/** "Unexpected … at node end" and its kin. */
function explainUnexpected(
  slice: string,
  document: Document.Parsed,
  line: TextLine,
  start: number,
  message: string,
): TextProblem | undefined {
  const character = slice.charAt(start);
  const before = slice.slice(line.start, start).trimEnd();
  if (message.startsWith('Unexpected ,')) {
    return { message: 'An entry is missing before this `,`.', start, end: start + 1 };
  }
  if (character === ']' || character === '}') {
    return {
      message: `This \`${character}\` closes nothing: remove it, or quote the text.`,
      start,
      end: start + 1,
    };
  }
  if (before === '' && character === ':') {
    return { message: 'A key and its `:` have to stand on one line.', start, end: start + 1 };
  }
  if (before === '') return outsideRoot(slice, line, start);
  if (/["']$/.test(before)) {
    const late = findLateQuote(slice, document.contents, line.start + before.length);
    if (late !== undefined) {
      const missing =
        'This quote is not closed on its line, and the next one, lines below, ends its text too late.';
      return { message: missing, start: late, end: late + 1 };
    }
    const quoteLine = 'Text after the closing quote: quote the whole value, or double the quotes inside it.';
    return { message: quoteLine, ...contentSpan(line, start) };
  }
  if (/[\]}]$/.test(before)) {
    return { message: 'Text after the closing bracket: quote the whole value.', ...contentSpan(line, start) };
  }
  if (before.endsWith(':') && character === '-') {
    return {
      message: 'A list cannot start on the line of its key: put it on the next line.',
      start,
      end: start + 1,
    };
  }
  return undefined;
}

/** A line at which the document should have ended. */
function outsideRoot(slice: string, line: TextLine, start: number): TextProblem | undefined {
  const first = nextContentLine(slice, { start: 0, end: -1, text: '', indent: 0 });
  if (first && line.indent < first.indent) {
    return {
      message: `Indented less than the first line of the document, which has ${first.indent} spaces.`,
      ...contentSpan(line, start),
    };
  }
  if (first && LIST_ITEM.test(first.text.trimStart()) && !LIST_ITEM.test(line.text.trimStart())) {
    return {
      message: 'A field cannot follow a list: start the line with `- `, or the next document with `---`.',
      ...contentSpan(line, start),
    };
  }
  return undefined;
}
