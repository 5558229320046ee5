// What a change takes away, as `--deleted` names it.
import { existsSync, readFileSync } from 'node:fs';
import { ConfigError } from '../config/config-error.ts';
import { kinds } from '../model/kinds.gen.ts';
import type { ObjectId } from '../model/object-id.ts';
import { readStdin } from './stdin.ts';

const HELP =
  'It takes KIND/NAMESPACE/NAME (KIND/NAME of what has no namespace), a file with one of them a line, or "-" for standard input.';

/** Names objects; one that is named without a namespace stands in the one given. */
export type Removed = (namespace: string) => readonly ObjectId[];

/**
 * Reads what `--deleted` was given: objects, and files that list them. Throws ConfigError for what is neither.
 */
export async function readRemoved(values: readonly string[]): Promise<Removed> {
  const removed: ((namespace: string) => ObjectId)[] = [];
  for (const value of values) {
    const object = existsSync(value) ? undefined : objectOf(value);
    if (object !== undefined) removed.push(object);
    else removed.push(...objectsOf(await textOf(value), value));
  }
  return (namespace) => removed.map((object) => object(namespace));
}

function objectsOf(text: string, file: string): ((namespace: string) => ObjectId)[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const written = line.replace(/#.*/, '').trim();
    if (written === '') return [];
    const object = objectOf(written);
    if (object !== undefined) return [object];
    throw new ConfigError(`--deleted ${file}: line ${i + 1} names no object: "${written}".`, HELP);
  });
}

/** The object that is named, by the namespace of those without one; undefined for what names none. */
function objectOf(written: string): ((namespace: string) => ObjectId) | undefined {
  const [word = '', ...rest] = written.split('/');
  const name = rest.pop();
  const [own = '', ...more] = rest;
  if (name === undefined || name === '' || more.length > 0) return undefined;
  const known = knownKind(word);
  if (known !== undefined) {
    const { group, kind, namespaced } = known;
    return (namespace) => ({ group, kind, namespace: namespaced ? own || namespace : '', name });
  }
  const dot = word.indexOf('.');
  // Nobody knows whether other kinds have namespaces: what is written counts.
  if (dot < 1) return undefined;
  return () => ({ group: word.slice(dot + 1), kind: word.slice(0, dot), namespace: own, name });
}

/** By kind or plural, in any case, with its group or without; without, Istio's own come before others of the name. */
function knownKind(written: string): (typeof kinds)[keyof typeof kinds] | undefined {
  const word = written.toLowerCase();
  const found = Object.entries(kinds).filter(
    ([, { kind, plural, group, pseudo }]) =>
      !pseudo && [kind.toLowerCase(), plural].some((name) => name === word || `${name}.${group}` === word),
  );
  const [own] = found.filter(([id, { kind }]) => id === kind);
  return (own ?? found[0])?.[1];
}

async function textOf(file: string): Promise<string> {
  if (file === '-') return Buffer.from(await readStdin()).toString('utf8');
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(`--deleted ${file} is no object, and no file that can be read.`, HELP);
  }
}
