// What is kept between one reading of an input and the next: files and documents that stayed the same.
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ensure } from '../model/collections.ts';
import { type readDocuments as Read, readDocuments, type Source, type TextDocument } from '../text/index.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';

/** Handed in with each reading of the same input, so that only what changed is read and parsed. */
export interface Memory {
  readonly fs: FileSystem;
  readonly readDocuments: typeof Read;
  /** Where a change may change the answer. */
  readonly places: Places;
  /** Begins another reading: what the last one did not ask for is forgotten. */
  begin(): void;
}

/** Folders with the names in them that count; `all` for those that were listed. */
export type Places = ReadonlyMap<string, ReadonlySet<string> | 'all'>;

/** Adds a file or folder, be it there or not, to places. */
export function addPlace(places: Map<string, Set<string> | 'all'>, path: string): void {
  const names = ensure(places, dirname(path), () => new Set());
  if (names !== 'all') names.add(basename(path));
}

interface KnownFile {
  readonly stamp: string;
  readonly content: Buffer;
}

/**
 * A file written just before it was read may be written again with the same time and size: file systems count time in
 * steps of some milliseconds, some in seconds. Git calls this racy, and looks again, too.
 */
const STEP = 2000;

export function createMemory(): Memory {
  let files = new Map<string, KnownFile>();
  let lastFiles = files;
  let texts = new Map<string, Known>();
  let lastTexts = texts;
  const places = new Map<string, Set<string> | 'all'>();

  const fs: FileSystem = {
    list(folder) {
      places.set(folder, 'all');
      return nodeFileSystem.list(folder);
    },
    read(path) {
      addPlace(places, path);
      const { mtimeMs, ctimeMs, size, ino } = statSync(path);
      const stamp = `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
      const known = lastFiles.get(path);
      const isSame = known?.stamp === stamp && Date.now() - mtimeMs > STEP;
      const file = isSame ? known : { stamp, content: nodeFileSystem.read(path) };
      files.set(path, file);
      return file.content;
    },
    isFolder(path) {
      addPlace(places, path);
      return nodeFileSystem.isFolder(path);
    },
    realPath: nodeFileSystem.realPath,
  };

  return {
    fs,
    places,
    async readDocuments(source, options) {
      const last = lastTexts.get(source.path);
      const known = last?.text === source.text ? last : await remember(source, options);
      texts.set(source.path, known);
      return known.documents.map(fresh);
    },
    begin() {
      [lastFiles, files] = [files, new Map()];
      [lastTexts, texts] = [texts, new Map()];
      places.clear();
    },
  };
}

interface Known {
  readonly text: string;
  readonly documents: readonly TextDocument[];
}

async function remember(source: Source, options: Parameters<typeof Read>[1]): Promise<Known> {
  return { text: source.text, documents: await readDocuments(source, options) };
}

/** The value anew: whoever gets it may repair it in place. */
function fresh(document: TextDocument): TextDocument {
  return { ...document, value: copyValue(document.value) };
}

/** A value of a document, all of it made anew. */
export function copyValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyValue);
  const made: Record<string, unknown> = { ...value };
  for (const key in made) {
    const item = made[key];
    if (typeof item === 'object' && item !== null) made[key] = copyValue(item);
  }
  return made;
}
