// Fixes on their way from rules to diagnostics. How edits of fields become edits of a text is the affair of `src/fix`,
// which whoever wants fixes hands in: a run without them pays nothing.
import type { Resource } from '../graph/resource.ts';
import { fieldPath } from '../model/paths.ts';
import type { Fix } from '../sdk/fix.ts';
import type { FieldEdit, ProposedFix, TextEdit } from '../text/edit.ts';
import { createLocator, type Locator, type Source } from '../text/index.ts';
import type { Diagnostic, DiagnosticFix } from './diagnostic.ts';
import type { Pending } from './pending.ts';

/** Turns edits of the document at [start, end) of a source into edits of its text; undefined when they cannot be made. */
export type FixPlanner = (
  source: Source,
  span: { readonly start: number; readonly end: number },
  edits: readonly FieldEdit[],
) => Promise<readonly TextEdit[] | undefined>;

/** A fix that can be applied: what it means, and what it does to the text. */
export interface PlannedFix extends Omit<ProposedFix, 'edits'> {
  readonly source: Source;
  /** Offset of the document that it is about. */
  readonly document: number;
  readonly fields: readonly FieldEdit[];
  readonly edits: readonly TextEdit[];
}

/** Adds fixes to diagnostics, and keeps what they do. */
export interface Fixer {
  /** The diagnostic with its fix, if it has one and the text allows it. */
  offer(diagnostic: Diagnostic, pending: Pending): Promise<Diagnostic>;
  readonly fixes: ReadonlyMap<DiagnosticFix, PlannedFix>;
}

export function createFixer(planFix: FixPlanner): Fixer {
  const locator = createLocator();
  const fixes = new Map<DiagnosticFix, PlannedFix>();
  return {
    fixes,
    async offer(diagnostic, pending) {
      const planned = await planOf(pending, planFix);
      if (planned === undefined) return diagnostic;
      const fix = inLines(planned, locator);
      fixes.set(fix, planned);
      return { ...diagnostic, fix };
    },
  };
}

async function planOf(pending: Pending, planFix: FixPlanner): Promise<PlannedFix | undefined> {
  const { source, field } = pending.place;
  // What was rendered is written elsewhere, in another form.
  if (field === undefined || source.rendering !== undefined) return undefined;
  const fix = proposed(pending);
  const edits = fix && (await planFix(source, field, fix.edits));
  if (fix === undefined || edits === undefined || edits.length === 0) return undefined;
  return { title: fix.title, safe: fix.safe, source, document: field.start, fields: fix.edits, edits };
}

/** What the finding proposes. A rule that stumbles over its fix has none to offer; its finding stands. */
function proposed({ fix, resource }: Pending): ProposedFix | undefined {
  if (typeof fix !== 'function') return fix;
  if (resource === undefined) return undefined;
  try {
    return byPaths(resource, fix());
  } catch {
    return undefined;
  }
}

/** A fix by paths in its document; undefined where it names an object that is not part of the resource. */
function byPaths({ body, origin: { item = [] } }: Resource, fix: Fix | undefined): ProposedFix | undefined {
  const edits: FieldEdit[] = [];
  for (const { at, ...what } of fix?.edits ?? []) {
    const field = fieldPath(body, at);
    if (field === undefined) return undefined;
    edits.push({ ...what, path: [...item, ...field.path] });
  }
  return fix && { ...fix, edits };
}

/** A fix as reports show it. */
function inLines({ title, safe, source, edits }: PlannedFix, locator: Locator): DiagnosticFix {
  const all = edits.map(({ start, end, newText }) => {
    const from = locator.lineColumn(source, start);
    const to = locator.lineColumn(source, end);
    return {
      file: source.path,
      startLine: from.line,
      startColumn: from.column,
      endLine: to.line,
      endColumn: to.column,
      newText,
    };
  });
  return { title, safe, edits: all };
}
