// @ts-check
// What the same files cost when they are only parsed, each document by the package `yaml`.
//   node scripts/bench/parse-only.mjs FOLDER
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const [folder = '.'] = process.argv.slice(2);
/** @type {unknown[]} */
const values = [];
for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile() || !entry.name.endsWith('.yaml')) continue;
  const documents = parseAllDocuments(readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8'));
  if (!Array.isArray(documents)) continue;
  for (const document of documents) values.push(document.toJS());
}
console.log(`${values.length} manifests`);
