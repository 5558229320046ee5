import type { Kind, Kinds } from '../model/kinds.gen.ts';
import { hasPlaceholder, hasPlaceholderName } from '../model/placeholder.ts';
import { fits } from './conform-fits.ts';
import { type Breach, createLimitChecks } from './conform-limits.ts';
import { type Home, homesOf, isSpelledAlike, slipOf } from './conform-unknown.ts';
import { type Node, Nodes } from './nodes.ts';
import type { Shapes } from './shapes.ts';

export type Path = readonly (string | number)[];

/** A place where a value did not have the shape of its kind, and now has. */
export interface ShapeProblem {
  readonly path: Path;
  readonly expected: string;
  readonly found: string;
  /** Whether the value is filled in later, and may well be of the right type then. */
  readonly filledIn: boolean;
}

/** A field that the object has not. */
export interface UnknownField {
  readonly path: Path;
  /** The field that was probably meant. */
  readonly suggestion: string | undefined;
  /** Whether it is certain which field was meant, and the value is one that it may have. */
  readonly fits?: boolean;
  /** Objects around it, or right below, that have a field of this very name. */
  readonly homes: readonly Home[];
  /** The fields that the object has. */
  readonly known: readonly string[];
}

/** Is told what the conformer leaves as it is. */
export interface Listener {
  unknown(field: UnknownField): void;
  /** Only of kinds of which all unknown fields are watched for. */
  breach(breach: Breach): void;
}

/**
 * Which unknown fields to tell: all, or, of kinds whose shapes name only some of their fields, those that must be
 * slips of a field that is named. Metadata is always of the second sort, and nobody writes a status.
 */
export type Watch = 'all' | 'slips' | 'none';

export type Conformer = (kind: Kind, value: Fields, watch?: Watch) => readonly ShapeProblem[];

type Fields = Record<string, unknown>;

/**
 * Makes freshly parsed values fit the shape of their kind, in place. Objects and arrays that are right stay the
 * very same ones; no object may stand at two places of the value. What is made of the shapes is made when it is
 * first needed and kept in the closure. Unknown fields and values that break a limit of the schema stay as they are;
 * the listener is told.
 */
