import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folderOf } from '../model/layout.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { load, loadFrom } from './load.ts';
import type { Loaded, LoadRequest } from './loaded.ts';
import { createTempFolder, manifest, type TempFolder } from './temp-folder.ts';

let folder: TempFolder;
beforeEach(() => {
  folder = createTempFolder();
});
afterEach(() => folder.remove());

/** Loads with the temporary folder as the working directory. */
function loadHere(paths: readonly string[], request: Partial<LoadRequest> = {}, fs = nodeFileSystem) {
  return loadFrom({ cwd: folder.path, paths, ...request }, fs);
}

function pathsOf({ manifests }: Loaded): string[] {
  return manifests.map(({ origin }) => origin.source.path);
}

function skippedIn({ skipped }: Loaded): string[] {
  return skipped.map(({ path, reason }) => `${path}: ${reason}`);
}

function unreadableIn({ problems }: Loaded): string[] {
  return problems
    .filter(({ message }) => message === 'unreadable')
    .map(({ place, data }) => `${place.source.path}: ${data.problem}`);
}

/** A file system where some calls fail as the system's own would. */
function failing(call: 'list' | 'read' | 'isFolder', suffix: string, code: string): FileSystem {
  const fail = (path: string): void => {
    if (path.endsWith(suffix)) throw Object.assign(new Error(`${code}: made up`), { code });
  };
  return {
    ...nodeFileSystem,
    [call]: (path: string) => {
      fail(path);
      return nodeFileSystem[call](path);
    },
  };
}

describe('folders', () => {
  test('give their YAML and JSON files in the order of names', async () => {
    folder.write({
      'b.yaml': manifest('b'),
      'a/z.yml': manifest('z'),
      'a/a.json': JSON.stringify({ apiVersion: 'v1', kind: 'Service' }),
      'c/d/e.YAML': manifest('e'),
      'notes.md': '# no',
      'script.sh': 'exit',
    });
    expect(pathsOf(await loadHere(['.']))).toEqual(['a/a.json', 'a/z.yml', 'b.yaml', 'c/d/e.YAML']);
  });

  test('keep out of installed packages, hidden folders and what editors leave behind', async () => {
    folder.write({
      'node_modules/p/x.yaml': manifest('x'),
      '.github/workflows/x.yaml': manifest('x'),
      '._a.yaml': manifest('x'),
      'a.yaml': manifest('a'),
    });
    folder.link('.#a.yaml', 'user@host.1').link('.cache', 'node_modules');
    const loaded = await loadHere(['.']);
    expect(pathsOf(loaded)).toEqual(['a.yaml']);
    expect(loaded.problems).toEqual([]);
    expect(pathsOf(await loadHere(['.github', 'node_modules']))).toEqual([
      '.github/workflows/x.yaml',
      'node_modules/p/x.yaml',
    ]);
  });

  test('without anything to read are noted, not failed', async () => {
    mkdirSync(join(folder.path, 'empty'));
    const loaded = await loadHere(['empty', '.']);
    expect(skippedIn(loaded)).toEqual(['empty: empty']);
    expect(loaded.failures).toEqual([]);
    expect(loaded.problems.map(({ rule }) => rule)).toEqual(['input/skipped-input']);
    expect(skippedIn(await loadHere(['.']))).toEqual(['.: empty']);
  });

  test('and files reached twice are read once', async () => {
    folder.write({ 'a/x.yaml': manifest('x'), 'a/b/y.yaml': manifest('y') });
    const loaded = await loadHere(['a/b', 'a', 'a/x.yaml', join(folder.path, 'a'), 'a/**/*.yaml']);
    expect(pathsOf(loaded)).toEqual(['a/b/y.yaml', 'a/x.yaml']);
    expect(loaded.failures).toEqual([]);
    expect(loaded.skipped).toEqual([]);
  });

  test('are read whatever the number of levels', async () => {
    const deep = Array.from({ length: 200 }, (_, i) => `d${i}`).join('/');
    folder.write({ [`${deep}/x.yaml`]: manifest('x') });
    expect(pathsOf(await loadHere(['.']))).toEqual([`${deep}/x.yaml`]);
  });
});

