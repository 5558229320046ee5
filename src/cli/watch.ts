import { EventEmitter, once } from 'node:events';
import { resolve } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { type Analysis, exitCode } from '../engine/analyze.ts';
import { addPlace, createMemory, type Memory, type Places } from '../load/memory.ts';
import { count } from '../report/words.ts';
import { createFolderWatch } from '../session/watch.ts';
import { judge, tellIgnored, write } from './analyze.ts';
import { fail } from './errors.ts';
import { type Given, isOn } from './flags.ts';
import { isAboutChange, readAnalyzeRequest } from './options.ts';
import { withProgress } from './progress.ts';
import { isTerminal, print, printError } from './terminal.ts';
import type { Following } from './watch-cluster.ts';

/** Editors and git write in bursts; the analysis waits until it was quiet for so long. */
const QUIET = 15;
/** A screen is cleared by going home first: terminals then show the next picture at once. */
const CLEAR = '\u001b[H\u001b[2J\u001b[3J';

/** `meshlint analyze --watch`: analyzes now and whenever something changes, until Ctrl-C; ends with the last exit code. */
export async function watch(given: Given): Promise<number> {
  if (given.positionals.includes('-')) {
    throw new ConfigError('--watch cannot watch standard input.', 'Name files or folders instead.');
  }
  if (isAboutChange(given)) {
    throw new ConfigError('--watch cannot be combined with --changed or --staged.', 'Leave one of them out.');
  }
  if (['fix', 'fix-unsafe', 'fix-dry-run'].some((flag) => isOn(given, flag) === true)) {
    throw new ConfigError('--watch only looks: it cannot be combined with --fix.', 'Leave one of them out.');
  }
  const clears = isTerminal('stdout') && process.env.TERM !== 'dumb';
  const memory = createMemory();
  const changes = createChanges();
  const cluster = await follow(given, changes.tell);
  const folders = createFolderWatch(changes.tell);
  let code = 0;
  let last = '';

  async function look(isFirst: boolean): Promise<void> {
    const start = performance.now();
    const round = await analyzeOnce(given, memory, isFirst, cluster);
    code = round.code;
    // Somebody may have written where nobody watched yet.
    if (folders.follow(withPlaces(memory.places, round.files))) changes.tell();
    const took = `${Math.round(performance.now() - start)} ms`;
    const isSame = round.state === last;
    last = round.state;
    if (clears) {
      if (!isSame) {
        print([CLEAR]);
        await round.show();
      }
      const what = cluster === undefined ? '' : `following cluster ${cluster.name}, `;
      const note = `${what}watching ${count(folders.count, 'folder')}, analyzed at ${clock()} in ${took}; Ctrl-C ends`;
      print([isSame ? `\u001b[1A\r\u001b[K${note}\n` : `\n${note}\n`]);
    } else if (isFirst || !isSame) {
      printError(`${isFirst ? '' : '\n'}${clock()} analyzed in ${took}\n`);
      await (isFirst ? round.show() : round.showChange());
    }
  }

  await look(true);
  while (await changes.next()) await look(false);
  folders.close();
  cluster?.close();
  return code;
}

/** Follows the cluster that is to be read, if one is. */
async function follow(given: Given, onChange: () => void): Promise<Following | undefined> {
  const { session } = await readAnalyzeRequest(given, process.env);
  if (session.live === undefined) return undefined;
  const { followGivenCluster } = await import('./live-watch.ts');
  const { createFollowing } = await import('./watch-cluster.ts');
  const tell = (what: string): void => printError(`\n${clock()} ${what}\n`);
  const { live } = session;
  const cluster = await withProgress(
    (onProgress) => followGivenCluster(live, onProgress),
    !isOn(given, 'quiet'),
  );
  return createFollowing(cluster, onChange, tell);
}

interface Round {
  readonly code: number;
  /** All that can be seen of the outcome: while it is the same, nothing has to be shown again. */
  readonly state: string;
  /** Files beside those of the input that count. */
  readonly files: readonly string[];
  readonly show: () => Promise<void> | void;
  /** The same where it was shown before: of a cluster, what came and went. */
  readonly showChange: () => Promise<void> | void;
}

/** One analysis. What fails after the first is shown, and may be repaired before the next. */
async function analyzeOnce(
  given: Given,
  memory: Memory,
  isFirst: boolean,
  cluster: Following | undefined,
): Promise<Round> {
  const files = ['meshlint.yaml', '.meshlint.yaml', 'package.json'];
  try {
    const asked = await readAnalyzeRequest(given, process.env);
    const request = cluster?.now(asked) ?? asked;
    files.push(...request.files);
    memory.begin();
    const analysis = await judge(given, request, memory);
    if (isFirst) await tellIgnored(given, request, analysis);
    const show = (): Promise<void> => {
      cluster?.remember(analysis);
      return write(analysis, request);
    };
    return {
      code: exitCode(analysis, request.failOn),
      state: stateOf(analysis),
      files,
      show,
      showChange:
        cluster === undefined || request.outputs !== undefined
          ? show
          : () => cluster.showChange(analysis, request),
    };
  } catch (error) {
    if (isFirst) throw error;
    const show = (): void => {
      fail(error, isOn(given, 'debug') === true);
    };
    return {
      code: error instanceof ConfigError ? 2 : 3,
      state: String(error),
      files,
      show,
      showChange: show,
    };
  }
}

function withPlaces(places: Places, files: readonly string[]): Places {
  const all = new Map(
    Array.from(places, ([folder, names]) => [folder, names === 'all' ? names : new Set(names)]),
  );
  for (const file of files) addPlace(all, resolve(file));
  return all;
}

function stateOf({ report, sources }: Analysis): string {
  return JSON.stringify([report, ...Array.from(sources.values(), ({ text }) => text)]);
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}

/** Changes as they are told, gathered until it is quiet. */
function createChanges(): { tell(): void; next(): Promise<boolean> } {
  const bell = new EventEmitter();
  let timer: NodeJS.Timeout | undefined;
  let pending = false;
  let ended = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      ended = true;
      bell.emit('ring');
    });
  }
  return {
    tell() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        pending = true;
        bell.emit('ring');
      }, QUIET);
    },
    async next() {
      if (!pending && !ended) await once(bell, 'ring');
      pending = false;
      return !ended;
    },
  };
}
