import type { KeyObject, X509Certificate } from 'node:crypto';
import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';
import type { ServerTls } from '../../model/kinds.gen.ts';
import type { Ref } from '../../model/names.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { credentialRef, type SecretSource, secrets } from './secrets.ts';

type Secret = Resource<'Secret'>;

/** Modes in which a server shows a certificate of its own; without a mode it passes TLS through. */
const terminating: ReadonlySet<string | undefined> = new Set(['SIMPLE', 'MUTUAL', 'OPTIONAL_MUTUAL']);

/** Whether a server ends TLS with a certificate that its settings name. */
export function terminatesTls(tls: ServerTls | undefined): tls is ServerTls {
  return tls !== undefined && terminating.has(tls.mode);
}

/** What keeps a Secret from serving as the certificate of a server. */
export interface CredentialFault {
  readonly kind: 'keys' | 'certificate' | 'expired' | 'early' | 'weak' | 'key' | 'mismatch';
  /** The key of the entry at fault; '' when entries are missing. */
  readonly key: string;
  /** The day on which the certificate ends or begins. */
  readonly date: string;
}

interface Entry {
  readonly key: string;
  readonly written: string;
  readonly text: string;
}

export interface Certificates {
  /**
   * What is wrong with the certificate of a Secret, if anything; `unclear` when what is loaded need not be what is
   * applied.
   */
  faultOf(secret: Secret): CredentialFault | 'fine' | 'unclear';
}

/** Certificates in Secrets, each read once. */
export const certificates = view({}, (graph): Certificates => {
  const faults = new Map<Secret, ReturnType<Certificates['faultOf']>>();
  const now = Date.now();
  return {
    faultOf: (secret) =>
      ensure(faults, secret, () => (isUnclear(graph, secret) ? 'unclear' : (faultIn(secret, now) ?? 'fine'))),
  };
});

/** The pairs of keys that istiod knows, in its order (`ExtractCertInfo` in pilot/pkg/credentials/kube/secrets.go). */
const pairs = [
  ['cert', 'key'],
  ['tls.crt', 'tls.key'],
] as const;
/** The keys of the certificate by which clients are checked (`ExtractRoot`, same file). */
const authorityKeys = ['cacert', 'ca.crt'] as const;

const PEM_HEADER = '-----BEGIN ';

/** Outside a closed world a value that does not look like a certificate may be filled in later, or decrypted. */
function isUnclear(graph: Graph, secret: Secret): boolean {
  if (graph.changedBy(secret) !== undefined) return true;
  if (isLive(secret) || graph.isClosed('Secret', secret.namespace)) return false;
  const pair = pairOf(secret);
  if (pair !== undefined) return !pair.every(({ text }) => text.includes(PEM_HEADER)) || pair.some(isElided);
  const { data = {}, stringData = {} } = secret.body;
  const values = [...Object.values(data), ...Object.values(stringData)];
  return !values.some((value) => value.includes(PEM_HEADER) || decode(value).includes(PEM_HEADER));
}

/** A Secret of a cluster stands here without its private keys: the public ones that belong to them take their place. */
function isLive({ origin }: Secret): boolean {
  return origin.source.live !== undefined;
}

/** The beginning of a certificate, as documentation shows it. */
function isElided({ written }: Entry): boolean {
  return /\.\.\.|…|<[^>]*>/.test(written);
}

function pairOf(secret: Secret): readonly [Entry, Entry] | undefined {
  for (const [certificateKey, privateKey] of pairs) {
    const certificate = entryOf(secret, certificateKey);
    const key = entryOf(secret, privateKey);
    if (certificate !== undefined && key !== undefined) return [certificate, key];
  }
  return undefined;
}

/** A value that is not empty; `stringData` is written over `data`. */
function entryOf({ body }: Secret, key: string): Entry | undefined {
  const { data = {}, stringData = {} } = body;
  if (Object.hasOwn(stringData, key))
    return nonEmpty({ key, written: stringData[key] ?? '', text: stringData[key] ?? '' });
  return Object.hasOwn(data, key)
    ? nonEmpty({ key, written: data[key] ?? '', text: decode(data[key] ?? '') })
    : undefined;
}

