import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The page of every rule by `area/name`, as the build gathered them beside the command. */
export function readPages(): Readonly<Record<string, string>> {
  // This module stands in dist when it runs.
  const file = join(dirname(fileURLToPath(import.meta.url)), 'pages.json');
  return JSON.parse(readFileSync(file, 'utf8'));
}
