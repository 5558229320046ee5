// From a text to its documents: the fast path where it can, the slow one (a chunk of its own) where it must.
import { type TextDocument, TOO_DEEP } from './document.ts';
import { readFast } from './fast.ts';
import type { PositionNode } from './positions.ts';
import { NESTING } from './reader.ts';
import { createSource, type Source } from './source.ts';
import { type Slice, splitDocuments } from './split.ts';
import { hasUnusualCharacters, UNUSUAL_CHARACTER, withPlainBreaks } from './unusual.ts';

const FORCED = 'forced';

/** Reads every document of a text. `force: 'slow'` has everything judged by `yaml`. */
export async function readDocuments(
  source: Source,
  options: { readonly force?: 'slow' } = {},
): Promise<readonly TextDocument[]> {
  const { text } = source;
  const unusual = hasUnusualCharacters(text);
  const slowForAll = unusual ? UNUSUAL_CHARACTER : options.force === 'slow' ? FORCED : undefined;
  const slices = splitDocuments(unusual ? withPlainBreaks(text) : text);
  const read = slices.map((slice) => slowForAll ?? slice.slow ?? readSliceFast(text, slice));
  if (read.every(isDocument)) return read;
  const { readSlow } = await import('./slow.ts');
  return slices.map(({ start, end }, index) => {
    const found = read[index] ?? FORCED;
    return isDocument(found) ? found : readSlow(text, start, end, found).document;
  });
}

function isDocument(read: TextDocument | string): read is TextDocument {
  return typeof read !== 'string';
}

/** The document, or why the fast path would not take it. */
function readSliceFast(text: string, { start, end }: Slice): TextDocument | string {
  const result = readFast(text, start, end, false);
  if (result.ok) return { start, end, value: result.value };
  if (result.reason !== NESTING) return result.reason;
  const error = { message: TOO_DEEP, start: result.offset, end: result.offset + 1 };
  return { start, end, value: undefined, error };
}

/**
 * Reads a YAML or JSON text of one value by the fast path only; undefined when it would need the slow path.
 * For small embedded texts.
 */
export function readFastValue(text: string): { value: unknown } | undefined {
  const source = createSource('', text);
  if (hasUnusualCharacters(source.text)) return undefined;
  const [slice, ...others] = splitDocuments(source.text);
  if (slice === undefined || slice.slow !== undefined || others.length > 0) return undefined;
  const result = readFast(source.text, slice.start, slice.end, false);
  return result.ok ? { value: result.value } : undefined;
}

/** Positions of the document in text[start, end); undefined when it is empty or broken. */
export async function readPositions(
  text: string,
  start: number,
  end: number,
): Promise<PositionNode | undefined> {
  const unusual = hasUnusualCharacters(text.slice(start, end));
  const result = unusual ? undefined : readFast(text, start, end, true);
  if (result?.ok) return result.positions;
  if (result?.reason === NESTING) return undefined;
  const { readSlow } = await import('./slow.ts');
  return readSlow(text, start, end, result?.reason ?? UNUSUAL_CHARACTER).positions;
}