function nonEmpty(entry: Entry): Entry | undefined {
  return entry.text === '' ? undefined : entry;
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

/**
 * The checks of istiod (`ValidateCertificate` in pilot/pkg/xds/sds.go), then those of Envoy, which refuses keys that
 * do not fit and RSA keys of less than 2048 bits.
 */
function faultIn(secret: Secret, now: number): CredentialFault | undefined {
  const pair = pairOf(secret);
  if (pair === undefined) return { kind: 'keys', key: '', date: '' };
  const [certificateEntry, keyEntry] = pair;
  const certificate = readCertificate(certificateEntry.text);
  if (certificate === undefined) return { kind: 'certificate', key: certificateEntry.key, date: '' };
  const end = Date.parse(certificate.validTo);
  if (now > end) return { kind: 'expired', key: certificateEntry.key, date: dayOf(end) };
  const start = Date.parse(certificate.validFrom);
  if (now < start) return { kind: 'early', key: certificateEntry.key, date: dayOf(start) };
  const key = readKey(keyEntry.text, isLive(secret));
  if (key === undefined) return { kind: 'key', key: keyEntry.key, date: '' };
  const fits = key.type === 'public' ? certificate.publicKey.equals(key) : certificate.checkPrivateKey(key);
  if (!fits) return { kind: 'mismatch', key: keyEntry.key, date: '' };
  return isWeak(key) ? { kind: 'weak', key: certificateEntry.key, date: '' } : undefined;
}

const WEAKEST_RSA_KEY = 2048;

function isWeak({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  const bits = asymmetricKeyDetails?.modulusLength;
  return asymmetricKeyType === 'rsa' && bits !== undefined && bits < WEAKEST_RSA_KEY;
}

/** Most inputs hold no certificate: what reads them is loaded for the first that does. */
function crypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

function readCertificate(pem: string): X509Certificate | undefined {
  if (!pem.includes(PEM_HEADER)) return undefined;
  try {
    return new (crypto().X509Certificate)(pem);
  } catch {
    return undefined;
  }
}

function readKey(pem: string, isPublic: boolean): KeyObject | undefined {
  if (!pem.includes(PEM_HEADER)) return undefined;
  try {
    return isPublic ? crypto().createPublicKey(pem) : crypto().createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function dayOf(time: number): string {
  return Number.isNaN(time) ? 'an unreadable date' : new Date(time).toISOString().slice(0, 10);
}

/** A Secret that a server names: the name as written, and its index where there are several. */
export interface NamedCredential {
  readonly name: string;
  readonly index: number | undefined;
}

/** Every Secret that a server names for a certificate of its own; several names win over a single one. */
export function namedCredentials(tls: ServerTls): readonly NamedCredential[] {
  const several = tls.credentialNames ?? [];
  if (several.length > 0) return several.map((name, index) => ({ name, index }));
  const name = tls.credentialName ?? '';
  return name === '' ? [] : [{ name, index: undefined }];
}

/**
 * The Secret that a server misses to check the certificates of its clients: `NAME-cacert`, or an entry in the Secret
 * of that name (`GetCaCert` in pilot/pkg/credentials/kube/secrets.go). Undefined where it needs none, or has it, or
 * nobody can tell.
 */
export function missingAuthority(
  graph: Graph<'Secret' | 'Certificate' | 'ExternalSecret' | 'SealedSecret'>,
  tls: ServerTls,
  namespace: string,
  from: Resource,
): Ref | undefined {
  if (tls.mode !== 'MUTUAL' && tls.mode !== 'OPTIONAL_MUTUAL') return undefined;
  if ((tls.caCertCredentialName ?? '') !== '') return undefined;
  const [first] = namedCredentials(tls);
  const own = first && credentialRef(first.name, namespace);
  if (own === undefined) return undefined;
  const store = secrets(graph);
  const found = store.find(own, from);
  // Its absence is a finding of its own.
  if (found.state !== 'found' || found.all.some((source) => holdsAuthority(graph, source))) return undefined;
  const separate = { ...own, name: `${own.name}-cacert` };
  const lookup = store.find(separate, from);
  if (lookup.state === 'found')
    return lookup.all.some((source) => holdsAuthority(graph, source)) ? undefined : separate;
  return lookup.state === 'absent' ? own : undefined;
}

/** Whether a Secret has, or may come to have, the certificate by which clients are checked. */
function holdsAuthority(graph: Graph, source: SecretSource): boolean {
  if (!isKind(source, 'Secret')) return true;
  if (authorityKeys.some((key) => entryOf(source, key) !== undefined)) return true;
  return (
    graph.changedBy(source) !== undefined ||
    (!isLive(source) && !graph.isClosed('Secret', source.namespace) && pairOf(source) === undefined)
  );
}
