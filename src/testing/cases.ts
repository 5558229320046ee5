import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import type { Example, ExampleFile } from './example.ts';
import { inPlace } from './pages.ts';
import { clusterOf, parseAttributes, settingsOf } from './settings.ts';

/**
 * The examples below `cases/`: each file is one, each folder is one of several files. A name that begins with
 * `good` must be silent.
 */
export async function readCases(folder: string): Promise<readonly Example[]> {
  const examples: Example[] = [];
  for (const name of await entries(folder)) {
    const path = join(folder, name);
    const isFolder = (await stat(path)).isDirectory();
    const files = isFolder ? await filesBelow(path) : [await readExampleFile(path, basename(path))];
    const settings = inPlace(path, 1, () => settingsOf(files.map(attributesOf)));
    const title = `case ${isFolder ? name : basename(name, extname(name))}`;
    examples.push({ verdict: name.startsWith('good') ? 'good' : 'bad', title, files, settings });
  }
  return examples;
}

async function entries(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}

async function filesBelow(folder: string): Promise<ExampleFile[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map((path) => readExampleFile(path, relative(folder, path).split(sep).join('/'))),
  );
}

async function readExampleFile(path: string, name: string): Promise<ExampleFile> {
  const file: ExampleFile = { path: name, text: await readFile(path, 'utf8'), from: { path, line: 1 } };
  const attributes = attributesOf(file);
  return { ...file, ...inPlace(path, 1, () => clusterOf(attributes)) };
}

/** `# meshlint: world=auto` in the first line of a case. */
function attributesOf(file: ExampleFile): ReturnType<typeof parseAttributes> {
  const first = /^# meshlint:(?<attributes>.*)/.exec(file.text);
  return inPlace(file.from.path, 1, () => parseAttributes(first?.groups?.attributes ?? ''));
}
