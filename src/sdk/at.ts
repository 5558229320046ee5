import type { At } from '../model/paths.ts';

export type KeyOf<T> = T extends readonly unknown[] ? number : keyof T & string;

/**
 * Names a field by its owner and key, or the owner itself. Always hand over the object from the graph, never a copy.
 * A field that is not there points at its owner's key.
 */
export function at<T extends object>(owner: T, key?: KeyOf<T>, part: 'key' | 'value' = 'value'): At {
  return { owner, key, part };
}
