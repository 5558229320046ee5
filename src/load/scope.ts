import { dirname, relative, resolve } from 'node:path';
import { ensure } from '../model/collections.ts';
import { createExclusion, type PathTest } from './glob.ts';
import type { InputScope } from './loaded.ts';
import { baseName, slashed } from './paths.ts';

/** What several scopes together leave out, and which files they want; for paths as people see them. */
export interface Scope {
  readonly excluded: PathTest;
  readonly wanted: PathTest;
}

/** Reads the globs of scopes. */
export async function createScope(scopes: readonly InputScope[], cwd: string): Promise<Scope> {
  const tests = await Promise.all(
    scopes.map(async ({ folder, include, exclude }) => ({
      excluded: withFolders(await createPathTest(folder, exclude ?? [], cwd), cwd),
      wanted: include === undefined ? undefined : await createPathTest(folder, include, cwd),
    })),
  );
  return {
    excluded: (path) => tests.some(({ excluded }) => excluded(path)),
    wanted: (path) => isKustomization(path) || tests.every(({ wanted }) => wanted?.(path) !== false),
  };
}

/**
 * A test by globs that are written relative to a folder, for paths relative to the working directory; what is not below
 * the folder never matches. `./name` is the file or folder right there, `name` one at any depth.
 */
export async function createPathTest(
  folder: string,
  globs: readonly string[],
  cwd = process.cwd(),
): Promise<PathTest> {
  const isAnchored = (glob: string): boolean => glob.startsWith('./');
  const anywhere = await createExclusion(globs.filter((glob) => !isAnchored(glob)));
  const anchored = await createExclusion(globs.filter(isAnchored).map((glob) => glob.slice(1)));
  return (path) => {
    const below = slashed(relative(folder, resolve(cwd, path)));
    return !/^(?:\.\.(?:\/|$)|\/|[A-Za-z]:)/.test(below) && (anywhere(below) || anchored(`/${below}`));
  };
}

/** A file whose folder is left out is left out, also when it is named itself. */
function withFolders(test: PathTest, cwd: string): PathTest {
  const folders = new Map<string, boolean>();
  function isFolderOut(folder: string): boolean {
    const above = dirname(folder);
    return ensure(folders, folder, () => test(folder) || (above !== folder && isFolderOut(above)));
  }
  return (path) => test(path) || isFolderOut(dirname(resolve(cwd, path)));
}

/** It tells where other files belong, and is no input of its own. */
function isKustomization(path: string): boolean {
  return /^kustomization(?:\.ya?ml)?$/i.test(baseName(path));
}
