import { type Analysis, exitCode } from '../engine/analyze.ts';
import { reasonInWords } from '../load/index.ts';
import type { Memory } from '../load/memory.ts';
import type { FormatOptions } from '../report/index.ts';
import { formatText } from '../report/text.ts';
import type { Session } from '../session/session.ts';
import { aboutClusters } from './cluster-flags.ts';
import { type Given, isOn } from './flags.ts';
import {
  type AnalyzeRequest,
  type InputRequest,
  isAboutChange,
  openInputs,
  readAnalyzeRequest,
} from './options.ts';
import { withProgress } from './progress.ts';
import { isTerminal, print, terminalWidth, wantsColor } from './terminal.ts';
import { version } from './version.ts';

/** `meshlint analyze`: reads, judges, prints; gives the exit code. */
export async function analyze(given: Given): Promise<number> {
  if (isOn(given, 'list-analyzers')) return (await import('./rules.ts')).listRules(given, 'table');
  if (isOn(given, 'interactive')) return (await import('./ui/ui.ts')).ui(given);
  if (isOn(given, 'watch')) return (await import('./watch.ts')).watch(given);
  const request = await readAnalyzeRequest(given, process.env);
  const { fix } = request;
  const analysis = fix
    ? await (await import('./fix.ts')).fixFiles(fix, (state) =>
        judge(given, { ...request, session: { ...request.session, ...state } }),
      )
    : await judge(given, request);
  await tellIgnored(given, request, analysis);
  if (!fix?.dryRun) await write(analysis, request);
  return exitCode(analysis, request.failOn);
}

/** Tells of flags that had no say in what was read: those about clusters for files, and the other way round. */
export async function tellIgnored(
  given: Given,
  { session }: AnalyzeRequest,
  { report: { coverage } }: Analysis,
): Promise<void> {
  if (coverage.world !== 'live' && !aboutClusters.some(({ name }) => given.flags.has(name))) return;
  (await import('./combinations.ts')).tellIgnored(given, session, coverage);
}

/** Reads the input and runs the rules; with a memory, what did not change since is not read again. */
export function judge(given: Given, request: AnalyzeRequest, memory?: Memory): Promise<Analysis> {
  const open = async (asked: InputRequest): Promise<Pick<Session, 'analyze'>> =>
    given.flags.has('cluster')
      ? (await import('./clusters.ts')).openGivenClusters(given, asked)
      : request.worlds === undefined
        ? openInputs(asked)
        : (await import('../session/worlds.ts')).openWorlds(request.worlds, asked);
  return withProgress(async (onProgress) => {
    const session = { ...request.session, onProgress, ...(memory === undefined ? {} : { memory }) };
    const input = isAboutChange(given)
      ? await (await import('./changes.ts')).openChange(given, session, open, process.env)
      : await open(session);
    return input.analyze(request.rules, version, { ...request.analyze, onProgress });
  }, !request.quiet);
}

/** Writes the report where it was asked for. */
export async function write(analysis: Analysis, request: AnalyzeRequest): Promise<void> {
  const { outputs } = request;
  const options = formatOptions(request);
  if (outputs === undefined) print(formatText(analysis, options));
  else await (await import('./write-outputs.ts')).writeOutputs(analysis, outputs, options, request.rules);
}

/** How a report looks on this terminal. */
export function formatOptions({ color, verbose, quiet, failOn }: AnalyzeRequest): FormatOptions {
  const terminal = isTerminal('stdout');
  const width = terminalWidth(terminal);
  return {
    color: wantsColor(color, process.env, () => terminal),
    width: width.prose,
    codeWidth: width.code,
    verbose,
    quiet,
    failOn,
    skipReason: (reason) => (isSkipReason(reason) ? reasonInWords[reason] : reason),
    placeOf: (file) => file,
    describe: () => undefined,
  };
}

function isSkipReason(reason: string): reason is keyof typeof reasonInWords {
  return Object.hasOwn(reasonInWords, reason);
}
