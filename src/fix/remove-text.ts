// Taking fields and items of lists out of a text.
import type { TextEdit } from '../text/edit.ts';
import { type PositionNode, trimmedEnd } from '../text/positions.ts';
import {
  before,
  behind,
  type EditedDocument,
  inOrder,
  isBlankOrComment,
  lineEndOf,
  lineStartOf,
  mayAnchor,
  startOf,
} from './place.ts';

/** A field or item that goes, with what stands around it. */
interface Removal {
  readonly text: string;
  readonly node: PositionNode;
  /** The mapping or list that holds it. */
  readonly owner: PositionNode;
  readonly siblings: readonly PositionNode[];
  readonly index: number;
  /** Where its text begins, the dash of an item included, and where it ends. */
  readonly from: number;
  readonly to: number;
}

/** Removes the last of the nodes along a path; undefined where that cannot be done with certainty. */
export function removeNode(
  { text, unusual, end: documentEnd }: EditedDocument,
  nodes: readonly PositionNode[],
): readonly TextEdit[] | undefined {
  const node = nodes.at(-1);
  const owner = nodes.at(-2);
  if (node === undefined || owner === undefined) return undefined;
  const siblings = inOrder(owner);
  const index = siblings.indexOf(node);
  const end = node.start < node.end ? trimmedEnd(text, node.start, node.end) : endWithColon(text, node);
  const base = { text, node, owner, siblings, index, to: end };
  const isFlow = /[[{]/.test(text.charAt(owner.start));
  const edits = isFlow ? removeInFlow({ ...base, from: startOf(node) }) : removeInBlock(base, documentEnd);
  const gone = (edits ?? []).map((edit) => text.slice(edit.start, edit.end)).join('');
  return unusual && mayAnchor(gone) ? undefined : edits;
}

function endWithColon(text: string, { keyEnd, end }: PositionNode): number {
  const colon = keyEnd < 0 ? undefined : /^[ \t]*:/.exec(text.slice(keyEnd, lineEndOf(text, keyEnd)))?.[0];
  return colon === undefined ? end : keyEnd + colon.length;
}

function removeInFlow({ text, owner, siblings, index, from, to }: Removal): readonly TextEdit[] | undefined {
  const previous = siblings[index - 1];
  const next = siblings[index + 1];
  const edit =
    next !== undefined
      ? { start: from, end: startOf(next) }
      : previous !== undefined
        ? { start: Math.max(previous.end, previous.keyEnd), end: to }
        : { start: owner.start + 1, end: owner.end - 1 };
  // Comments inside a flow collection may be about what stays.
  return text.slice(edit.start, edit.end).includes('#') ? undefined : [{ ...edit, newText: '' }];
}

function removeInBlock(base: Omit<Removal, 'from'>, documentEnd: number): readonly TextEdit[] | undefined {
  const { text, node, owner, siblings, index, to } = base;
  const from = node.keyStart >= 0 ? node.keyStart : dashOf(text, node, owner.start);
  if (from === undefined || !isBlankOrComment(behind(text, to))) return undefined;
  if (siblings.length === 1) return leaveEmpty({ ...base, from }, documentEnd);
  if (before(text, from).trim() === '') return [lines(text, from, to, documentEnd)];
  // The first field of an item stands behind the dash: the next one takes its place.
  const next = siblings[index + 1];
  if (next === undefined || index > 0 || node.keyStart < 0) return undefined;
  const isClean = text.slice(lineEndOf(text, to), next.keyStart).trim() === '';
  return isClean ? [{ start: from, end: next.keyStart, newText: '' }] : undefined;
}

/** The dash before an item. */
function dashOf(text: string, node: PositionNode, listStart: number): number | undefined {
  if (text.slice(node.start, node.end) === '-') return node.start;
  let at = node.start - 1;
  while (at > listStart && /\s/.test(text.charAt(at))) at--;
  return at >= listStart && text.charAt(at) === '-' ? at : undefined;
}

/** Whole lines, with the comments on them; comments on lines of their own above and below stay. */
function lines(text: string, from: number, to: number, documentEnd: number): TextEdit {
  return {
    start: lineStartOf(text, from),
    end: Math.min(lineEndOf(text, to) + 1, documentEnd),
    newText: '',
  };
}

/** The last field or item: what held it is written as empty, for a key without a value would mean `null`. */
function leaveEmpty(removal: Removal, documentEnd: number): readonly TextEdit[] | undefined {
  const { text, node, owner, from, to } = removal;
  const empty = node.keyStart >= 0 ? '{}' : '[]';
  if (before(text, from).trim() !== '') return [{ start: from, end: to, newText: empty }];
  if (owner.keyStart < 0) return undefined;
  const colon = endWithColon(text, owner);
  if (text.charAt(colon - 1) !== ':' || !isBlankOrComment(behind(text, colon))) return undefined;
  return [{ start: colon, end: colon, newText: ` ${empty}` }, lines(text, from, to, documentEnd)];
}
