// Files whose changes are kept in memory until all are known, and then written one by one, each as a whole.
import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { decode } from '../load/decode.ts';
import { encodeLike } from '../load/encode.ts';
import { explainFailure, type FileSystem, nodeFileSystem } from '../load/file-system.ts';

/** A file that shall change. */
export interface EditedFile {
  /** As reports name it. */
  readonly path: string;
  /** Where it is, links followed. */
  readonly real: string;
  readonly before: Buffer;
  after: Buffer;
}

/** The disk, with changes on top that it does not know yet. */
export interface EditedFiles {
  readonly fileSystem: FileSystem;
  readonly all: readonly EditedFile[];
  /** Text of the file that a report names so, byte order mark and line ends included; undefined where there is none. */
  read(path: string): string | undefined;
  /** Gives a file that was read another text. */
  change(path: string, text: string): void;
  /** Lets go of all changes: the disk has them. */
  forget(): void;
}

export function createEditedFiles(cwd: string): EditedFiles {
  const byReal = new Map<string, EditedFile>();

  function open(path: string): EditedFile | undefined {
    try {
      const real = realpathSync.native(resolve(cwd, path));
      const known = byReal.get(real);
      if (known !== undefined) return known;
      const before = readFileSync(real);
      // Kept from the first look on: what is written later replaces exactly this.
      const file: EditedFile = { path, real, before, after: before };
      byReal.set(real, file);
      return file;
    } catch {
      return undefined;
    }
  }

  return {
    fileSystem: { ...nodeFileSystem, read: (file) => byReal.get(file)?.after ?? nodeFileSystem.read(file) },
    get all() {
      return [...byReal.values()].filter(({ before, after }) => !before.equals(after));
    },
    read(path) {
      const file = open(path);
      const decoded = file === undefined ? undefined : decode(file.after);
      return decoded !== undefined && 'text' in decoded ? decoded.text : undefined;
    },
    forget: () => byReal.clear(),
    change(path, text) {
      const file = open(path);
      if (file !== undefined) file.after = encodeLike(file.before, text);
    },
  };
}

/** Text of a file for people to read. */
export function textOf(bytes: Buffer): string {
  const decoded = decode(bytes);
  return 'text' in decoded ? decoded.text : '';
}

/**
 * Puts the new content in place of the old as one step, with its permissions: whoever reads meets the one or the
 * other. Says why where that cannot be done; then the file is as it was.
 */
export function writeEdited({ real, before, after }: EditedFile): string | undefined {
  const aside = join(dirname(real), `.${basename(real)}.${process.pid}.meshlint`);
  try {
    accessSync(real, constants.W_OK);
    if (!readFileSync(real).equals(before)) return 'it was changed by somebody else meanwhile';
    const { mode, uid, gid } = statSync(real);
    const file = openSync(aside, 'wx', 0o600);
    try {
      writeFileSync(file, after);
      fchmodSync(file, mode & 0o7777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    keepOwner(aside, uid, gid);
    renameSync(aside, real);
    return undefined;
  } catch (error) {
    rmSync(aside, { force: true });
    return explainFailure(error);
  }
}

/** Only the system's administrator may give files away; for all others the file is their own before and after. */
function keepOwner(path: string, uid: number, gid: number): void {
  const own = statSync(path);
  if (own.uid === uid && own.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch {
    // The content counts more than who owns it.
  }
}
