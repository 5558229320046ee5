// Where a quote or a bracket opens that is never closed: `yaml` says where it gave up looking for the end.
import { isCollection, isMap, isPair, isScalar, isSeq, type Node } from 'yaml';

/** Offset of the quote that opens the scalar which ends, unclosed, at `end`. */
export function findUnclosedQuote(slice: string, root: unknown, end: number): number | undefined {
  let found: number | undefined;
  walk(root, (node) => {
    if (!isScalar(node) || !node.range) return;
    const [start, stop] = node.range;
    const quote = slice.charAt(start);
    if (node.type !== 'QUOTE_DOUBLE' && node.type !== 'QUOTE_SINGLE') return;
    const closed = stop - start > 1 && slice.charAt(stop - 1) === quote;
    if (start < end && (!closed || stop >= end)) found = start;
  });
  return found;
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

/** Offsets of the outermost and the innermost bracket that have no counterpart. */
export function findUnclosedBrackets(
  slice: string,
  root: unknown,
): { readonly outermost?: number; readonly innermost?: number } {
  const open: number[] = [];
  walk(root, (node) => {
    if (!isCollection(node) || !node.flow || !node.range) return;
    const [start, stop] = node.range;
    const bracket = slice.charAt(start);
    if (bracket !== '[' && bracket !== '{') return; // a pair in a list has none
    if (stop - start < 2 || slice.charAt(stop - 1) !== (bracket === '[' ? ']' : '}')) open.push(start);
  });
  const [outermost] = open;
  const innermost = open.at(-1);
  return outermost === undefined || innermost === undefined ? {} : { outermost, innermost };
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
