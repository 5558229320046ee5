// Telling text that some tool has yet to render from text that is wrong.

/** Marks of Go templates, Jinja and ERB, and of `envsubst`. */
const MARK = /\{\{|\{%|<%|\$\{/;

/** The marks that make text no YAML any more; `${NAME}` is an ordinary scalar. */
const BREAKING_MARK = /\{\{|\{%|<%/;

/** Whether there is any mark of a template; most files have none, and need no closer look. */
export function hasTemplateMarks(text: string): boolean {
  return text.includes('{{') || text.includes('${') || text.includes('<%') || text.includes('{%');
}

/** Whether what makes a manifest that manifest is left open. */
export function isOpen(manifest: Record<string, unknown>): boolean {
  const { apiVersion, kind, metadata } = manifest;
  if (isMarked(apiVersion) || isMarked(kind)) return true;
  if (typeof metadata !== 'object' || metadata === null) return false;
  return (
    ('name' in metadata && isMarked(metadata.name)) ||
    ('namespace' in metadata && isMarked(metadata.namespace))
  );
}

export function isMarked(value: unknown): boolean {
  return typeof value === 'string' && MARK.test(value);
}

/** A line that opens a block scalar: `run: |`, `- >-`. */
const BLOCK_SCALAR = /(?:^|[\s:-])[|>](?:[+-]?[1-9]?|[1-9][+-])\s*(?:\s#.*)?$/;

/**
 * Whether text that does not parse has marks of a template where YAML reads them as structure: not in a comment, a
 * quoted or a block scalar. Goes line by line; a quoted scalar over several lines is not recognised.
 */
export function isBrokenByTemplate(text: string, start: number, end: number): boolean {
  let block = -1; // indentation of the line that opened the block scalar
  for (const line of text.slice(start, end).split('\n')) {
    const indentation = line.search(/\S/);
    if (indentation < 0 || (block >= 0 && indentation > block)) continue;
    block = BLOCK_SCALAR.test(line) ? indentation : -1;
    if (BREAKING_MARK.test(line) && hasBareMark(line)) return true;
  }
  return false;
}

/** Keeps hostile lines cheap. */
const LONGEST_ACTION = 1000;

function hasBareMark(line: string): boolean {
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    const marked = BREAKING_MARK.test(line.slice(at, at + 2));
    if (quote === '') {
      if (marked) return true;
      if (char === '#' && (at === 0 || /\s/.test(line[at - 1] ?? ''))) return false;
      if (char === '"' || char === "'") quote = char;
    } else if (marked && closesInside(line, at, quote)) return true;
    else if (char === '\\' && quote === '"') at++;
    else if (char === quote) quote = '';
  }
  return false;
}

/** `"{{ include "name" . }}"`: the action holds the quote that YAML takes for the end of the scalar. */
function closesInside(line: string, at: number, quote: string): boolean {
  const action = line.slice(at, at + LONGEST_ACTION);
  const close = action.search(/\}\}|%\}|%>/);
  return close >= 0 && action.slice(0, close).includes(quote);
}
