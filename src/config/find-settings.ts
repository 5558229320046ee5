import { existsSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';

/** Names of configuration files; of several in one folder the first counts. */
export const NAMES = ['meshlint.yaml', '.meshlint.yaml', 'meshlint.yml', '.meshlint.yml'];

/** What a package.json is asked for. */
export const PACKAGE = 'package.json';

/**
 * The configuration file of a folder: in it, or in the nearest folder above, up to the root of the repository.
 * Every run asks this, so it looks at names only, and into a package.json that mentions meshlint; functions for paths
 * would take longer than all of that.
 */
export function findSettingsFile(folder: string): string | undefined {
  for (let at = folder.endsWith(sep) ? folder.slice(0, -1) : folder; ; ) {
    for (const name of NAMES) if (existsSync(at + sep + name)) return at + sep + name;
    const manifest = at + sep + PACKAGE;
    if (existsSync(manifest) && mentionsMeshlint(manifest)) return manifest;
    const end = at.lastIndexOf(sep);
    if (end < 0 || existsSync(`${at}${sep}.git`)) return undefined;
    at = at.slice(0, end);
  }
}

/** Whether a package.json has `meshlint` at its top, not only among its dependencies. */
function mentionsMeshlint(path: string): boolean {
  try {
    const text = readFileSync(path, 'utf8');
    if (!text.includes('"meshlint"')) return false;
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'meshlint' in value && value.meshlint !== undefined;
  } catch {
    // Broken or closed to us: not our file to judge.
    return false;
  }
}