describe('displayed paths', () => {
  test.each([
    ['.', 'in/x.yaml'],
    ['./in/', 'in/x.yaml'],
    ['in/../in', 'in/x.yaml'],
    ['../work/in', 'in/x.yaml'],
    ['..', 'in/x.yaml'],
  ])('of %s in the working directory are relative to it', async (path, shown) => {
    folder.write({ 'work/in/x.yaml': manifest('x') });
    expect(pathsOf(await loadHere([path], { cwd: join(folder.path, 'work') }))).toEqual([shown]);
  });

  test('outside of it are as the user wrote them', async () => {
    folder.write({ 'other/x.yaml': manifest('x'), 'work/y.yaml': manifest('y') });
    const cwd = join(folder.path, 'work');
    const absolute = join(folder.path, 'other');
    expect(pathsOf(await loadHere(['../other/'], { cwd }))).toEqual(['../other/x.yaml']);
    expect(pathsOf(await loadHere([absolute], { cwd }))).toEqual([`${absolute}/x.yaml`]);
    expect(pathsOf(await loadHere(['.'], { cwd }))).toEqual(['y.yaml']);
    expect(pathsOf(await loadHere(['../*/*.yaml'], { cwd }))).toEqual(['../other/x.yaml', 'y.yaml']);
  });
});

describe('a given file', () => {
  test('is read whatever its suffix', async () => {
    folder.write({ 'mesh.txt': manifest('x') });
    expect(pathsOf(await loadHere(['mesh.txt']))).toEqual(['mesh.txt']);
  });

  test.each([
    ['does not exist', 'nothing.yaml', 'It does not exist.', 'Check the path'],
    ['is nearly right', 'gatewy.yaml', 'It does not exist.', 'Did you mean gateway.yaml?'],
    [
      'is in a folder that does not exist',
      'clustr/a/x.yaml',
      'There is no folder clustr.',
      'Did you mean cluster?',
    ],
    ['is below a file', 'gateway.yaml/x', 'There is no folder gateway.yaml.', 'Check the path'],
    ['is no path', 'a\0b', 'It cannot be read', 'Make it readable'],
    ['is empty', '', 'This is an empty path.', 'A variable'],
    ['matches nothing', 'cluster/*.nothing', 'No file matches', 'Check the pattern'],
    ['matches nothing nowhere', 'no/**/where*.yaml', 'No file matches', 'Check the pattern'],
  ])('that %s is a failure', async (_, path, why, help) => {
    folder.write({ 'gateway.yaml': manifest('x'), 'cluster/b.yaml': manifest('y') });
    const loaded = await loadHere([path, 'gateway.yaml']);
    expect(loaded.failures).toHaveLength(1);
    expect(loaded.failures[0]?.path).toBe(path);
    expect(loaded.failures[0]?.why).toContain(why);
    expect(loaded.failures[0]?.help).toContain(help);
    expect(pathsOf(loaded)).toEqual(['gateway.yaml']);
  });

  test('or folder without permission is a failure, and nothing near it is complete', async () => {
    folder.write({ 'a/x.yaml': manifest('x') });
    const file = await loadHere(['a/x.yaml'], {}, failing('read', 'x.yaml', 'EACCES'));
    expect(file.failures).toMatchObject([{ path: 'a/x.yaml', why: 'It cannot be read: permission denied.' }]);
    expect(file.layout.opaque).toEqual([{ path: 'a/x.yaml', why: 'unreadable' }]);
    const whole = await loadHere(['a'], {}, failing('list', '/a', 'EACCES'));
    expect(whole.failures).toMatchObject([{ path: 'a', why: 'It cannot be read: permission denied.' }]);
    expect(whole.layout.opaque).toEqual([{ path: 'a/', why: 'unreadable' }]);
    const here = await loadHere(['.'], {}, failing('list', folder.path, 'EACCES'));
    expect(here.failures).toMatchObject([{ path: '.' }]);
    expect(here.layout.opaque.map(({ path }) => folderOf(path))).toEqual(['']);
    expect([...file.problems, ...whole.problems, ...here.problems]).toEqual([]);
  });

  test.each([
    ['a picture', Uint8Array.of(0x89, 0x50, 0, 0x4e), 'it is not a text file'],
    ['in Latin-1', Uint8Array.of(0x61, 0x3a, 0x20, 0xe9), 'its text is neither UTF-8 nor UTF-16'],
  ])('that is %s is a failure', async (_, bytes, why) => {
    folder.write({ 'x.yaml': bytes });
    const loaded = await loadHere(['x.yaml']);
    expect(loaded.failures).toMatchObject([{ path: 'x.yaml', why: `It cannot be read: ${why}.` }]);
  });
});

