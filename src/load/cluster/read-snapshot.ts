// From a snapshot back to what was read from the cluster.
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { LiveObject, LiveState, UnreadCluster } from '../../model/live.ts';
import { isManifest, isMapping, isText, type Mapping } from '../classify.ts';
import { ClusterError } from './cluster-error.ts';
import { type Asked, readHead, type SnapshotHead } from './snapshot-head.ts';

/** What a snapshot holds of one cluster. */
export interface SnapshotState {
  readonly state: LiveState;
  /** When it was read, as `2026-11-21T12:00:00Z`. */
  readonly taken: string;
  readonly asked: Asked;
  /** Clusters that were to be read as well, and could not be. */
  readonly unread: readonly UnreadCluster[];
}

const TAKE_ANEW = 'Take it again: meshlint snapshot --output-file FILE.';
/** No object of an API server comes near: etcd refuses what is larger than a few megabytes. */
const LONGEST_LINE = 1 << 26;
const CHUNK = 1 << 16;
const LINE_FEED = 0x0a;

/**
 * Reads a snapshot as a whole, one state for each cluster in it; `name` is what the file is called in messages. Throws a
 * ClusterError for one that is cut off, damaged or of a newer meshlint: half a snapshot would say that things are
 * absent which are not.
 */
export async function readSnapshot(bytes: Uint8Array, name: string): Promise<readonly SnapshotState[]> {
  const states: SnapshotState[] = [];
  let head: SnapshotHead | undefined;
  let objects: LiveObject[] = [];
  let part = { part: 0, parts: 0 };
  let number = 0;
  for await (const line of linesOf(bytes, name)) {
    number++;
    const at = `line ${number}`;
    const value = parse(line);
    if (value === undefined) throw damaged(name, `${at} is no JSON object`);
    if (head === undefined) {
      const read = readHead(value);
      if ('newer' in read) throw newer(name, read.newer);
      if ('wrong' in read) throw damaged(name, `${at} does not say what it has to: ${read.wrong}`);
      const next = part.part === part.parts ? 1 : part.part + 1;
      if (read.part !== next)
        throw damaged(name, `${at} begins cluster ${read.part} of ${read.parts}, not ${next}`);
      head = read;
      part = read;
    } else if (Object.hasOwn(value, 'end')) {
      if (value.end !== objects.length)
        throw damaged(name, `${at} counts other objects than the ${objects.length} before it`);
      const { state, taken, asked, unread } = head;
      states.push({ state: { ...state, objects }, taken, asked, unread });
      head = undefined;
      objects = [];
    } else {
      if (!isObject(value)) throw damaged(name, `${at} is no Kubernetes object`);
      objects.push({ value });
    }
  }
  if (head !== undefined || part.part < part.parts) throw cutOff(name);
  return states;
}

function parse(line: Buffer): Mapping | undefined {
  if (!isUtf8(line)) return undefined;
  try {
    const value: unknown = JSON.parse(line.toString());
    return isMapping(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: Mapping): boolean {
  return isManifest(value) && isMapping(value.metadata) && isText(value.metadata.name);
}

/** The lines of a file, which may be compressed; each of them has an end. */
async function* linesOf(bytes: Uint8Array, name: string): AsyncIterable<Buffer> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const chunk of textOf(bytes, name)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)]);
      rest = [];
      length = 0;
      start = end + 1;
    }
    rest.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LONGEST_LINE) throw damaged(name, 'a line of it is longer than any object');
  }
  if (length > 0) throw cutOff(name);
}

async function* textOf(bytes: Uint8Array, name: string): AsyncIterable<Buffer> {
  const chunks = chunksOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  if (bytes[0] !== 0x1f) {
    yield* chunks;
    return;
  }
  // Errors of the stream reach whoever reads it.
  const unzipped: AsyncIterable<Buffer> = Readable.from(chunks).pipe(createGunzip());
  try {
    yield* unzipped;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw error.code === 'Z_BUF_ERROR' ? cutOff(name) : damaged(name, 'it does not unpack');
  }
}

function* chunksOf(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

function cutOff(name: string): ClusterError {
  return new ClusterError('snapshot', `The snapshot ${name} is cut off: its end is missing.`, TAKE_ANEW);
}

function damaged(name: string, why: string): ClusterError {
  return new ClusterError('snapshot', `The snapshot ${name} is damaged: ${why}.`, TAKE_ANEW);
}

function newer(name: string, tool: string): ClusterError {
  return new ClusterError(
    'snapshot',
    `The snapshot ${name} was taken by a newer meshlint${tool === '' ? '' : ` (${tool})`}.`,
    'Update meshlint, or take the snapshot with this one.',
  );
}
