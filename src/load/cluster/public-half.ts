// Certificates without their keys: what can be told of a Secret while nothing in it is secret any more.
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { asObject, asText, pick } from './json.ts';

type Fields = Record<string, unknown>;

/** Where istiod looks for certificates and their keys (pilot/pkg/credentials/kube/secrets.go). */
const certificateKeys = ['tls.crt', 'ca.crt', 'cert', 'cacert'] as const;
const privateKeys = ['tls.key', 'key'] as const;

/** Stands for what was there and says nothing. */
export const WITHHELD = Buffer.from('withheld').toString('base64');

/**
 * A Secret as it is kept: certificates as they are, and in the place of each private key the public key that belongs to
 * it, which still shows whether the two fit. What cannot be read is replaced by a word, other entries are dropped.
 */
export function publicHalfOf({ metadata, data, type }: Fields): Fields {
  const entries = asObject(data) ?? {};
  const kept: Fields = {};
  for (const key of certificateKeys) {
    const text = textOf(entries[key]);
    if (text !== undefined) kept[key] = encode(certificatesIn(text));
  }
  for (const key of privateKeys) {
    const text = textOf(entries[key]);
    if (text !== undefined) kept[key] = encode(publicKeyOf(text));
  }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: pick(asObject(metadata) ?? {}, ['name', 'namespace', 'labels', 'creationTimestamp']),
    ...(type === undefined ? {} : { type }),
    data: kept,
  };
}

/** Entries that are empty count as missing, for istiod too. */
function textOf(entry: unknown): string | undefined {
  const text = Buffer.from(asText(entry) ?? '', 'base64').toString('latin1');
  return text === '' ? undefined : text;
}

function encode(text: string | undefined): string {
  return text === undefined ? WITHHELD : Buffer.from(text).toString('base64');
}

/** The certificates of a chain up to the first that cannot be read; undefined when that is the very first. */
function certificatesIn(pem: string): string | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const read: string[] = [];
  for (const block of blocks) {
    try {
      // Written anew, so that nothing passes but the certificate itself.
      read.push(new X509Certificate(block).toString());
    } catch {
      break;
    }
  }
  return read.length === 0 ? undefined : read.join('');
}

function publicKeyOf(pem: string): string | undefined {
  // A public key alone would be read as one, and is no private key.
  try {
    return createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString();
  } catch {
    return undefined;
  }
}
