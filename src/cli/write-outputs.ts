import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { Analysis } from '../engine/analyze.ts';
import { STDIN_PATH, slashed } from '../load/paths.ts';
import { type FormatOptions, formats } from '../report/index.ts';
import { formatSummary } from '../report/summary.ts';
import type { RuleHead } from '../sdk/rule.ts';
import type { Output } from './outputs.ts';
import { print, printError, writeAll } from './terminal.ts';

/** Writes a report in each format that was asked for: to its file, then to standard output. */
export async function writeOutputs(
  analysis: Analysis,
  outputs: readonly Output[],
  common: FormatOptions,
  rules: readonly RuleHead[],
): Promise<void> {
  const options: FormatOptions = {
    ...common,
    placeOf: createPlaces(process.cwd()),
    describe: outputs.some(({ format }) => format === 'sarif')
      ? await (await import('./rule-texts.ts')).describeRules(analysis.report, rules)
      : common.describe,
  };
  const toFile: FormatOptions = { ...options, color: false, width: 80, codeWidth: 140 };
  for (const { format, file } of outputs) {
    if (file !== undefined) writeFile(format, file, (await formats[format]())(analysis, toFile));
  }
  const printed = outputs.find(({ file }) => file === undefined);
  if (printed !== undefined) {
    print((await formats[printed.format]())(analysis, options));
  } else if (!options.quiet) {
    printError(`${formatSummary(analysis.report, { color: false, verbose: false })}\n`);
  }
}

/**
 * Turns paths as the input names them, relative to the working directory, into what code hosts expect: relative to the
 * root of the repository; whatever is outside of it stays absolute.
 */
export function createPlaces(cwd: string): (file: string) => string {
  const root = repositoryOf(cwd) ?? cwd;
  const places = new Map<string, string>();
  return (file) => {
    if (file === STDIN_PATH) return 'stdin';
    const known = places.get(file);
    if (known !== undefined) return known;
    const inside = relative(root, resolve(cwd, file));
    const outside = inside === '..' || inside.startsWith(`..${sep}`);
    const place = slashed(outside ? resolve(cwd, file) : inside === '' ? '.' : inside);
    places.set(file, place);
    return place;
  };
}

/** The nearest folder that git says is the root of something: `.git` is a folder, or a file in other work trees. */
function repositoryOf(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function writeFile(format: string, path: string, pieces: Iterable<string>): void {
  let file: number | undefined;
  try {
    file = openSync(path, 'w');
    writeAll(file, pieces);
  } catch (error) {
    throw new ConfigError(
      `The ${format} report cannot be written to ${path}: ${error instanceof Error ? error.message : String(error)}.`,
      'Check the folder and its permissions.',
    );
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
