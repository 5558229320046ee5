import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Names of configuration files; of several in one folder the first counts. */
export const NAMES = ['meshlint.yaml', '.meshlint.yaml', 'meshlint.yml', '.meshlint.yml'];

/** What a package.json is asked for. */
export const PACKAGE = 'package.json';

/**
 * The configuration file of a folder: in it, or in the nearest folder above, up to the root of the repository.
 * Every run asks this, so it looks at names only, and into a package.json that mentions meshlint.
 */
export function findSettingsFile(folder: string): string | undefined {
  for (let at = folder; ; ) {
    const name = NAMES.find((candidate) => isThere(join(at, candidate)));
    if (name !== undefined) return join(at, name);
    const manifest = join(at, PACKAGE);
    if (isThere(manifest) && mentionsMeshlint(manifest)) return manifest;
    const above = dirname(at);
    if (above === at || isThere(join(at, '.git'))) return undefined;
    at = above;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
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
