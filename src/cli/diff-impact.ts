// `meshlint diff-impact`: what files would do to a cluster.
import { ConfigError } from '../config/config-error.ts';
import { exitCode } from '../engine/analyze.ts';
import { type ImpactReport, reportImpact } from '../engine/impact.ts';
import type { Report } from '../engine/report.ts';
import { showObject } from '../model/object-id.ts';
import { formatCoverage } from '../report/coverage.ts';
import { formatImpact, impactSummary } from '../report/impact.ts';
import { writeJson } from '../report/json.ts';
import { createPalette } from '../report/palette.ts';
import { COUNTED_RULE } from '../report/summary.ts';
import { openLive } from '../session/live.ts';
import { openOverlay } from '../session/overlay.ts';
import { formatOptions } from './analyze.ts';
import { tellIgnored } from './combinations.ts';
import { choice, type Given } from './flags.ts';
import { type AnalyzeRequest, readAnalyzeRequest } from './options.ts';
import { readOverlay, wholeOf } from './overlay.ts';
import { withProgress } from './progress.ts';
import { readRemoved } from './removed.ts';
import { print, printError } from './terminal.ts';
import { version } from './version.ts';

/** Reads files and cluster, compares the findings with and without the files, and gives the exit code. */
export async function diffImpact(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  const format = choice(given, 'format', ['text', 'json']) ?? 'text';
  const deleted = given.flags.get('deleted') ?? [];
  if (given.positionals.includes('-') && deleted.includes('-')) {
    throw new ConfigError(
      'Standard input cannot hold both manifests and what is deleted.',
      'Give a file to one of them.',
    );
  }
  const removed = await readRemoved(deleted);
  const flags = new Map(given.flags);
  flags.delete('format');
  const asked = { ...given, flags: flags.set('use-kube', ['true']) };
  const request = await readAnalyzeRequest(asked, environment);
  const acceptSnapshot = async (hasFiles: boolean): Promise<void> => {
    if (!hasFiles && deleted.length === 0) throw nothingChanges();
    await request.session.acceptSnapshot?.(hasFiles);
  };
  if (request.session.paths.length === 0 && deleted.length === 0) throw nothingChanges();
  const wish = request.session.live ?? { given: asked, environment };
  const { report, after } = await withProgress(async (onProgress) => {
    const reading = await readOverlay(wish, { ...request.session, acceptSnapshot, onProgress }, removed);
    const options = { ...wholeOf(request.analyze), onProgress };
    // One after the other: of the first, nothing is kept but its report.
    const alone = await openLive(reading.state, reading.request);
    const before = await alone.analyze(request.rules, version, options);
    const overlay = await openOverlay(reading.state, reading.files, reading.request);
    const after = await overlay.analyze(request.rules, version, options);
    return { report: reportImpact(told(before.report), told(after.report), overlay.objects), after };
  }, !request.quiet);
  tellIgnored(given, request.session, after.report.coverage);
  for (const object of report.objects.notFound) {
    printError(`note: --deleted: ${showObject(object)} is not in the cluster, or was not read\n`);
  }
  if (format === 'json') print(writeJson(report));
  else print(text(report, after.report, request));
  const { incomplete } = report.summary;
  const counted = report.new.map(({ severity }) => severity);
  return exitCode({ report: { summary: { incomplete } }, counted }, request.failOn);
}

function nothingChanges(): ConfigError {
  return new ConfigError(
    'No path was given, so nothing would change.',
    'Give what is to be applied, as meshlint diff-impact ./manifests, or name with --deleted what is to be removed.',
  );
}

/** That a file is passed over is nothing that it does to a cluster; the coverage counts it. */
function told(report: Report): Report {
  return { ...report, diagnostics: report.diagnostics.filter(({ rule }) => rule !== COUNTED_RULE) };
}

function* text(report: ImpactReport, after: Report, request: AnalyzeRequest): Iterable<string> {
  const options = formatOptions(request);
  const { incomplete } = report.summary;
  if (!request.quiet || incomplete || report.new.length > 0) yield* formatImpact(report, options);
  yield `${impactSummary(report, options.color)}\n`;
  // What could not be read is told to everybody.
  if (request.quiet && !incomplete) return;
  yield `\n${formatCoverage({ ...after, diagnostics: report.new }, options, createPalette(options.color)).join('\n')}\n`;
}
