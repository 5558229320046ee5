// The first line that a snapshot has of each cluster.
import type { KindOutcome, KindState, LiveRequests, LiveState, UnreadCluster } from '../../model/live.ts';
import { isMapping, isText, type Mapping } from '../classify.ts';

/** Raised when a reader of the version before would misunderstand a snapshot. */
export const SNAPSHOT_VERSION = 1;

/** What of the mesh was asked for when it was read: it holds for reports, too, that ask for nothing else. */
export interface Asked {
  readonly istioNamespace?: string;
  readonly revision?: string;
}

/** What a snapshot says of one cluster beside its objects; the cluster is `part` of `parts`. */
export interface SnapshotHead {
  readonly part: number;
  readonly parts: number;
  readonly taken: string;
  readonly asked: Asked;
  /** Clusters that were to be read as well. */
  readonly unread: readonly UnreadCluster[];
  readonly state: Omit<LiveState, 'objects'>;
}

/** Reads a first line; says of what version it is where this one is too old to read it, or what is wrong with it. */
export function readHead(
  value: Mapping,
): SnapshotHead | { readonly newer: string } | { readonly wrong: string } {
  const { version, tool, part, parts, taken } = value;
  if (!isCount(version) || value.meshlint !== 'snapshot') return { wrong: 'version' };
  if (version > SNAPSHOT_VERSION) return { newer: typeof tool === 'string' ? tool : '' };
  if (!isCount(part) || !isCount(parts) || part > parts) return { wrong: 'part' };
  if (typeof taken !== 'string') return { wrong: 'taken' };
  if (!isAsked(value.asked)) return { wrong: 'asked' };
  if (!isListOf(value.unread, isUnread)) return { wrong: 'unread' };
  const { cluster, namespace, server, kubernetesVersion, outcomes, requests, warnings } = value;
  if (!isText(cluster)) return { wrong: 'cluster' };
  if (typeof server !== 'string') return { wrong: 'server' };
  if (!isOptionalText(namespace)) return { wrong: 'namespace' };
  if (!isOptionalText(kubernetesVersion)) return { wrong: 'kubernetesVersion' };
  if (!isListOf(outcomes, isOutcome)) return { wrong: 'outcomes' };
  if (!isListOf(requests, isRequests)) return { wrong: 'requests' };
  if (!isListOf(warnings, isText)) return { wrong: 'warnings' };
  return {
    part,
    parts,
    taken,
    asked: value.asked,
    unread: value.unread,
    state: {
      cluster,
      ...(namespace === undefined ? {} : { namespace }),
      server,
      ...(kubernetesVersion === undefined ? {} : { kubernetesVersion }),
      outcomes,
      requests,
      warnings,
    },
  };
}

const states: Readonly<Record<KindState, true>> = {
  ok: true,
  'not-installed': true,
  'version-unsupported': true,
  forbidden: true,
  throttled: true,
  'server-error': true,
  timeout: true,
  network: true,
  'bad-body': true,
  expired: true,
};

function isOutcome(value: unknown): value is KindOutcome {
  if (!isMapping(value)) return false;
  const { kind, resource, group, version, state, namespaces, names, count, permission, detail } = value;
  return (
    isText(kind) &&
    isText(resource) &&
    typeof group === 'string' &&
    isOptionalText(version) &&
    typeof state === 'string' &&
    Object.hasOwn(states, state) &&
    (namespaces === 'all' || isListOf(namespaces, isText)) &&
    (names === undefined || isListOf(names, isText)) &&
    isCount(count) &&
    isOptionalText(permission) &&
    isOptionalText(detail)
  );
}

function isAsked(value: unknown): value is Asked {
  return isMapping(value) && isOptionalText(value.istioNamespace) && isOptionalText(value.revision);
}

function isUnread(value: unknown): value is UnreadCluster {
  return isMapping(value) && isText(value.name) && isText(value.why) && typeof value.help === 'string';
}

function isRequests(value: unknown): value is LiveRequests {
  return isMapping(value) && isText(value.resource) && isCount(value.count) && isCount(value.bytes);
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
