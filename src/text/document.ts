/** Way from the root of a document to one of its values: keys and list indices. */
export type Path = readonly (string | number)[];

/** One YAML document, or one JSON text. Offsets are into `source.text`. */
export interface TextDocument {
  readonly start: number;
  readonly end: number;
  /** Plain JSON-like value; undefined when empty or when it has errors. Fresh objects for every alias use-site. */
  readonly value: unknown;
  /** The first syntax error that matters, with its place. */
  readonly error?: TextProblem;
  /** Keys written twice (the last value wins, as Kubernetes has it). */
  readonly duplicateKeys?: readonly DuplicateKey[];
  /** Why the fast path would not take it (only for documents read by the slow path). */
  readonly slow?: string;
}

/** What is wrong with a document, and where. */
export interface TextProblem {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** A key that a map has more than once. */
export interface DuplicateKey {
  readonly key: string;
  /** Path of the field, the key included. */
  readonly path: Path;
  /** Start and end of the later key. */
  readonly start: number;
  readonly end: number;
  /** Start of the key where the map has it first. */
  readonly first: number;
}

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
export function positionNode(
  start: number,
  end: number,
  children?: Map<string, PositionNode> | PositionNode[],
): PositionNode {
  return { keyStart: -1, keyEnd: -1, start, end, children };
}

/** Deeper documents are refused by both readers: no manifest needs it, and recursion has to end somewhere. */
export const MAX_DEPTH = 1000;

export const TOO_DEEP = `Nested deeper than ${MAX_DEPTH} levels; this cannot be a Kubernetes resource.`;
