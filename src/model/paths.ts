/** Keys and indexes from the top of a manifest down to a field. */
type Path = readonly (string | number)[];

/** A field, named by the very object that holds it; `fieldPath` finds where that object stands. */
export interface At {
  readonly owner: object;
  readonly key: string | number | undefined;
  readonly part: 'key' | 'value';
}

/** Where a field stands inside its manifest. */
export interface FieldPath {
  readonly path: Path;
  readonly part: 'key' | 'value';
}

/** The path of the very object that is pointed at, found by identity; undefined when `body` does not hold it. */
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
