// Runs git and reads its answers. Nothing that a user wrote is ever taken for an option of git.
import { spawnSync } from 'node:child_process';
import { codeOf } from './file-system.ts';

/** Git, or this repository, cannot give what is asked for; `help` says what to do. */
export class GitError extends Error {
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.name = 'GitError';
    this.help = help;
  }
}

/** One file that differs between two states, with what git keeps of either side. */
export interface FileChange {
  /** From the top of the working tree, with `/`. */
  readonly path: string;
  /** Undefined where the file is not there. */
  readonly before: GitFile | undefined;
  readonly after: GitFile | undefined;
}

export interface GitFile {
  readonly type: 'file' | 'link' | 'submodule';
  /** Name of the object; only zeros for what stands in the working tree alone. */
  readonly object: string;
}

/** One working tree, and what git tells of it. */
export interface Repository {
  /** The folder that it begins at. */
  readonly top: string;
  /** Full name of the commit that a revision means; undefined when there is none. */
  commitOf(revision: string): string | undefined;
  /** The last commit that both have; undefined when no common history is here. */
  mergeBase(one: string, other: string): string | undefined;
  /** The branch that the remote of the current branch, or `origin`, has as its main one. */
  defaultBranch(): string | undefined;
  isShallow(): boolean;
  /** The tree without files, which the first commit is compared with. */
  emptyTree(): string;
  /** What differs: `sides` as `git diff` takes them, resolved names only. */
  diff(sides: readonly string[]): readonly FileChange[];
  /** Files that git neither keeps nor ignores. */
  untracked(): readonly string[];
  /** Writes all files of a commit or tree, or of the index, into an empty folder that ends with `/`. */
  writeInto(folder: string, tree?: string): void;
  /** Folders of submodules, and what is ignored in folders called `name`. */
  notKept(name: string): readonly string[];
  /** The contents of objects, in their order. */
  contents(objects: readonly string[]): readonly Buffer[];
}

interface Call {
  /** Exit codes that mean "no" rather than a failure. */
  readonly no?: readonly number[];
  readonly input?: string;
  /** The index to use instead of the repository's own. */
  readonly index?: string;
}

const TIMEOUT = 60_000;
/** Variables that tie git to one repository; they may not follow into a submodule. */
const REPOSITORY_VARIABLES =
  /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|NAMESPACE)$/;