export function createConformer(shapes: Shapes, listener?: Listener): Conformer {
  const nodes = new Nodes(shapes);
  const path: (string | number)[] = [];
  let problems: ShapeProblem[] = [];
  let watched: Watch = 'none';
  let root: Node | undefined;

  function wrong(node: Node, value: unknown): undefined {
    const isFilledIn = holders.has(node.type) ? hasPlaceholder : hasPlaceholderName;
    const filledIn = typeof value === 'string' && isFilledIn(value);
    problems.push({ path: [...path], expected: node.type, found: describe(value), filledIn });
  }

  const limits = createLimitChecks((found, ...steps) => {
    listener?.breach({ path: [...path, ...steps], ...found });
  });

  function judges(node: Node): boolean {
    return node.limits !== undefined && watched === 'all' && path[0] !== 'status';
  }

  function open(node: Node): Node {
    if (node.waiting !== undefined) nodes.expand(node, complete);
    return node;
  }

  function stray(node: Node, name: string, value: unknown): void {
    // Patches say with such keys what becomes of a list or a mapping.
    if (node.open || path[0] === 'status' || name.startsWith('$')) return;
    const suggestion = slipOf(node, name);
    const whole = watched === 'all' && path[0] !== 'metadata';
    if (!whole && suggestion === undefined) return;
    // Where only some fields are known, another one may be meant that is as near.
    const isSure = suggestion !== undefined && (whole || isSpelledAlike(suggestion, name));
    const meant = isSure ? node.fields.get(suggestion) : undefined;
    listener?.unknown({
      path: [...path, name],
      suggestion,
      ...(meant === undefined ? {} : { fits: fits(meant, value, open) }),
      homes: whole && root !== undefined ? homesOf(root, path, name, open) : [],
      known: [...node.fields.keys()],
    });
  }

  /** The value itself, or what stands in for it, or undefined when nothing can; whatever is changed is reported. */
  function adapt(node: Node, value: unknown): unknown {
    if (node.waiting !== undefined) nodes.expand(node, complete);
    switch (node.type) {
      case 'string':
        if (typeof value === 'string') {
          if (node.limits !== undefined && judges(node)) limits.text(value, node.limits);
          return value;
        }
        wrong(node, value);
        return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
      case 'object':
        return isObject(value) ? adaptObject(node, value) : wrong(node, value);
      case 'list':
        if (!Array.isArray(value)) return wrong(node, value);
        adaptList(node.item, value);
        // Keys of items may be defaults.
        if (node.limits !== undefined && judges(node)) limits.list(value, node.limits);
        return value;
      case 'map':
        if (!isObject(value)) return wrong(node, value);
        if (node.limits !== undefined && judges(node)) limits.map(value, node.limits);
        return adaptMap(node.item, value);
      case 'integer':
        if (isInteger(value)) {
          if (node.limits !== undefined && judges(node)) limits.number(value, node.limits);
          return value;
        }
        wrong(node, value);
        return Number.isSafeInteger(canonical(value)) ? canonical(value) : undefined;
      case 'number':
        if (isFiniteNumber(value)) {
          if (node.limits !== undefined && judges(node)) limits.number(value, node.limits);
          return value;
        }
        wrong(node, value);
        return canonical(value);
      case 'boolean':
        return typeof value === 'boolean' ? value : wrong(node, value);
      case 'integer or string':
        return typeof value === 'string' || Number.isInteger(value) ? value : wrong(node, value);
      case 'any':
        return value;
    }
  }

  function adaptObject(node: Node, value: Fields): Fields {
    if (node.limits !== undefined && judges(node)) limits.object(value, node.limits, node.defaults);
    for (const name in value) {
      const field = node.fields.get(name);
      if (field === undefined) {
        if (watched !== 'none') stray(node, name, value[name]);
        continue;
      }
      const before = value[name];
      if (isPlainText(field, before)) continue;
      if (before === null || before === undefined) {
        delete value[name];
        continue;
      }
      path.push(name);
      put(value, name, before, adapt(field, before));
      path.pop();
    }
    for (const [name, fresh] of node.defaults) if (value[name] === undefined) value[name] = copy(fresh);
    return value;
  }

  function adaptMap(item: Node | undefined, value: Fields): Fields {
    if (item === undefined || item.type === 'any') return value;
    for (const name in value) {
      const before = value[name];
      if (isPlainText(item, before)) continue;
      if (before === null || before === undefined) {
        // A map of strings keeps the key, as the API server's decoder does: `labels: {a: }` is the label a="".
        if (item.type === 'string') value[name] = '';
        else delete value[name];
        continue;
      }
      path.push(name);
      put(value, name, before, adapt(item, before));
      path.pop();
    }
    return value;
  }

  /** What most fields are, and nothing is to be done about. */
  function isPlainText(node: Node, value: unknown): boolean {
    return typeof value === 'string' && node.type === 'string' && node.limits === undefined;
  }
  function adaptList(item: Node | undefined, value: unknown[]): unknown[] {
    if (item === undefined || item.type === 'any') return value;
    for (let at = 0; at < value.length; at++) {
      const before = value[at];
      path.push(at);
      const after = before === null || before === undefined ? wrong(item, before) : adapt(item, before);
      // Indexes are places in the file, so a bad item is emptied, never removed.
      if (after === undefined) value[at] = standIn(item, empty(item));
      else if (after !== before) value[at] = after;
      path.pop();
    }
    return value;
  }

  /** Defaults may lack what other defaults bring, as the default rules of an HTTPRoute do. */
  function complete(field: Node, value: unknown): unknown {
    return standIn(field, copy(value));
  }

  /** What nobody wrote is not judged. */
  function standIn(node: Node, value: unknown): unknown {
    const before = watched;
    watched = 'none';
    const made = adapt(node, value);
    watched = before;
    return made;
  }

  return (kind, value, watch = 'none') => {
    problems = [];
    watched = watch;
    root = nodes.kind(kind);
    adapt(root, value);
    return problems;
  };
}

/**
 * Gives a conformed value its type. This is the one cast at the border between what was parsed and what is
 * typed: it holds for a value that the conformer went over with the same kind, and for no other.
 */
export function typed<K extends Kind>(_kind: K, value: Fields): Kinds[K] {
  return value as unknown as Kinds[K];
}

function put(value: Fields, name: string, before: unknown, after: unknown): void {
  if (after === undefined) delete value[name];
  else if (after !== before) value[name] = after;
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The number that a text spells the way a number is printed. */
function canonical(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const number = Number(value);
  return Number.isFinite(number) && String(number) === value ? number : undefined;
}

function empty(node: Node): unknown {
  switch (node.type) {
    case 'list':
      return [];
    case 'map':
    case 'object':
      return {};
    case 'boolean':
      return false;
    case 'string':
      return '';
    default:
      return 0;
  }
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copy(field)]));
}

/** Types that hold others; in their place people write values of enums, too. */
const holders: ReadonlySet<string> = new Set(['object', 'list', 'map']);

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value;
}
