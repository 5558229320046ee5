// The objects of a cluster, with resource versions and a history as etcd and the watch cache keep them.
import { itemsOf, metadataFor, withDefaults } from './admission.ts';
import { asObject, asText, type Json, type KubernetesObject } from './objects.ts';
import type { ClusterFacts, ClusterOptions } from './options.ts';
import {
  initialTypes,
  type ResourceType,
  resourceName,
  splitGroupVersion,
  typesOfDefinition,
} from './resource-types.ts';
import { entriesOfSeries } from './series.ts';

/** An object and where it is. Objects are replaced, never changed: what a list has read stays as it was. */
export interface Entry {
  /** `NAMESPACE/NAME`, or the name alone; the order of lists. */
  readonly key: string;
  readonly namespace?: string;
  readonly name: string;
  readonly value: () => KubernetesObject;
  /** The same as JSON where that is cheaper, `bare` without its kind and apiVersion. */
  readonly json?: (bare: boolean) => string;
}

export interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: string;
  readonly now: Entry;
  readonly before?: Entry;
}

export interface Store {
  readonly types: () => readonly ResourceType[];
  /** The newest resource version. */
  readonly version: () => number;
  /** The oldest version whose successors are still remembered. */
  readonly oldest: () => number;
  readonly find: (type: ResourceType, namespace: string | undefined, name: string) => Entry | undefined;
  /** All objects of a type in the order of lists, at the newest or at a remembered version. */
  readonly entries: (type: ResourceType, version?: number) => readonly Entry[] | undefined;
  /** Keeps the list that a page was cut from, for the pages to come. */
  readonly remember: (type: ResourceType, version: number) => void;
  readonly since: (version: number) => readonly Change[];
  readonly follow: (listener: (change: Change) => void) => () => void;
  /** Creates or replaces; tells why not. */
  readonly apply: (value: unknown) => KubernetesObject | string;
  readonly remove: (value: unknown) => boolean;
  /** Forgets history and remembered lists: what refers to them is answered with 410. */
  readonly compact: () => void;
  readonly facts: () => Omit<ClusterFacts, 'watchers'>;
}

const firstVersion = 1000;
/** What names of nearly all resources must be (RFC 1123); RBAC's may be anything. */
const goodName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

interface Bucket {
  readonly entries: Map<string, Entry>;
  sorted: readonly Entry[] | undefined;
}

