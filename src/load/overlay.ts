import { basename, dirname, join, resolve } from 'node:path';
import type { FileSystem, FolderEntry } from './file-system.ts';

/** A file that is not as it is on disk. */
export interface OverlayFile {
  readonly isLink: boolean;
  /** Its bytes; of a link, the path that it leads to. */
  content(): Buffer;
}

/**
 * The files on disk, but for some that are different, or (undefined) not there: the same folders in another state.
 * Paths are absolute, without links.
 */
export function overlay(disk: FileSystem, files: ReadonlyMap<string, OverlayFile | undefined>): FileSystem {
  const folders = foldersOf(files);

  /** Where a path leads when the overlay's own links are followed. */
  function realPath(path: string): string {
    const parent = dirname(path);
    if (parent === path) return disk.realPath(path);
    const real = join(realFolder(parent), basename(path));
    if (folders.has(real)) return real;
    if (!files.has(real)) return there(disk.realPath(real));
    const file = files.get(real);
    if (file === undefined) throw missing(path);
    return file.isLink ? realPath(resolve(dirname(real), file.content().toString())) : real;
  }

  /** A link on disk may lead to what is not there here. */
  function there(target: string): string {
    if (files.has(target) && files.get(target) === undefined) throw missing(target);
    return target;
  }

  /** The same of a folder, which is there or will be looked for in vain. */
  function realFolder(path: string): string {
    try {
      return realPath(path);
    } catch {
      return path;
    }
  }

  return {
    realPath,
    isFolder(path) {
      const real = realPath(path);
      return folders.has(real) || (!files.has(real) && disk.isFolder(real));
    },
    read(file) {
      if (!files.has(file)) return disk.read(file);
      const found = files.get(file);
      if (found === undefined) throw missing(file);
      return found.content();
    },
    list(folder) {
      const own = folders.get(folder);
      if (own === undefined) return disk.list(folder).filter(({ name }) => !files.has(join(folder, name)));
      return [
        ...listIfThere(disk, folder).filter(({ name }) => !own.has(name) && !files.has(join(folder, name))),
        ...own.values(),
      ];
    },
  };
}

/** What the overlay has in each folder on the way to its files. */
function foldersOf(
  files: ReadonlyMap<string, OverlayFile | undefined>,
): Map<string, Map<string, FolderEntry>> {
  const folders = new Map<string, Map<string, FolderEntry>>();
  for (const [path, file] of files) {
    if (file === undefined) continue;
    let type: EntryType = file.isLink ? 'link' : 'file';
    for (
      let child = path, folder = dirname(path);
      folder !== child;
      child = folder, folder = dirname(folder)
    ) {
      const entries = folders.get(folder) ?? new Map<string, FolderEntry>();
      const isKnown = folders.has(folder);
      entries.set(basename(child), entryOf(basename(child), type));
      folders.set(folder, entries);
      // The folders above know this one already.
      if (isKnown) break;
      type = 'folder';
    }
  }
  return folders;
}

type EntryType = 'file' | 'folder' | 'link';

function entryOf(name: string, type: EntryType): FolderEntry {
  return {
    name,
    isFile: () => type === 'file',
    isDirectory: () => type === 'folder',
    isSymbolicLink: () => type === 'link',
  };
}

/** A folder that only the overlay has is empty on disk. */
function listIfThere(disk: FileSystem, folder: string): FolderEntry[] {
  try {
    return disk.list(folder);
  } catch {
    return [];
  }
}

function missing(path: string): Error {
  return Object.assign(new Error(`${path} does not exist`), { code: 'ENOENT' });
}
