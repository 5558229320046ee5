// What a cluster serves, in both of the ways to ask: all at once (aggregated), or group by group.
import type { Json } from './objects.ts';
import { groupVersionOf, type ResourceType, splitGroupVersion } from './resource-types.ts';

export interface Served {
  readonly types: readonly ResourceType[];
  /** Versions of groups whose own server cannot be reached, so that nobody knows what is in them. */
  readonly stale: readonly string[];
}

/** `/api` and `/apis` in one answer each (`apidiscovery.k8s.io`, Kubernetes 1.27 and later). */
export function aggregated(served: Served, core: boolean, version: string): Json {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groupsOf(served, core).map(({ name, versions }) => ({
      metadata: { name, creationTimestamp: null },
      versions: versions.map((one) => ({
        version: one,
        freshness: served.stale.includes(`${name}/${one}`) ? 'Stale' : 'Current',
        resources: served.types
          .filter((type) => type.group === name && type.version === one)
          .map((type) => ({
            resource: type.plural,
            responseKind: { group: type.group, version: type.version, kind: type.kind },
            scope: type.namespaced ? 'Namespaced' : 'Cluster',
            singularResource: type.kind.toLowerCase(),
            ...namesOf(type),
          })),
      })),
    })),
  };
}

/** `/api`: the core group's versions. */
export function coreVersions(): Json {
  const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1:6443' }];
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
}

/** `/apis`: all groups, with their versions. */
export function groupList(served: Served): Json {
  const groups = groupsOf(served, false).map(({ name, versions }) => groupOf(name, versions));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** `/apis/GROUP`, if there is such a group. */
export function oneGroup(served: Served, name: string): Json | undefined {
  const group = groupsOf(served, false).find((one) => one.name === name);
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name, group.versions) };
}

function groupOf(name: string, versions: readonly string[]): Json {
  const named = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: named, preferredVersion: named[0] };
}

/** `/api/v1` and `/apis/GROUP/VERSION`, if there is such a version. */
export function resourceList({ types }: Served, group: string, version: string): Json | undefined {
  const ofVersion = types.filter((type) => type.group === group && type.version === version);
  const [first] = ofVersion;
  if (first === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersionOf(first),
    resources: ofVersion.map((type) => ({
      name: type.plural,
      singularName: type.kind.toLowerCase(),
      namespaced: type.namespaced,
      kind: type.kind,
      ...namesOf(type),
    })),
  };
}

function namesOf({ verbs, shortNames, categories }: ResourceType): Json {
  return {
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
}

function groupsOf(
  { types, stale }: Served,
  core: boolean,
): readonly { readonly name: string; readonly versions: readonly string[] }[] {
  const all = [...types, ...stale.map(splitGroupVersion)].filter(({ group }) => (group === '') === core);
  return [...new Set(all.map(({ group }) => group))].map((name) => {
    const versions = new Set(all.filter(({ group }) => group === name).map(({ version }) => version));
    return { name, versions: [...versions].sort((a, b) => priorityOf(b) - priorityOf(a)) };
  });
}

/** Kubernetes prefers stable versions to beta to alpha, and among them the highest number. */
function priorityOf(version: string): number {
  const [, major, stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return -1;
  const stageRank = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
  return stageRank * 1_000_000 + Number(major) * 1000 + Number(minor);
}
