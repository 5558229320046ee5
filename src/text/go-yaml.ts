// What YAML 1.2, and so the `yaml` package, allows and go-yaml refuses or reads in another way.
import { isScalar } from 'yaml';
import { refuse, type Span } from './refusal.ts';

// No indentation indicator, and the first line that is not blank has a tab where its indentation ends.
const TAB_INDENTED = /[|>][-+]?[ \t]*(?:#.*)?\n(?: *\n)* *(?=\t)/y;

/** go-yaml finds no indentation where a tab follows it. `span` is that of a block scalar. */
export function requireIndentation(slice: string, { start }: Span): void {
  TAB_INDENTED.lastIndex = start;
  const match = TAB_INDENTED.exec(slice);
  if (match === null) return;
  const tab = start + match[0].length;
  refuse('The text of a block scalar cannot start with a tab: indent it by spaces.', {
    start: tab,
    end: tab + 1,
  });
}

/**
 * go-yaml ends a plain scalar in a flow collection at every `?`, and lets none start with `:`: what YAML 1.2 reads as
 * text is an error to Kubernetes.
 */
export function requireFlowText(slice: string, node: unknown): void {
  if (!isScalar(node) || node.type !== 'PLAIN' || !node.range) return;
  const [start, end] = node.range;
  const text = slice.slice(start, end);
  const character = text.startsWith(':') ? ':' : text.includes('?') ? '?' : undefined;
  if (character === undefined) return;
  refuse(`Inside \`[ ]\` and \`{ }\`, text with \`${character}\` has to be quoted.`, { start, end });
}

/**
 * The end of a plain key in a flow collection when the colon after it belongs to its text, as in `[fe80::]`: to go-yaml
 * it does unless a gap follows.
 */
export function endWithGluedColon(slice: string, key: unknown): number | undefined {
  if (!isScalar(key) || key.type !== 'PLAIN' || !key.range) return undefined;
  let colon = key.range[1];
  while (slice.charAt(colon) === ' ') colon++;
  if (slice.charAt(colon) !== ':') return undefined;
  const next = slice.charAt(colon + 1);
  if (next === '[' || next === '{') refuse('Write a space after the `:`.', { start: colon, end: colon + 1 });
  return next === ',' || next === ']' || next === '}' ? colon + 1 : undefined;
}

// A key whose colon stands on a later line.
const COLON_BELOW = /[ \t]*(?:#[^\n]*)?\n(?:[ \t\n]|#[^\n]*\n)*:/y;
// `?`, which lets a key have lines of its own, and the anchor and tag that may follow it.
const EXPLICIT_KEY = /\?[ \t\n]*(?:[&!]\S*[ \t\n]+)*$/;
const LONGEST_PROPERTIES = 200;

/** go-yaml wants a key and its colon on one line. `span` is that of the key. */
export function requireKeyOnOneLine(slice: string, span: Span): void {
  COLON_BELOW.lastIndex = span.end;
  if (!slice.slice(span.start, span.end).includes('\n') && !COLON_BELOW.test(slice)) return;
  if (EXPLICIT_KEY.test(slice.slice(Math.max(0, span.start - LONGEST_PROPERTIES), span.start))) return;
  refuse('A key and its `:` have to stand on one line.', span);
}

/** go-yaml takes no tab between the `-` of a list item and its value. */
export function requireNoTabAfterDash(slice: string, itemStart: number): void {
  let pos = itemStart;
  while (pos > 0 && ' \t'.includes(slice.charAt(pos - 1))) pos--;
  if (slice.charAt(pos - 1) !== '-' || !slice.slice(pos, itemStart).includes('\t')) return;
  refuse('A tab cannot follow the `-` of a list item: use a space.', { start: pos, end: itemStart });
}

const BLANK_LINES = /[ \t]*\n(?:[ \t]*\n)*[ \t]*/y;
const LEADING_SPACES = /\n *(?=\t)/g;

/**
 * go-yaml takes the blank lines after a plain scalar for its own: tabs in them are no harm to the right of the block's
 * `indent`. The span of the scalar and of those lines.
 */
export function withBlankLines(slice: string, span: Span, indent: number): Span {
  BLANK_LINES.lastIndex = span.end;
  const blanks = BLANK_LINES.exec(slice)?.[0] ?? '';
  if (!blanks.includes('\t')) return span;
  for (const [spaces] of blanks.matchAll(LEADING_SPACES)) if (spaces.length - 1 <= indent) return span;
  return { start: span.start, end: span.end + blanks.length };
}

const TAB_AT_LINE_START = /^ *\t/gm;

/**
 * go-yaml takes no tab in the indentation of a line, not even of a blank one, unless the line belongs to a scalar or a
 * flow collection. `within` are the spans of those, in the order of the text.
 */
export function requireNoTabIndents(slice: string, within: readonly Span[]): void {
  let index = 0;
  for (const { index: start, 0: blanks } of slice.matchAll(TAB_AT_LINE_START)) {
    while (index < within.length && (within[index]?.end ?? 0) <= start) index++;
    if ((within[index]?.start ?? slice.length) < start) continue;
    const tab = start + blanks.length;
    refuse('A tab stands where only spaces can: remove it.', { start: tab - 1, end: tab });
  }
}
