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
const curves: Readonly<Record<string, readonly string[]>> = {
  EC: ['P-256', 'P-384', 'P-521', 'secp256k1'],
  OKP: ['Ed25519', 'Ed448', 'X25519', 'X448'],
};
const base64 = /^(?:[-_A-Za-z0-9]*|[+/A-Za-z0-9]*)=*$/;

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
  if (needed === undefined || typeof kty !== 'string')
    return `is of a type that is not known (${JSON.stringify(kty)})`;
  for (const part of 'd' in key && kty !== 'oct' ? [...needed, 'd'] : needed) {
    const value = key[part];
    if (value === undefined || value === null) return `lacks "${part}"`;
    if (part === 'crv') {
      if (typeof value !== 'string' || !curves[kty]?.includes(value))
        return 'is on a curve ("crv") that is not known';
    } else if (typeof value !== 'string' || !base64.test(value)) {
      return `has a "${part}" that is not base64`;
    }
  }
  return undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