/** A store that holds the objects of the options. */
export function openStore(cluster: string, options: ClusterOptions): Store {
  const buckets = new Map<string, Bucket>();
  const remembered = new Map<string, readonly Entry[]>();
  const followers = new Set<(change: Change) => void>();
  const refused: { object: string; why: string }[] = [];
  const replaced: string[] = [];
  let types = initialTypes(options.installed);
  let history: Change[] = [];
  let version = firstVersion;
  let oldest = 0;

  const bucketOf = (type: ResourceType): Bucket => {
    const name = resourceName(type);
    const bucket = buckets.get(name) ?? { entries: new Map(), sorted: undefined };
    buckets.set(name, bucket);
    return bucket;
  };
  const sortedOf = (type: ResourceType): readonly Entry[] => {
    const bucket = bucketOf(type);
    bucket.sorted ??= [...bucket.entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return bucket.sorted;
  };
  const typeOf = (value: Json): ResourceType | undefined => {
    const { group, version: asked } = splitGroupVersion(asText(value.apiVersion));
    return types.find((type) => type.group === group && type.version === asked && type.kind === value.kind);
  };
  const record = (type: ResourceType, change: Pick<Change, 'type' | 'now' | 'before'>): void => {
    const bucket = bucketOf(type);
    if (change.type === 'DELETED') bucket.entries.delete(change.now.key);
    else bucket.entries.set(change.now.key, change.now);
    bucket.sorted = undefined;
    const full = { ...change, version, resource: resourceName(type) };
    history.push(full);
    for (const follower of followers) follower(full);
  };
  const implyNamespace = (name: string): void => {
    const type = types.find(({ kind }) => kind === 'Namespace');
    if (options.impliedNamespaces === false || type === undefined) return;
    if (!bucketOf(type).entries.has(name)) apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  };

  const apply = (value: unknown): KubernetesObject | string => {
    const given = asObject(value);
    const type = typeOf(given);
    if (type === undefined) {
      return `no matches for kind "${asText(given.kind)}" in version "${asText(given.apiVersion)}"`;
    }
    const name = asText(asObject(given.metadata).name);
    if (name === '') return 'resource name may not be empty';
    if (!goodName.test(name) && type.group !== 'rbac.authorization.k8s.io') return `bad name: ${name}`;
    const place = placeOf(type, given);
    if (place.namespace !== undefined) implyNamespace(place.namespace);
    const before = bucketOf(type).entries.get(place.key);
    version += 1;
    const identity = `${cluster}/${resourceName(type)}/${place.key}`;
    const metadata = metadataFor(given, place, version, identity, before?.value().metadata);
    const stored = withDefaults(given, metadata);
    const now = { ...place, value: () => stored };
    record(type, before === undefined ? { type: 'ADDED', now } : { type: 'MODIFIED', now, before });
    if (type.kind === 'CustomResourceDefinition') define(stored);
    return stored;
  };
  const define = (definition: KubernetesObject): void => {
    const declared = typesOfDefinition(definition);
    const names = new Set(declared.map(resourceName));
    types = [...types.filter((type) => !type.custom || !names.has(resourceName(type))), ...declared];
  };
  const remove = (value: unknown): boolean => {
    const type = typeOf(asObject(value));
    const before = type && bucketOf(type).entries.get(placeOf(type, asObject(value)).key);
    if (type === undefined || before === undefined) return false;
    version += 1;
    const last = before.value();
    const gone = { ...last, metadata: { ...last.metadata, resourceVersion: `${version}` } };
    record(type, { type: 'DELETED', now: { ...before, value: () => gone }, before });
    if (type.kind === 'CustomResourceDefinition') {
      const dead = new Set(typesOfDefinition(last).map(resourceName));
      types = types.filter((one) => !one.custom || !dead.has(resourceName(one)));
    }
    return true;
  };

  const all = (options.objects ?? []).flatMap(itemsOf).filter((item) => Object.keys(item).length > 0);
  const isDefinition = ({ kind }: Json): boolean => kind === 'CustomResourceDefinition';
  const isNamespace = ({ kind }: Json): boolean => kind === 'Namespace';
  // Definitions first, since their resources need them; then namespaces, lest they be implied before they come.
  const rank = (item: Json): number => (isDefinition(item) ? 0 : isNamespace(item) ? 1 : 2);
  for (const item of [...all].sort((a, b) => rank(a) - rank(b))) {
    const { namespace, name } = asObject(item.metadata);
    const label = [asText(item.kind), asText(namespace), asText(name)]
      .filter((part) => part !== '')
      .join('/');
    const stored = apply(item);
    if (typeof stored === 'string') refused.push({ object: label, why: stored });
    else if (history.at(-1)?.type === 'MODIFIED') replaced.push(label);
  }
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) implyNamespace(name);
  for (const series of options.series ?? []) {
    const type = typeOf(asObject(series.object));
    if (type === undefined) throw new Error('a series of a kind that is not served');
    version += 1;
    const made = entriesOfSeries(series, type.namespaced, version);
    for (const namespace of new Set(made.flatMap((entry) => entry.namespace ?? [])))
      implyNamespace(namespace);
    const bucket = bucketOf(type);
    for (const entry of made) bucket.entries.set(entry.key, entry);
    bucket.sorted = undefined;
  }

  return {
    types: () => types,
    version: () => version,
    oldest: () => oldest,
    find: (type, namespace, name) =>
      bucketOf(type).entries.get(namespace === undefined ? name : `${namespace}/${name}`),
    entries: (type, asked) =>
      asked === undefined ? sortedOf(type) : remembered.get(`${resourceName(type)}@${asked}`),
    remember: (type, asked) => {
      // The list of an older version is here already: its first page was cut when it was the newest.
      if (asked === version) remembered.set(`${resourceName(type)}@${version}`, sortedOf(type));
    },
    since: (from) => history.filter((change) => change.version > from),
    follow: (listener) => {
      followers.add(listener);
      return () => followers.delete(listener);
    },
    apply,
    remove,
    compact: () => {
      // Something is always being written in a cluster, leases at least.
      version += 1;
      oldest = version;
      history = [];
      remembered.clear();
    },
    facts: () => ({
      resourceVersion: version,
      counts: Object.fromEntries([...buckets].map(([name, { entries }]) => [name, entries.size])),
      refused,
      replaced,
    }),
  };
}

function placeOf(type: ResourceType, value: Json): Pick<Entry, 'key' | 'namespace' | 'name'> {
  const metadata = asObject(value.metadata);
  const name = asText(metadata.name);
  if (!type.namespaced) return { key: name, name };
  const namespace = asText(metadata.namespace) || 'default';
  return { key: `${namespace}/${name}`, namespace, name };
}
