// What `--watch` needs beyond files where a cluster is followed.
import type { Analysis } from '../engine/analyze.ts';
import type { Diagnostic } from '../engine/diagnostic.ts';
import { compareFindings } from '../engine/impact.ts';
import { assumptionOf } from '../report/assumption.ts';
import { createPalette, type Palette } from '../report/palette.ts';
import { oneLine } from '../report/screen.ts';
import { formatSummary } from '../report/summary.ts';
import { helpOf, showPath, showResource } from '../report/words.ts';
import { formatOptions } from './analyze.ts';
import { createRefusalNote, createSilenceNote, type FollowedCluster, withState } from './live-watch.ts';
import type { AnalyzeRequest } from './options.ts';
import { print } from './terminal.ts';

/** A cluster that is followed beside files, or instead of them. */
export interface Following {
  readonly name: string;
  /** The request, of the cluster as it is now. */
  now(request: AnalyzeRequest): AnalyzeRequest;
  /** Keeps in mind what was shown. */
  remember(analysis: Analysis): void;
  /** Shows what came and went since then, and keeps that in mind. */
  showChange(analysis: Analysis, request: AnalyzeRequest): void;
  close(): void;
}

/** How often is looked whether the cluster still answers. */
const LOOK = 1000;

/** Tells of every change, and of a cluster that does not answer. */
export function createFollowing(
  cluster: FollowedCluster,
  onChange: () => void,
  tell: (what: string) => void,
): Following {
  const { name, watch, memory, close } = cluster;
  const noteRefusals = createRefusalNote(cluster, tell);
  const noteSilence = createSilenceNote(cluster, tell);
  void (async () => {
    while (await watch.changed()) onChange();
  })();
  const timer = setInterval(() => {
    noteRefusals();
    noteSilence();
  }, LOOK);
  let shown: readonly Diagnostic[] = [];
  return {
    name,
    now: (request) => ({
      ...request,
      session: withState(request.session, { state: watch.state(), memory }),
    }),
    remember({ report }) {
      shown = report.diagnostics;
    },
    showChange(analysis, request) {
      print(changeLines(shown, analysis, request));
      shown = analysis.report.diagnostics;
    },
    close() {
      clearInterval(timer);
      close();
    },
  };
}

/** New findings with a plus, those that are gone with a minus, and where that leaves it. */
function* changeLines(
  before: readonly Diagnostic[],
  { report }: Analysis,
  request: AnalyzeRequest,
): Iterable<string> {
  const options = formatOptions(request);
  const paint = createPalette(options.color);
  const { introduced, gone } = compareFindings(before, report.diagnostics);
  for (const finding of introduced) {
    yield `${paint.red('+')} ${describe(finding, paint)}\n`;
    yield `    help: ${oneLine(helpOf(finding))}\n`;
    const assumption = assumptionOf(finding);
    if (assumption !== '') yield `    ${oneLine(assumption)}\n`;
  }
  for (const finding of gone) yield `${paint.green('-')} ${describe(finding, paint)}\n`;
  yield `${formatSummary(report, options)}\n`;
}

function describe({ severity, code, message, resource, path, location }: Diagnostic, paint: Palette): string {
  const owner =
    location?.file === undefined
      ? [resource === undefined ? '' : showResource(resource), showPath(path)]
      : [`${location.file}:${location.line}:${location.column}`];
  const about = owner.filter((part) => part !== '').join(' ');
  const look = { error: paint.red, warning: paint.yellow, info: paint.cyan }[severity];
  return `${look(severity)} ${code} ${oneLine(about)}: ${oneLine(message)}`;
}
