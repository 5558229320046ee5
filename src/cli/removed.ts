// What a change takes away, as `--deleted` names it.
import { existsSync, readFileSync } from 'node:fs';
import { ConfigError } from '../config/config-error.ts';
import { kinds } from '../model/kinds.gen.ts';
import type { ObjectId } from '../model/object-id.ts';
import { readStdin } from './stdin.ts';

const HELP =
  'It takes KIND/NAMESPACE/NAME (KIND/NAME of what has no namespace), a file with one of them a line, or "-" for standard input.';

/**
 * Reads what `--deleted` was given: objects, and files that list them. An object without a namespace stands in
 * `namespace`. Throws ConfigError for what is neither.
 */
export async function readRemoved(
  values: readonly string[],
  namespace: string,
): Promise<readonly ObjectId[]> {
  const removed: ObjectId[] = [];
  for (const value of values) {
    const object = existsSync(value) ? undefined : objectOf(value, namespace);
    if (object !== undefined) removed.push(object);
    else removed.push(...objectsOf(await textOf(value), value, namespace));
  }
  return removed;
}

function objectsOf(text: string, file: string, namespace: string): ObjectId[] {
  return text.split(/\r?\n/).flatMap((line, i) => {
    const written = line.replace(/#.*/, '').trim();
    if (written === '') return [];
    const object = objectOf(written, namespace);
    if (object !== undefined) return [object];
    throw new ConfigError(`--deleted ${file}: line ${i + 1} names no object: "${written}".`, HELP);
  });
}

/** The object that is named; undefined for what is no name of one. */
function objectOf(written: string, namespaceOfRest: string): ObjectId | undefined {
  const [kind = '', ...rest] = written.split('/');
  const name = rest.pop();
  const [namespace = '', ...more] = rest;
  if (name === undefined || name === '' || more.length > 0) return undefined;
  const known = knownKind(kind);
  if (known?.namespaced === false) return { group: known.group, kind: known.kind, namespace: '', name };
  if (known !== undefined) {
    return { group: known.group, kind: known.kind, namespace: namespace || namespaceOfRest, name };
  }
  const dot = kind.indexOf('.');
  // Nobody knows whether other kinds have namespaces: what is written counts.
  return dot < 1 ? undefined : { group: kind.slice(dot + 1), kind: kind.slice(0, dot), namespace, name };
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
