import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readCases } from './cases.ts';

async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'meshlint-cases-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

test('a file is an example, and so is a folder with all that it holds', async () => {
  const folder = await folderOf({
    'good-one.yaml': 'a: 1\n',
    'layers/base/a.yaml': 'a: 1\n',
    'layers/kustomization.yaml': '# meshlint: world=auto layout=fixed\nresources: [base]\n',
  });
  const examples = await readCases(folder);
  const shown = examples.map(({ verdict, title, files, settings }) => [
    verdict,
    title,
    files.map(({ path }) => path).join(' '),
    settings.world,
  ]);
  expect(shown).toEqual([
    ['good', 'case good-one', 'good-one.yaml', 'closed'],
    ['bad', 'case layers', 'base/a.yaml kustomization.yaml', 'auto'],
  ]);
});

test('no folder, no cases; a wrong first line is told with its place', async () => {
  expect(await readCases('/nowhere/at/all')).toEqual([]);
  const folder = await folderOf({ 'bad.yaml': '# meshlint: word=auto\n' });
  await expect(readCases(folder)).rejects.toThrow('bad.yaml:1: unknown attribute "word"');
});
