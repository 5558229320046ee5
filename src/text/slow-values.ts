// From the nodes of the `yaml` package to plain values and positions.
import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import {
  type DuplicateKey,
  MAX_DEPTH,
  type PositionNode,
  positionNode,
  type TextProblem,
  TOO_DEEP,
} from './document.ts';
import { keyText, scalarValue, Unreadable } from './slow-scalars.ts';

/** Thrown when a document that is sound YAML cannot be a Kubernetes resource. Offsets are into the slice. */
export class Refusal {
  readonly problem: TextProblem;
  constructor(problem: TextProblem) {
    this.problem = problem;
  }
}

export interface Converted {
  readonly value: unknown;
  readonly node: PositionNode;
}

/** Values that aliases may add to a document: enough for any manifest, few enough to build at once. */
const EXPANSION_BUDGET = 400_000;

const MERGE_KEY = '<<';
const MERGE_TAG = 'tag:yaml.org,2002:merge';

interface Conversion {
  /** Text of the document. */
  readonly slice: string;
  /** Its offset in the source. */
  readonly base: number;
  /** What each anchor holds so far; undefined while its value is being read. */
  readonly anchors: Map<string, Converted | undefined>;
  readonly path: (string | number)[];
  readonly duplicateKeys: DuplicateKey[];
  /** Values that aliases have added so far. */
  expanded: number;
}

/** Offsets into the slice. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** The value of a document whose text `slice` starts at offset `base` of its source. */
export function convertDocument(
  slice: string,
  base: number,
  root: unknown,
): (Converted & { readonly duplicateKeys: readonly DuplicateKey[] }) | Refusal {
  const conversion: Conversion = {
    slice,
    base,
    anchors: new Map(),
    path: [],
    duplicateKeys: [],
    expanded: 0,
  };
  try {
    const converted = convert(conversion, root, 0, { start: 0, end: 0 });
    return { ...converted, duplicateKeys: conversion.duplicateKeys };
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown;
    throw thrown;
  }
}

function refuse(message: string, { start, end }: Span): never {
  throw new Refusal({ message, start, end });
}

/** `whenEmpty` is where an empty value stands; `depth` counts the collections around the node. */
function convert(conversion: Conversion, node: unknown, depth: number, whenEmpty: Span): Converted {
  if (node === null || node === undefined) return { value: null, node: place(conversion, whenEmpty) };
  const span = spanOf(node, whenEmpty);
  if (isAlias(node)) return expandAlias(conversion, node.source, span, depth);
  const anchor = anchorOf(node);
  if (anchor !== undefined) conversion.anchors.set(anchor, undefined);
  const converted = convertNode(conversion, node, depth, span, whenEmpty);
  if (anchor !== undefined) conversion.anchors.set(anchor, converted);
  return converted;
}

function convertNode(
  conversion: Conversion,
  node: unknown,
  depth: number,
  span: Span,
  whenEmpty: Span,
): Converted {
  if (isScalar(node)) return convertScalar(conversion, node, span, whenEmpty);
  if (depth >= MAX_DEPTH) refuse(TOO_DEEP, { start: span.start, end: span.start + 1 });
  if (isMap(node)) return convertMap(conversion, node, depth, span);
  if (isSeq(node)) return convertList(conversion, node, depth, span);
  return refuse('Not a value.', span);
}

function convertScalar(conversion: Conversion, scalar: Scalar, span: Span, whenEmpty: Span): Converted {
  const value = readable(() => scalarValue(scalar, conversion.slice), span);
  if (span.start === span.end) return { value, node: place(conversion, whenEmpty) };
  const block = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
  return { value, node: place(conversion, block ? blockScalarSpan(conversion.slice, span) : span) };
}

function readable<T>(read: () => T, span: Span): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Unreadable) refuse(thrown.message, span);
    throw thrown;
  }
}

const BLOCK_HEADER = /[|>][-+0-9]*/y;

/** From the header to the last character of the text that is not blank. */
function blockScalarSpan(slice: string, { start, end }: Span): Span {
  BLOCK_HEADER.lastIndex = start;
  const headerEnd = start + (BLOCK_HEADER.exec(slice)?.[0].length ?? 1);
  const bodyStart = slice.indexOf('\n', headerEnd);
  const bodyEnd = trimmedEnd(slice, bodyStart < 0 ? end : bodyStart, end);
  return { start, end: bodyStart < 0 || bodyEnd <= bodyStart ? headerEnd : bodyEnd };
}

function trimmedEnd(text: string, start: number, end: number): number {
  let pos = end;
  while (pos > start && ' \t\n'.includes(text.charAt(pos - 1))) pos--;
  return pos;
}

function convertList(conversion: Conversion, list: YAMLSeq, depth: number, span: Span): Converted {
  const value: unknown[] = [];
  const children: PositionNode[] = [];
  let end = span.start;
  for (const [index, item] of list.items.entries()) {
    conversion.path.push(index);
    const converted = convert(conversion, item, depth + 1, dashBefore(conversion.slice, item, span.start));
    conversion.path.pop();
    value.push(converted.value);
    children.push(converted.node);
    end = converted.node.end - conversion.base;
  }
  return { value, node: place(conversion, list.flow ? span : { start: span.start, end }, children) };
}

/** The `-` of an empty item. */
function dashBefore(slice: string, item: unknown, listStart: number): Span {
  const offset = spanOf(item, { start: listStart, end: listStart }).start;
  const dash = slice.lastIndexOf('-', offset);
  return dash < listStart ? { start: offset, end: offset } : { start: dash, end: dash + 1 };
}

