import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FieldTree } from '../model/field-tree.ts';

/** The page of every rule by `area/name`, as the build gathered them beside the command. */
export function readPages(): Readonly<Record<string, string>> {
  return JSON.parse(readBuilt('pages.json'));
}

/** What the schemas say of kinds and their fields, as the build gathered it beside the command. */
export function readFieldTree(): FieldTree {
  return JSON.parse(readBuilt('fields.json'));
}

function readBuilt(name: string): string {
  // This module stands in dist when it runs.
  return readFileSync(join(dirname(fileURLToPath(import.meta.url)), name), 'utf8');
}
