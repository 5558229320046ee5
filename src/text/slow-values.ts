// From the nodes of the `yaml` package to plain values and positions.
import { isAlias, isMap, isScalar, isSeq, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { type Conversion, type Converted, place, spanOf } from './conversion.ts';
import { type DuplicateKey, MAX_DEPTH, TOO_DEEP } from './document.ts';
import {
  endWithGluedColon,
  requireFlowText,
  requireIndentation,
  requireKeyOnOneLine,
  requireNoTabAfterDash,
  requireNoTabIndents,
  withBlankLines,
} from './go-yaml.ts';
import { type PositionNode, trimmedEnd } from './positions.ts';
import { Refusal, refuse, type Span } from './refusal.ts';
import { resolvePlain } from './scalars.ts';
import { expandAlias, mergeInto, mergeSources, setField } from './slow-aliases.ts';
import { type DocumentText, isBlock, keyText, requireJson, scalarValue } from './slow-scalars.ts';
import { readBlockText, shifted } from './stand-ins.ts';
import { columnAt } from './text-lines.ts';

const NOWHERE: Span = { start: 0, end: 0 };
const MERGE_KEY = '<<';
const MERGE_TAG = 'tag:yaml.org,2002:merge';

/** The value and the positions of a document that starts at offset `base` of its source. */
export function convertDocument(
  text: DocumentText,
  base: number,
  root: unknown,
): (Converted & { readonly duplicateKeys: readonly DuplicateKey[] }) | Refusal {
  const conversion: Conversion = {
    text,
    base,
    anchors: new Map(),
    path: [],
    duplicateKeys: [],
    withTabs: text.slice.includes('\t') ? [] : undefined,
    expanded: 0,
  };
  try {
    const around = { depth: 0, indent: -1, whenEmpty: NOWHERE };
    const converted = convert(conversion, root, around);
    if (conversion.withTabs) requireNoTabIndents(text.slice, conversion.withTabs);
    return { ...converted, duplicateKeys: conversion.duplicateKeys };
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown;
    throw thrown;
  }
}

/** What matters about the surroundings of a value. */
interface Around {
  /** Number of collections around it. */
  readonly depth: number;
  /** Column of the block collection that holds it. */
  readonly indent: number;
  /** Where it stands when it is empty. */
  readonly whenEmpty: Span;
}

function convert(conversion: Conversion, node: unknown, around: Around): Converted {
  if (node === null || node === undefined) return { value: null, node: place(conversion, around.whenEmpty) };
  const span = spanOf(node, around.whenEmpty);
  if (isAlias(node)) return expandAlias(conversion, node.source, span, around.depth);
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined) conversion.anchors.set(anchor, undefined);
  const converted = isScalar(node)
    ? convertScalar(conversion, node, span, around)
    : convertCollection(conversion, node, span, around);
  if (anchor !== undefined) conversion.anchors.set(anchor, converted);
  return converted;
}

function convertScalar(conversion: Conversion, scalar: Scalar, span: Span, around: Around): Converted {
  if (isBlock(scalar)) return convertBlockScalar(conversion, scalar, span, around);
  const value = scalarValue(scalar, conversion.text, span);
  requireJson(value, span);
  if (conversion.withTabs) {
    const plain = scalar.type === 'PLAIN';
    noteLines(conversion, plain ? withBlankLines(conversion.text.slice, span, around.indent) : span);
  }
  return { value, node: place(conversion, span.start === span.end ? around.whenEmpty : span) };
}

function convertBlockScalar(
  conversion: Conversion,
  scalar: Scalar,
  span: Span,
  { indent }: Around,
): Converted {
  const { slice } = conversion.text;
  requireIndentation(slice, span);
  noteLines(conversion, span);
  const text = scalar.tag === undefined ? readBlockText(slice, span.start, indent) : undefined;
  const value = text ?? scalarValue(scalar, conversion.text, span);
  return { value, node: place(conversion, blockScalarSpan(slice, span)) };
}

/** Notes a span in which tabs may start a line, unless it is inside the last one. */
function noteLines({ withTabs }: Conversion, span: Span): void {
  if (withTabs !== undefined && span.end > (withTabs.at(-1)?.end ?? 0)) withTabs.push(span);
}

const BLOCK_HEADER = /[|>][-+0-9]*/y;

/** From the header to the last character of the text that is not blank. */
function blockScalarSpan(slice: string, { start, end }: Span): Span {
  BLOCK_HEADER.lastIndex = start;
  const headerEnd = start + (BLOCK_HEADER.exec(slice)?.[0].length ?? 1);
  const lineBreak = slice.indexOf('\n', headerEnd);
  if (lineBreak < 0 || lineBreak >= end) return { start, end: headerEnd };
  const bodyEnd = trimmedEnd(slice, lineBreak, end);
  return { start, end: bodyEnd > lineBreak ? bodyEnd : headerEnd };
}

function convertCollection(conversion: Conversion, node: unknown, span: Span, around: Around): Converted {
  const { depth } = around;
  if (depth >= MAX_DEPTH) refuse(TOO_DEEP, { start: span.start, end: span.start + 1 });
  if (!isMap(node) && !isSeq(node)) return refuse('Not a value.', span);
  const standIn = node.flow ? conversion.text.standIns.get(span.start) : undefined;
  if (node.flow) noteLines(conversion, span);
  if (standIn) return { value: standIn.value, node: shifted(standIn.node, conversion.base) };
  const indent = node.flow ? around.indent : columnAt(conversion.text.slice, span.start);
  const inside = { depth: depth + 1, indent, whenEmpty: around.whenEmpty };
  return isMap(node)
    ? convertMap(conversion, node, span, inside)
    : convertList(conversion, node, span, inside);
}

