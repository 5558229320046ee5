import type { At } from '../sdk/rule.ts';
import type { Path } from '../text/index.ts';

/** Where a field named by a rule stands inside its resource. */
export interface FieldPath {
  readonly path: Path;
  readonly part: 'key' | 'value';
}

/** Raised when a rule points at an object that is not part of the resource: a copy, or another resource's. */
export class ForeignObjectError extends Error {
  constructor(what: string) {
    super(`the place handed over is no object of ${what}: hand over the object from the graph, never a copy`);
    this.name = 'ForeignObjectError';
  }
}

/** The path of the very object that a rule points at, found by identity; undefined when `body` does not hold it. */
export function fieldPath(body: object, place: At): FieldPath | undefined {
  const owner = pathOf(body, place.owner);
  if (owner === undefined) return undefined;
  return { path: place.key === undefined ? owner : [...owner, place.key], part: place.part };
}

function pathOf(value: object, wanted: object): (string | number)[] | undefined {
  if (value === wanted) return [];
  const stack: { node: object; path: readonly (string | number)[] }[] = [{ node: value, path: [] }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const entries: Iterable<[string | number, unknown]> = Array.isArray(top.node)
      ? top.node.entries()
      : Object.entries(top.node);
    for (const [key, child] of entries) {
      if (typeof child !== 'object' || child === null) continue;
      const path = [...top.path, key];
      if (child === wanted) return path;
      stack.push({ node: child, path });
    }
  }
  return undefined;
}
