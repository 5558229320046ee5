// Aliases and merge keys.
import type { Conversion, Converted } from './conversion.ts';
import { place } from './conversion.ts';
import { MAX_DEPTH, TOO_DEEP } from './document.ts';
import type { PositionNode } from './positions.ts';
import { refuse, type Span } from './refusal.ts';

/** Values that aliases may add to a document: enough for any manifest, few enough to build at once. */
const EXPANSION_BUDGET = 400_000;

/** The maps that a `<<` brings, the weakest first: of a list, the first wins. */
export function mergeSources({ value, node }: Converted, span: Span): Converted[] {
  if (!Array.isArray(value)) return [mergeSource(value, node, span)];
  return value
    .map((item, index) =>
      mergeSource(item, Array.isArray(node.children) ? (node.children[index] ?? node) : node, span),
    )
    .reverse();
}

function mergeSource(value: unknown, node: PositionNode, span: Span): Converted {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    refuse('`<<` takes a map, or a list of maps, to merge.', span);
  }
  return { value, node };
}

/**
 * Sets what a `<<` brings. As go-yaml v2 has it, and unlike YAML's own rule, that replaces fields written before the
 * `<<`; those written behind it replace it in turn.
 */
export function mergeInto(
  value: Record<string, unknown>,
  children: Map<string, PositionNode>,
  source: Converted,
): void {
  for (const [key, merged] of Object.entries(source.value ?? {})) {
    setField(value, key, merged);
    const node = source.node.children instanceof Map ? source.node.children.get(key) : undefined;
    if (node) children.set(key, node);
  }
}

/** `__proto__` is a field like any other. */
export function setField(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
}

/** A copy of what the anchor holds; it stands at the alias, and its fields where they are written. */
export function expandAlias(conversion: Conversion, name: string, span: Span, depth: number): Converted {
  const target = conversion.anchors.get(name);
  if (target !== undefined) {
    const value = copy(conversion, target.value, depth, span);
    return { value, node: place(conversion, span, target.node.children) };
  }
  if (conversion.anchors.has(name)) refuse(`The value of \`&${name}\` contains itself by this alias.`, span);
  return refuse(
    `\`*${name}\` is an alias, and there is no anchor \`&${name}\` before it: quote it if text is meant.`,
    span,
  );
}

function copy(conversion: Conversion, value: unknown, depth: number, span: Span): unknown {
  if (++conversion.expanded > EXPANSION_BUDGET) {
    refuse(`The aliases of this document add more than ${EXPANSION_BUDGET} values to it.`, span);
  }
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) refuse(TOO_DEEP, span);
  if (Array.isArray(value)) return value.map((item) => copy(conversion, item, depth + 1, span));
  const map: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value))
    setField(map, key, copy(conversion, field, depth + 1, span));
  return map;
}
