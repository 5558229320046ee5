import { ensure } from '../model/collections.ts';
import type { Kind } from '../model/kinds.gen.ts';
import { kinds } from '../model/kinds.gen.ts';
import { folderOf, type Layout } from '../model/layout.ts';
import type { Mesh } from '../model/mesh.ts';
import { FLOATING, type Ref, showRef } from '../model/names.ts';
import type { ProxyReading } from '../model/proxy-reading.ts';
import type { Assumptions } from './assumptions.ts';
import { type Bucket, createBucket } from './bucket.ts';
import { createEvidence, kindsOf, nameOf, type SoughtKind, type WhyUnread, type World } from './evidence.ts';
import { complete, incomplete, type Knowledge, type Lookup, type NotFound } from './lookup.ts';
import { placeFiles, sharesKustomization } from './placement.ts';
import { byNearness, nearestOf } from './places.ts';
import type { Identified, Resource } from './resource.ts';
import { findVariants, type VariantGroup } from './variants.ts';

/**
 * All resources of the input, and the only way to ask whether something that is named exists. `R` is what the
 * holder may read: a rule gets a graph of the kinds that it declares.
 */
export interface Graph<in R extends Kind = never> {
  readonly mesh: Mesh;
  readonly world: World;
  /** Resources of a kind in a fixed order (namespace, name, place), of all namespaces or of one. */
  list<K extends R>(kind: K, namespace?: string): readonly Resource<K>[];
  /** Every copy of one identity; several when variants are loaded. */
  copies<K extends R>(kind: K, ref: Ref): readonly Resource<K>[];
  /** Whether what `from` names exists: any copy counts, the nearest comes first (world rules 2 to 6). */
  find<K extends R>(kind: SoughtKind<K>, ref: Ref, from: Resource): Lookup<Resource<K>>;
  /** The answer for something sought by other means than kind and name: absent or unknown, counted. */
  missing(sought: Sought, from: Resource): NotFound;
  /** Whether all of a kind (or group) is loaded in a namespace, as far as `from` may conclude. */
  known(group: SoughtKind, namespace: string, from: Resource): Knowledge;
  knownEverywhere(group: SoughtKind, from: Resource): Knowledge;
  /**
   * Whether nothing of a kind (or group) exists beside what is loaded, in one namespace or in any: in a closed world, and
   * of a cluster where all of it was read.
   */
  isClosed(group: SoughtKind, namespace?: string): boolean;
  /** Who changes this resource before it is applied, so that its content may not be judged. */
  changedBy(resource: Resource): string | undefined;
  /**
   * How surely two resources are applied to one cluster: `together` in one file, one kustomization or a closed world;
   * `beside` each other in one folder; `apart` otherwise, where each may belong to a world of its own.
   */
  nearness(a: Resource, b: Resource): Nearness;
  /** Those of the candidates that are as near to `from` as the nearest (world rule 3). */
  nearest<T extends Pick<Resource, 'origin'>>(
    from: Pick<Resource, 'origin'>,
    candidates: readonly T[],
  ): readonly T[];
  /** The other clusters of the mesh, where several are judged beside each other: their Services can be called, too. */
  peers(): readonly Graph<R>[];
  /** Identities that are defined more than once, each with all its copies. */
  duplicates(): readonly (readonly Resource[])[];
  /** Whether two resources may be judged together: not variants of each other (world rule 7). */
  coexist(a: Resource, b: Resource): boolean;
  /** What a text says that stands as `proxy.istio.io/config` somewhere in the input. */
  proxyReading(text: string): ProxyReading | undefined;
  /** A known name of the kind that looks like the one written (world rule 6). */
  nearName(kind: SoughtKind<R>, ref: Ref): string | undefined;
  /** Keeps what is derived from the graph once; `key` is the view that builds it. */
  memo<T>(key: object, build: () => T): T;
  /** The same for a view that keeps answers of its own, as `ensure` does. */
  readonly keep: typeof ensure;
  /** Notes that the default of a setting of Istio was taken, where that could not be read from a cluster. */
  readonly assume?: Assumptions['assume'] | undefined;
}

export type Nearness = 'together' | 'beside' | 'apart';

