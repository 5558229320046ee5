// What a cluster has once the files of a change are applied to it.
import type { ChangedObjects } from '../engine/impact.ts';
import { type Placements, placeFiles } from '../graph/placement.ts';
import { pushTo } from '../model/collections.ts';
import { kinds } from '../model/kinds.gen.ts';
import type { Layout } from '../model/layout.ts';
import type { KindOutcome, LiveObject, LiveState } from '../model/live.ts';
import { splitApiVersion } from '../model/names.ts';
import type { ObjectId } from '../model/object-id.ts';
import type { Manifest } from '../text/manifest.ts';
import { kindOf } from '../validate/identify.ts';

/** What is laid over a cluster. */
export interface Change {
  readonly manifests: readonly Manifest[];
  readonly layout: Layout;
  readonly removed: readonly ObjectId[];
  /** Where manifests stand that name no namespace (`-n`). */
  readonly namespace?: string;
  /** Where they stand when nothing else tells. */
  readonly namespaceOfRest: string;
}

/** What the cluster has then, and what the change does to the objects that could be read. */
export interface LaidOver {
  /** Files first, in reading order; then what the cluster keeps. */
  readonly manifests: readonly Manifest[];
  readonly objects: ChangedObjects;
}

type Fields = Readonly<Record<string, unknown>>;

/** The time of creation of what does not exist yet: after everything else. */
const NOT_YET = '9999-12-31T23:59:59Z';

/**
 * Lays manifests over those of a cluster. One that is there already, in whatever version, is replaced as a whole, but for
 * what only the API server writes. With what is removed goes what Kubernetes collects as garbage then: what it owns, and
 * what is in a Namespace.
 */
export function layOver(
  live: readonly Manifest[],
  { outcomes }: Pick<LiveState, 'outcomes'>,
  change: Change,
): LaidOver {
  const placements = placeFiles(change.layout);
  const before = new Map(live.map((manifest) => [keyOf(idOf(manifest)), manifest]));
  const changed = new Map<string, ObjectId>();
  const manifests: Manifest[] = [];
  for (const manifest of change.manifests) {
    const id = idOf(manifest, namespaceIn(change, placements, manifest));
    // It is refused, or becomes an object that did not exist before.
    if (id.name === '') {
      manifests.push(manifest);
      continue;
    }
    changed.set(keyOf(id), id);
    const old = before.get(keyOf(id));
    if (old !== undefined) manifests.push(keepServerFields(manifest, old.value));
    else manifests.push(wasRead(outcomes, id) ? asNew(manifest) : manifest);
  }
  const removed = change.removed.filter((id) => !changed.has(keyOf(id)));
  const gone = withDependents(removed.map(keyOf), before);
  for (const [key, manifest] of before) if (!changed.has(key) && !gone.has(key)) manifests.push(manifest);
  const isThere = (id: ObjectId): boolean => before.has(keyOf(id));
  const isNotThere = (id: ObjectId): boolean => !isThere(id);
  const all = [...changed.values()];
  return {
    manifests,
    objects: {
      added: all.filter(isNotThere),
      replaced: all.filter(isThere),
      removed: removed.filter(isThere),
      notFound: removed.filter(isNotThere),
    },
  };
}

/** The objects of a change as they will stand in the cluster, each with its namespace. */
export function objectsOf(
  change: Pick<Change, 'manifests' | 'layout' | 'namespace' | 'namespaceOfRest'>,
): readonly LiveObject[] {
  const placements = placeFiles(change.layout);
  return change.manifests.map((manifest) => {
    const { namespace } = idOf(manifest, namespaceIn(change, placements, manifest));
    const metadata = { ...fieldsOf(manifest.value.metadata), namespace };
    return { value: { ...manifest.value, metadata } };
  });
}

function idOf({ value }: Manifest, namespaceOfRest = ''): ObjectId {
  const { group } = splitApiVersion(String(value.apiVersion));
  const written = String(value.kind);
  const kind = kindOf(group, written);
  const { namespace, name } = fieldsOf(value.metadata);
  const own = textOf(namespace);
  const isNamespaced = kind === undefined ? own !== '' : kinds[kind].namespaced;
  return {
    // What moved to another group is still the same.
    group: kind === undefined ? group : kinds[kind].group,
    kind: written,
    namespace: isNamespaced ? own || namespaceOfRest : '',
    name: textOf(name),
  };
}

