import { closeSync, openSync } from 'node:fs';
import { ConfigError } from '../config/config-error.ts';
import { type Analysis, exitCode } from '../engine/analyze.ts';
import { reasonInWords } from '../load/index.ts';
import { type Format, type FormatOptions, formats } from '../report/index.ts';
import { formatSummary } from '../report/summary.ts';
import { openSession, type Session, type SessionRequest } from '../session/session.ts';
import { type Given, isOn } from './flags.ts';
import { type AnalyzeRequest, isAboutChange, readAnalyzeRequest } from './options.ts';
import { withProgress } from './progress.ts';
import { print, printError, terminalWidth, wantsColor, writeAll } from './terminal.ts';
import { version } from './version.ts';

/** `meshlint analyze`: reads, judges, prints; gives the exit code. */
export async function analyze(given: Given): Promise<number> {
  if (isOn(given, 'list-analyzers')) return (await import('./rules.ts')).listRules(given, 'table');
  const request = await readAnalyzeRequest(given, process.env);
  const format = await formats[request.format]();
  if (request.verbose) for (const note of request.notes) printError(`note: ${note}\n`);

  const open = async (asked: SessionRequest): Promise<Pick<Session, 'analyze'>> =>
    given.flags.has('cluster')
      ? (await import('./clusters.ts')).openGivenClusters(given, asked)
      : openSession(asked);
  const analysis = await withProgress(async (onProgress) => {
    const session = { ...request.session, onProgress };
    const input = isAboutChange(given)
      ? await (await import('./changes.ts')).openChange(given, session, open, process.env)
      : await open(session);
    return input.analyze(request.rules, version, { ...request.analyze, onProgress });
  }, !request.quiet);
  await write(format, analysis, request);
  return exitCode(analysis, request.failOn);
}

async function write(format: Format, analysis: Analysis, request: AnalyzeRequest): Promise<void> {
  const { outputFile, verbose, quiet } = request;
  const color =
    request.format === 'text' && outputFile === undefined && wantsColor(request.color, process.env);
  const width = outputFile === undefined ? terminalWidth() : { prose: 80, code: 140 };
  const options: FormatOptions = {
    color,
    width: width.prose,
    codeWidth: width.code,
    verbose,
    quiet,
    skipReason: (reason) => (isSkipReason(reason) ? reasonInWords[reason] : reason),
  };
  const pieces = format(analysis, options);
  if (outputFile === undefined) {
    print(pieces);
    return;
  }
  writeFile(outputFile, pieces);
  if (!quiet) printError(`${formatSummary(analysis.report, { color: false, verbose: false })}\n`);
}

function isSkipReason(reason: string): reason is keyof typeof reasonInWords {
  return Object.hasOwn(reasonInWords, reason);
}

function writeFile(path: string, pieces: Iterable<string>): void {
  let file: number | undefined;
  try {
    file = openSync(path, 'w');
    writeAll(file, pieces);
  } catch (error) {
    throw new ConfigError(
      `--output-file ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      'Check the folder and its permissions.',
    );
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