describe('what is found and cannot be read', () => {
  test.each([
    ['vanished', 'read', 'a/x.yaml', 'ENOENT', 'it does not exist (any more)', 'a/x.yaml'],
    ['is not permitted', 'read', 'a/x.yaml', 'EACCES', 'permission denied', 'a/x.yaml'],
    ['makes the disk fail', 'read', 'a/x.yaml', 'EIO', 'the disk reports an error', 'a/x.yaml'],
    ['fails strangely', 'read', 'a/x.yaml', 'EWHAT', 'EWHAT: made up', 'a/x.yaml'],
    ['is a folder that is not permitted', 'list', '/a', 'EACCES', 'permission denied', 'a/'],
  ] as const)('because it %s is a problem; the rest is read', async (_, call, suffix, code, why, opaque) => {
    folder.write({ 'a/x.yaml': manifest('x'), 'b.yaml': manifest('b') });
    const loaded = await loadHere(['.'], {}, failing(call, suffix, code));
    expect(pathsOf(loaded)).toEqual(['b.yaml']);
    expect(loaded.failures).toEqual([]);
    const path = suffix.replace(/^\//, '');
    expect(unreadableIn(loaded)).toEqual([`${path}: ${why}`]);
    expect(skippedIn(loaded)).toEqual([`${path}: unreadable`]);
    expect(loaded.layout.opaque).toEqual([{ path: opaque, why: 'unreadable' }]);
  });

  test('in another encoding is a problem, binary files are noted', async () => {
    folder.write({
      'latin.yaml': Uint8Array.of(0x61, 0x3a, 0x20, 0xe9, 0x0a),
      'zip.json': Uint8Array.of(0x50, 0x4b, 0x03, 0x04, 0xff),
      'nul.yaml': Uint8Array.of(0x61, 0x00, 0x62),
    });
    const loaded = await loadHere(['.']);
    expect(unreadableIn(loaded)).toEqual(['latin.yaml: its text is neither UTF-8 nor UTF-16']);
    expect(skippedIn(loaded)).toEqual(['latin.yaml: unreadable', 'nul.yaml: binary', 'zip.json: binary']);
    expect(loaded.layout.opaque).toHaveLength(3);
    expect(loaded.failures).toEqual([]);
  });

  test('because it is too large is noted', async () => {
    folder.write({ 'x.yaml': '' });
    const loaded = await loadHere(['.'], {}, failing('read', 'x.yaml', 'ERR_FS_FILE_TOO_LARGE'));
    expect(skippedIn(loaded)).toEqual(['x.yaml: too-large']);
    expect(loaded.layout.opaque).toEqual([{ path: 'x.yaml', why: 'unreadable' }]);
  });

  test.skipIf(process.getuid?.() === 0)('for want of real permission (not as root)', async () => {
    folder.write({ 'a/x.yaml': manifest('x'), 'b.yaml': manifest('b'), 'c.yaml': manifest('c') });
    chmodSync(join(folder.path, 'a'), 0);
    chmodSync(join(folder.path, 'b.yaml'), 0);
    const loaded = await loadHere(['.']);
    chmodSync(join(folder.path, 'a'), 0o700);
    expect(unreadableIn(loaded)).toEqual(['a: permission denied', 'b.yaml: permission denied']);
    expect(pathsOf(loaded)).toEqual(['c.yaml']);
  });
});

describe('links', () => {
  test('to files and folders are followed, under the name of the link', async () => {
    folder.write({
      'real/x.yaml': manifest('x'),
      'real/deep/y.yaml': manifest('y'),
      'other/z.txt': manifest('z'),
    });
    folder
      .link('in/folder', '../real')
      .link('in/z.yaml', '../other/z.txt')
      .link('in/readme', '../other/z.txt');
    expect(pathsOf(await loadHere(['in']))).toEqual([
      'in/folder/deep/y.yaml',
      'in/folder/x.yaml',
      'in/z.yaml',
    ]);
    expect(pathsOf(await loadHere(['in/folder']))).toEqual(['in/folder/deep/y.yaml', 'in/folder/x.yaml']);
  });

  test('to what is there without them give it no second name', async () => {
    folder.write({ 'z/x.yaml': manifest('x') });
    folder.link('a', 'z').link('b.yaml', 'z/x.yaml');
    const loaded = await loadHere(['.']);
    expect(pathsOf(loaded)).toEqual(['z/x.yaml']);
    expect(loaded.skipped).toEqual([]);
  });

  test('that lead in a circle end with a note', async () => {
    folder.write({ 'in/a/x.yaml': manifest('x') });
    folder
      .link('in/a/self', '.')
      .link('in/a/up', '../..')
      .link('in/ring', 'ring')
      .link('in/back.yaml', 'back.yaml');
    const loaded = await loadHere(['in']);
    expect(pathsOf(loaded)).toEqual(['in/a/x.yaml']);
    expect(skippedIn(loaded).sort()).toEqual(
      ['in/a/self', 'in/a/up', 'in/ring', 'in/back.yaml'].map((path) => `${path}: link-loop`).sort(),
    );
    expect(unreadableIn(loaded)).toEqual([]);
    expect(pathsOf(await loadHere(['in/a/**/*.yaml', 'in/**/x.*']))).toEqual(['in/a/x.yaml']);
  });

  test('between folders outside end', async () => {
    folder.write({ 'one/x.yaml': manifest('x'), 'two/y.yaml': manifest('y') });
    folder.link('in/one', '../one').link('one/two', '../two').link('two/one', '../one');
    expect(pathsOf(await loadHere(['in']))).toEqual(['in/one/x.yaml', 'in/one/two/y.yaml']);
  });

  test('to nothing are a problem only where a manifest could be', async () => {
    folder.write({ 'a.yaml': manifest('a') });
    folder.link('b.yaml', 'gone').link('folder', 'gone').link('only/readme', '../a.yaml');
    const loaded = await loadHere(['.']);
    expect(unreadableIn(loaded)).toEqual(['b.yaml: it does not exist (any more)']);
    expect(skippedIn(loaded)).toEqual(['b.yaml: unreadable', 'folder: broken-link']);
    expect(skippedIn(await loadHere(['only']))).toEqual(['only: empty']);
  });
});

describe('globs', () => {
  test.each([
    [['*.yaml'], ['a.yaml', 'b.yaml']],
    [['[a]*'], ['a.yaml']],
    [['**/*.yaml'], ['a.yaml', 'b.yaml', 'env/prod/p.yaml', 'env/test/t.yaml']],
    [['env/*'], ['env/prod/p.yaml', 'env/test/t.json', 'env/test/t.yaml']],
    [['env/*/'], ['env/prod/p.yaml', 'env/test/t.json', 'env/test/t.yaml']],
    [['env/**'], ['env/prod/p.yaml', 'env/test/t.json', 'env/test/t.yaml']],
    [['./env/{prod,test}/*.yaml'], ['env/prod/p.yaml', 'env/test/t.yaml']],
    [['env/t?st/*.txt'], ['env/test/t.txt']],
    [['env/@(prod)/*'], ['env/prod/p.yaml']],
    [['.hid*/*.yaml'], ['.hidden/h.yaml']],
  ])('%j are expanded', async (paths, expected) => {
    folder.write({
      'a.yaml': manifest('a'),
      'b.yaml': manifest('b'),
      'env/prod/p.yaml': manifest('p'),
      'env/test/t.yaml': manifest('t'),
      'env/test/t.json': '{"apiVersion": "v1", "kind": "Service"}',
      'env/test/t.txt': manifest('t'),
      'node_modules/n.yaml': manifest('n'),
      '.hidden/h.yaml': manifest('h'),
    });
    const loaded = await loadHere(paths);
    expect(pathsOf(loaded)).toEqual(expected);
    expect(loaded.failures).toEqual([]);
    const outside = await load({ paths: paths.map((path) => `${folder.path}/${path}`) });
    expect(pathsOf(outside)).toEqual(expected.map((path) => `${folder.path}/${path}`));
  });

  test('are names first: a file may be called so', async () => {
    folder.write({ '[a].yaml': manifest('x'), 'a.yaml': manifest('a') });
    expect(pathsOf(await loadHere(['[a].yaml']))).toEqual(['[a].yaml']);
  });
});

describe('exclude', () => {
  test.each([
    [['a.yaml'], ['sub/b.gen.yaml', 'sub/deep/c.yaml']],
    [['*.gen.yaml'], ['a.yaml', 'sub/a.yaml', 'sub/deep/c.yaml']],
    [['deep'], ['a.yaml', 'sub/a.yaml', 'sub/b.gen.yaml']],
    [['deep/'], ['a.yaml', 'sub/a.yaml', 'sub/b.gen.yaml']],
    [['sub'], ['a.yaml']],
    [['./sub/*.yaml'], ['a.yaml', 'sub/deep/c.yaml']],
    [['sub/**'], ['a.yaml']],
    [['**/deep/**', '**/a.yaml'], ['sub/b.gen.yaml']],
    [['nothing'], ['a.yaml', 'sub/a.yaml', 'sub/b.gen.yaml', 'sub/deep/c.yaml']],
    [['*'], []],
  ])('%j leaves out what it matches', async (exclude, expected) => {
    folder.write({
      'a.yaml': manifest('a'),
      'sub/a.yaml': manifest('a'),
      'sub/b.gen.yaml': manifest('b'),
      'sub/deep/c.yaml': manifest('c'),
    });
    const loaded = await loadHere(['.'], { exclude });
    expect(pathsOf(loaded)).toEqual(expected);
    expect([...loaded.failures, ...loaded.skipped]).toEqual([]);
    const given = ['a.yaml', 'sub/a.yaml', 'sub/b.gen.yaml', 'sub/deep/c.yaml'];
    expect(pathsOf(await loadHere(given, { exclude }))).toEqual(expected);
  });

  test('does not look at the folders that the working directory stands in', async () => {
    folder.write({ 'sub/cwd/a.yaml': manifest('a'), 'sub/b.yaml': manifest('b') });
    const cwd = join(folder.path, 'sub/cwd');
    const paths = [join(cwd, 'a.yaml'), '../b.yaml', join(folder.path, 'sub/b.yaml')];
    expect(pathsOf(await loadHere(paths, { cwd, exclude: ['sub', '..'] }))).toEqual(['a.yaml', '../b.yaml']);
  });
});
