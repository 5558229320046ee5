// Certificates for tests, made anew in each run by node:crypto alone: no key is kept anywhere, and no tool is needed.
// Node reads X.509 but writes none, so the few structures are put together here (RFC 5280, in DER as X.690 has it).
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM (PKCS #8). */
  readonly key: string;
}

export interface Authority extends Certificate {
  readonly issue: (request: CertificateRequest) => Certificate;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** Kubernetes takes them for groups. */
  readonly organizations?: readonly string[];
  /** DNS names, and IPv4 addresses. */
  readonly names?: readonly string[];
  /** Days until it expires; negative for one that has. */
  readonly days?: number;
}

const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const basicConstraints = '2.5.29.19';
const alternativeNames = '2.5.29.17';
const keyPurposes = '2.5.29.37';
const serverPurpose = '1.3.6.1.5.5.7.3.1';
const clientPurpose = '1.3.6.1.5.5.7.3.2';
/** Days, longer than any test. */
const lifetime = 10;

/** A certificate authority that issues certificates for servers and clients. */
export function createAuthority(commonName: string): Authority {
  const { privateKey, publicKey } = newKey();
  const issuer = distinguishedName(commonName);
  const extensions = [extension(basicConstraints, true, sequence(boolean(true)))];
  return {
    cert: certificate({ subject: issuer, publicKey, extensions, issuer, signer: privateKey, days: lifetime }),
    key: keyPem(privateKey),
    issue: ({ commonName: name, organizations = [], names = [], days = lifetime }) => {
      const pair = newKey();
      const own = [
        extension(basicConstraints, true, sequence()),
        extension(keyPurposes, false, sequence(oid(serverPurpose), oid(clientPurpose))),
        ...(names.length === 0
          ? []
          : [extension(alternativeNames, false, sequence(...names.map(alternativeName)))]),
      ];
      const subject = distinguishedName(name, organizations);
      return {
        cert: certificate({
          subject,
          publicKey: pair.publicKey,
          extensions: own,
          issuer,
          signer: privateKey,
          days,
        }),
        key: keyPem(pair.privateKey),
      };
    },
  };
}

function newKey(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function certificate(parts: {
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly issuer: Buffer;
  readonly signer: KeyObject;
  readonly days: number;
}): string {
  const day = 24 * 60 * 60 * 1000;
  const expiry = Date.now() + parts.days * day;
  const algorithm = sequence(oid(ecdsaWithSha256));
  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(randomBytes(12)),
    algorithm,
    parts.issuer,
    sequence(time(Math.min(Date.now(), expiry) - day), time(expiry)),
    parts.subject,
    parts.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...parts.extensions)),
  );
  const signature = sign('sha256', toBeSigned, parts.signer);
  return pem('CERTIFICATE', sequence(toBeSigned, algorithm, bits(signature)));
}

function distinguishedName(commonName: string, organizations: readonly string[] = []): Buffer {
  const attribute = (type: string, value: string): Buffer =>
    tagged(0x31, sequence(oid(type), tagged(0x0c, Buffer.from(value))));
  return sequence(
    ...organizations.map((one) => attribute('2.5.4.10', one)),
    attribute('2.5.4.3', commonName),
  );
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), tagged(0x04, value));
}

function alternativeName(name: string): Buffer {
  const isAddress = /^[\d.]+$/.test(name);
  return isAddress
    ? tagged(0x87, Buffer.from(name.split('.').map(Number)))
    : tagged(0x82, Buffer.from(name, 'latin1'));
}

/** An element of DER: its tag, its length, its content. */
function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), body]);
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...long]), body]);
}

function sequence(...content: readonly Buffer[]): Buffer {
  return tagged(0x30, ...content);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

/** A number that is not negative, in as few bytes as DER wants. */
function integer(value: Buffer): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.from([0]) : value.subarray(first);
  return tagged(0x02, Buffer.from((short[0] ?? 0) > 0x7f ? [0] : []), short);
}

function bits(value: Buffer): Buffer {
  return tagged(0x03, Buffer.from([0]), value);
}

/** Object identifiers: base 128, all bytes but the last of a number with the highest bit set. */
function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const base128 = (value: number): number[] =>
    value < 0x80 ? [value] : [...base128(Math.floor(value / 0x80)).map((byte) => byte | 0x80), value % 0x80];
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** UTCTime, which reaches to 2049. */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
