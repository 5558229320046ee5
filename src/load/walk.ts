// From the arguments to the files to read, each of them once.
import { isAbsolute, resolve, sep } from 'node:path';
import { folderOf } from '../model/layout.ts';
import { emptyPath, fruitlessGlob, missingPath } from './failures.ts';
import { codeOf, explainFailure, type FileSystem, type FolderEntry } from './file-system.ts';
import { type Glob, hasGlobCharacters, type PathTest, readGlob } from './glob.ts';
import type { InputFailure, SkipReason } from './loaded.ts';
import { baseName, below, type Display, STDIN_PATH } from './paths.ts';

export interface InputFile {
  /** As people see it. */
  readonly path: string;
  /** Where it is, links followed; '' for standard input. */
  readonly real: string;
  /** Whether the user named this very file. */
  readonly given: boolean;
}

/** Something that is there and cannot be read; the path of a folder ends with `/`. */
export interface Unreadable {
  readonly path: string;
  readonly why: string;
  readonly given: boolean;
}

/** What the arguments lead to. */
export interface Found {
  readonly files: readonly InputFile[];
  readonly failures: readonly InputFailure[];
  readonly unreadable: readonly Unreadable[];
  readonly notes: readonly { readonly path: string; readonly reason: SkipReason }[];
}

interface Place {
  readonly shown: string;
  readonly real: string;
}

interface Walk {
  readonly fs: FileSystem;
  readonly display: Display;
  readonly excluded: PathTest;
  /** Whether a file that nobody named is read; absent: all are. */
  readonly wanted: PathTest | undefined;
  /** The working directory, links followed. */
  readonly realCwd: string;
  readonly files: InputFile[];
  readonly failures: InputFailure[];
  readonly unreadable: Unreadable[];
  readonly notes: { path: string; reason: SkipReason }[];
  /** Real paths of the files and folders reached so far. */
  readonly seen: Set<string>;
  /** Links are followed last: what can be reached without them keeps its own name. */
  readonly links: Place[];
  /** How often something was reached, be it read, left out or refused. */
  reached: number;
}

/** Finds the files behind the arguments. */
export async function findFiles(
  paths: readonly string[],
  fs: FileSystem,
  display: Display,
  excluded: PathTest,
  wanted?: PathTest,
): Promise<Found> {
  const walk: Walk = {
    fs,
    display,
    excluded,
    wanted,
    realCwd: realPathOf(fs, display.cwd),
    files: [],
    failures: [],
    unreadable: [],
    notes: [],
    seen: new Set(),
    links: [],
    reached: 0,
  };
  for (const path of paths) {
    if (path === '-') take(walk, { shown: STDIN_PATH, real: '' }, true);
    else if (path === '') walk.failures.push(emptyPath);
    else await followArgument(walk, path);
  }
  return walk;
}

async function followArgument(walk: Walk, written: string): Promise<void> {
  const { fs, display } = walk;
  const absolute = resolve(display.cwd, written);
  let isFolder: boolean;
  try {
    isFolder = fs.isFolder(absolute);
  } catch (error) {
    if (hasGlobCharacters(written)) await followGlob(walk, written);
    else walk.failures.push(missingPath(written, absolute, error, fs, display));
    return;
  }
  const place = { shown: display.given(written), real: realPathOf(fs, absolute) };
  const before = walk.reached;
  if (isGivenExcluded(walk, place.shown)) return;
  if (!isFolder) take(walk, place, true);
  else {
    walkFolder(walk, place, true);
    followLinks(walk);
    if (walk.reached === before) walk.notes.push({ path: written, reason: 'empty' });
  }
}

/** A pipe, like `<(kustomize build)`, has no path but the one it was given by. */
function realPathOf(fs: FileSystem, absolute: string): string {
  try {
    return fs.realPath(absolute);
  } catch {
    return absolute;
  }
}

function take(walk: Walk, place: Place, given: boolean): void {
  walk.reached++;
  if (walk.seen.has(place.real) || (!given && walk.wanted?.(place.shown) === false)) return;
  walk.seen.add(place.real);
  walk.files.push({ path: place.shown, real: place.real, given });
}

function walkFolder(walk: Walk, folder: Place, given = false): void {
  if (walk.seen.has(folder.real)) {
    walk.reached++;
    return;
  }
  walk.seen.add(folder.real);
  const shownPrefix = below(folder.shown);
  const realPrefix = realBelow(folder.real);
  for (const entry of list(walk, folder, given)) {
    const { name } = entry;
    const isFile = entry.isFile();
    if (isFile ? !isInputName(name) : isPassedOver(name)) continue;
    const shown = shownPrefix + name;
    if (isExcluded(walk, shown)) continue;
    const real = realPrefix + name;
    if (isFile) take(walk, { shown, real }, false);
    else if (entry.isDirectory()) walkFolder(walk, inside(walk, shown, real));
    else if (entry.isSymbolicLink()) walk.links.push({ shown, real });
  }
}