function convertMap(conversion: Conversion, map: YAMLMap, depth: number, span: Span): Converted {
  const value: Record<string, unknown> = {};
  const children = new Map<string, PositionNode>();
  const merged: Converted[] = [];
  let end = span.start;
  for (const pair of map.items) {
    const key = convertKey(conversion, pair.key, span);
    const afterKey = { start: key.span.end, end: key.span.end };
    conversion.path.push(key.text);
    if (!key.merge && Object.hasOwn(value, key.text)) addDuplicate(conversion, key, children.get(key.text));
    const field = convert(conversion, pair.value, depth + 1, afterKey);
    conversion.path.pop();
    end = field.node.end - conversion.base;
    if (key.merge) {
      merged.push(...mergeSources(field, key.span));
      continue;
    }
    field.node.keyStart = conversion.base + key.span.start;
    field.node.keyEnd = conversion.base + key.span.end;
    setField(value, key.text, field.value);
    children.set(key.text, field.node);
  }
  for (const source of merged) mergeInto(value, children, source);
  return { value, node: place(conversion, map.flow ? span : { start: span.start, end }, children) };
}

interface Key {
  readonly text: string;
  readonly merge: boolean;
  readonly span: Span;
}

function convertKey(conversion: Conversion, node: unknown, mapSpan: Span): Key {
  const span = spanOf(node, { start: mapSpan.start, end: mapSpan.start + 1 });
  if (isAlias(node)) {
    const { value } = expandAlias(conversion, node.source, span, 0);
    return { text: readable(() => keyText(value), span), merge: false, span };
  }
  if (node !== null && node !== undefined && !isScalar(node)) {
    refuse('A list or a map cannot be a key: the keys of Kubernetes resources are text.', span);
  }
  if (node === null || node === undefined)
    refuse('A field without a name: write a key before the `:`.', span);
  const { tag, type, source } = node;
  if (source === MERGE_KEY && type === 'PLAIN' && (tag === undefined || tag === MERGE_TAG)) {
    return { text: MERGE_KEY, merge: true, span };
  }
  const text = readable(() => keyText(scalarValue(node, conversion.slice), source), span);
  if (node.anchor !== undefined) {
    const value = scalarValue(node, conversion.slice);
    conversion.anchors.set(node.anchor, { value, node: place(conversion, span) });
  }
  return { text, merge: false, span };
}

function addDuplicate(conversion: Conversion, key: Key, first: PositionNode | undefined): void {
  conversion.duplicateKeys.push({
    key: key.text,
    path: [...conversion.path],
    start: conversion.base + key.span.start,
    end: conversion.base + key.span.end,
    first: first?.keyStart ?? conversion.base + key.span.start,
  });
}

/** The maps that a `<<` brings, in order of precedence. */
function mergeSources({ value, node }: Converted, span: Span): Converted[] {
  const sources: Converted[] = [];
  const values = Array.isArray(value) ? value : [value];
  for (const [index, source] of values.entries()) {
    if (source === null || typeof source !== 'object' || Array.isArray(source)) {
      refuse('`<<` takes a map, or a list of maps, to merge.', span);
    }
    const sourceNode = Array.isArray(value) && Array.isArray(node.children) ? node.children[index] : node;
    sources.push({ value: source, node: sourceNode ?? node });
  }
  return sources;
}

/** Explicit fields win over merged ones, and earlier sources over later ones. */
function mergeInto(
  value: Record<string, unknown>,
  children: Map<string, PositionNode>,
  source: Converted,
): void {
  for (const [key, merged] of Object.entries(source.value ?? {})) {
    if (Object.hasOwn(value, key)) continue;
    setField(value, key, merged);
    const node = source.node.children instanceof Map ? source.node.children.get(key) : undefined;
    if (node) children.set(key, node);
  }
}

/** `__proto__` is a field like any other. */
function setField(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
  else map[key] = value;
}

/** A copy of what the anchor holds; it stands at the alias, and its fields where they are written. */
function expandAlias(conversion: Conversion, name: string, span: Span, depth: number): Converted {
  const target = conversion.anchors.get(name);
  if (target === undefined) {
    const unfinished = conversion.anchors.has(name);
    refuse(
      unfinished
        ? `The anchor \`&${name}\` contains itself through the alias \`*${name}\`.`
        : `The alias \`*${name}\` refers to an anchor that is not defined before it: add \`&${name}\` to a value above, or quote the text if no alias is meant.`,
      span,
    );
  }
  const value = copy(conversion, target.value, depth, span);
  return { value, node: place(conversion, span, target.node.children) };
}

function copy(conversion: Conversion, value: unknown, depth: number, span: Span): unknown {
  if (++conversion.expanded > EXPANSION_BUDGET) {
    refuse(`The aliases of this document expand to more than ${EXPANSION_BUDGET} values.`, span);
  }
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) refuse(TOO_DEEP, span);
  if (Array.isArray(value)) return value.map((item) => copy(conversion, item, depth + 1, span));
  const map: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value))
    setField(map, key, copy(conversion, field, depth + 1, span));
  return map;
}

function place(conversion: Conversion, span: Span, children?: PositionNode['children']): PositionNode {
  return positionNode(conversion.base + span.start, conversion.base + span.end, children);
}

function anchorOf(node: unknown): string | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
}

function spanOf(node: unknown, missing: Span): Span {
  const range = isNodeWithRange(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : missing;
}

function isNodeWithRange(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node;
}
