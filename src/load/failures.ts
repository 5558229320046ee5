// Words for given paths that cannot be used.
import { basename, dirname, join } from 'node:path';
import { nearestName } from '../model/near.ts';
import { codeOf, explainFailure, type FileSystem } from './file-system.ts';
import type { InputFailure } from './loaded.ts';
import type { Display } from './paths.ts';

/** A given path that cannot even be looked at, most often because it does not exist. */
export function missingPath(
  written: string,
  absolute: string,
  error: unknown,
  fs: FileSystem,
  display: Display,
): InputFailure {
  const code = codeOf(error);
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return unreadablePath(written, explainFailure(error));
  let missing = absolute;
  let siblings = namesIn(fs, dirname(missing));
  while (siblings === undefined && dirname(missing) !== missing) {
    missing = dirname(missing);
    siblings = namesIn(fs, dirname(missing));
  }
  const near = nearestName(basename(missing), siblings ?? []);
  return {
    path: written,
    why: missing === absolute ? 'It does not exist.' : `There is no folder ${display.found(missing)}.`,
    help:
      near === undefined
        ? `Check the path; it is taken relative to ${display.cwd}.`
        : `Did you mean ${display.found(join(dirname(missing), near))}?`,
  };
}

function namesIn(fs: FileSystem, folder: string): string[] | undefined {
  try {
    return fs.list(folder).map((entry) => entry.name);
  } catch {
    return undefined;
  }
}

export function unreadablePath(path: string, why: string): InputFailure {
  return {
    path,
    why: `It cannot be read: ${why}.`,
    help: 'Make it readable, or leave it out with --exclude.',
  };
}

export function fruitlessGlob(written: string, cwd: string): InputFailure {
  return {
    path: written,
    why: 'No file matches this pattern.',
    help: `Check the pattern; it is taken relative to ${cwd}. Quote it if your shell expands it differently.`,
  };
}

export const emptyPath: InputFailure = {
  path: '',
  why: 'This is an empty path.',
  help: 'A variable of your script may be empty; write . for the current folder.',
};

export function unreadableStdin(why: string): InputFailure {
  return {
    path: '-',
    why: `Standard input cannot be read: ${why}.`,
    help: 'Pipe manifests into the command, or name files and folders.',
  };
}
