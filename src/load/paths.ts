import { posix, relative, resolve, sep } from 'node:path';

/** What standard input is called. */
export const STDIN_PATH = '<stdin>';

/** Turns places of the file system into the paths that people see. */
export interface Display {
  readonly cwd: string;
  /** The path to show for a place that was reached by what the user wrote. */
  given(written: string): string;
  /** The path to show for a place that something in the input names. */
  found(absolute: string): string;
}

/** The working directory's own files are shown relative to it, all others as the user wrote them. */
export function createDisplay(cwd: string): Display {
  // Folders and files outside of the working directory, with how the user wrote them.
  const outside = new Map<string, string>();
  const inside = (absolute: string): string | undefined => {
    if (absolute === cwd) return '';
    const prefix = cwd.endsWith(sep) ? cwd : cwd + sep;
    return absolute.startsWith(prefix) ? slashed(absolute.slice(prefix.length)) : undefined;
  };
  return {
    cwd,
    given(written) {
      const absolute = resolve(cwd, written);
      const shown = inside(absolute);
      if (shown !== undefined) return shown;
      const tidy = withoutEndSlash(posix.normalize(slashed(written)));
      outside.set(absolute, tidy);
      return tidy;
    },
    found(absolute) {
      const shown = inside(absolute);
      if (shown !== undefined) return shown;
      for (const [root, written] of outside) {
        if (absolute === root) return written;
        const prefix = root.endsWith(sep) ? root : root + sep;
        if (absolute.startsWith(prefix)) return below(written) + slashed(absolute.slice(prefix.length));
      }
      return slashed(relative(cwd, absolute));
    },
  };
}

/** What stands before the names in a folder. */
export function below(folder: string): string {
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** With `/` on every system. */
export function slashed(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

export function withoutEndSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