/** The repository that a folder belongs to. Throws GitError where there is none, and where git cannot be run. */
export function openRepository(folder: string, isSubmodule = false): Repository {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !(isSubmodule && REPOSITORY_VARIABLES.test(name))),
  );

  /** What git prints; undefined when it fails with one of the codes that mean "no". */
  function ask(args: readonly string[], { no = [], input = '', index }: Call = {}): Buffer | undefined {
    const { error, status, signal, stdout, stderr } = spawnSync('git', args, {
      cwd: top,
      input,
      timeout: TIMEOUT,
      maxBuffer: Number.POSITIVE_INFINITY,
      // Another git that works here at the same time is not kept waiting, and nobody is asked for a password.
      env: {
        ...env,
        GIT_OPTIONAL_LOCKS: '0',
        GIT_TERMINAL_PROMPT: '0',
        ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
      },
    });
    if (error !== undefined) {
      if (codeOf(error) === 'ENOENT') {
        throw new GitError(
          'git is not installed, or not in PATH.',
          'Install it, or name the files to analyze instead.',
        );
      }
      const took =
        codeOf(error) === 'ETIMEDOUT' ? ` took longer than ${TIMEOUT / 1000} s` : ` failed: ${error.message}`;
      throw new GitError(`git ${args[0]}${took}.`, 'Try the same command in a shell: git status');
    }
    if (status === 0) return stdout;
    if (status !== null && no.includes(status)) return undefined;
    const said =
      stderr
        .toString()
        .trim()
        .replace(/^fatal: /, '')
        .split('\n')[0] ?? '';
    throw new GitError(
      `git ${args[0]} failed: ${said === '' ? `exit code ${status ?? signal}` : said}.`,
      helpFor(said),
    );
  }
  const text = (answer: Buffer | undefined): string | undefined => answer?.toString().replace(/\r?\n$/, '');

  let top = folder;
  top = text(ask(['rev-parse', '--show-toplevel'])) ?? folder;

  return {
    top,
    commitOf: (revision) =>
      text(
        ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], {
          no: [1, 128],
        }),
      ),
    mergeBase: (one, other) => text(ask(['merge-base', '--end-of-options', one, other], { no: [1] })),
    defaultBranch() {
      const branch = text(ask(['symbolic-ref', '--quiet', '--short', 'HEAD'], { no: [1] }));
      const own =
        branch === undefined
          ? undefined
          : text(ask(['config', '--get', `branch.${branch}.remote`], { no: [1] }));
      for (const remote of new Set([own ?? 'origin', 'origin'])) {
        const head = text(ask(['symbolic-ref', '--quiet', `refs/remotes/${remote}/HEAD`], { no: [1, 128] }));
        if (head !== undefined) return head;
      }
      return undefined;
    },
    isShallow: () => text(ask(['rev-parse', '--is-shallow-repository'])) === 'true',
    emptyTree: () => text(ask(['hash-object', '-t', 'tree', '--stdin'])) ?? '',
    diff(sides) {
      const plain = [
        '--raw',
        '-z',
        '--no-abbrev',
        '--no-renames',
        '--no-ext-diff',
        '--no-textconv',
        '--no-color',
      ];
      const where = ['--no-relative', '--ignore-submodules=none'];
      return readChanges(ask(['diff', ...plain, ...where, ...sides, '--'])?.toString() ?? '');
    },
    untracked() {
      const names =
        ask(['ls-files', '-z', '--others', '--exclude-standard', '--full-name'])?.toString() ?? '';
      // A repository within this one, and no submodule of it, is told as a folder.
      return names.split('\0').filter((name) => name !== '' && !name.endsWith('/'));
    },
    writeInto(folder, tree) {
      const call = tree === undefined ? {} : { index: `${folder.slice(0, -1)}.index` };
      if (tree !== undefined) ask(['read-tree', tree], call);
      ask(['checkout-index', '--all', '--quiet', `--prefix=${folder}`], call);
    },
    notKept(name) {
      const staged = ask(['ls-files', '-z', '--stage'])?.toString() ?? '';
      const ignored = ['--others', '--ignored', '--exclude-standard', '--', `:(glob)**/${name}/**`];
      return [
        ...[...staged.matchAll(/(?<=^|\0)160000 [^\t]*\t([^\0]+)/g)].map(([, path = '']) => path),
        ...(ask(['ls-files', '-z', ...ignored])?.toString() ?? '').split('\0').filter((path) => path !== ''),
      ];
    },
    contents(objects) {
      if (objects.length === 0) return [];
      const answer = ask(['cat-file', '--batch'], { input: `${objects.join('\n')}\n` }) ?? Buffer.alloc(0);
      return readBatch(answer, objects.length);
    },
  };
}

function helpFor(said: string): string {
  if (/not a git repository|must be run in a work tree/i.test(said)) {
    return 'Run it inside of a repository, or name the files to analyze without --changed and --staged.';
  }
  if (/dubious ownership/.test(said)) {
    return 'The repository belongs to another user. If you trust it: git config --global --add safe.directory FOLDER';
  }
  return 'Try the same command in a shell.';
}

/** Reads `git diff --raw -z`: `:MODE MODE OBJECT OBJECT STATUS`, and the path behind a zero byte. */
function readChanges(raw: string): readonly FileChange[] {
  const fields = raw.split('\0');
  const changes: FileChange[] = [];
  const seen = new Set<string>();
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [oldMode = '', newMode = '', oldObject = '', newObject = '', status = ''] = (fields[i] ?? '')
      .slice(1)
      .split(' ');
    const path = fields[i + 1] ?? '';
    // A file in conflict is told twice; what stands in the working tree is what there is of it.
    if (seen.has(path) || status === 'U') continue;
    seen.add(path);
    changes.push({ path, before: gitFile(oldMode, oldObject), after: gitFile(newMode, newObject) });
  }
  return changes;
}

function gitFile(mode: string, object: string): GitFile | undefined {
  if (mode === '000000') return undefined;
  return { type: mode === '160000' ? 'submodule' : mode === '120000' ? 'link' : 'file', object };
}

/** Reads `git cat-file --batch`: a line `OBJECT TYPE SIZE`, the content, a line break. */
function readBatch(answer: Buffer, count: number): readonly Buffer[] {
  const contents: Buffer[] = [];
  let at = 0;
  while (contents.length < count) {
    const end = answer.indexOf('\n', at);
    const [object = '', , size] = answer.toString('latin1', at, end < 0 ? undefined : end).split(' ');
    if (end < 0 || size === undefined) {
      throw new GitError(
        `git does not have the content of object ${object}.`,
        'The clone may be partial or damaged: git fetch, git fsck',
      );
    }
    contents.push(answer.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return contents;
}
