// The slow path: one document through the `yaml` package. It settles whatever the fast path would not take - anchors,
// tags, duplicate keys, unusual layouts - and says what is wrong with a broken document.
// `yaml` only gives the structure: what scalars and keys mean is decided by the rules of Kubernetes, as in the fast path.
import { type Document, parseDocument } from 'yaml';
import { type TextDocument, type TextProblem, TOO_DEEP } from './document.ts';
import type { PositionNode } from './positions.ts';
import { Refusal } from './refusal.ts';
import { convertDocument } from './slow-values.ts';
import { type Patched, patch } from './stand-ins.ts';
import {
  explainForeignText,
  explainSyntaxError,
  findForbiddenCharacter,
  findTextAfterEnd,
} from './syntax-errors.ts';
import { withPlainBreaks } from './unusual.ts';

export interface SlowResult {
  readonly document: TextDocument;
  /** Undefined when the document is empty or broken. */
  readonly positions: PositionNode | undefined;
}

// Tags and plain scalars are left unresolved: that is done here, by other rules. Merge keys and duplicate keys as well.
const OPTIONS = {
  schema: 'failsafe',
  resolveKnownTags: false,
  merge: false,
  uniqueKeys: false,
  strict: true,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Reads text[start, end) as one document; `reason` says why the fast path did not. */
export function readSlow(text: string, start: number, end: number, reason: string): SlowResult {
  const written = text.slice(start, end);
  const slice = withPlainBreaks(written);
  const broken = (found: TextProblem): SlowResult => {
    const problem = explainForeignText(slice, found.start) ?? found;
    const error = { message: problem.message, start: start + problem.start, end: start + problem.end };
    return { document: { start, end, value: undefined, error, slow: reason }, positions: undefined };
  };
  const forbidden = findForbiddenCharacter(slice) ?? findTextAfterEnd(slice);
  if (forbidden) return broken(forbidden);
  const parsed = parse(slice);
  if (parsed instanceof Refusal) return broken(parsed.problem);
  const { document, standIns } = parsed;
  const [error] = document.errors;
  if (error) return broken(explainSyntaxError(slice, document, error));
  if (document.contents === null) {
    return { document: { start, end, value: undefined, slow: reason }, positions: undefined };
  }
  const converted = convertDocument({ written, slice, standIns }, start, document.contents);
  if (converted instanceof Refusal) return broken(converted.problem);
  const { value, node, duplicateKeys } = converted;
  const sound = { start, end, value, slow: reason };
  return { document: duplicateKeys.length > 0 ? { ...sound, duplicateKeys } : sound, positions: node };
}

interface Parsed {
  readonly document: Document.Parsed;
  readonly standIns: Patched['standIns'];
}

/** Characters that may be read again because of what `yaml` refuses and go-yaml reads. */
const PATCH_BUDGET = 2_000_000;
const FEWEST_PATCHES = 1;
const MOST_PATCHES = 20;

function parse(slice: string): Parsed | Refusal {
  const patches = Math.max(FEWEST_PATCHES, Math.min(MOST_PATCHES, PATCH_BUDGET / (slice.length + 1)));
  let current: Patched = { text: slice, standIns: new Map() };
  for (let count = 0; ; count++) {
    const document = parseOnce(current.text);
    if (document instanceof Refusal) return document;
    const broken = document.errors.length > 0;
    const patched = broken && count < patches ? patch(slice, current, document.contents) : undefined;
    if (patched === undefined) return { document, standIns: current.standIns };
    current = patched;
  }
}

function parseOnce(slice: string): Document.Parsed | Refusal {
  try {
    return parseDocument(slice, OPTIONS);
  } catch (thrown) {
    // Hostile nesting exhausts the stack inside `yaml`.
    if (thrown instanceof RangeError) return new Refusal({ message: TOO_DEEP, start: 0, end: 1 });
    throw thrown;
  }
}
