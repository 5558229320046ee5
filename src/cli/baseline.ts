import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { readBaseline, writeBaseline } from '../config/baseline.ts';
import { ConfigError } from '../config/config-error.ts';
import { exitCode } from '../engine/analyze.ts';
import { type Baseline, entriesOf, subtract, sum } from '../engine/baseline.ts';
import { STDIN_PATH, slashed } from '../load/paths.ts';
import type { BaselineEntry } from '../model/baseline-entry.ts';
import { count } from '../report/words.ts';
import { judge, tellIgnored, write } from './analyze.ts';
import { type Given, isOn } from './flags.ts';
import { readAnalyzeRequest, withoutBaseline } from './options.ts';
import { print, printError } from './terminal.ts';

const DEFAULT_FILE = 'meshlint-baseline.json';

/** The known findings of a file. Throws ConfigError for one that cannot be used. */
export async function openBaseline(file: string): Promise<Baseline> {
  return baselineOf(file, await readBaseline(file));
}

function baselineOf(name: string, entries: readonly BaselineEntry[]): Baseline {
  const folder = dirname(resolve(name));
  const isFile = (path: string): boolean => path !== '' && path !== STDIN_PATH;
  return {
    name,
    entries,
    pathOf: (path) => (isFile(path) ? slashed(relative(folder, resolve(path))) : path),
    isGone: (path) => isFile(path) && !existsSync(resolve(folder, path)),
  };
}

/** `meshlint baseline`: writes down what is found now, or takes out what is found no longer. */
export async function baselineCommand(given: Given, environment: NodeJS.ProcessEnv): Promise<number> {
  const request = await readAnalyzeRequest(given, environment, { withBaseline: false });
  const { baselineFile: file = DEFAULT_FILE } = request;
  const isThere = existsSync(file);
  const prunes = isOn(given, 'prune') ?? false;
  if (prunes && !isThere) {
    throw new ConfigError(`There is no baseline ${file} to prune.`, 'Write one first: meshlint baseline.');
  }
  const before = isThere ? await readBaseline(file) : [];
  const baseline = baselineOf(file, before);
  const options = { ...request.analyze, baseline, show: 'info' } as const;
  const session = withoutBaseline(request.session, file);
  const analysis = await judge(given, { ...request, session, analyze: options });
  const { report } = analysis;
  await tellIgnored(given, request, analysis);
  if (exitCode(analysis, 'never') === 3) {
    const diagnostics = report.diagnostics.filter(({ code }) => code === 'IST0001' || code === 'IST1907');
    await write({ ...analysis, report: { ...report, diagnostics } }, { ...request, quiet: true });
    printError(`${file} was not written: what could not be judged would be missing from it.\n`);
    return 3;
  }
  const fixed = report.baseline?.fixed ?? [];
  const known = entriesOf(
    report.suppressed.filter(({ suppressed: { by } }) => by === 'baseline'),
    baseline,
  );
  const fresh = entriesOf(report.diagnostics, baseline);
  // What this run could not judge stays: it read other files, or not every rule.
  const unjudged = subtractAlike(subtract(before, fixed), known);
  const after = prunes ? subtract(before, fixed) : sum([...known, ...fresh, ...unjudged]);
  writeBaseline(file, after);
  tell(file, after, prunes ? [] : fresh, fixed);
  return 0;
}

function tell(
  file: string,
  after: readonly BaselineEntry[],
  fresh: readonly BaselineEntry[],
  fixed: readonly BaselineEntry[],
): void {
  for (const { code, resource, file: place, message } of fixed) {
    print([`fixed  ${code} ${place}${resource === undefined ? '' : `  ${resource}`}: ${message}\n`]);
  }
  const changes = [
    ...(fresh.length > 0 ? [`${total(fresh)} new`] : []),
    ...(fixed.length > 0 ? [`${total(fixed)} fixed and taken out`] : []),
  ];
  const tail = changes.length === 0 ? '' : ` (${changes.join(', ')})`;
  print([`${file}: ${count(total(after), 'known finding')}${tail}\n`]);
}

function total(entries: readonly BaselineEntry[]): number {
  return entries.reduce((all, { count: n = 1 }) => all + n, 0);
}

/** Entries without as many of the same fingerprint, wherever those are now. */
function subtractAlike(entries: readonly BaselineEntry[], others: readonly BaselineEntry[]): BaselineEntry[] {
  const exact = subtract(entries, others);
  const moved = subtract(others, entries);
  const left = new Map(moved.map(({ fingerprint, count: n = 1 }) => [fingerprint, n]));
  return exact.flatMap((entry) => {
    const taken = Math.min(left.get(entry.fingerprint) ?? 0, entry.count ?? 1);
    left.set(entry.fingerprint, (left.get(entry.fingerprint) ?? 0) - taken);
    return subtract([entry], taken === 0 ? [] : [{ ...entry, count: taken }]);
  });
}
