/** A JSON value that is a mapping; undefined for any other. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Those of the list that are mappings. */
export function objectsOf(value: unknown): readonly Record<string, unknown>[] {
  return asList(value)
    .map(asObject)
    .filter((item) => item !== undefined);
}

/** The mapping that a path of keys leads to. */
export function objectAt(value: unknown, ...path: readonly string[]): Record<string, unknown> | undefined {
  return path.reduce<Record<string, unknown> | undefined>((at, key) => asObject(at?.[key]), asObject(value));
}

/** A mapping with some of the fields, as far as they are there. */
export function pick(
  fields: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key of keys) if (fields[key] !== undefined) kept[key] = fields[key];
  return kept;
}