function convertList(conversion: Conversion, list: YAMLSeq, span: Span, inside: Around): Converted {
  const { slice } = conversion.text;
  const value: unknown[] = [];
  const children: PositionNode[] = [];
  let end = span.start;
  for (const [index, item] of list.items.entries()) {
    if (list.flow) requireFlowText(slice, item);
    else requireNoTabAfterDash(slice, spanOf(item, span).start);
    conversion.path.push(index);
    const converted =
      textWithGluedColon(conversion, list, item) ??
      convert(conversion, item, { ...inside, whenEmpty: dashOf(slice, item, span) });
    conversion.path.pop();
    value.push(converted.value);
    children.push(converted.node);
    end = converted.node.end - conversion.base;
  }
  return { value, node: place(conversion, list.flow ? span : { start: span.start, end }, children) };
}

/** `[fe80::]` is a pair to YAML 1.2 and text to go-yaml. */
function textWithGluedColon(conversion: Conversion, list: YAMLSeq, item: unknown): Converted | undefined {
  const { slice } = conversion.text;
  if (!list.flow || !isMap(item) || !item.flow || slice.charAt(spanOf(item, NOWHERE).start) === '{')
    return undefined;
  const key = item.items[0]?.key;
  const end = endWithGluedColon(slice, key);
  if (end === undefined) return undefined;
  const { start } = spanOf(key, NOWHERE);
  return { value: resolvePlain(slice.slice(start, end)), node: place(conversion, { start, end }) };
}

/** Where an item stands if it is empty: at its `-`. */
function dashOf(slice: string, item: unknown, listSpan: Span): Span {
  const { start, end } = spanOf(item, { start: listSpan.start, end: listSpan.start });
  if (start !== end) return listSpan;
  const dash = slice.lastIndexOf('-', start);
  return dash < listSpan.start ? { start, end } : { start: dash, end: dash + 1 };
}

function convertMap(conversion: Conversion, map: YAMLMap, span: Span, inside: Around): Converted {
  const value: Record<string, unknown> = {};
  const children = new Map<string, PositionNode>();
  const firstStarts = new Map<string, number>();
  let end = span.start;
  for (const pair of map.items) {
    const key = convertKey(conversion, pair.key, map, span);
    if (pair.value !== null) requireKeyOnOneLine(conversion.text.slice, key.span);
    if (map.flow) requireFlowText(conversion.text.slice, pair.value);
    conversion.path.push(key.text);
    const first = firstStarts.get(key.text);
    if (first === undefined) firstStarts.set(key.text, key.span.start);
    else if (!key.merge) addDuplicate(conversion, key, first);
    const whenEmpty = { start: key.span.end, end: key.span.end };
    const field = convert(conversion, pair.value, { ...inside, whenEmpty });
    conversion.path.pop();
    end = field.node.end - conversion.base;
    if (key.merge) {
      for (const source of mergeSources(field, key.span)) mergeInto(value, children, source);
      continue;
    }
    field.node.keyStart = conversion.base + key.span.start;
    field.node.keyEnd = conversion.base + key.span.end;
    setField(value, key.text, field.value);
    children.set(key.text, field.node);
  }
  return { value, node: place(conversion, map.flow ? span : { start: span.start, end }, children) };
}

interface Key {
  readonly text: string;
  /** Whether it is `<<`, which brings the fields of other maps. */
  readonly merge: boolean;
  readonly span: Span;
}

function convertKey(conversion: Conversion, node: unknown, map: YAMLMap, mapSpan: Span): Key {
  const { slice } = conversion.text;
  const span = spanOf(node, { start: mapSpan.start, end: mapSpan.start + 1 });
  if (isScalar(node) && node.type === 'PLAIN') {
    const { tag, source = '' } = node;
    if (source === MERGE_KEY && (tag === undefined || tag === MERGE_TAG)) {
      return { text: MERGE_KEY, merge: true, span };
    }
    if (map.flow) {
      requireFlowText(slice, node);
      const end = endWithGluedColon(slice, node);
      if (end !== undefined)
        return { text: slice.slice(span.start, end), merge: false, span: { ...span, end } };
    }
  }
  if (isAlias(node)) {
    const { value } = expandAlias(conversion, node.source, span, 0);
    return { text: keyText(value, String(value), span), merge: false, span };
  }
  if (!isScalar(node)) return { text: keyText(node ?? null, '', span), merge: false, span };
  const value = scalarValue(node, conversion.text, span);
  if (node.anchor !== undefined)
    conversion.anchors.set(node.anchor, { value, node: place(conversion, span) });
  return { text: keyText(value, node.source ?? '', span), merge: false, span };
}

function addDuplicate(conversion: Conversion, key: Key, first: number): void {
  const { base, path, duplicateKeys } = conversion;
  const { start, end } = key.span;
  duplicateKeys.push({
    key: key.text,
    path: [...path],
    start: base + start,
    end: base + end,
    first: base + first,
  });
}
