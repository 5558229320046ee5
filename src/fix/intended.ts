// What a document shall mean after its edits: its text is only changed if it then means exactly that.
import type { Path } from '../text/document.ts';
import type { FieldEdit } from '../text/edit.ts';

type Mapping = Record<string, unknown>;

/** The place of a removed item until all are removed, so that the indexes of the others hold. */
const removed = Symbol('removed');

/** Makes the edits in a value of nobody else's, and returns it; undefined when they do not fit it. */
export function withEdits(root: unknown, edits: readonly FieldEdit[]): unknown {
  const steps: (() => boolean)[] = [];
  const lists = new Set<unknown[]>();
  for (const edit of edits) {
    // All owners are found before the first change: paths are those of the document as it stands.
    const owner = ownerOf(root, edit.path);
    const key = edit.path.at(-1);
    if (Array.isArray(owner) && typeof key === 'number') {
      lists.add(owner);
      steps.push(() => editList(owner, key, edit));
    } else if (isMapping(owner) && typeof key === 'string' && key !== '__proto__') {
      steps.push(() => editMapping(owner, key, edit));
    } else return undefined;
  }
  if (!steps.every((step) => step())) return undefined;
  for (const list of lists) list.splice(0, list.length, ...list.filter((item) => item !== removed));
  return root;
}

function editMapping(owner: Mapping, key: string, edit: FieldEdit): boolean {
  const isThere = Object.hasOwn(owner, key);
  switch (edit.op) {
    case 'set':
      owner[key] = structuredClone(edit.value);
      return true;
    case 'insert':
      if (!isThere) owner[key] = structuredClone(edit.value);
      return !isThere;
    case 'remove':
      return isThere && delete owner[key];
    case 'rename': {
      if (!isThere || Object.hasOwn(owner, edit.to) || edit.to === '__proto__') return false;
      owner[edit.to] = owner[key];
      return delete owner[key];
    }
  }
}

function editList(owner: unknown[], key: number, edit: FieldEdit): boolean {
  if (key >= owner.length || owner[key] === removed) return false;
  if (edit.op === 'set') owner[key] = structuredClone(edit.value);
  else if (edit.op === 'remove') owner[key] = removed;
  else return false;
  return true;
}

function ownerOf(root: unknown, path: Path): unknown {
  return valueAt(root, path.slice(0, -1));
}

/** The value at a path; undefined when there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (Array.isArray(value)) value = typeof step === 'number' ? value[step] : undefined;
    else if (isMapping(value) && Object.hasOwn(value, step)) value = value[step];
    else return undefined;
  }
  return value;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
