// The input in two states: as a change leaves it, and as it was before.
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { GitError, type GitFile, openRepository, type Repository } from './git.ts';
import { type OverlayFile, overlay } from './overlay.ts';
import { baseName } from './paths.ts';
import { isInputName } from './walk.ts';

export interface ChangeRequest {
  readonly cwd: string;
  /** What is committed next, or what stands in the working tree. */
  readonly state: 'index' | 'working-tree';
  /** The files as they stand in the working tree; those on disk unless somebody edits them in memory. */
  readonly disk?: FileSystem;
  /** Revision to compare with: its last commit in common. By default HEAD for the index, else the default branch. */
  readonly since?: string;
}

/** What changed in a repository. */
export interface Change {
  /** The folder that the working tree begins at, without links. */
  readonly top: string;
  /** The files as the change leaves them. */
  readonly now: FileSystem;
  /** The files as they were; undefined when that cannot be told, and every finding has to count as new. */
  readonly before: FileSystem | undefined;
  /** Files that are new, different or gone, by their paths without links. */
  readonly changed: ReadonlySet<string>;
  /** What people should know of the comparison. */
  readonly notes: readonly string[];
}

interface States {
  readonly now: Map<string, OverlayFile | undefined>;
  readonly before: Map<string, OverlayFile | undefined>;
  readonly changed: Set<string>;
  readonly notes: string[];
  isBeforeKnown: boolean;
}

/** Finds what changed. Throws GitError where git, the repository or the revision cannot be used. */
export function findChange(request: ChangeRequest): Change {
  const repository = openRepository(request.cwd);
  const states: States = {
    now: new Map(),
    before: new Map(),
    changed: new Set(),
    notes: [],
    isBeforeKnown: true,
  };
  const base = baseOf(repository, request, states.notes);
  compare(repository, base, request.state, states);
  const { now, before, changed, notes, isBeforeKnown } = states;
  const disk = request.disk ?? nodeFileSystem;
  const inState = (files: States['now'], tree?: string): FileSystem =>
    files.size === 0 ? disk : { ...overlay(disk, files), onDisk: createCopy(repository, tree) };
  return {
    top: realTop(repository),
    now: inState(now),
    before: isBeforeKnown ? inState(before, base) : undefined,
    changed,
    notes,
  };
}

/** The commit, or the empty tree, that stands for the state before. */
function baseOf(repository: Repository, { state, since }: ChangeRequest, notes: string[]): string {
  const head = repository.commitOf('HEAD');
  const revision = since ?? (state === 'index' ? 'HEAD' : repository.defaultBranch());
  if (revision === undefined) {
    notes.push(
      'no default branch of a remote is known here: compared with HEAD, so only what is not committed counts (--changed=REF names a branch)',
    );
  }
  if (head === undefined) {
    if (since === undefined || since === 'HEAD') return repository.emptyTree();
    throw new GitError(
      `There is no commit yet to compare with ${since}.`,
      'Commit something first, or leave the revision out.',
    );
  }
  if (revision === undefined || revision === 'HEAD') return head;
  const commit = repository.commitOf(revision);
  if (commit === undefined) {
    throw new GitError(
      `"${revision}" is no revision that is here.`,
      `Check the name, or fetch it first: git fetch ${revision.startsWith('origin/') ? `origin ${revision.slice('origin/'.length)}` : 'origin'}`,
    );
  }
  const base = repository.mergeBase(commit, head);
  if (base !== undefined) return base;
  throw new GitError(
    `"${revision}" and HEAD have no commit in common here.`,
    repository.isShallow()
      ? 'The clone is shallow. Fetch more of its history: git fetch --unshallow (in GitHub Actions: actions/checkout with fetch-depth: 0).'
      : 'Name a revision that this branch comes from.',
  );
}

