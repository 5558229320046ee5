// Globs among the arguments and in `--exclude`. The glob library is loaded when there is one.
import { baseName, slashed, withoutEndSlash } from './paths.ts';

export type PathTest = (path: string) => boolean;

/** A glob among the arguments: where to look, and what to look for from there. */
export interface Glob {
  /** The folder that its literal beginning names, as written. */
  readonly base: string;
  /** Whether a path, relative to the base, is asked for. */
  readonly matches: PathTest;
  /** Whether something in a folder, relative to the base, may be asked for. */
  readonly mayHold: PathTest;
  /** `*.tpl` names a kind of file; `deploy/*` does not, and gets what walking the folder would give. */
  readonly namesFiles: boolean;
}

export function hasGlobCharacters(path: string): boolean {
  return /[*?[{]|[!+@]\(/.test(path);
}

/** A test for the paths to leave out. A glob without `/` speaks of base names, those of folders too. */
export async function createExclusion(globs: readonly string[]): Promise<PathTest> {
  if (globs.length === 0) return () => false;
  const tidy = globs.map((glob) => withoutEndSlash(slashed(glob)).replace(/^\.\//, ''));
  // Most configurations name files and folders; for those nobody waits for the glob library.
  const names = new Set(tidy.filter(isPlainPath));
  const others = tidy.filter((glob) => !isPlainPath(glob));
  const Minimatch = others.length === 0 ? undefined : (await import('minimatch')).Minimatch;
  const patterns = others.flatMap((glob) =>
    Minimatch === undefined ? [] : new Minimatch(glob, { dot: true, nocomment: true, nonegate: true }),
  );
  return (path) => {
    const name = baseName(path);
    if (names.has(path) || names.has(name)) return true;
    return patterns.some((pattern) => pattern.match(path) || pattern.match(name));
  };
}

/** Whether a glob matches only the very path that it spells. */
function isPlainPath(glob: string): boolean {
  return !hasGlobCharacters(glob) && !/\\|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(glob);
}

/** Reads an argument that has glob characters. */
export async function readGlob(written: string): Promise<Glob> {
  const { Minimatch } = await import('minimatch');
  const segments = slashed(written).split('/');
  const first = segments.findIndex(hasGlobCharacters);
  const rest = segments.slice(first).filter((segment) => segment !== '' && segment !== '.');
  const pattern = new Minimatch(rest.join('/'), { nocomment: true, nonegate: true });
  const base = segments.slice(0, first).join('/');
  return {
    base: base === '' ? (first > 0 ? '/' : '.') : base,
    matches: (path) => pattern.match(path),
    mayHold: (path) => pattern.match(path, true),
    namesFiles: rest.at(-1)?.endsWith('*') !== true,
  };
}
