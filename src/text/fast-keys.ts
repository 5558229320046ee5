// Map keys in the fast path.
import { bail } from './reader.ts';
import { mayResolve, resolvePlain } from './scalars.ts';

const MERGE_KEY = '<<';

/** A plain key as the JSON key that Kubernetes makes of it: `on` is "true". */
export function plainKey(text: string): string {
  if (text === MERGE_KEY) bail('merge key');
  if (!mayResolve(text.charCodeAt(0))) return text;
  const value = resolvePlain(text);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (Number.isSafeInteger(value) && String(value) === text) return text;
  return bail('unusual key');
}

/** Adds a field to a map that must not have it yet. */
export function addField(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') bail('unusual key');
  if (map[key] !== undefined && Object.hasOwn(map, key)) bail('duplicate key');
  map[key] = value;
}
