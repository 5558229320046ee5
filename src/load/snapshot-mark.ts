// How a snapshot of a cluster is told from other files: by its first bytes, whatever it is called.

/** What the first line of a snapshot begins with. */
export const SNAPSHOT_MARK = '{"meshlint":"snapshot",';
const GZIP = [0x1f, 0x8b] as const;
/** More than enough compressed bytes to see the mark. */
const PROBE = 1024;

/** Whether a file is a snapshot, compressed or not. */
export function isSnapshot(bytes: Uint8Array): boolean {
  if (bytes[0] !== GZIP[0] || bytes[1] !== GZIP[1]) return hasMark(bytes);
  const { constants, gunzipSync } = process.getBuiltinModule('node:zlib');
  try {
    // The end is missing on purpose: what is there is given out all the same.
    return hasMark(gunzipSync(bytes.subarray(0, PROBE), { finishFlush: constants.Z_SYNC_FLUSH }));
  } catch {
    return false;
  }
}

function hasMark(bytes: Uint8Array): boolean {
  if (bytes[0] !== SNAPSHOT_MARK.charCodeAt(0)) return false;
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SNAPSHOT_MARK.length)).equals(
    Buffer.from(SNAPSHOT_MARK),
  );
}
