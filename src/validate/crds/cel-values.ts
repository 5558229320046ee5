import type { CelInput } from '@bufbuild/cel';
import type { CelCompiler } from '../cel/expression.ts';
import { isObject } from './read.ts';
import type { CrdSchema } from './schema.ts';

const reserved: ReadonlySet<string> = new Set(
  (
    'true false null in as break const continue else for function if import let loop package namespace return var ' +
    'void while'
  ).split(' '),
);
const escapes: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** The name of a field in rules; undefined for one that rules cannot name (Escape in apiserver's pkg/cel/escaping.go). */
export function escapeField(name: string): string | undefined {
  if (!/^[A-Za-z_.\-/][A-Za-z0-9_.\-/]*$/.test(name)) return undefined;
  if (reserved.has(name)) return `__${name}__`;
  return name.replaceAll(/__|[.\-/]/g, (mark) => escapes[mark] ?? mark);
}

/**
 * A value of a schema as rules see it (UnstructuredToVal in apiserver's pkg/cel/common): whole numbers are integers where
 * the schema says so, and what the schema does not name is not there. `inner` gives the values of what it holds.
 */
export function celValue(
  schema: CrdSchema,
  value: unknown,
  compiler: CelCompiler,
  inner: (schema: CrdSchema, value: unknown, step: string | number) => CelInput,
): CelInput {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) {
    return value.map((item, at) => (schema.item === undefined ? plain(item) : inner(schema.item, item, at)));
  }
  if (!isObject(value)) return scalar(schema, value, compiler);
  const map = new Map<string, CelInput>();
  for (const [name, one] of Object.entries(value)) {
    const field = schema.fields.get(name);
    const key = field === undefined ? name : escapeField(name);
    const of = field ?? schema.item;
    if (of !== undefined) {
      const made = inner(of, one, name);
      if (key !== undefined) map.set(key, made);
    } else if (schema.type === 'any') map.set(name, plain(one));
  }
  return map;
}

function scalar({ type, format }: CrdSchema, value: unknown, compiler: CelCompiler): CelInput {
  if (typeof value === 'number') {
    return Number.isInteger(value) && type !== 'number' ? BigInt(value) : value;
  }
  if (typeof value !== 'string') return value === true;
  switch (format) {
    case 'byte':
      return new Uint8Array(Buffer.from(value, 'base64'));
    case 'duration':
      return compiler.convert('duration', value) ?? value;
    case 'date':
      return compiler.convert('timestamp', `${value}T00:00:00Z`) ?? value;
    case 'date-time':
      return compiler.convert('timestamp', value) ?? value;
    default:
      return value;
  }
}

/** A value that no schema says anything of. */
export function plain(value: unknown): CelInput {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return null;
  return new Map(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
