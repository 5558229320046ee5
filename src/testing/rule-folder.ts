import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCases } from './cases.ts';
import type { Example } from './example.ts';
import { type Page, parsePage } from './pages.ts';

/** One folder `area/name` with its page and its further cases. */
export interface RuleFolder {
  /** `area/name`. */
  readonly name: string;
  readonly path: string;
  readonly page: Page;
  /** Those of the page, then those of `cases/`. */
  readonly examples: readonly Example[];
}

/** Names (`area/name`) of all folders two levels below `root`, sorted. */
export async function listRuleFolders(root: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const area of await foldersIn(root)) {
    for (const name of await foldersIn(join(root, area))) names.push(`${area}/${name}`);
  }
  return names.sort();
}

/** Reads the page and the cases of a rule. */
export async function readRuleFolder(root: string, name: string): Promise<RuleFolder> {
  const path = join(root, name);
  const readme = join(path, 'README.md');
  const page = parsePage(readme, await readFile(readme, 'utf8'));
  return { name, path, page, examples: [...page.examples, ...(await readCases(join(path, 'cases')))] };
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