/** Something that was looked for and not found. */
export interface Sought {
  /** What it is, in words: "Service", "workload". */
  readonly what: string;
  /** Its name as people know it: `ns/name`, a host, a selector. */
  readonly name: string;
  readonly knowledge: Knowledge;
  readonly suggestion?: string | undefined;
}

/** A look-up that could not be answered, for the coverage part of the report. */
export interface Unresolved {
  readonly what: string;
  readonly name: string;
  readonly from: Resource;
  readonly why: string;
}

/** The graph as its owner sees it: all kinds, and what the report tells about the world. */
export interface WholeGraph extends Graph<Kind> {
  /** How many resources there are of each kind that there are any of. Nobody looks at them for that. */
  counts(): Iterable<readonly [kind: Kind, count: number]>;
  /** All resources, kind by kind in a fixed order. */
  all(): Iterable<Resource>;
  /** Tells of the other clusters of the mesh. */
  join(peers: readonly WholeGraph[]): void;
  variants(): readonly VariantGroup[];
  namespaces(): ReadonlySet<string>;
  unresolved(): readonly Unresolved[];
  /** Why there may be more of a kind than was read from a cluster; undefined where that cannot be. */
  readonly whyUnread: WhyUnread;
  /** Where settings of Istio could not be read: what follows from their defaults. */
  readonly assumptions?: Assumptions | undefined;
}

export interface GraphInput {
  readonly resources: readonly Identified[];
  readonly layout: Layout;
  readonly mesh: Mesh;
  readonly world: World;
  /** Name of the cluster that the input stands for, where several are told apart. */
  readonly cluster?: string | undefined;
  /** Where floating manifests are placed (`-n`). */
  readonly namespace?: string | undefined;
  /** Where they are placed when nothing else tells. */
  readonly namespaceOfRest?: string | undefined;
  /** What annotations hold that are YAML themselves, by their text; the graph parses nothing. */
  readonly proxyReadings?: ReadonlyMap<string, ProxyReading>;
  /** Of a live world: what was not read. */
  readonly whyUnread?: WhyUnread;
  /** Of a live world where settings of Istio were not read. */
  readonly assumptions?: Assumptions;
  /** Takes the resources that are made, and gives those that an earlier graph of the same input made. */
  readonly placed?: WeakMap<Identified, Resource>;
}

