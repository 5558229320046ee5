// An API server in memory: enough of its conventions to read a cluster, and every way in which it can go wrong.
import type { Clock } from '../../src/load/cluster/clock.ts';
import { ClusterError } from '../../src/load/cluster/cluster-error.ts';
import type { ApiResponse, Transport } from '../../src/load/cluster/transport.ts';
import { kinds } from '../../src/model/kinds.gen.ts';

type Fields = Record<string, unknown>;

/** What is wrong with the answers to requests whose path matches. */
export interface Fault {
  readonly match: RegExp;
  /** How many requests fare well before. */
  readonly after?: number;
  /** How many fare badly; all by default. */
  readonly times?: number;
  readonly status?: number;
  readonly retryAfter?: string;
  readonly warning?: string;
  /** In the place of a Status. */
  readonly body?: unknown;
  readonly text?: string;
  /** Thrown instead of an answer. */
  readonly error?: () => Error;
  readonly delay?: number;
  readonly hang?: true;
}

export interface FakeCluster {
  readonly objects?: readonly Fields[];
  readonly faults?: readonly Fault[];
  /** Versions that are served, by group or by `resource.group`; all that we know by default, none where empty. */
  readonly versions?: Readonly<Record<string, readonly string[]>>;
  readonly discovery?: 'aggregated' | 'legacy';
  /** Groups whose server does not answer. */
  readonly stale?: readonly string[];
  /** Milliseconds before each answer. */
  readonly latency?: (path: string) => number;
}

export interface FakeTransport extends Transport {
  /** Every request that was made, with its query. */
  readonly log: readonly string[];
  /** The most requests that were under way at once. */
  readonly busiest: () => number;
}

const RESET = (): Error =>
  new ClusterError('network', 'the connection was reset', 'Try again.', { final: false });
export const faults = {
  reset: RESET,
  idle: (): Error => new ClusterError('timeout', 'no answer for 15 s', 'Try again.', { final: false }),
  refused: (): Error => new ClusterError('network', 'the connection was refused', 'Check the address.'),
  unauthorized: (): Error =>
    new ClusterError('unauthorized', 'the credentials were rejected', 'Log in again.'),
  login: (): Error => new ClusterError('not-kubernetes', 'the answer is a web page', 'Check the address.'),
} as const;

export function fakeTransport(cluster: FakeCluster, clock: Clock): FakeTransport {
  const log: string[] = [];
  const seen = new Map<Fault, number>();
  let busy = 0;
  let most = 0;

  async function answer(path: string, accept: string, signal: AbortSignal): Promise<ApiResponse> {
    for (const fault of cluster.faults ?? []) {
      if (!fault.match.test(path)) continue;
      const count = seen.get(fault) ?? 0;
      seen.set(fault, count + 1);
      const { after = 0, times = Number.POSITIVE_INFINITY } = fault;
      if (count < after || count >= after + times) continue;
      if (fault.delay !== undefined) await clock.sleep(fault.delay, signal);
      if (fault.hang)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      if (fault.error !== undefined) throw fault.error();
      if (fault.status === undefined && fault.text === undefined && fault.body === undefined) continue;
      const { status = 200, text } = fault;
      const body = text === undefined ? (fault.body ?? statusOf(status)) : undefined;
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
      return {
        ...respond(status, body),
        headers,
        ...(text === undefined ? {} : { text, contentType: 'text/html' }),
      };
    }
    const warning = cluster.faults?.find(
      (fault) => fault.warning !== undefined && fault.match.test(path),
    )?.warning;
    const response = serve(cluster, path, accept);
    return warning === undefined ? response : { ...response, headers: { warning: `299 - "${warning}"` } };
  }

  return {
    server: 'https://fake.example',
    log,
    busiest: () => most,
    async get(path, { accept, signal = new AbortController().signal }) {
      signal.throwIfAborted();
      log.push(path);
      most = Math.max(most, ++busy);
      try {
        const latency = cluster.latency?.(path) ?? 0;
        if (latency > 0) await clock.sleep(latency, signal);
        return await answer(path, accept, signal);
      } finally {
        busy--;
      }
    },
    waitsFor: () => undefined,
    stream: () => {
      throw new Error('nothing is watched here');
    },
    close() {},
  };
}

function respond(status: number, body: unknown): ApiResponse {
  const bytes = body === undefined ? 0 : JSON.stringify(body).length;
  // A copy, as it would come out of the parser.
  return { status, headers: {}, contentType: 'application/json', body: structuredClone(body), bytes };
}

function statusOf(code: number, message = `something is wrong (${code})`): Fields {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message };
}

interface Resource {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly versions: readonly string[];
}

function resourcesOf({ versions = {} }: FakeCluster): readonly Resource[] {
  return Object.values(kinds)
    .filter(({ pseudo }) => pseudo !== true)
    .map((info) => ({
      ...info,
      versions: versions[`${info.plural}.${info.group}`] ?? versions[info.group] ?? info.versions,
    }))
    .filter((resource) => resource.versions.length > 0);
}

