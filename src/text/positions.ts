// Positions of values, as both readers give them.
import { CR, LF, SPACE, TAB } from './chars.ts';

/**
 * Where a value stands. Both readers build the same tree for the same text.
 * An empty value (`key:` and nothing after it) stands at the end of its key, an empty list item at its `-`.
 */
export interface PositionNode {
  /** Start and end of the key that holds this value; -1 for list items and roots. */
  keyStart: number;
  keyEnd: number;
  start: number;
  end: number;
  readonly children: Map<string, PositionNode> | PositionNode[] | undefined;
}

/** Makes the position of a value; its key, if it has one, is filled in by the map that holds it. */
export function positionNode(start: number, end: number, children?: PositionNode['children']): PositionNode {
  return { keyStart: -1, keyEnd: -1, start, end, children };
}

/** The end of text[start, end) without the blanks and line breaks at its end. */
export function trimmedEnd(text: string, start: number, end: number): number {
  let pos = end;
  while (pos > start && isBlank(text.charCodeAt(pos - 1))) pos--;
  return pos;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === LF || code === TAB || code === CR;
}
