import type { World } from '../graph/evidence.ts';
import type { MeshRequest } from '../session/session.ts';
import type { Settings } from './example.ts';

/** `key=value` pairs (and bare keys) as they stand behind a fence or in a case's first line. */
export type Attributes = ReadonlyMap<string, string>;

const meshFields: Readonly<Record<string, keyof MeshRequest>> = {
  'istio-version': 'istioVersion',
  'upgrade-to': 'upgradeTo',
  'root-namespace': 'rootNamespace',
  'cluster-domain': 'clusterDomain',
  'trust-domain': 'trustDomain',
};
const known = [
  'file',
  'cluster',
  'world',
  'namespace',
  'layout',
  'requested',
  'beside',
  ...Object.keys(meshFields),
];

/** Reads attributes; throws for one that nothing understands. */
export function parseAttributes(text: string): Attributes {
  const attributes = new Map<string, string>();
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    const key = equals < 0 ? word : word.slice(0, equals);
    if (!known.includes(key)) throw new Error(`unknown attribute "${key}"; known are ${known.join(', ')}`);
    attributes.set(key, equals < 0 ? '' : word.slice(equals + 1));
  }
  return attributes;
}

/** The cluster that a file belongs to, as its attributes have it. */
export function clusterOf(attributes: Attributes): { readonly cluster?: string } {
  const cluster = attributes.get('cluster');
  if (cluster === '') throw new Error('cluster needs a name, as cluster=east');
  return cluster === undefined ? {} : { cluster };
}

/** What the attributes of all files of one example say together; throws when they contradict each other. */
export function settingsOf(all: readonly Attributes[]): Settings {
  const merged = new Map<string, string>();
  for (const attributes of all) {
    for (const [key, value] of attributes) {
      if (key === 'file' || key === 'cluster') continue;
      const before = merged.get(key);
      if (before !== undefined && before !== value)
        throw new Error(`${key} is both "${before}" and "${value}"`);
      merged.set(key, value);
    }
  }
  const mesh: { -readonly [K in keyof MeshRequest]?: string } = {};
  for (const [key, field] of Object.entries(meshFields)) {
    const value = merged.get(key);
    if (value !== undefined) mesh[field] = value;
  }
  const namespace = merged.get('namespace');
  const layout = merged.get('layout');
  const beside = merged.get('beside');
  if (layout !== undefined && layout !== 'fixed')
    throw new Error(`layout can only be "fixed", not "${layout}"`);
  return {
    world: worldOf(merged.get('world') ?? 'closed'),
    ...(namespace === undefined ? {} : { namespace }),
    mesh,
    fixedLayout: layout !== undefined,
    requested: merged.has('requested'),
    ...(beside === undefined ? {} : { beside: beside.split(',') }),
  };
}

function worldOf(word: string): World {
  if (word === 'auto' || word === 'open' || word === 'closed') return word;
  throw new Error(`world is auto, open or closed, not "${word}"`);
}
