// Git repositories to run the command in.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withTree } from './run.ts';

export interface Repo {
  readonly folder: string;
  /** Runs git there; throws when it fails. */
  git(...args: readonly string[]): string;
  write(files: Readonly<Record<string, string>>): void;
  remove(path: string): void;
  /** Everything, as one commit. */
  commit(): void;
}

/** Nobody's own settings, but for what the tests need. */
export const gitEnvironment = {
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
};

/** A repository with one commit of these files; with none, a repository without commits. */
export function withRepository<T>(
  files: Readonly<Record<string, string>>,
  use: (repository: Repo) => Promise<T>,
): Promise<T> {
  return withTree({}, async (folder) => {
    const repository = createRepository(join(folder, 'repository'), files);
    return use(repository);
  });
}

/** Makes a repository in a folder that does not exist yet. */
export function createRepository(folder: string, files: Readonly<Record<string, string>>): Repo {
  mkdirSync(folder, { recursive: true });
  const repository = repositoryIn(folder);
  repository.git('init', '-q', '-b', 'main');
  repository.write(files);
  if (Object.keys(files).length > 0) repository.commit();
  return repository;
}

/** One that is there already: a clone, a worktree. */
export function repositoryIn(folder: string): Repo {
  const git = (...args: readonly string[]): string => {
    const settings = ['-c', 'protocol.file.allow=always'];
    const { status, stdout, stderr } = spawnSync('git', [...settings, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: gitEnvironment,
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  return {
    folder,
    git,
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    },
    remove: (path) => rmSync(join(folder, path), { recursive: true }),
    commit() {
      git('add', '-A');
      git('commit', '-q', '-m', 'change');
    },
  };
}