/** Where the graph will place a manifest that names no namespace. */
function namespaceIn(
  change: Pick<Change, 'namespace' | 'namespaceOfRest'>,
  placements: Placements,
  { origin }: Manifest,
): string {
  return change.namespace ?? placements.of(origin.source.path).namespace ?? change.namespaceOfRest;
}

function keyOf({ group, kind, namespace, name }: ObjectId): string {
  return `${group}/${kind} ${namespace}/${name}`;
}

/** Whether it is known which objects of this kind there are in this namespace. */
function wasRead(outcomes: readonly KindOutcome[], { group, kind, namespace }: ObjectId): boolean {
  const known = kindOf(group, kind) ?? kind;
  return outcomes.some(
    (outcome) =>
      outcome.group === group &&
      outcome.kind === known &&
      (outcome.state === 'ok' || outcome.state === 'not-installed') &&
      (outcome.namespaces === 'all' || outcome.namespaces.includes(namespace)),
  );
}

/** Nobody applies a status, nor when something came to be: that stays as it is in the cluster. */
function keepServerFields({ value, origin }: Manifest, old: Fields): Manifest {
  const { creationTimestamp, uid, deletionTimestamp, ownerReferences } = fieldsOf(old.metadata);
  const { status: _, ...rest } = value;
  return {
    value: {
      ...rest,
      metadata: defined({
        ...(ownerReferences === undefined ? {} : { ownerReferences }),
        ...fieldsOf(value.metadata),
        creationTimestamp,
        uid,
        deletionTimestamp,
      }),
      ...(old.status === undefined ? {} : { status: old.status }),
    },
    origin,
  };
}

function asNew({ value, origin }: Manifest): Manifest {
  const { status: _, ...rest } = value;
  return {
    value: { ...rest, metadata: { ...fieldsOf(value.metadata), creationTimestamp: NOT_YET } },
    origin,
  };
}

/** The keys given, and those of all that cannot be without them. */
function withDependents(keys: readonly string[], before: ReadonlyMap<string, Manifest>): ReadonlySet<string> {
  const gone = new Set(keys);
  if (gone.size === 0) return gone;
  const dependents = new Map<string, string[]>();
  for (const [key, manifest] of before) {
    for (const owner of ownersOf(manifest)) pushTo(dependents, keyOf(owner), key);
  }
  // What is added while this runs is visited, too.
  for (const key of gone) for (const dependent of dependents.get(key) ?? []) gone.add(dependent);
  return gone;
}

function* ownersOf(manifest: Manifest): Iterable<ObjectId> {
  const { namespace } = idOf(manifest);
  const { ownerReferences, labels } = fieldsOf(manifest.value.metadata);
  if (namespace !== '') yield { group: '', kind: 'Namespace', namespace: '', name: namespace };
  if (!Array.isArray(ownerReferences)) return;
  for (const reference of ownerReferences.map(fieldsOf)) {
    const { apiVersion, kind, name } = reference;
    const owner = idOf({ ...manifest, value: { apiVersion, kind, metadata: { name, namespace } } });
    yield owner;
    // A ReplicaSet is called like its Deployment or Rollout plus a hash; it need not have been read itself.
    const hash = textOf(
      fieldsOf(labels)['pod-template-hash'] ?? fieldsOf(labels)['rollouts-pod-template-hash'],
    );
    if (owner.kind !== 'ReplicaSet' || hash === '' || !owner.name.endsWith(`-${hash}`)) continue;
    const above = owner.name.slice(0, -hash.length - 1);
    yield { group: 'apps', kind: 'Deployment', namespace, name: above };
    yield { group: 'argoproj.io', kind: 'Rollout', namespace, name: above };
  }
}

/** The border to what others wrote: metadata may be anything at all. */
function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function defined(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
