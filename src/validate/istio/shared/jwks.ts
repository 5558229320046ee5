/** A set of keys as a RequestAuthentication holds it inline. */
export type Jwks =
  /** Where keys hold private parts, by their index. */
  { readonly secret: readonly number[] } | { readonly fault: string; readonly help: string };

type Fields = Readonly<Record<string, unknown>>;

/** The parts of a key that its type cannot do without, and those that must be texts in base64. */
const parts: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
  oct: ['k'],
};
/** What else a key may say about itself. */
const texts = ['alg', 'kid', 'use', 'x5t', 'x5t#S256', 'x5u'];
const lists = ['key_ops', 'x5c'];
const base64 = /^(?:[-_A-Za-z0-9]*|[+/A-Za-z0-9]*)={0,2}$/;

/** Reads a set of JSON Web Keys, or a single key, as istiod does (jwx's `jwk.Parse`). */
export function parseJwks(text: string): Jwks {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: 'is not JSON', help: 'Write the JSON document that holds the key set' };
  }
  if (!isFields(value)) return { fault: 'is not a key set', help: 'Write {"keys": […]}' };
  const keys = value.keys === undefined ? [value] : (value.keys ?? []);
  if (!Array.isArray(keys)) return { fault: 'has keys that are no list', help: 'Write {"keys": […]}' };
  const secret: number[] = [];
  for (const [index, key] of keys.entries()) {
    const fault = isFields(key) ? keyFault(key) : 'is no mapping';
    if (fault !== undefined) {
      return {
        fault:
          value.keys === undefined
            ? `has no "keys", and as a single key ${fault}`
            : `has a key (number ${index + 1}) that ${fault}`,
        help: 'Write public keys as the issuer publishes them, {"keys": […]}',
      };
    }
    if (isFields(key) && (key.kty === 'oct' || 'd' in key)) secret.push(index);
  }
  return { secret };
}

function keyFault(key: Fields): string | undefined {
  const { kty } = key;
  if (kty === undefined) return 'has no type ("kty")';
  const needed = typeof kty === 'string' && Object.hasOwn(parts, kty) ? parts[kty] : undefined;
  if (needed === undefined) return 'is of a type ("kty") that is not known';
  for (const part of 'd' in key && kty !== 'oct' ? [...needed, 'd'] : needed) {
    const value = key[part];
    if (value === undefined || value === null) return `lacks "${part}"`;
    if (typeof value !== 'string') return `has a "${part}" that is no text`;
    // A curve that is not known is for the proxy to judge.
    if (part !== 'crv' && !isBase64(value)) return `has a "${part}" that is not base64`;
  }
  const odd = texts.find((name) => (key[name] ?? null) !== null && typeof key[name] !== 'string');
  if (odd !== undefined) return `has a "${odd}" that is no text`;
  const unlisted = lists.find((name) => (key[name] ?? null) !== null && !isTexts(key[name]));
  return unlisted === undefined ? undefined : `has a "${unlisted}" that is no list of texts`;
}

/** Base64 of either alphabet; when it is filled up, it must be to whole groups of four. */
function isBase64(text: string): boolean {
  return base64.test(text) && (text.endsWith('=') ? text.length % 4 === 0 : text.length % 4 !== 1);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