function list(walk: Walk, folder: Place, given: boolean): FolderEntry[] {
  try {
    return walk.fs.list(folder.real).sort(byName);
  } catch (error) {
    walk.reached++;
    walk.unreadable.push({ path: below(folder.shown) || '.', why: explainFailure(error), given });
    return [];
  }
}

function byName(a: FolderEntry, b: FolderEntry): number {
  return a.name < b.name ? -1 : 1;
}

function isExcluded(walk: Walk, shown: string): boolean {
  if (!walk.excluded(shown)) return false;
  walk.reached++;
  return true;
}

/** Whether a given path, or a folder of the working directory that it is in, is left out. */
function isGivenExcluded(walk: Walk, shown: string): boolean {
  if (shown === '') return false;
  if (walk.excluded(shown)) return true;
  const isOutside = shown === '..' || shown.startsWith('../') || isAbsolute(shown);
  return !isOutside && isGivenExcluded(walk, folderOf(shown));
}

/** A folder found in another one; one outside may hold the working directory, whose paths are relative to it. */
function inside(walk: Walk, shown: string, real: string): Place {
  return { shown: real === walk.realCwd ? '' : shown, real };
}

function realBelow(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}

/** Hidden folders hold settings of tools, not manifests; whoever means one names it. */
function isPassedOver(name: string): boolean {
  return name === 'node_modules' || (name.startsWith('.') && !isInputName(name));
}

const extensions: readonly string[] = ['.yaml', '.yml', '.json'];

/** Whether the name of a file is one that folders are searched for. */
export function isInputName(name: string): boolean {
  if (name === 'Kustomization') return true;
  // `.#a.yaml` and `._a.yaml` are what editors and file managers leave beside `a.yaml`.
  if (name.startsWith('.#') || name.startsWith('._')) return false;
  const lower = name.toLowerCase();
  return extensions.some((extension) => lower.endsWith(extension));
}

function followLinks(walk: Walk): void {
  // The list grows while it is read: a link may lead to more of them.
  for (const link of walk.links) followLink(walk, link);
  walk.links.length = 0;
}

function followLink(walk: Walk, link: Place): void {
  const target = targetOf(walk, link);
  if (target === undefined) return;
  if (!target.isFolder) {
    if (isInputName(baseName(link.shown))) take(walk, target.place, false);
  } else if (link.real.startsWith(realBelow(target.place.real))) {
    walk.reached++;
    walk.notes.push({ path: link.shown, reason: 'link-loop' });
  } else walkFolder(walk, target.place);
}

function targetOf(walk: Walk, link: Place): { place: Place; isFolder: boolean } | undefined {
  try {
    const isFolder = walk.fs.isFolder(link.real);
    return { place: inside(walk, link.shown, walk.fs.realPath(link.real)), isFolder };
  } catch (error) {
    walk.reached++;
    const code = codeOf(error);
    if (code === 'ELOOP') walk.notes.push({ path: link.shown, reason: 'link-loop' });
    else if (isInputName(baseName(link.shown)) || code !== 'ENOENT') {
      walk.unreadable.push({ path: link.shown, why: explainFailure(error), given: false });
    } else walk.notes.push({ path: link.shown, reason: 'broken-link' });
    return undefined;
  }
}

async function followGlob(walk: Walk, written: string): Promise<void> {
  const glob = await readGlob(written);
  const before = walk.reached;
  const absolute = resolve(walk.display.cwd, glob.base);
  let exists = false;
  try {
    exists = walk.fs.isFolder(absolute);
  } catch {}
  if (exists) {
    const base = { shown: walk.display.given(glob.base), real: realPathOf(walk.fs, absolute) };
    if (isGivenExcluded(walk, base.shown)) return;
    expand(walk, glob, base, '', new Set());
    followLinks(walk);
  }
  if (walk.reached === before) walk.failures.push(fruitlessGlob(written, walk.display.cwd));
}

/** Takes what a glob asks for in a folder and below it; `path` leads from the base of the glob to the folder. */
function expand(walk: Walk, glob: Glob, folder: Place, path: string, visited: Set<string>): void {
  if (visited.has(folder.real)) return;
  visited.add(folder.real);
  for (const entry of list(walk, folder, false)) {
    const { name } = entry;
    const wanted = glob.matches(path + name);
    if (name === 'node_modules' || !(wanted || glob.mayHold(path + name))) continue;
    const shown = below(folder.shown) + name;
    if (isExcluded(walk, shown)) continue;
    const own = { shown, real: realBelow(folder.real) + name };
    const target = entry.isSymbolicLink()
      ? targetOf(walk, own)
      : { place: inside(walk, own.shown, own.real), isFolder: entry.isDirectory() };
    if (target === undefined) continue;
    if (!target.isFolder) {
      if (wanted && (glob.namesFiles || isInputName(name))) take(walk, target.place, false);
    } else if (wanted) walkFolder(walk, target.place, false);
    else expand(walk, glob, target.place, `${path}${name}/`, visited);
  }
}
