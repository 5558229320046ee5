import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { addPlace, type Places } from '../load/memory.ts';

/** Folders that are watched for changes of what stands in them. */
export interface FolderWatch {
  readonly count: number;
  /** Watches these and no others; tells whether some are new, where something may have happened unseen. */
  follow(places: Places): boolean;
  close(): void;
}

/**
 * Watches folders, each by itself. A watcher of a folder sees files that come, go, change, and are replaced by renaming;
 * Node's recursive one on Linux watches files, and loses those that an editor replaces.
 */
export function createFolderWatch(onChange: () => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  let wanted = new Map<string, Set<string> | 'all'>();

  function drop(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  /** Watches a folder; false when it is not there. */
  function open(folder: string): boolean {
    try {
      const watcher = watch(folder, (event, name) => {
        // It is gone itself, or was moved; what comes in its place is another folder.
        const isOwn = event === 'rename' && name === basename(folder);
        if (isOwn) drop(folder);
        const names = wanted.get(folder);
        if (isOwn || name === null || names === 'all' || names?.has(name)) onChange();
      });
      watcher.on('error', () => {
        drop(folder);
        onChange();
      });
      watchers.set(folder, watcher);
      return true;
    } catch {
      return false;
    }
  }

  return {
    get count() {
      return watchers.size;
    },
    follow(places) {
      let isNew = false;
      wanted = new Map();
      for (const [folder, names] of places) {
        wanted.set(folder, names === 'all' ? names : new Set(names));
      }
      // What is not there is waited for where it would come; the map grows while it is read.
      for (const folder of wanted.keys()) {
        if (watchers.has(folder)) continue;
        if (open(folder)) isNew = true;
        else if (dirname(folder) !== folder) addPlace(wanted, folder);
      }
      for (const folder of [...watchers.keys()]) if (!wanted.has(folder)) drop(folder);
      return isNew;
    },
    close() {
      for (const folder of [...watchers.keys()]) drop(folder);
    },
  };
}
