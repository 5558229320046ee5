// What scalars and keys mean in the slow path: the rules of Kubernetes over the scalars of the `yaml` package.
import { parseDocument, type Scalar } from 'yaml';
import { refuse, type Span } from './refusal.ts';
import { isIntegerText, resolvePlain } from './scalars.ts';
import type { Patched } from './stand-ins.ts';

const TAG_PREFIX = 'tag:yaml.org,2002:';

/** One document. */
export interface DocumentText {
  /** As it is written. */
  readonly written: string;
  /** With all its line breaks made line feeds. */
  readonly slice: string;
  /** What is already read, by its offset. */
  readonly standIns: Patched['standIns'];
}

/** The value of a scalar that stands at `span`. */
export function scalarValue(scalar: Scalar, text: DocumentText, span: Span): unknown {
  const content = scalarText(scalar, text, span);
  const { tag } = scalar;
  if (tag === undefined) return scalar.type === 'PLAIN' ? resolvePlain(content) : content;
  if (!tag.startsWith(TAG_PREFIX)) return content; // tags of applications mean nothing to Kubernetes
  return taggedValue(tag.slice(TAG_PREFIX.length), content, span);
}

const SEPARATOR = /[\u2028\u2029]/;

function scalarText(scalar: Scalar, { written, slice, standIns }: DocumentText, span: Span): string {
  const text = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
  if (isQuoted(scalar)) {
    // Line and paragraph separators are breaks that stay themselves.
    const quoted = written.slice(span.start, span.end);
    if (SEPARATOR.test(quoted)) return String(parseDocument(quoted, { schema: 'failsafe' }).toJS());
    return String(standIns.get(span.start)?.value ?? text);
  }
  // go-yaml: a block scalar that ends with the text has no line break at its end, and so its value has none.
  const unfinished = isBlock(scalar) && !slice.endsWith('\n') && span.end >= slice.length;
  return unfinished && text.endsWith('\n') ? text.slice(0, -1) : text;
}

function isQuoted(scalar: Scalar): boolean {
  return scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE';
}

export function isBlock(scalar: Scalar): boolean {
  return scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
}

function taggedValue(tag: string, text: string, span: Span): unknown {
  if (tag === 'binary') return decodeBase64(text, span);
  const value = resolvePlain(text);
  if (fitsTag(tag, text, value)) return value;
  if (CHECKED_TAGS.has(tag)) refuse(`\`${text}\` is not what the tag \`!!${tag}\` says it is.`, span);
  return text;
}

const CHECKED_TAGS: ReadonlySet<string> = new Set(['null', 'bool', 'int', 'float']);

function fitsTag(tag: string, text: string, value: unknown): boolean {
  if (tag === 'null') return value === null;
  if (tag === 'bool') return typeof value === 'boolean';
  return typeof value === 'number' && (tag === 'float' || (tag === 'int' && isIntegerText(text)));
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBase64(text: string, span: Span): string {
  const digits = text.replaceAll('\n', '');
  if (!BASE64.test(digits)) refuse('The value of a `!!binary` tag has to be base64.', span);
  return Buffer.from(digits, 'base64').toString('utf8');
}

/** Refuses the numbers that go-yaml knows and JSON does not. */
export function requireJson(value: unknown, span: Span): void {
  if (typeof value !== 'number' || Number.isFinite(value)) return;
  refuse('JSON, and so Kubernetes, has neither infinity nor NaN: quote it if text is meant.', span);
}

/** The JSON key that Kubernetes makes of a key at `span`; `source` is how a plain one is written. */
export function keyText(value: unknown, source: string, span: Span): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number')
    return isIntegerText(source) ? integerKey(value, source, span) : floatKey(value);
  if (value !== null)
    refuse('A list or a map cannot be a key: the keys of Kubernetes resources are text.', span);
  if (source === '') refuse('A field without a name: write a key before the `:`.', span);
  return refuse('null cannot be a key: quote it if text is meant.', span);
}

const LARGEST_KEY = 2n ** 63n - 1n;

function integerKey(value: number, source: string, span: Span): string {
  if (Number.isSafeInteger(value)) return String(value);
  const digits = source.replaceAll('_', '');
  const magnitude = BigInt(digits.replace(/^[-+]/, '').replace(/^0(?=[0-7])/, '0o'));
  if (digits.startsWith('-')) return String(-magnitude);
  if (magnitude > LARGEST_KEY) refuse('This number is too large for a key: quote it if text is meant.', span);
  return String(magnitude);
}

const FLOAT32_DIGITS = 9;

/** Go writes the float as a 32-bit one, as short as it can, with an exponent below 1e-4 and from 1e6 on. */
function floatKey(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  let digits = 1;
  while (digits < FLOAT32_DIGITS && Math.fround(Number(single.toExponential(digits - 1))) !== single)
    digits++;
  const shortest = single.toExponential(digits - 1);
  const [mantissa = '', exponentText = ''] = shortest.split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return Object.is(single, -0) ? '-0' : String(Number(shortest));
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
