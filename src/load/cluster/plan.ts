import { type Kind, kinds } from '../../model/kinds.gen.ts';
import type { KindOutcome } from '../../model/live.ts';
import type { Served } from './discovery.ts';
import type { ReadRequest } from './read-request.ts';

/** How one kind is read. */
export interface KindRead {
  readonly kind: Kind;
  readonly group: string;
  /** As in paths: `virtualservices`. */
  readonly resource: string;
  readonly version: string;
  readonly namespaced: boolean;
  /** How much of an object is kept: what our rules read, which may be no more than its metadata, or all of it. */
  readonly shape: 'cut' | 'metadata' | 'whole';
  /** The only namespace in which it is read. */
  readonly namespace?: string;
  /** Leaves out what nobody asks for; the server does the choosing. */
  readonly labelSelector?: string;
  /** Versions that the cluster serves, of kinds that tell which. */
  readonly served: Served;
}

export interface Plan {
  readonly reads: readonly KindRead[];
  /** Kinds that there is nothing to ask for, and why. */
  readonly absent: readonly KindOutcome[];
  /** Whether certificates are fetched. */
  readonly secrets: boolean;
}

/** Kinds that no rule reads. */
const unused: ReadonlySet<Kind> = new Set(['ReferenceGrant', 'XBackendTrafficPolicy', 'XListenerSet']);

/** Kinds of which rules read no more than labels, annotations and names. */
const bare: ReadonlySet<Kind> = new Set(['Namespace', 'ServiceAccount', 'Endpoints', 'EndpointSlice']);

/**
 * What servers need not send. Rules only ask what stands behind a Service without a selector, where somebody put it; what
 * Kubernetes makes for all other Services is no use. A Deployment keeps its old templates as ReplicaSets, often ten of
 * them; it and its pods tell what runs. Those of Argo Rollouts do likewise.
 */
const selectors: Readonly<Partial<Record<Kind, string>>> = {
  Endpoints: 'endpoints.kubernetes.io/managed-by!=endpoint-controller',
  EndpointSlice: 'endpointslice.kubernetes.io/managed-by!=endpointslice-controller.k8s.io',
  ReplicaSet: '!pod-template-hash,!rollouts-pod-template-hash',
};

/** The kinds that are read from a cluster: those that rules read, and that have an API. */
export const liveKinds: readonly Kind[] = (Object.keys(kinds) as Kind[]).filter(
  (kind) => kinds[kind].pseudo !== true && !unused.has(kind),
);

/** The kinds that a request wants. */
export function wantedKinds({
  wanted = liveKinds,
  whole = [],
}: Pick<ReadRequest, 'wanted' | 'whole'>): readonly Kind[] {
  return [...new Set([...wanted, ...whole])];
}

/** The API groups of kinds, but for the core group, which every cluster has. */
export function groupsOf(wanted: readonly Kind[]): ReadonlySet<string> {
  return new Set(wanted.map((kind) => kinds[kind].group).filter((group) => group !== ''));
}

/** Says for each wanted kind how it is read, or why not. The newest version that we know is taken, of those served. */
export function planReads(
  served: Served,
  request: Pick<ReadRequest, 'wanted' | 'whole' | 'secrets' | 'istioNamespace' | 'definitions'>,
): Plan {
  const wanted = wantedKinds(request);
  const reads: KindRead[] = [];
  const absent: KindOutcome[] = [];
  for (const kind of wanted) {
    if (kind === 'Secret' || kinds[kind].pseudo === true) continue;
    const version = versionOf(kind, served);
    if (typeof version === 'string') reads.push(readOf(kind, version, served, request));
    else absent.push(version);
  }
  return { reads, absent, secrets: request.secrets === 'referenced' && wanted.includes('Secret') };
}

function readOf(
  kind: Kind,
  version: string,
  served: Served,
  { whole = [], istioNamespace, definitions = false }: Parameters<typeof planReads>[1],
): KindRead {
  const { group, plural, namespaced } = kinds[kind];
  const isWhole = whole.includes(kind);
  const isBare = bare.has(kind) || (kind === 'CustomResourceDefinition' && !definitions);
  const labelSelector = isWhole ? undefined : selectors[kind];
  return {
    kind,
    group,
    resource: plural,
    version,
    namespaced,
    shape: isWhole ? 'whole' : isBare ? 'metadata' : 'cut',
    // Other ConfigMaps are the business of applications, and may hold what is nobody else's.
    ...(kind === 'ConfigMap' ? { namespace: istioNamespace } : {}),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    served,
  };
}

function versionOf(kind: Kind, served: Served): string | KindOutcome {
  const { group, plural: resource, versions } = kinds[kind];
  if (group === '') return versions[0] ?? 'v1';
  const offered = served.find(group, resource)?.versions ?? [];
  const known = versions.find((version) => offered.includes(version));
  if (known !== undefined) return known;
  const about = { kind, resource, group, namespaces: 'all', count: 0 } as const;
  const [unread] = served.unread(group);
  if (unread !== undefined) {
    const detail = `nobody could tell what is in ${group}/${unread.version}: ${unread.why}`;
    return { ...about, state: 'server-error', detail };
  }
  if (offered.length === 0) return { ...about, state: 'not-installed' };
  return { ...about, state: 'version-unsupported', detail: `the cluster serves ${offered.join(', ')}` };
}

/** The path of all objects of a kind, or of those in one namespace. */
export function pathOf({ group, version, resource }: KindRead, namespace?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace === undefined
    ? `${root}/${resource}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}

/** As kinds are told apart from those of other groups: `gateways.networking.istio.io`. */
export function resourceName({ group, resource }: Pick<KindRead, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** The line of a role's rules that allows it. */
export function permissionFor(
  { group, resource }: Pick<KindRead, 'group' | 'resource'>,
  verb: 'list' | 'get',
  names: readonly string[] = [],
): string {
  const only = names.length === 0 ? '' : `, resourceNames: [${names.join(', ')}]`;
  return `- {apiGroups: ["${group}"], resources: [${resource}]${only}, verbs: [${verb}]}`;
}
