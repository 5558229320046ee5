// What go-yaml reads and the `yaml` package refuses, as YAML 1.2 has it: quoted scalars and flow collections whose lines
// are not indented deeper than the block around them. The parts of the fast path read them, and an innocent text of
// the same length stands in for them while `yaml` reads the rest.
import { DOUBLE_QUOTE, SINGLE_QUOTE } from './chars.ts';
import { readBlockScalar } from './fast-block-scalar.ts';
import { readFlow } from './fast-flow.ts';
import { readQuoted } from './fast-scalars.ts';
import { findCutToken } from './open-tokens.ts';
import { type PositionNode, positionNode } from './positions.ts';
import { Bail, createReader, type Reader } from './reader.ts';

/** A value and its positions, as offsets into the document. */
export interface StandIn {
  readonly value: unknown;
  readonly node: PositionNode;
}

/** A document with stand-ins, by the offset where each starts. */
export interface Patched {
  readonly text: string;
  readonly standIns: ReadonlyMap<number, StandIn>;
}

/** Replaces the first token that `yaml` cut off; undefined when there is none that go-yaml reads. */
export function patch(slice: string, current: Patched, root: unknown): Patched | undefined {
  const start = findCutToken(current.text, root);
  if (start === undefined || current.standIns.has(start)) return undefined;
  const standIn = readToken(slice, start);
  if (standIn === undefined) return undefined;
  const { end } = standIn.node;
  const filler = 'x'.repeat(end - start - 2);
  const text = current.text.slice(0, start + 1) + filler + current.text.slice(end - 1);
  return { text, standIns: new Map(current.standIns).set(start, standIn) };
}

function readToken(slice: string, start: number): StandIn | undefined {
  return attempt(createReader(slice, start, slice.length, true), (reader) => {
    const first = slice.charCodeAt(start);
    const quoted = first === DOUBLE_QUOTE || first === SINGLE_QUOTE;
    const value = quoted ? readQuoted(reader, first) : readFlow(reader);
    return { value, node: reader.node };
  });
}

/** A block scalar at `start`, as go-yaml reads it; undefined when there is any doubt. */
export function readBlockText(slice: string, start: number, parentIndent: number): string | undefined {
  const reader = createReader(slice, start, slice.length, false);
  return attempt(reader, () => readBlockScalar(reader, parentIndent));
}

function attempt<T>(reader: Reader, read: (reader: Reader) => T): T | undefined {
  try {
    return read(reader);
  } catch (thrown) {
    if (thrown instanceof Bail) return undefined;
    throw thrown;
  }
}

/** The same positions `by` characters further on. */
export function shifted(node: PositionNode, by: number): PositionNode {
  const moved = positionNode(node.start + by, node.end + by, shiftedChildren(node.children, by));
  if (node.keyStart >= 0) {
    moved.keyStart = node.keyStart + by;
    moved.keyEnd = node.keyEnd + by;
  }
  return moved;
}

function shiftedChildren(children: PositionNode['children'], by: number): PositionNode['children'] {
  if (children instanceof Map) return new Map([...children].map(([key, child]) => [key, shifted(child, by)]));
  return children?.map((child) => shifted(child, by));
}
