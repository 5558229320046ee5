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
 * Deeper documents are refused by both readers: no manifest needs more, and whatever walks through values by recursion
 * - `yaml` first of all - must not exhaust the stack.
 */
export const MAX_DEPTH = 300;

export const TOO_DEEP = `Nested deeper than ${MAX_DEPTH} levels; this cannot be a Kubernetes resource.`;
