// Quotes and brackets whose counterpart `yaml` did not find: it only says where it gave up looking for them.
import { isCollection, isMap, isPair, isScalar, isSeq, type Node } from 'yaml';

/** Offset of the first quoted scalar or flow collection that `yaml` cut off before its end. */
export function findCutToken(slice: string, root: unknown): number | undefined {
  let found: number | undefined;
  walk(root, (node) => {
    if (found !== undefined || !node.range) return;
    const [start, end] = node.range;
    if (isQuoted(node) ? quotedEnd(slice, start) !== end : isUnclosed(slice, node)) found = start;
  });
  return found;
}

/** Offset of the first quote that opens a scalar and is never closed. */
export function findUnclosedQuote(slice: string, root: unknown): number | undefined {
  let found: number | undefined;
  walk(root, (node) => {
    const start = found === undefined && isQuoted(node) ? node.range?.[0] : undefined;
    if (start !== undefined && quotedEnd(slice, start) === undefined) found = start;
  });
  return found;
}

function isQuoted(node: Node): boolean {
  return isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
}

/** Offset after the quote that closes the one at `start`. */
function quotedEnd(slice: string, start: number): number | undefined {
  const quote = slice.charAt(start);
  let pos = start + 1;
  while (pos < slice.length) {
    const character = slice.charAt(pos);
    const escapes =
      quote === '"' ? character === '\\' : character === quote && slice.charAt(pos + 1) === quote;
    if (!escapes && character === quote) return pos + 1;
    pos += escapes ? 2 : 1;
  }
  return undefined;
}

/** Offset of the quote that opens the scalar which ends at `end`, when that is not on the line where it starts. */
export function findLateQuote(slice: string, root: unknown, end: number): number | undefined {
  let found: number | undefined;
  walk(root, (node) => {
    if (!isScalar(node) || node.range?.[1] !== end) return;
    const start = node.range[0];
    if (slice.slice(start, end).includes('\n')) found = start;
  });
  return found;
}

/** Offset of the innermost bracket that has no counterpart. */
export function findUnclosedBracket(slice: string, root: unknown): number | undefined {
  let found: number | undefined;
  walk(root, (node) => {
    if (isUnclosed(slice, node)) found = node.range?.[0];
  });
  return found;
}

function isUnclosed(slice: string, node: Node): boolean {
  if (!isCollection(node) || !node.flow || !node.range) return false;
  const [start, end] = node.range;
  const bracket = slice.charAt(start);
  if (bracket !== '[' && bracket !== '{') return false; // a pair in a list has none
  return end - start < 2 || slice.charAt(end - 1) !== (bracket === '[' ? ']' : '}');
}

/** Visits nodes in the order of the text, without recursion: broken documents may be nested deeply. */
function walk(root: unknown, visit: (node: Node) => void): void {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (isPair(node)) pending.push(node.value, node.key);
    else if (isScalar(node)) visit(node);
    else if (isMap(node) || isSeq(node)) {
      visit(node);
      for (let index = node.items.length - 1; index >= 0; index--) pending.push(node.items[index]);
    }
  }
}
