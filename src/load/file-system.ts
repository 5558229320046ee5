import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';

/** One name in a folder; a link is neither a file nor a folder until it is followed. */
export interface FolderEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** What this room asks of the file system; tests hand in one that fails on purpose. */
export interface FileSystem {
  list(folder: string): FolderEntry[];
  read(file: string): Buffer;
  /** Follows links. */
  isFolder(path: string): boolean;
  realPath(path: string): string;
  /** Where other programs find what is at a path, when the disk is not in this state. */
  onDisk?(path: string): string;
}

export const nodeFileSystem: FileSystem = {
  list: (folder) => readdirSync(folder, { withFileTypes: true }),
  read: (file) => readFileSync(file),
  isFolder: (path) => statSync(path).isDirectory(),
  realPath: (path) => realpathSync.native(path),
};

/** The system's code of a failed call: `ENOENT`, `EACCES`, … */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist (any more)',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the disk reports an error',
};

/** Why a call failed, as the second half of a sentence. */
export function explainFailure(error: unknown): string {
  const known = reasons[codeOf(error)];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}
