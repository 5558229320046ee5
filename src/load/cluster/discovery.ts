import { compareText, ensure } from '../../model/collections.ts';
import { ClusterError } from './cluster-error.ts';
import { asText, objectAt, objectsOf } from './json.ts';
import { type Asker, JSON_ONLY } from './retry.ts';
import type { ApiResponse } from './transport.ts';

/** A resource that the cluster serves, in the versions of its group that have it. */
export interface ServedResource {
  readonly kind: string;
  readonly namespaced: boolean;
  /** The one that the server prefers first. */
  readonly versions: readonly string[];
}

export interface Served {
  /** Of the groups that were asked about; of others nothing is known. */
  find(group: string, resource: string): ServedResource | undefined;
  /** The versions of a group of which nobody could tell what is in them, and why. */
  unread(group: string): readonly UnreadVersion[];
}

export interface UnreadVersion {
  readonly version: string;
  readonly why: string;
}

/**
 * Since Kubernetes 1.26 one answer tells what is in all groups (KEP-3352), before 1.30 as `v2beta1`. Older servers answer
 * with the bare list of groups, which are then asked one by one.
 */
const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');
/** What discovery is counted under. */
const RESOURCE = 'discovery';

/** The answer to the first request: whether this is a Kubernetes API server, and of which version. */
export async function readVersion(asker: Asker, server: string): Promise<string | undefined> {
  const response = await asker.ask('/version', { resource: RESOURCE });
  // It is open to everybody in most clusters, and nothing depends on it.
  if (response.status === 403) return undefined;
  failUnlessRead(response, '/version', server);
  const version = asText(objectAt(response.body)?.gitVersion);
  if (version === undefined) throw notKubernetes(server, 'its answer to /version has no gitVersion');
  return version;
}

/**
 * What a cluster serves of these API groups. Throws a ClusterError when it does not say which groups there are; a
 * group of which it says nothing more does not spoil the others.
 */
export async function discover(asker: Asker, groups: ReadonlySet<string>, server: string): Promise<Served> {
  const found = new Map<string, { kind: string; namespaced: boolean; versions: string[] }>();
  const unread = new Map<string, UnreadVersion[]>();
  const add = (group: string, version: string, name: string, kind: string, namespaced: boolean): void => {
    const { versions } = ensure(found, `${group}/${name}`, () => ({ kind, namespaced, versions: [] }));
    if (!versions.includes(version)) versions.push(version);
  };
  const miss = (group: string, version: string, why: string): void => {
    ensure(unread, group, () => []).push({ version, why });
  };

  const response = await asker.ask('/apis', { resource: RESOURCE, accept: `${AGGREGATED},${JSON_ONLY}` });
  failUnlessRead(response, '/apis', server);
  const body = objectAt(response.body);
  if (body?.kind === 'APIGroupDiscoveryList') readAggregated(body);
  else if (body?.kind === 'APIGroupList') await readOneByOne(body);
  else throw notKubernetes(server, 'its answer to /apis is no list of API groups');
  for (const versions of unread.values()) versions.sort((a, b) => compareText(a.version, b.version));
  return {
    find: (group, resource) => found.get(`${group}/${resource}`),
    unread: (group) => unread.get(group) ?? [],
  };

  function readAggregated(list: Record<string, unknown>): void {
    for (const item of objectsOf(list.items)) {
      const group = asText(objectAt(item, 'metadata')?.name) ?? '';
      if (!groups.has(group)) continue;
      for (const entry of objectsOf(item.versions)) {
        const version = asText(entry.version) ?? '';
        const resources = objectsOf(entry.resources);
        // What a stale answer still lists was there when the group was last heard of.
        if (entry.freshness === 'Stale' && resources.length === 0)
          miss(group, version, 'the server behind it does not answer');
        for (const { resource, responseKind, scope } of resources) {
          const kind = asText(objectAt(responseKind)?.kind) ?? '';
          add(group, version, asText(resource) ?? '', kind, scope === 'Namespaced');
        }
      }
    }
  }

  async function readOneByOne(list: Record<string, unknown>): Promise<void> {
    const wanted = objectsOf(list.groups).flatMap((item) => {
      const group = asText(item.name) ?? '';
      const versions = groups.has(group) ? objectsOf(item.versions) : [];
      return versions.map((entry) => ({ group, version: asText(entry.version) ?? '' }));
    });
    const answers = await Promise.all(wanted.map(async (one) => ({ ...one, answer: await readGroup(one) })));
    // In the order of the list, in whichever order they came.
    for (const { group, version, answer } of answers) {
      if (typeof answer === 'string') miss(group, version, answer);
      else for (const { name, kind, namespaced } of answer) add(group, version, name, kind, namespaced);
    }
  }

  async function readGroup({
    group,
    version,
  }: {
    group: string;
    version: string;
  }): Promise<Listed[] | string> {
    let response: ApiResponse;
    try {
      response = await asker.ask(`/apis/${group}/${version}`, { resource: RESOURCE });
    } catch (error) {
      if (error instanceof ClusterError && error.code !== 'unauthorized') return error.message;
      throw error;
    }
    if (response.status !== 200) return `the server answered ${response.status}`;
    const body = objectAt(response.body);
    if (body?.kind !== 'APIResourceList') return 'the answer is no list of resources';
    return objectsOf(body.resources).flatMap(({ name, kind, namespaced }) =>
      // Those with a slash are parts of others, such as `pods/log`.
      typeof name !== 'string' || name.includes('/')
        ? []
        : [{ name, kind: asText(kind) ?? '', namespaced: namespaced === true }],
    );
  }
}

interface Listed {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function failUnlessRead({ status, body }: ApiResponse, path: string, server: string): void {
  if (status === 200) return;
  if (status === 403) {
    throw new ClusterError(
      'forbidden',
      `${server} does not let you ask which kinds it has (403 for ${path}).`,
      'Have your user bound to the ClusterRole system:discovery, to which all users belong by default.',
    );
  }
  if (status < 500 && status !== 429) {
    throw notKubernetes(server, `it answers ${path} with ${status}`);
  }
  const said = asText(objectAt(body)?.message);
  throw new ClusterError(
    'network',
    `${server} answers ${path} with ${status}${said === undefined ? '' : `: ${said}`}, however often it is asked.`,
    'The API server, or what stands before it, is in trouble. Try again later.',
  );
}

function notKubernetes(server: string, why: string): ClusterError {
  return new ClusterError(
    'not-kubernetes',
    `${server} does not answer like a Kubernetes API server: ${why}.`,
    'Check the address of the cluster in the kubeconfig, and whether a proxy stands in between.',
  );
}
