// Where the parts of a document stand, as far as edits may touch them.
import type { Path } from '../text/document.ts';
import type { PositionNode } from '../text/positions.ts';

/** One document that is edited. */
export interface EditedDocument {
  /** The text of the whole file; all offsets are offsets into it. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
  readonly root: PositionNode;
  /** Whether it may hold anchors, aliases, tags and merge keys. */
  readonly unusual: boolean;
}

/** The nodes along a path, the root first; undefined where one is missing or must not be touched. */
export function follow(document: EditedDocument, path: Path): readonly PositionNode[] | undefined {
  const { text, root, unusual } = document;
  if (unusual && hasProperties(text.slice(document.start, root.start))) return undefined;
  const nodes = [root];
  let node = root;
  for (const step of path) {
    const child = childOf(node, step);
    if (child === undefined || (unusual && !isOwn(document, node, child))) return undefined;
    nodes.push(child);
    node = child;
  }
  return nodes;
}

function childOf(node: PositionNode, step: string | number): PositionNode | undefined {
  if (node.children instanceof Map) return node.children.get(String(step));
  return node.children?.[Number(step)];
}

/** The children of a mapping or a list, in the order of the text. */
export function inOrder({ children }: PositionNode): PositionNode[] {
  const all = children instanceof Map ? [...children.values()] : [...(children ?? [])];
  return all.sort((a, b) => startOf(a) - startOf(b));
}

/** Where a field or an item begins: at its key, if it has one. */
export function startOf({ keyStart, start }: PositionNode): number {
  return keyStart >= 0 ? keyStart : start;
}

/** Whether a child is written where its parent is, without an anchor, alias, tag or merge key. */
function isOwn({ text }: EditedDocument, parent: PositionNode, child: PositionNode): boolean {
  if (startOf(child) < parent.start || Math.max(child.end, child.keyEnd) > parent.end) return false;
  const before = inOrder(parent).findLast((other) => startOf(other) < startOf(child));
  const from = before === undefined ? parent.start : Math.max(before.end, before.keyEnd);
  const gaps =
    child.keyStart < 0
      ? [[from, child.start]]
      : [
          [from, child.keyStart],
          [child.keyEnd, child.start],
        ];
  return (
    text.charAt(child.start) !== '*' && !gaps.some(([start, end]) => hasProperties(text.slice(start, end)))
  );
}

/** Whether the text between two nodes holds an anchor, an alias, a tag, a merge or an explicit key. */
function hasProperties(gap: string): boolean {
  return /[&*!?<]/.test(gap.replace(/(^|\s)#.*$/gm, ''));
}

/** Whether a text that is to go may define an anchor, or use one. */
export function mayAnchor(text: string): boolean {
  return /(?:^|[\s,[{:-])[&*][^\s]/.test(text);
}

export function lineStartOf(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The end of the line of an offset, before its break. */
export function lineEndOf(text: string, offset: number): number {
  const found = text.indexOf('\n', offset);
  return found < 0 ? text.length : found;
}

/** What stands before an offset on its line. */
export function before(text: string, offset: number): string {
  return text.slice(lineStartOf(text, offset), offset);
}

/** What stands behind an offset on its line. */
export function behind(text: string, offset: number): string {
  return text.slice(offset, lineEndOf(text, offset));
}

/** Whether a piece of a line is nothing but blanks and a comment. */
export function isBlankOrComment(piece: string): boolean {
  return /^[ \t]*(?:#.*)?$/.test(piece) && !/^#/.test(piece);
}
