// New keys and values as text, in the style of what stands around them.
import type { FieldValue } from '../text/edit.ts';
import { resolvePlain } from '../text/scalars.ts';

export type Quotes = 'plain' | 'single' | 'double';

/** How a scalar is written that starts like this. */
export function quotesOf(written: string): Quotes {
  if (written.startsWith('"')) return 'double';
  return written.startsWith("'") ? 'single' : 'plain';
}

/** Text that means the same with and without quotes wherever it stands; far less than what YAML would take. */
const PLAIN = /^[A-Za-z0-9_./][A-Za-z0-9_./@+*=-]*(?::[A-Za-z0-9_./@+*=-]+)*$/;
const PRINTABLE = /^[\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;

/** A text, in these quotes if it can be. */
export function writeText(text: string, quotes: Quotes): string {
  if (quotes === 'plain' && PLAIN.test(text) && resolvePlain(text) === text) return text;
  if (quotes === 'single' && PRINTABLE.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text);
}

/** A text, a number or a boolean. */
function writeScalar(value: string | number | boolean, quotes: Quotes): string {
  return typeof value === 'string' ? writeText(value, quotes) : String(value);
}

const STEP = '  ';

/** A value of a block mapping whose keys are indented by `indent`: what follows the colon. */
export function writeBlock(value: FieldValue, indent: string): string {
  if (typeof value !== 'object') return ` ${writeScalar(value, 'plain')}`;
  const inner = indent + STEP;
  const lines = Array.isArray(value)
    ? value.map((item: FieldValue) => `-${writeItem(item, inner)}`)
    : Object.entries(value).map(([key, field]) => `${writeText(key, 'plain')}:${writeBlock(field, inner)}`);
  if (lines.length === 0) return Array.isArray(value) ? ' []' : ' {}';
  return lines.map((line) => `\n${inner}${line}`).join('');
}

/** The first field of a mapping stands on the line of its dash. */
function writeItem(item: FieldValue, indent: string): string {
  return writeBlock(item, indent).replace(/^\n\s*/, ' ');
}

/** A value inside of `{}` or `[]`; with all texts in double quotes where the text around is JSON. */
export function writeFlow(value: FieldValue, quotes: Quotes): string {
  if (typeof value !== 'object') return writeScalar(value, quotes);
  if (Array.isArray(value)) return `[${value.map((item: FieldValue) => writeFlow(item, quotes)).join(', ')}]`;
  const fields = Object.entries(value).map(
    ([key, field]) => `${writeText(key, quotes)}: ${writeFlow(field, quotes)}`,
  );
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
