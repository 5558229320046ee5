// What scalars and keys mean in the slow path: the rules of Kubernetes over the scalars of the `yaml` package.
import type { Scalar } from 'yaml';
import { isIntegerText, resolvePlain } from './scalars.ts';

/** Thrown with a message when a scalar or key is nothing that Kubernetes reads. */
export class Unreadable {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

const TAG_PREFIX = 'tag:yaml.org,2002:';

/** The value of a scalar in the document `slice`. */
export function scalarValue(scalar: Scalar, slice: string): unknown {
  const text = scalarText(scalar, slice);
  const { tag } = scalar;
  if (tag === undefined) return scalar.type === 'PLAIN' ? jsonValue(resolvePlain(text), text) : text;
  if (!tag.startsWith(TAG_PREFIX)) return text; // tags of applications mean nothing to Kubernetes
  return jsonValue(taggedValue(tag.slice(TAG_PREFIX.length), text), text);
}

function scalarText(scalar: Scalar, slice: string): string {
  const text = typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
  const block = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
  // go-yaml: a block scalar that ends with the text has no line break, and its value none.
  const unfinished = block && !slice.endsWith('\n') && (scalar.range?.[1] ?? 0) >= slice.length;
  return unfinished && text.endsWith('\n') ? text.slice(0, -1) : text;
}

function taggedValue(tag: string, text: string): unknown {
  if (tag === 'binary') return decodeBase64(text);
  if (tag === 'str' || tag === 'timestamp') return text;
  const value = resolvePlain(text);
  const fits =
    (tag === 'null' && value === null) ||
    (tag === 'bool' && typeof value === 'boolean') ||
    (tag === 'int' && typeof value === 'number' && isIntegerText(text)) ||
    (tag === 'float' && typeof value === 'number');
  if (fits) return value;
  if (['null', 'bool', 'int', 'float'].includes(tag)) {
    throw new Unreadable(`\`${text}\` is not what the tag \`!!${tag}\` says it is.`);
  }
  return text;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBase64(text: string): string {
  const digits = text.replaceAll(/[\r\n]/g, '');
  if (!BASE64.test(digits)) throw new Unreadable('The value of a `!!binary` tag is not valid base64.');
  return Buffer.from(digits, 'base64').toString('utf8');
}

function jsonValue(value: unknown, text: string): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Unreadable(
      `\`${text}\` is no number that JSON, and so Kubernetes, can hold; quote it if text is meant.`,
    );
  }
  return value;
}

/** The JSON key that Kubernetes makes of a key; `source` is how a plain one is written. */
export function keyText(value: unknown, source = String(value)): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return isIntegerText(source) ? integerKey(value, source) : floatKey(value);
  if (value === null)
    throw new Unreadable('null cannot be a key: quote it if text is meant, or write a name before the `:`.');
  throw new Unreadable('A list or a map cannot be a key: the keys of Kubernetes resources are text.');
}

const LARGEST_KEY = 2n ** 63n - 1n;

function integerKey(value: number, source: string): string {
  if (Number.isSafeInteger(value)) return String(value);
  const digits = source.replaceAll('_', '');
  const magnitude = BigInt(digits.replace(/^[-+]/, '').replace(/^0(?=[0-7])/, '0o'));
  if (magnitude > LARGEST_KEY + (digits.startsWith('-') ? 1n : 0n)) {
    throw new Unreadable(`The number ${source} is too large for a key; quote it if text is meant.`);
  }
  return String(digits.startsWith('-') ? -magnitude : magnitude);
}

const FLOAT32_DIGITS = 9;

/** Go writes the float as a 32-bit one, as short as it can, with an exponent below 1e-4 and from 1e21 on. */
function floatKey(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  let digits = 1;
  while (digits < FLOAT32_DIGITS && Math.fround(Number(single.toExponential(digits - 1))) !== single)
    digits++;
  const [mantissa = '', exponentText = '0'] = single.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return Number(`${mantissa}e${exponent}`).toString();
  const sign = exponent < 0 ? '-' : '+';
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
