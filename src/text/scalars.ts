// What plain (unquoted) scalars mean. Kubernetes reads YAML by sigs.k8s.io/yaml, which is go-yaml v2: neither
// YAML 1.1 nor 1.2. `yes` is true and 0777 is octal as in 1.1, but 1:30 is text and so is a date.
import { DASH, DOT, PLUS, ZERO } from './chars.ts';

const TRUE_WORDS = ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'];
const FALSE_WORDS = ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'];
const NULL_WORDS = ['~', 'null', 'Null', 'NULL'];
const NAN_WORDS = ['.nan', '.NaN', '.NAN'];
const INFINITY_WORDS = ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'];
const NEGATIVE_INFINITY_WORDS = ['-.inf', '-.Inf', '-.INF'];

const WORDS = new Map<string, unknown>([
  ...TRUE_WORDS.map((word) => [word, true] as const),
  ...FALSE_WORDS.map((word) => [word, false] as const),
  ...NULL_WORDS.map((word) => [word, null] as const),
  ...NAN_WORDS.map((word) => [word, Number.NaN] as const),
  ...INFINITY_WORDS.map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...NEGATIVE_INFINITY_WORDS.map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);
const LONGEST_WORD = 5;

// What a scalar may be besides text, by its first character: most scalars are settled by this one look-up.
const MAY_BE_WORD = 1;
const MAY_BE_NUMBER = 2;
const FIRST_CHARACTER = new Uint8Array(128);
for (const character of '~tTfFyYnNoO') FIRST_CHARACTER[character.charCodeAt(0)] = MAY_BE_WORD;
for (const character of '0123456789') FIRST_CHARACTER[character.charCodeAt(0)] = MAY_BE_NUMBER;
for (const character of '+-.') FIRST_CHARACTER[character.charCodeAt(0)] = MAY_BE_WORD | MAY_BE_NUMBER;

const DECIMAL = /^[-+]?(?:0|[1-9][0-9]*)$/;
const OCTAL = /^([-+]?)0[oO]?([0-7]+)$/;
const HEXADECIMAL = /^([-+]?)0[xX]([0-9a-fA-F]+)$/;
const BINARY = /^([-+]?)0[bB]([01]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** After a leading dot Go wants every underscore to stand between two digits; elsewhere they may be anywhere. */
const STRAY_UNDERSCORE = /(?<![0-9])_|_(?![0-9])/;
const SAFE_DIGITS = 15;
const RADIX_PREFIX = { 2: '0b', 8: '0o', 16: '0x' } as const;

/** Whether a plain scalar that starts with this character may be anything but text. */
export function mayResolve(firstCharacter: number): boolean {
  return firstCharacter < 128 && FIRST_CHARACTER[firstCharacter] !== 0;
}

/** go-yaml v2's reading of a plain scalar, as Kubernetes has it. */
export function resolvePlain(text: string): unknown {
  if (text.length === 0) return null;
  const first = text.charCodeAt(0);
  const kind = first < 128 ? (FIRST_CHARACTER[first] ?? 0) : 0;
  if (kind === 0) return text;
  if (kind & MAY_BE_WORD && text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  return kind & MAY_BE_NUMBER ? resolveNumber(text) : text;
}

/** Whether a plain scalar that is a number is written as an integer that Go holds as such. */
export function isIntegerText(text: string): boolean {
  const digits = text.replaceAll('_', '');
  const largest = largestInteger(/^[-+]/.exec(digits)?.[0] ?? '');
  if (DECIMAL.test(digits)) return BigInt(digits.replace(/^[-+]/, '')) <= largest;
  return resolveBased(digits) !== undefined;
}

function resolveNumber(text: string): unknown {
  if (text.length <= SAFE_DIGITS && DECIMAL.test(text)) return Number(text) || 0; // -0 is the integer 0
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  if (text.charCodeAt(0) === DOT) return STRAY_UNDERSCORE.test(text) ? text : resolveFloat(digits, text);
  if (DECIMAL.test(digits)) return Number(digits);
  return resolveBased(digits) ?? resolveFloat(digits, text);
}

/** An integer that names its base by how it begins: `0x1f`, `0o17`, `017`, `0b11`. */
function resolveBased(digits: string): number | undefined {
  const first = digits.charCodeAt(0);
  const start = first === PLUS || first === DASH ? 1 : 0;
  if (digits.charCodeAt(start) !== ZERO) return undefined;
  return (
    resolveRadix(OCTAL.exec(digits), 8) ??
    resolveRadix(HEXADECIMAL.exec(digits), 16) ??
    resolveRadix(BINARY.exec(digits), 2)
  );
}

/** Integers of another base; undefined when there is none or when it has more than 64 bits. */
function resolveRadix(match: RegExpExecArray | null, radix: 2 | 8 | 16): number | undefined {
  const [, sign = '', digits] = match ?? [];
  if (digits === undefined) return undefined;
  const magnitude = Number.parseInt(digits, radix);
  if (magnitude > Number.MAX_SAFE_INTEGER && BigInt(RADIX_PREFIX[radix] + digits) > largestInteger(sign))
    return undefined;
  return sign === '-' ? -magnitude || 0 : magnitude;
}

/** Go reads unsigned integers only where no sign is written. */
function largestInteger(sign: string): bigint {
  if (sign === '') return 2n ** 64n - 1n;
  return sign === '-' ? 2n ** 63n : 2n ** 63n - 1n;
}

function resolveFloat(digits: string, text: string): unknown {
  const value = Number(digits);
  return Number.isFinite(value) && FLOAT.test(digits) ? value : text; // Go: out of range stays text
}