function serve(cluster: FakeCluster, path: string, accept: string): ApiResponse {
  const url = new URL(path, 'https://fake.example');
  if (url.pathname === '/version') return respond(200, { major: '1', minor: '33', gitVersion: 'v1.33.1' });
  const [, root, ...parts] = url.pathname.split('/');
  if (root === 'apis' && parts.length < 3) return serveDiscovery(cluster, parts, accept);
  const [group = '', version = '', ...rest] = root === 'apis' ? parts : ['', ...parts];
  const isNamespaced = rest[0] === 'namespaces' && rest.length > 2;
  const [plural, name] = isNamespaced ? rest.slice(2) : rest;
  const resource = resourcesOf(cluster).find(
    (one) => one.group === group && one.plural === plural && one.versions.includes(version),
  );
  if (resource === undefined)
    return { ...respond(404, undefined), contentType: 'text/plain', text: '404 page not found' };
  const own = (cluster.objects ?? []).filter((object) => {
    const { namespace } = object.metadata as Fields;
    return isOf(resource, object) && (!isNamespaced || namespace === rest[1]);
  });
  if (name === undefined) return respond(200, listOf(resource, version, own, url.searchParams, accept));
  const found = own.find(({ metadata }) => (metadata as Fields).name === decodeURIComponent(name));
  return found === undefined ? respond(404, statusOf(404)) : respond(200, found);
}

function isOf({ group, kind }: Resource, { apiVersion, kind: own }: Fields): boolean {
  const [first = '', second] = String(apiVersion).split('/');
  return own === kind && (second === undefined ? '' : first) === group;
}

const MANAGED_FIELDS = [{ manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:spec': {} } }];

function listOf(
  { group, kind }: Resource,
  version: string,
  objects: readonly Fields[],
  query: URLSearchParams,
  accept: string,
): Fields {
  const isBare = accept.startsWith('application/json;as=PartialObjectMetadataList');
  const chosen = objects.filter((object) => isSelected(object, query.get('labelSelector'))).sort(byName);
  const start = Number(query.get('continue') ?? 0);
  const end = start + Number(query.get('limit') ?? chosen.length);
  const more = end < chosen.length ? { continue: String(end), remainingItemCount: chosen.length - end } : {};
  const items = chosen.slice(start, end).map(({ metadata, apiVersion, kind: own, ...rest }) => ({
    // Lists of built-in kinds leave out what kind their items are of.
    ...(group.includes('istio.io') ? { apiVersion: `${group}/${version}`, kind: own } : {}),
    metadata: { ...(metadata as Fields), uid: '6f8a', resourceVersion: '7', managedFields: MANAGED_FIELDS },
    ...(isBare ? {} : rest),
  }));
  return {
    kind: isBare ? 'PartialObjectMetadataList' : `${kind}List`,
    apiVersion: isBare ? 'meta.k8s.io/v1' : group === '' ? version : `${group}/${version}`,
    metadata: { resourceVersion: '42', ...more },
    items,
  };
}

function isSelected({ metadata }: Fields, selector: string | null): boolean {
  const [key = '', value] = selector?.split('!=') ?? [];
  const labels = ((metadata as Fields).labels ?? {}) as Fields;
  return value === undefined || labels[key] !== value;
}

/** In the order of etcd's keys. */
function byName(a: Fields, b: Fields): number {
  const [one, other] = [a, b].map(({ metadata }) => {
    const { namespace = '', name } = metadata as Fields;
    return `${namespace}/${name}`;
  });
  return String(one) < String(other) ? -1 : 1;
}

function serveDiscovery(
  cluster: FakeCluster,
  [group, version]: readonly string[],
  accept: string,
): ApiResponse {
  const resources = resourcesOf(cluster).filter((one) => one.group !== '');
  const names = [...new Set(resources.map((one) => one.group))];
  const versionsOf = (name: string): string[] => [
    ...new Set(resources.filter((one) => one.group === name).flatMap(({ versions }) => versions)),
  ];
  const inVersion = (name: string, one: string): Resource[] =>
    resources.filter((resource) => resource.group === name && resource.versions.includes(one));
  const isStale = (name: string): boolean => cluster.stale?.includes(name) === true;
  if (group !== undefined && version !== undefined) {
    if (isStale(group)) return respond(503, statusOf(503));
    const listed = inVersion(group, version).map(({ plural, kind, namespaced }) => ({
      name: plural,
      kind,
      namespaced,
      verbs: ['list'],
    }));
    return respond(200, {
      kind: 'APIResourceList',
      resources: [...listed, { name: `${listed[0]?.name}/status`, kind: 'X' }],
    });
  }
  if (cluster.discovery === 'legacy' || !accept.includes('APIGroupDiscoveryList')) {
    const groups = names.map((name) => ({
      name,
      versions: versionsOf(name).map((one) => ({ groupVersion: `${name}/${one}`, version: one })),
    }));
    return respond(200, { kind: 'APIGroupList', groups });
  }
  const items = names.map((name) => ({
    metadata: { name },
    versions: versionsOf(name).map((one) => ({
      version: one,
      freshness: isStale(name) ? 'Stale' : 'Current',
      resources: isStale(name)
        ? []
        : inVersion(name, one).map(({ plural, kind, namespaced }) => ({
            resource: plural,
            responseKind: { group: name, version: one, kind },
            scope: namespaced ? 'Namespaced' : 'Cluster',
            verbs: ['list'],
          })),
    })),
  }));
  return respond(200, { kind: 'APIGroupDiscoveryList', items });
}
