// What the parts of the slow path share while they make values of the nodes of the `yaml` package.
import type { Node } from 'yaml';
import type { DuplicateKey } from './document.ts';
import { type PositionNode, positionNode } from './positions.ts';
import type { Span } from './refusal.ts';
import type { DocumentText } from './slow-scalars.ts';

export interface Converted {
  readonly value: unknown;
  readonly node: PositionNode;
}

export interface Conversion {
  readonly text: DocumentText;
  /** Offset of the document in its source. */
  readonly base: number;
  /** What each anchor holds so far; undefined while its value is being read. */
  readonly anchors: Map<string, Converted | undefined>;
  readonly path: (string | number)[];
  readonly duplicateKeys: DuplicateKey[];
  /** Spans in which tabs may start a line: scalars and flow collections. Undefined when the text has no tabs. */
  readonly withTabs: Span[] | undefined;
  /** Values that aliases have added so far. */
  expanded: number;
}

/** The position of something at a span of the document. */
export function place(
  { base }: Conversion,
  { start, end }: Span,
  children?: PositionNode['children'],
): PositionNode {
  return positionNode(base + start, base + end, children);
}

/** Where a node of `yaml` stands. */
export function spanOf(node: unknown, missing: Span): Span {
  const range = hasRange(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : missing;
}

function hasRange(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node;
}