/** Builds the graph of one input. Every identified manifest becomes a resource; nothing is dropped. */
export function createGraph(input: GraphInput): WholeGraph {
  const { mesh, world, whyUnread = () => undefined, assumptions } = input;
  const keep = assumptions?.keep ?? ensure;
  const hasAll = world === 'closed' || world === 'live';
  const placements = placeFiles(input.layout);
  const byKind = new Map<Kind, Bucket>();
  const namespaces = new Set<string>();
  let floats = false;
  const memos = new Map<object, unknown>();
  const unresolved = new Map<string, Unresolved>();

  for (const manifest of input.resources) {
    const resource = input.placed?.get(manifest) ?? place(manifest);
    input.placed?.set(manifest, resource);
    const isFile = kinds[resource.kind].pseudo === true;
    floats ||= resource.namespace === FLOATING;
    if (resource.namespace !== '' && resource.namespace !== FLOATING && !isFile)
      namespaces.add(resource.namespace);
    const bucket = ensure(byKind, resource.kind, () => createBucket());
    bucket.add(resource);
  }

  function place(manifest: Identified): Resource {
    const { kind, body, apiVersion, origin, identity } = manifest;
    const metadata = body.metadata;
    const resource = {
      kind,
      apiVersion,
      name: identity?.name ?? metadata.name ?? metadata.generateName ?? '',
      namespace: identity?.namespace ?? namespaceOf(kind, metadata.namespace, origin.source.path),
      metadata,
      spec: 'spec' in body ? body.spec : undefined,
      body,
      origin,
      ...(manifest.filledIn ? { filledIn: true } : {}),
      ...(input.cluster === undefined ? {} : { cluster: input.cluster }),
    };
    // `spec` is that of the kind: the compiler cannot follow this through the union of all kinds.
    return resource as Resource;
  }

  function namespaceOf(kind: Kind, own: string | undefined, path: string): string {
    if (!kinds[kind].namespaced) return '';
    if (own !== undefined && own !== '') return own;
    const told = input.namespace ?? placements.of(path).namespace ?? input.namespaceOfRest;
    return told ?? (hasAll ? 'default' : FLOATING);
  }

  const bucketOf = (kind: Kind): Bucket => byKind.get(kind) ?? emptyBucket;
  const evidence = createEvidence({
    world,
    whyUnread,
    placements,
    list: (kind) => bucketOf(kind).list(),
    namespaces: () => namespaces,
  });

  /** World rule 4 for Namespaces: all namespaces that hold manifests must be loaded, and Kubernetes' own always exist. */
  function namespaceKnown(name: string, from: Resource): Knowledge {
    if (world === 'closed') return complete;
    if (world === 'open') return incomplete('the world is open (--world open)');
    if (isBuiltIn(name) && world !== 'live') return incomplete('it is there from the start');
    const here = evidence.known('Namespace', '', from, name);
    if (!here.complete || world === 'live') return here;
    if (floats) return incomplete('manifests without a namespace may stand in one that is not loaded');
    for (const other of namespaces) {
      if (!isBuiltIn(other) && bucketOf('Namespace').get('', other) === undefined) {
        return incomplete(`Namespace ${other} is in use and not loaded either`);
      }
    }
    return complete;
  }
  function isBuiltIn(name: string): boolean {
    return name === 'default' || name.startsWith('kube-') || name === mesh.rootNamespace;
  }

  let peers: readonly WholeGraph[] = [];

  function missing(sought: Sought, from: Resource): NotFound {
    const { knowledge, suggestion } = sought;
    // What could not be read of a cluster may well be there, however much the name looks like a slip.
    const isHidden = world === 'live' && !knowledge.complete;
    const hint = suggestion === undefined || isHidden ? {} : { suggestion };
    if (knowledge.complete) return { state: 'absent', ...hint };
    const key = `${sought.what} ${sought.name} ${from.origin.source.path} ${from.kind} ${from.namespace}/${from.name}`;
    if (!unresolved.has(key)) {
      unresolved.set(key, { what: sought.what, name: sought.name, from, why: knowledge.why });
    }
    return { state: 'unknown', why: knowledge.why, ...hint };
  }

  const graph: WholeGraph = {
    mesh,
    world,
    list: (kind, namespace) => cast(bucketOf(kind).list(namespace)),
    copies: (kind, ref) => cast(bucketOf(kind).get(ref.namespace, ref.name) ?? none),
    find<K extends Kind>(group: SoughtKind<K>, ref: Ref, from: Resource): Lookup<Resource<K>> {
      const everywhere: readonly Resource<K>[] = kindsOf(group).flatMap((kind) => graph.copies(kind, ref));
      const copies =
        from.origin.source.rendering === undefined ? everywhere : withoutRivals(from, everywhere);
      const [value, ...others] = copies.length > 1 ? byNearness(from, copies) : copies;
      if (value !== undefined) return { state: 'found', value, all: [value, ...others] };
      const sought = { what: nameOf(group), name: showRef(ref) };
      for (const kind of kindsOf(group)) {
        const elsewhere = otherCandidate(bucketOf(kind), ref);
        if (elsewhere !== undefined) return missing({ ...sought, knowledge: incomplete(elsewhere) }, from);
      }
      const isElsewhere = (kind: Kind): boolean => peers.some((peer) => peer.copies(kind, ref).length > 0);
      if (kindsOf(group).some((kind) => isShared(kind) && isElsewhere(kind))) {
        return missing({ ...sought, knowledge: incomplete('another cluster has it') }, from);
      }
      const [rival] = everywhere;
      const knowledge =
        rival !== undefined && !hasEvidence(group, ref.namespace, from)
          ? incomplete(`only ${rival.origin.source.path} has it, which is an alternative`)
          : group === 'Namespace'
            ? namespaceKnown(ref.name, from)
            : evidence.known(group, ref.namespace, from, ref.name);
      return missing({ ...sought, knowledge, suggestion: graph.nearName(group, ref) }, from);
    },
    missing,
    peers: () => peers,
    join(others) {
      peers = others;
    },
    known: (group, namespace, from) => evidence.known(group, namespace, from),
    knownEverywhere: evidence.knownEverywhere,
    isClosed: evidence.isClosed,
    changedBy: evidence.changedBy,
    nearness(a, b) {
      const [one, other] = [a.origin.source.path, b.origin.source.path];
      if (areRivals(a, b)) return 'apart';
      if (hasAll || one === other || sharesKustomization(placements, one, other)) {
        return 'together';
      }
      return folderOf(one) === folderOf(other) ? 'beside' : 'apart';
    },
    // What runs in one cluster is equally near to all of it.
    nearest: world === 'live' ? (_, candidates) => candidates : nearestOf,
    coexist(a, b) {
      return hasAll ? !areRivals(a, b) : !areVariants(a, b);
    },
    proxyReading: (text) => input.proxyReadings?.get(text),
    nearName(group, ref) {
      for (const kind of kindsOf(group)) {
        const near = bucketOf(kind).near(ref);
        if (near !== undefined) return near;
      }
      return undefined;
    },
    memo: <T>(key: object, build: () => T) => keep(memos, key, build) as T,
    keep,
    *counts() {
      for (const [kind, bucket] of byKind) yield [kind, bucket.list().length];
    },
    *all() {
      for (const kind of [...byKind.keys()].sort()) yield* bucketOf(kind).list();
    },
    duplicates: () => [...byKind.keys()].sort().flatMap((kind) => bucketOf(kind).duplicates()),
    variants: () => (hasAll ? [] : graph.memo(findVariants, variants).groups()),
    namespaces: () => namespaces,
    unresolved: () => [...unresolved.values()],
    whyUnread,
    assumptions,
    assume: assumptions?.assume,
  };

  function areVariants(a: Resource, b: Resource): boolean {
    return graph.memo(findVariants, variants).areVariants(a.origin.source.path, b.origin.source.path);
  }

  /** Whatever the world is, two renderings that define the same are never applied to one cluster (world rule 8). */
  function areRivals(a: Resource, b: Resource): boolean {
    const [one, other] = [a.origin.source, b.origin.source];
    const areRendered = one.rendering !== undefined && other.rendering !== undefined;
    return areRendered && one !== other && areVariants(a, b);
  }

  function withoutRivals<T extends Resource>(from: Resource, copies: readonly T[]): readonly T[] {
    return copies.filter((copy) => !areRivals(from, copy));
  }

  /** Whether something of the sought kind is loaded there that is no rival of the one who asks. */
  function hasEvidence(group: SoughtKind, namespace: string, from: Resource): boolean {
    if (hasAll) return true;
    const all = kindsOf(group).flatMap((kind) => bucketOf(kind).list(namespace));
    return withoutRivals(from, all).length > 0;
  }

  function variants(): ReturnType<typeof findVariants> {
    return findVariants(
      graph
        .duplicates()
        .filter(([first]) => first !== undefined && first.kind !== 'Namespace')
        .map((copies) => copies.map((copy) => copy.origin.source.path)),
    );
  }
  return graph;
}

/** World rule 2: a name that only stands on the other side of "floating or named" is neither found nor absent. */
function otherCandidate(bucket: Bucket, ref: Ref): string | undefined {
  if (ref.namespace === '') return undefined;
  if (ref.namespace !== FLOATING) {
    return bucket.get(FLOATING, ref.name) && 'only a manifest without a namespace has this name';
  }
  const namespace = bucket.namespaceWith(ref.name);
  return (
    namespace && `it is defined in namespace ${namespace}, and the namespace of the one who asks is not known`
  );
}

const none: readonly Resource[] = [];
const emptyBucket: Bucket = createBucket();

/** The one border where a resource found by its kind gets the type of that kind. */
function cast<K extends Kind>(resources: readonly Resource[]): readonly Resource<K>[] {
  return resources as readonly Resource<K>[];
}

/** Whether clusters of one mesh have it in common: callers and the called may be in different ones. */
function isShared(kind: Kind): boolean {
  return kind === 'Namespace' || kind === 'Service';
}
