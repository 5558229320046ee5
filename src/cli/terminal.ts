// The only place that writes to the terminal.
import { fstatSync, statSync, writeSync } from 'node:fs';

const STDOUT = 1;
const STDERR = 2;
/** As `devNull` of `node:os` says it, which a short run would load for nothing else. */
const NULL_DEVICE = process.platform === 'win32' ? '\\\\.\\nul' : '/dev/null';
/** Pieces are gathered to this many characters before they are written. */
const BLOCK = 1 << 16;
/** Prose is not wrapped wider than this, however wide the terminal. */
const WIDEST = 120;

/** Writes text in pieces to standard output; whoever closes it early is not a failure. */
export function print(pieces: Iterable<string>): void {
  writeAll(STDOUT, pieces);
}

/** Notes, progress and failures: never part of the report. */
export function printError(text: string): void {
  writeAll(STDERR, [text]);
}

/** Asks the file first: what only terminals need (`node:tty`, and streams with it) costs a fifth of a short run. */
export function isTerminal(stream: 'stdout' | 'stderr'): boolean {
  const descriptor = stream === 'stdout' ? STDOUT : STDERR;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isCharacterDevice()) return false;
    if (stats.rdev === statSync(NULL_DEVICE).rdev) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}

/** Columns of the terminal; 80 when the output goes elsewhere. */
export function terminalWidth(terminal = isTerminal('stdout')): { prose: number; code: number } {
  const columns = terminal ? process.stdout.columns : 0;
  return columns > 0
    ? { prose: Math.min(Math.max(columns, 40), WIDEST), code: Math.max(columns - 8, 40) }
    : { prose: 80, code: 140 };
}

/** Colours: what the user says, then FORCE_COLOR and NO_COLOR, then whether it is a terminal. */
export function wantsColor(
  said: boolean | undefined,
  environment: NodeJS.ProcessEnv,
  isShown = () => isTerminal('stdout'),
): boolean {
  if (said !== undefined) return said;
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = environment;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return terminal !== 'dumb' && isShown();
}

/** Writes to an open file; `false` when nobody reads any more. */
export function writeAll(descriptor: number, pieces: Iterable<string>): boolean {
  let gathered = '';
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < BLOCK) continue;
    if (!write(descriptor, gathered)) return false;
    gathered = '';
  }
  return gathered === '' || write(descriptor, gathered);
}

/**
 * Writes at once rather than through `process.stdout`: nothing is pending when the process ends, and the common
 * start does not build streams.
 */
function write(descriptor: number, text: string): boolean {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : '';
      if (code === 'EPIPE') return false;
      if (code !== 'EAGAIN') throw error;
      // The reader is slow, and its end of the pipe does not block.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
  return true;
}
