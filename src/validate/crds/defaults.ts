import { isObject, own } from './read.ts';
import type { CrdSchema } from './schema.ts';

/**
 * A copy of a value as the API server has it before it validates: nulls of fields that may not be null are gone, and
 * fields that are missing have their defaults (structural defaulting of the API server). Fields that nothing names stay.
 */
export function withDefaults(schema: CrdSchema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { item } = schema;
    return item === undefined ? value : value.map((one) => withDefaults(item, orDefault(item, one)));
  }
  if (!isObject(value)) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(value)) {
    const inner = schema.fields.get(name) ?? schema.item;
    const before = inner === undefined ? value[name] : orDefault(inner, value[name]);
    if (before === undefined || (before === null && inner !== undefined && !inner.nullable)) continue;
    copy[name] = inner === undefined ? before : withDefaults(inner, before);
  }
  for (const name of schema.defaulted) {
    const field = schema.fields.get(name);
    if (field !== undefined && own(value, name) === undefined)
      copy[name] = withDefaults(field, field.default);
  }
  return copy;
}

function orDefault(schema: CrdSchema, value: unknown): unknown {
  return value === null && !schema.nullable && schema.default !== undefined ? schema.default : value;
}
