// Typed reading of values that people wrote. No message ever shows a value: it may be a secret.
import { isMapping } from '../classify.ts';
import { ClusterError } from './cluster-error.ts';

/** One mapping of a kubeconfig. An empty text counts as not there, as it does for kubectl. */
export interface Fields {
  /** For messages: `user "alice" in /home/alice/.kube/config`. */
  readonly place: string;
  readonly keys: readonly string[];
  text(key: string): string | undefined;
  flag(key: string): boolean;
  map(key: string): Fields | undefined;
  list(key: string): readonly Fields[];
  texts(key: string): string[];
  /** The value as written, of whatever shape. */
  raw(key: string): unknown;
}

/** Reads fields of `value`; each throws a `ClusterError` that names place and field when the type is not the one asked for. */
export function createFields(value: unknown, place: string): Fields {
  if (!isMapping(value)) throw wrongType(place, 'must be a mapping');
  const raw = (key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined) ?? undefined;
  const items = (key: string): readonly unknown[] => {
    const found = raw(key) ?? [];
    if (!Array.isArray(found)) throw wrongType(place, `needs a list in ${key}`);
    return found;
  };
  return {
    place,
    keys: Object.keys(value).filter((key) => raw(key) !== undefined && raw(key) !== ''),
    raw,
    text(key) {
      const found = raw(key) ?? '';
      if (typeof found !== 'string') throw wrongType(place, `needs a text in ${key}; put it in quotes`);
      return found === '' ? undefined : found;
    },
    flag(key) {
      const found = raw(key) ?? false;
      if (typeof found !== 'boolean') throw wrongType(place, `needs true or false in ${key}`);
      return found;
    },
    map: (key) => (raw(key) === undefined ? undefined : createFields(raw(key), `${key} of ${place}`)),
    list: (key) => items(key).map((item, index) => createFields(item, `${key}[${index}] of ${place}`)),
    texts: (key) =>
      items(key).map((item) => {
        if (typeof item !== 'string') throw wrongType(place, `needs texts in ${key}; put them in quotes`);
        return item;
      }),
  };
}

function wrongType(place: string, what: string): ClusterError {
  return new ClusterError('kubeconfig', `${upperFirst(place)} ${what}.`, 'Repair the kubeconfig.');
}

/** With a capital, for the beginning of a sentence; a path stays as it is. */
export function upperFirst(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
