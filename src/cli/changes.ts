// `--changed` and `--staged`: the whole input is judged, and what the change is not answerable for is left out.
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { ChangeFilter } from '../engine/analyze.ts';
import type { Diagnostic } from '../engine/diagnostic.ts';
import { type Change, findChange } from '../load/changes.ts';
import type { FileSystem } from '../load/file-system.ts';
import { GitError } from '../load/git.ts';
import { COUNTED_RULE } from '../report/summary.ts';
import type { Session, SessionRequest } from '../session/session.ts';
import { type Given, isOn, last } from './flags.ts';
import { printError } from './terminal.ts';

type Input = Pick<Session, 'analyze'>;

/**
 * Opens the input in the state that the change leaves it in. Its report has what was found in the changed files, and
 * what was not found before anywhere else. Throws ConfigError where git or the paths cannot be used.
 */
export async function openChange(
  given: Given,
  request: SessionRequest,
  open: (request: SessionRequest) => Promise<Input>,
  environment: NodeJS.ProcessEnv,
): Promise<Input> {
  const cwd = process.cwd();
  const flag = readFlag(given);
  const change = await told(flag, () =>
    find(flag, cwd, last(given, 'changed') ?? '', environment, request.fs),
  );
  if (!isOn(given, 'quiet')) for (const note of change.notes) printError(`note: ${flag}: ${note}\n`);

  const filesOnly = isOn(given, 'only-files') ?? false;
  const realPath = createRealPath(change, cwd);
  const clusterPaths = (given.flags.get('cluster') ?? []).map((value) => value.slice(value.indexOf('=') + 1));
  for (const path of [...given.positionals, ...request.paths, ...clusterPaths])
    checkInside(flag, change, realPath(path), path);
  const hasPaths = request.paths.length > 0 || clusterPaths.length > 0;
  // Relative, so that they mean the same in a copy of the repository.
  const paths = hasPaths
    ? request.paths.map((path) => (isAbsolute(path) ? relative(cwd, path) || '.' : path))
    : [relative(cwd, change.top) || '.'];
  const asked: SessionRequest = { ...request, paths, fs: change.now };
  const reported = filesOnly ? new Set(given.positionals.map(realPath)) : change.changed;

  const { before } = change;
  const input = await told(flag, () => open(asked));
  return {
    analyze(rules, version, options) {
      let known: Promise<ReadonlySet<string>> | undefined;
      // Most changes break nothing elsewhere, and cost no second analysis.
      const findBefore = async (fs: FileSystem): Promise<ReadonlySet<string>> => {
        const earlier = await told(flag, () => open({ ...asked, fs }));
        const { report } = await earlier.analyze(rules, version, { ...options, show: 'info' });
        return new Set(report.diagnostics.map(keyOf));
      };
      const filter: ChangeFilter = {
        touches: (file) => reported.has(realPath(file)),
        async isNew(diagnostic) {
          // That a file is passed over is no news, and not worth a second analysis.
          if (diagnostic.rule === COUNTED_RULE) return false;
          // A changed file that the hook did not name is none of its business.
          if (filesOnly && change.changed.has(realPath(diagnostic.location?.file ?? ''))) return false;
          if (before === undefined) return true;
          known ??= findBefore(before);
          return !(await known).has(keyOf(diagnostic));
        },
      };
      return input.analyze(rules, version, { ...options, change: filter });
    },
  };
}

/** The same finding at the same place: the file did not change, so nothing in it moved. */
function keyOf({ fingerprint, location }: Diagnostic): string {
  return `${fingerprint} ${location?.line}:${location?.column} ${location?.file}`;
}

function readFlag(given: Given): '--changed' | '--staged' {
  const isStaged = isOn(given, 'staged') === true;
  if (isStaged && given.flags.has('changed')) {
    throw new ConfigError(
      '--changed and --staged exclude each other.',
      '--staged is about what is committed next, --changed about all that differs from a branch.',
    );
  }
  if (given.positionals.includes('-')) {
    throw new ConfigError(
      `${isStaged ? '--staged' : '--changed'}: standard input belongs to no repository.`,
      'Name files and folders, or nothing for the whole repository.',
    );
  }
  return isStaged ? '--staged' : '--changed';
}

function find(
  flag: '--changed' | '--staged',
  cwd: string,
  revision: string,
  environment: NodeJS.ProcessEnv,
  disk: FileSystem | undefined,
): Change {
  // With --from-ref, pre-commit asks about commits that exist already: nothing is staged then.
  const since = flag === '--staged' ? (environment.PRE_COMMIT_FROM_REF ?? '') : revision;
  return findChange({
    cwd,
    state: flag === '--staged' ? 'index' : 'working-tree',
    ...(since === '' ? {} : { since }),
    ...(disk === undefined ? {} : { disk }),
  });
}

/** What git cannot give is told like a flag that cannot be used. */
async function told<T>(flag: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitError) throw new ConfigError(`${flag}: ${error.message}`, error.help);
    throw error;
  }
}

/** Where shown or given paths are, links followed; of what does not exist, as far as it does. */
function createRealPath({ now }: Change, cwd: string): (path: string) => string {
  const known = new Map<string, string>();
  const follow = (absolute: string): string => {
    try {
      return now.realPath(absolute);
    } catch {
      const parent = resolve(absolute, '..');
      return parent === absolute
        ? absolute
        : resolve(follow(parent), absolute.slice(parent.length).replace(/^[\\/]/, ''));
    }
  };
  return (path) => {
    const real = known.get(path) ?? follow(resolve(cwd, path));
    known.set(path, real);
    return real;
  };
}

function checkInside(flag: string, { top }: Change, real: string, path: string): void {
  if (real === top || real.startsWith(top.endsWith(sep) ? top : top + sep)) return;
  throw new ConfigError(
    `${flag}: ${path} is not in the repository ${top}.`,
    'Run it inside of the repository that the paths belong to.',
  );
}
