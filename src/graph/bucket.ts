import { ensure, pushTo } from '../model/collections.ts';
import { FLOATING, type Ref, showRef } from '../model/names.ts';
import { createNearNames, type NearNames, nearestName } from '../model/near.ts';
import { compareResources, type Resource } from './resource.ts';

/** The resources of one kind, by namespace and name. Lists are sorted when first asked for. */
export interface Bucket {
  add(resource: Resource): void;
  list(namespace?: string): readonly Resource[];
  get(namespace: string, name: string): readonly Resource[] | undefined;
  namespaceWith(name: string): string | undefined;
  near(ref: Ref): string | undefined;
  duplicates(): readonly (readonly Resource[])[];
}

const none: readonly Resource[] = [];

export function createBucket(): Bucket {
  const all: Resource[] = [];
  const byNamespace = new Map<string, Map<string, Resource[]>>();
  let sorted: Map<string, readonly Resource[]> | undefined;
  let owners: Map<string, string[]> | undefined;
  const near = new Map<string, NearNames>();

  /** By namespace, and under undefined's stand-in (no namespace can be called that) all of them. */
  function sortedLists(): Map<string, readonly Resource[]> {
    if (sorted !== undefined) return sorted;
    all.sort(compareResources);
    const lists = new Map<string, Resource[]>();
    for (const resource of all) {
      const list = lists.get(resource.namespace);
      if (list === undefined) lists.set(resource.namespace, [resource]);
      else list.push(resource);
    }
    sorted = lists;
    return lists;
  }
  /** The namespaces that hold this name, floating excluded, in order. */
  function namespacesWith(name: string): readonly string[] {
    if (owners === undefined) {
      owners = new Map();
      for (const namespace of [...byNamespace.keys()].sort()) {
        if (namespace === FLOATING) continue;
        for (const known of byNamespace.get(namespace)?.keys() ?? []) pushTo(owners, known, namespace);
      }
    }
    return owners.get(name) ?? [];
  }
  function namesIn(scope: string, names: () => Iterable<string>): NearNames {
    const index = ensure(near, scope, () => createNearNames(names()));
    return index;
  }

  return {
    add(resource) {
      all.push(resource);
      const names = ensure(byNamespace, resource.namespace, () => new Map());
      const copies = names.get(resource.name);
      if (copies === undefined) names.set(resource.name, [resource]);
      else copies.push(resource);
    },
    list(namespace) {
      const lists = sortedLists();
      return namespace === undefined ? all : (lists.get(namespace) ?? none);
    },
    get: (namespace, name) => byNamespace.get(namespace)?.get(name),
    namespaceWith: (name) => namespacesWith(name)[0],
    near(ref) {
      const here = byNamespace.get(ref.namespace);
      const inNamespace = here && namesIn(ref.namespace, () => here.keys()).nearest(ref.name);
      if (inNamespace !== undefined) return showRef({ ...ref, name: inNamespace });
      if (ref.namespace === '') return undefined;
      if (ref.namespace === FLOATING) {
        return namesIn('any name', () => all.map((r) => r.name)).nearest(ref.name);
      }
      // The name is right and the namespace is a slip, or the other way round; never both.
      const namespace = nearestName(ref.namespace, namespacesWith(ref.name));
      if (namespace !== undefined) return showRef({ ...ref, namespace });
      const floating = byNamespace.get(FLOATING);
      return floating && namesIn(FLOATING, () => floating.keys()).nearest(ref.name);
    },
    duplicates() {
      sortedLists();
      const found: (readonly Resource[])[] = [];
      for (const names of byNamespace.values()) {
        for (const copies of names.values()) {
          if (copies.length > 1) found.push([...copies].sort(compareResources));
        }
      }
      return found;
    },
  };
}