/** Adds what differs between a commit or tree and a state of a repository, submodules included. */
function compare(
  repository: Repository,
  base: string,
  state: ChangeRequest['state'] | { commit: string },
  states: States,
): void {
  const top = realTop(repository);
  const files = createObjects(repository);
  const submodules = new Map<string, { before?: GitFile | undefined; after?: GitFile | undefined }>();

  if (state !== 'working-tree') {
    // What is on disk beyond the state counts in neither.
    for (const { path, before } of repository.diff(state === 'index' ? [] : [state.commit])) {
      if (before?.type === 'submodule') submodules.set(path, { before, after: before });
      else for (const each of [states.now, states.before]) each.set(join(top, path), files(before, path));
    }
  }
  const sides =
    state === 'index' ? ['--cached', base] : state === 'working-tree' ? [base] : [base, state.commit];
  for (const { path, before, after } of repository.diff(sides)) {
    if (before?.type === 'submodule' || after?.type === 'submodule') submodules.set(path, { before, after });
    if (before?.type !== 'submodule') states.before.set(join(top, path), files(before, path));
    if (after?.type !== 'submodule') states.changed.add(join(top, path));
  }
  for (const path of repository.untracked()) {
    states.before.set(join(top, path), undefined);
    if (state === 'working-tree') states.changed.add(join(top, path));
    else states.now.set(join(top, path), undefined);
  }
  for (const [path, { before, after }] of submodules) {
    compareSubmodule(join(top, path), before, state === 'working-tree' ? state : after, states);
  }
}

function compareSubmodule(
  folder: string,
  before: GitFile | undefined,
  after: GitFile | 'working-tree' | undefined,
  states: States,
): void {
  const isHere = existsSync(join(folder, '.git'));
  if (isHere && after !== undefined) {
    const repository = openRepository(folder, true);
    const base = before?.type === 'submodule' ? repository.commitOf(before.object) : repository.emptyTree();
    const commit = after === 'working-tree' ? after : repository.commitOf(after.object);
    if (base !== undefined && commit !== undefined) {
      compare(repository, base, commit === 'working-tree' ? commit : { commit }, states);
      return;
    }
  }
  // Never checked out: it is input neither now nor before.
  if (!isHere && after !== undefined) return;
  states.isBeforeKnown = false;
  states.notes.push(
    `what submodule ${folder} was before is not here: all findings are reported (git submodule update --init)`,
  );
}

/**
 * Where programs that read files by themselves find a state of the repository (the index, or a tree): in a copy, made
 * when one asks and removed in the end. Submodules and charts that are fetched rather than kept are as on disk.
 */
function createCopy(repository: Repository, tree?: string): (path: string) => string {
  const top = realTop(repository);
  let copy: string | undefined;
  return (path) => {
    if (path !== top && !path.startsWith(top + sep)) return path;
    copy ??= writeCopy(repository, top, tree);
    return join(copy, relative(top, path));
  };
}

function writeCopy(repository: Repository, top: string, tree: string | undefined): string {
  const temp = realpathSync(mkdtempSync(join(tmpdir(), 'meshlint-state-')));
  process.once('exit', () => rmSync(temp, { recursive: true, force: true }));
  // Of the same name, for that is what a kustomization or chart at the top is known by.
  const copy = join(temp, basename(top));
  repository.writeInto(copy + sep, tree);
  for (const path of repository.notKept('charts')) {
    const source = join(top, path);
    if (!existsSync(source)) continue;
    cpSync(source, join(copy, path), { recursive: true, filter: (from) => basename(from) !== '.git' });
  }
  return copy;
}

function realTop({ top }: Repository): string {
  return nodeFileSystem.realPath(top);
}

/** Files as git keeps them. Those that are most likely input are fetched together when the first is read. */
function createObjects(
  repository: Repository,
): (file: GitFile | undefined, path: string) => OverlayFile | undefined {
  const wanted = new Set<string>();
  const known = new Map<string, Buffer>();
  function content(object: string): Buffer {
    const found = known.get(object);
    if (found !== undefined) return found;
    wanted.add(object);
    const objects = [...wanted];
    wanted.clear();
    for (const [i, bytes] of repository.contents(objects).entries()) known.set(objects[i] ?? '', bytes);
    return known.get(object) ?? Buffer.alloc(0);
  }
  return (file, path) => {
    if (file === undefined) return undefined;
    if (isInputName(baseName(path))) wanted.add(file.object);
    return { isLink: file.type === 'link', content: () => content(file.object) };
  };
}
