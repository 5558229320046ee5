// What is said of kinds and their fields: the words of schemas/, for people.

/** A field as its schema describes it. Whatever a schema leaves open is not there. */
export interface FieldNode {
  /** string, integer, number, boolean, object, array or `integer or string`; anything without. */
  readonly type?: string;
  /** Name of the definition that tells the rest. */
  readonly ref?: string;
  readonly description?: string;
  readonly default?: unknown;
  /** Only earlier releases serve it. */
  readonly deprecated?: true;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  /** Fields that an object must have. */
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  /** Fields that no two items have alike; without any, no two items are equal. */
  readonly keys?: readonly string[];
  /** Takes fields of any name. */
  readonly open?: true;
  readonly fields?: Readonly<Record<string, FieldNode>>;
  /** What a list holds. */
  readonly items?: FieldNode;
  /** What a mapping holds. */
  readonly values?: FieldNode;
}

export interface KindNode {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly versions: readonly string[];
  readonly namespaced: boolean;
  /** Set for what is a file of its own rather than a resource. */
  readonly pseudo?: true;
  /** Only some of its fields are described: those that are read. */
  readonly partial?: true;
  readonly root: FieldNode;
}

export interface FieldTree {
  readonly kinds: readonly KindNode[];
  readonly defs: Readonly<Record<string, FieldNode>>;
}

/** Longer chains of definitions are none: a definition that refers to itself only. */
const MOST_REFERENCES = 8;

/** A field with what its definition says; its own words come first. One level: what is in it stays as written. */
export function resolveField(tree: FieldTree, written: FieldNode): FieldNode {
  let node = written;
  for (let i = 0; node.ref !== undefined && i < MOST_REFERENCES; i++) {
    const { ref, fields, ...own } = node;
    const def = tree.defs[ref] ?? {};
    const all = fields === undefined ? def.fields : { ...def.fields, ...fields };
    node = { ...def, ...own, ...(all === undefined ? {} : { fields: all }) };
  }
  return node;
}

/** A question for kinds or one of their fields: `VirtualService.spec.http[0].retries`, `Gateway.networking.istio.io`. */
export interface FieldQuestion {
  /** All kinds of that name, of the group if one is given; none when nobody knows the name. */
  readonly kinds: readonly KindNode[];
  /** The first part of the question, as written. */
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A name, or what stands in brackets: an index, a key, nothing. */
export interface Step {
  readonly name: string;
  readonly bracket: boolean;
}

/** Reads a question. Neither the case of the kind matters, nor whether it is in the plural. */
export function readQuestion(tree: FieldTree, question: string): FieldQuestion {
  const [name = ''] = /^[^.[]*/.exec(question) ?? [];
  const low = name.toLowerCase();
  const named = tree.kinds.filter(({ kind, plural }) => kind.toLowerCase() === low || plural === low);
  const rest = question.slice(name.length);
  const ofGroup = named.filter(({ group }) => group !== '' && beginsWith(rest.toLowerCase(), `.${group}`));
  const group = ofGroup[0]?.group ?? '';
  const path = ofGroup.length > 0 ? rest.slice(group.length + 1) : rest;
  return { kinds: ofGroup.length > 0 ? ofGroup : named, name, steps: readSteps(path) };
}

/** Whether a path begins with such steps. */
function beginsWith(path: string, steps: string): boolean {
  return path.startsWith(steps) && /^(?:$|[.[])/.test(path.slice(steps.length));
}

function readSteps(path: string): Step[] {
  const steps: Step[] = [];
  for (const [, name, inside] of path.matchAll(/([^.[\]]+)|\[([^\]]*)\]?/g)) {
    steps.push(
      name === undefined
        ? { name: (inside ?? '').replace(/^(["'])(.*)\1$/, '$2'), bracket: true }
        : { name, bracket: false },
    );
  }
  return steps;
}

/** A field that was asked for: where it is, what is said of it, and whether its owner must have it. */
export interface FoundField {
  readonly path: string;
  readonly node: FieldNode;
  readonly required: boolean;
}

/** Where a path ends too early: the last field that there is, and the name that it does not have. */
export interface MissingField {
  readonly owner: FoundField;
  readonly missing: string;
}

/**
 * Follows a path from the root of a kind. Brackets of lists and keys of mappings may be left out where a field of what
 * they hold is named.
 */
export function findField(
  tree: FieldTree,
  kind: KindNode,
  steps: readonly Step[],
): FoundField | MissingField {
  let at: FoundField = { path: '', node: resolveField(tree, kind.root), required: true };
  for (const step of steps) {
    const next = follow(tree, at, step);
    if (next === undefined) return { owner: at, missing: step.name };
    at = next;
  }
  return at;
}

function follow(tree: FieldTree, from: FoundField, { name, bracket }: Step): FoundField | undefined {
  const { path, node } = from;
  const named = node.fields !== undefined && Object.hasOwn(node.fields, name) ? node.fields[name] : undefined;
  if (named !== undefined) {
    const required = node.required?.includes(name) ?? false;
    return { path: path === '' ? name : `${path}.${name}`, node: resolveField(tree, named), required };
  }
  if (node.items !== undefined) {
    const item = { path: `${path}[]`, node: resolveField(tree, node.items), required: false };
    return bracket || /^[0-9]+$/.test(name) ? item : follow(tree, item, { name, bracket });
  }
  if (node.values === undefined) return undefined;
  const value = { path: `${path}.*`, node: resolveField(tree, node.values), required: false };
  return bracket ? value : (follow(tree, value, { name, bracket }) ?? value);
}

/** The fields of an object, or of what a list or mapping holds; none if those have no fields either. */
export function fieldsWithin(tree: FieldTree, node: FieldNode): readonly FoundField[] {
  const inner = node.items ?? node.values;
  if (node.fields === undefined) {
    return inner === undefined ? [] : fieldsWithin(tree, resolveField(tree, inner));
  }
  return Object.entries(node.fields).map(([name, field]) => ({
    path: name,
    node: resolveField(tree, field),
    required: node.required?.includes(name) ?? false,
  }));
}

/** The shortest paths to fields of a name, below a field; at most `most`. */
export function pathsTo(tree: FieldTree, from: FoundField, name: string, most: number): string[] {
  const found: string[] = [];
  const seen = new Set<unknown>();
  const low = name.toLowerCase();
  let level = [from];
  while (level.length > 0 && found.length < most) {
    const next: FoundField[] = [];
    for (const { path, node } of level) {
      const inner = node.items ?? node.values;
      const body = node.fields ?? inner;
      if (body === undefined || seen.has(body)) continue;
      seen.add(body);
      for (const [key, field] of Object.entries(node.fields ?? {})) {
        const below = {
          path: path === '' ? key : `${path}.${key}`,
          node: resolveField(tree, field),
          required: false,
        };
        if (key.toLowerCase() === low) found.push(below.path);
        next.push(below);
      }
      if (inner === undefined) continue;
      const within = node.items === undefined ? `${path}.*` : `${path}[]`;
      next.push({ path: within, node: resolveField(tree, inner), required: false });
    }
    level = next;
  }
  return found.slice(0, most);
}
