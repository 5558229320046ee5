// Fixes on their way from rules to diagnostics. How edits of fields become edits of a text is the affair of `src/fix`,
// which whoever wants fixes hands in: a run without them pays nothing.
import type { Resource } from '../graph/resource.ts';
import { ensure } from '../model/collections.ts';
import { fieldPath } from '../model/paths.ts';
import type { Fix } from '../sdk/fix.ts';
import type { FieldEdit, ProposedFix, TextEdit } from '../text/edit.ts';
import { createLocator, type Locator, type Source } from '../text/index.ts';
import type { Diagnostic, DiagnosticFix } from './diagnostic.ts';
import type { Pending } from './pending.ts';

/**
 * Turns proposals for the document at [start, end) of a source into edits of its text; undefined for those that cannot be
 * made. All of a document are asked for together: each answer is proven by reading the document again.
 */
export type FixPlanner = (
  source: Source,
  span: { readonly start: number; readonly end: number },
  proposals: readonly (readonly FieldEdit[])[],
) => Promise<readonly (readonly TextEdit[] | undefined)[]>;

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
  /** Notes what a finding proposes. */
  note(diagnostic: Diagnostic, pending: Pending): void;
  /** The diagnostics with their fixes, where they have one and the text allows it. */
  addTo(diagnostics: readonly Diagnostic[]): Promise<Diagnostic[]>;
  readonly fixes: ReadonlyMap<DiagnosticFix, PlannedFix>;
}

interface Proposal {
  readonly diagnostic: Diagnostic;
  readonly fix: ProposedFix;
}

export function createFixer(planFixes: FixPlanner): Fixer {
  const locator = createLocator();
  const fixes = new Map<DiagnosticFix, PlannedFix>();
  /** By source and offset of the document. */
  const noted = new Map<Source, Map<number, { readonly end: number; readonly proposals: Proposal[] }>>();
  return {
    fixes,
    note(diagnostic, pending) {
      const { source, field } = pending.place;
      // What was rendered is written elsewhere, in another form; what is in a cluster, nobody knows where.
      if (field === undefined || source.rendering !== undefined || source.live !== undefined) return;
      const fix = proposed(pending);
      if (fix === undefined) return;
      const documents = ensure(noted, source, () => new Map());
      ensure(documents, field.start, () => ({ end: field.end, proposals: [] })).proposals.push({
        diagnostic,
        fix,
      });
    },
    async addTo(diagnostics) {
      const found = new Map<Diagnostic, DiagnosticFix>();
      for (const [source, documents] of noted) {
        for (const [start, { end, proposals }] of documents) {
          const asked = proposals.map(({ fix }) => fix.edits);
          for (const [i, edits] of (await planFixes(source, { start, end }, asked)).entries()) {
            const proposal = proposals[i];
            if (proposal === undefined || edits === undefined || edits.length === 0) continue;
            const { diagnostic, fix } = proposal;
            const planned = { ...fix, source, document: start, fields: fix.edits, edits };
            const shown = inLines(planned, locator);
            found.set(diagnostic, shown);
            fixes.set(shown, planned);
          }
        }
      }
      return diagnostics.map((one) => {
        const fix = found.get(one);
        return fix === undefined ? one : { ...one, fix };
      });
    },
  };
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
