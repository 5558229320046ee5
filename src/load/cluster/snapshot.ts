// The file that keeps what was read from a cluster: one JSON text a line, the first of them about all others.
//
//   {"meshlint":"snapshot","version":1,…,"cluster":"prod",…,"outcomes":[…]}
//   {"apiVersion":"v1","kind":"Namespace",…}
//   {"end":1}
//
// Several clusters follow each other in one file, and files that follow each other are one. Whether it is compressed
// does not matter to who reads it.
import type { LiveState, UnreadCluster } from '../../model/live.ts';
import { isMapping, type Mapping } from '../classify.ts';
import { SNAPSHOT_MARK } from '../snapshot-mark.ts';
import { withoutCopies } from './copies.ts';
import { WITHHELD } from './public-half.ts';
import { createRedactor } from './redact.ts';
import { type Asked, SNAPSHOT_VERSION } from './snapshot-head.ts';

export interface SnapshotOptions {
  /** Whether what may tell too much is masked. */
  readonly redact: boolean;
  /** Version of meshlint that writes it. */
  readonly tool: string;
  /** When the clusters were read, as `2026-11-21T12:00:00Z`. */
  readonly taken: string;
  readonly asked: Asked;
  /** Clusters that were to be read as well, and could not be. */
  readonly unread?: readonly UnreadCluster[];
}

/** The lines of a snapshot, each with its end. */
export async function* snapshotLines(
  states: readonly LiveState[],
  { redact: redacted, tool, taken, asked, unread = [] }: SnapshotOptions,
): AsyncIterable<string> {
  const redactor = redacted ? createRedactor() : undefined;
  for (const [i, { objects, ...about }] of states.entries()) {
    const place = {
      version: SNAPSHOT_VERSION,
      tool,
      taken,
      redacted,
      part: i + 1,
      parts: states.length,
      asked,
      unread: i > 0 ? [] : redacted ? unread.map(withoutWords) : unread,
    };
    yield `${SNAPSHOT_MARK}${JSON.stringify({ ...place, ...(redactor?.about(about) ?? about) }).slice(1)}\n`;
    for (const { value } of objects) {
      const known = withoutSecrets(value);
      yield `${JSON.stringify((await redactor?.object(known)) ?? known)}\n`;
    }
    yield `{"end":${objects.length}}\n`;
  }
}

/** What went wrong names servers, users and files. */
function withoutWords({ name }: UnreadCluster): UnreadCluster {
  return { name, why: 'It could not be read.', help: '' };
}

/** Whatever reading let through: of Secrets, only what anybody may see is kept. */
function withoutSecrets(value: Mapping): Mapping {
  if (value.kind !== 'Secret' || value.apiVersion !== 'v1') return value;
  const { data, stringData: _, metadata, ...rest } = value;
  return {
    ...rest,
    metadata: isMapping(metadata) ? withoutCopiesIn(metadata) : metadata,
    ...(isMapping(data) ? { data: publicEntries(data) } : {}),
  };
}

function withoutCopiesIn({ annotations, ...metadata }: Mapping): Mapping {
  return isMapping(annotations) ? { ...metadata, annotations: withoutCopies(annotations) } : metadata;
}

function publicEntries(data: Mapping): Mapping {
  return Object.fromEntries(Object.entries(data).filter(([, entry]) => isPublic(entry)));
}

const PUBLIC = /-----BEGIN (CERTIFICATE|PUBLIC KEY)-----[A-Za-z0-9+/=\s]*-----END \1-----/g;

/** Whether the base64 of an entry holds nothing but certificates and public keys, or says that it is withheld. */
function isPublic(entry: unknown): boolean {
  if (typeof entry !== 'string') return false;
  return (
    entry === WITHHELD || Buffer.from(entry, 'base64').toString('latin1').replace(PUBLIC, '').trim() === ''
  );
}
