// The slow path: one document through the `yaml` package. It settles whatever the fast path would not take - anchors,
// tags, duplicate keys, unusual layouts - and says what is wrong with a broken document.
// `yaml` only gives the structure: what scalars and keys mean is decided by the rules of Kubernetes, as in the fast path.
import { type Document, parseDocument } from 'yaml';
import { type PositionNode, type TextDocument, type TextProblem, TOO_DEEP } from './document.ts';
import { convertDocument, Refusal } from './slow-values.ts';
import { explainSyntaxError, findForbiddenCharacter } from './syntax-errors.ts';
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
  const slice = withPlainBreaks(text.slice(start, end));
  const broken = (problem: TextProblem): SlowResult => {
    const error = { message: problem.message, start: start + problem.start, end: start + problem.end };
    return { document: { start, end, value: undefined, error, slow: reason }, positions: undefined };
  };
  const forbidden = findForbiddenCharacter(slice);
  if (forbidden) return broken(forbidden);
  const parsed = parse(slice);
  if (parsed instanceof Refusal) return broken(parsed.problem);
  const [error] = parsed.errors;
  if (error) return broken(explainSyntaxError(slice, error));
  if (parsed.contents === null)
    return { document: { start, end, value: undefined, slow: reason }, positions: undefined };
  const converted = convertDocument(slice, start, parsed.contents);
  if (converted instanceof Refusal) return broken(converted.problem);
  const { value, node, duplicateKeys } = converted;
  const document = { start, end, value, slow: reason };
  return { document: duplicateKeys.length > 0 ? { ...document, duplicateKeys } : document, positions: node };
}

function parse(slice: string): Document.Parsed | Refusal {
  try {
    return parseDocument(slice, OPTIONS);
  } catch (thrown) {
    // Hostile nesting exhausts the stack inside `yaml`.
    if (thrown instanceof RangeError) return new Refusal({ message: TOO_DEEP, start: 0, end: 1 });
    throw thrown;
  }
}
