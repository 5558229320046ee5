import { ensure } from '../model/collections.ts';
import type { Kind } from '../model/kinds.gen.ts';
import { kinds } from '../model/kinds.gen.ts';
import { folderOf } from '../model/layout.ts';
import { FLOATING } from '../model/names.ts';
import { complete, incomplete, type Knowledge } from './lookup.ts';
import type { Placements } from './placement.ts';
import type { Resource } from './resource.ts';

/** How much of reality the input is; `live` is what a cluster let be read, and closed for that. */
export type World = 'auto' | 'open' | 'closed' | 'live';

/**
 * Why a kind may have more resources than were read from a cluster, in one namespace or in any, or one of that name;
 * undefined when not.
 */
export type WhyUnread = (kind: Kind, namespace?: string, name?: string) => string | undefined;

/** Kinds that stand for each other: one name can mean any of them, and one of them loaded is evidence for all. */
export interface KindGroup<K extends Kind = Kind> {
  /** What one of them is called in front of people: "workload". */
  readonly name: string;
  readonly kinds: readonly K[];
}

/** What is sought: a resource of one kind, or of any kind of a group. */
export type SoughtKind<K extends Kind = Kind> = K | KindGroup<K>;

/** Says when the absence of something may be concluded (world rules 4 and 5). */
export interface Evidence {
  /**
   * Whether every resource of `group` in `namespace` is loaded, as far as `from` may conclude it; with a name, whether
   * one of that name would be.
   */
  known(group: SoughtKind, namespace: string, from: Resource, name?: string): Knowledge;
  /** Whether every resource of `group` in every namespace is loaded. */
  knownEverywhere(group: SoughtKind, from: Resource): Knowledge;
  /** Whether nothing of `group` exists beside what is loaded, in one namespace or in any, whoever asks. */
  isClosed(group: SoughtKind, namespace?: string): boolean;
  /** Why what `resource` says may not be what is applied: a kustomization changes it first. */
  changedBy(resource: Resource): string | undefined;
}

interface Source {
  readonly world: World;
  readonly whyUnread: WhyUnread;
  readonly placements: Placements;
  readonly list: (kind: Kind) => readonly Resource[];
  /** Namespaces that hold manifests, floating excluded. */
  readonly namespaces: () => ReadonlySet<string>;
}

/** What is loaded of a group in one namespace (or, floating, in one folder). */
interface Presence {
  spoiledBy?: string;
}

export function createEvidence(source: Source): Evidence {
  const presences = new Map<SoughtKind, Map<string, Presence>>();

  function presenceOf(group: SoughtKind): Map<string, Presence> {
    let presence = presences.get(group);
    if (presence !== undefined) return presence;
    presence = new Map();
    for (const kind of kindsOf(group)) {
      for (const resource of source.list(kind)) {
        const scope = scopeOf(resource);
        const entry = ensure(presence, scope, (): Presence => ({}));
        const spoiler = whyNoEvidence(resource);
        if (spoiler !== undefined) entry.spoiledBy ??= spoiler;
      }
    }
    presences.set(group, presence);
    return presence;
  }

  function changedBy(resource: Resource): string | undefined {
    if (source.world === 'closed') return undefined;
    if (resource.filledIn) return 'what fills in its placeholders';
    if (source.placements.isPlain) return undefined;
    const placement = source.placements.of(resource.origin.source.path);
    if (placement.transformedBy !== undefined) return placement.transformedBy;
    const own = resource.metadata.namespace;
    return placement.namespace !== undefined && own !== undefined && own !== placement.namespace
      ? 'a kustomization that moves it to another namespace'
      : undefined;
  }

  function whyNoEvidence(resource: Resource): string | undefined {
    const changed = changedBy(resource);
    if (changed !== undefined) return `${changed} changes it before it is applied`;
    const opaque = source.placements.opaqueAt(resource.origin.source.path);
    return opaque === undefined ? undefined : `${opaque} could not be judged`;
  }

  function fromWorld(
    group: SoughtKind,
    namespace: string | undefined,
    from: Resource,
    name?: string,
  ): Knowledge | undefined {
    if (source.world === 'closed') return complete;
    if (source.world === 'open') return incomplete('the world is open (--world open)');
    const isLive = from.origin.source.live !== undefined;
    const spoiler = isLive ? undefined : whyNoEvidence(from);
    if (spoiler !== undefined) return incomplete(spoiler);
    if (source.world !== 'live') return undefined;
    const unread = whyUnread(group, namespace, name);
    return unread === undefined ? complete : incomplete(unread);
  }

  function whyUnread(group: SoughtKind, namespace: string | undefined, name?: string): string | undefined {
    for (const kind of kindsOf(group)) {
      const why = source.whyUnread(kind, namespace, name);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  return {
    changedBy,
    isClosed: (group, namespace) =>
      source.world === 'closed' || (source.world === 'live' && whyUnread(group, namespace) === undefined),
    known(group, namespace, from, name) {
      const settled = fromWorld(group, namespace, from, name);
      if (settled !== undefined) return settled;
      const floating = namespace === FLOATING;
      // A reference out of a named namespace never reads the floating ones as complete.
      if (floating && from.namespace !== FLOATING) return incomplete('its namespace is not known');
      const presence = presenceOf(group).get(
        floating ? `${FLOATING}${folderOf(from.origin.source.path)}` : namespace,
      );
      if (presence === undefined) {
        const where = floating
          ? 'beside it'
          : namespace === ''
            ? 'in the input'
            : `in namespace ${namespace}`;
        return incomplete(`no ${nameOf(group)} is loaded ${where}`);
      }
      return presence.spoiledBy === undefined ? complete : incomplete(presence.spoiledBy);
    },
    knownEverywhere(group, from) {
      const settled = fromWorld(group, undefined, from);
      if (settled !== undefined) return settled;
      const presence = presenceOf(group);
      for (const namespace of source.namespaces()) {
        const here = presence.get(namespace);
        if (here === undefined) return incomplete(`no ${nameOf(group)} is loaded in namespace ${namespace}`);
        if (here.spoiledBy !== undefined) return incomplete(here.spoiledBy);
      }
      for (const [scope, { spoiledBy }] of presence) {
        if (scope.startsWith(FLOATING))
          return incomplete('manifests without a namespace could stand anywhere');
        if (spoiledBy !== undefined) return incomplete(spoiledBy);
      }
      return presence.size === 0 ? incomplete(`no ${nameOf(group)} is loaded`) : complete;
    },
  };
}

/** Floating resources are evidence for their own folder only. */
function scopeOf(resource: Resource): string {
  return resource.namespace === FLOATING
    ? `${FLOATING}${folderOf(resource.origin.source.path)}`
    : resource.namespace;
}

/** The kinds that are meant. */
export function kindsOf<K extends Kind>(group: SoughtKind<K>): readonly K[] {
  return typeof group === 'string' ? [group] : group.kinds;
}

/** What a kind, or a group of kinds, is called in front of people. */
export function nameOf(group: SoughtKind): string {
  return typeof group === 'string' ? kinds[group].kind : group.name;
}
