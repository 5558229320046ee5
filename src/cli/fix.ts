// `--fix`, `--fix-unsafe` and `--fix-dry-run`.
import { ConfigError } from '../config/config-error.ts';
import type { Analysis } from '../engine/analyze.ts';
import type { Diagnostic } from '../engine/diagnostic.ts';
import type { PlannedFix } from '../engine/fixes.ts';
import { applyFixes, editRaw, holds } from '../fix/index.ts';
import type { FileSystem } from '../load/file-system.ts';
import { createEditedFiles, type EditedFile, type EditedFiles, textOf, writeEdited } from './edited-files.ts';
import { print, printError } from './terminal.ts';

/** What is to be fixed, and how. */
export interface FixWish {
  readonly unsafe: boolean;
  /** Only shows what would change. */
  readonly dryRun: boolean;
  readonly quiet: boolean;
}

/** Fixes that touch the same text take turns; more rounds than this would mean that fixes undo each other. */
const MOST_ROUNDS = 10;

/** Repairs what can be repaired, and gives the analysis that counts: that of the files as they are now. */
export async function fixFiles(
  wish: FixWish,
  analyze: (state?: { readonly fs: FileSystem }) => Promise<Analysis>,
  cwd = process.cwd(),
): Promise<Analysis> {
  const files = createEditedFiles(cwd);
  const fixed: Diagnostic[] = [];
  const first = await analyze();
  let analysis = first;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const done = await fixOnce(files, analysis, wish.unsafe);
    if (done.length === 0) break;
    fixed.push(...done);
    if (!wish.dryRun) write(files);
    analysis = await analyze(...(wish.dryRun ? [{ fs: files.fileSystem }] : []));
  }
  if (wish.dryRun) {
    await printDiff(files.all);
    if (!wish.quiet) tell(first, fixed, 'would be fixed', wish.unsafe);
    return first;
  }
  if (!wish.quiet) tell(analysis, fixed, 'fixed', wish.unsafe);
  return analysis;
}

/** Applies what can be applied at once; the findings that it repairs. */
async function fixOnce(files: EditedFiles, analysis: Analysis, unsafe: boolean): Promise<Diagnostic[]> {
  const byPath = new Map<string, (PlannedFix & { readonly of: Diagnostic })[]>();
  for (const of of analysis.report.diagnostics) {
    const fix = of.fix && analysis.fixes.get(of.fix);
    if (fix === undefined || !(fix.safe || unsafe)) continue;
    const { path } = fix.source;
    byPath.set(path, [...(byPath.get(path) ?? []), { ...fix, of }]);
  }
  const fixed: Diagnostic[] = [];
  for (const [path, fixes] of byPath) {
    const raw = files.read(path);
    const source = fixes[0]?.source;
    // Standard input, what was rendered, and a file that has changed since: there is nothing to write to.
    if (raw === undefined || source === undefined || !holds(raw, source.text)) continue;
    const applied = await applyFixes(source, fixes);
    if (applied === undefined) continue;
    files.change(path, editRaw(raw, applied.edits));
    fixed.push(...fixes.filter((fix) => applied.fixes.includes(fix)).map(({ of }) => of));
  }
  return fixed;
}

function write(files: EditedFiles): void {
  const failures = files.all.flatMap((file) => {
    const why = writeEdited(file);
    return why === undefined ? [] : [`${file.path} (${why})`];
  });
  files.forget();
  if (failures.length === 0) return;
  throw new ConfigError(
    `not fixed, for it cannot be written: ${failures.join(', ')}.`,
    'Check the permissions of the file and its folder, or use --fix-dry-run for a patch.',
  );
}

/** A patch for `git apply` or `patch -p1`, run in the same folder. */
async function printDiff(files: readonly EditedFile[]): Promise<void> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
  for (const { path, before, after } of files) {
    const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
    const names = [`a/${path}`, `b/${path}`] as const;
    print([createTwoFilesPatch(...names, textOf(before), textOf(after), '', '', options)]);
  }
}

/** What was fixed, by rule and file, and what more could be. */
function tell(analysis: Analysis, fixed: readonly Diagnostic[], verb: string, unsafe: boolean): void {
  const counts = new Map<string, number>();
  for (const { code, rule, location } of fixed) {
    const line = `${location?.file ?? ''}: ${code} ${rule}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const what = fixed.length === 0 ? 'Nothing' : `${fixed.length} finding${fixed.length === 1 ? '' : 's'}`;
  const lines = [...counts].sort().map(([line, count]) => `  ${line}${count > 1 ? ` (${count})` : ''}`);
  const left = unsafe ? 0 : analysis.report.diagnostics.filter(({ fix }) => fix?.safe === false).length;
  if (left > 0) {
    lines.push(
      `${left} more ${left === 1 ? 'has a fix' : 'have fixes'} to look at: --fix-unsafe applies them.`,
    );
  }
  printError(`${[`${what} ${verb}${fixed.length > 0 ? ':' : '.'}`, ...lines].join('\n')}\n`);
}
