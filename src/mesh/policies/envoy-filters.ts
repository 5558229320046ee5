import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { EnvoyPatch } from '../../model/kinds.gen.ts';
import { isControlPlaneObject } from '../installation/istiod.ts';

type EnvoyFilter = Resource<'EnvoyFilter'>;

/** One patch of an EnvoyFilter. */
export interface FilterPatch {
  readonly filter: EnvoyFilter;
  readonly index: number;
  readonly whole: EnvoyPatch;
  /** The mapping that holds the operation. */
  readonly patch: NonNullable<EnvoyPatch['patch']>;
  readonly operation: string;
  readonly applyTo: string;
}

/** What is to be said about the operation of a patch. */
export type PatchVerdict =
  /** Istiod has no such operation for what it applies to, and skips it. */
  | { readonly type: 'skipped' }
  /** Istiod does it, although its API says that it does not. */
  | { readonly type: 'undocumented' }
  /** It removes every route, as it names none. */
  | { readonly type: 'all-routes' }
  /** It takes or replaces a filter without saying which, and is skipped. */
  | { readonly type: 'unnamed' }
  /** Relative to a filter that only another EnvoyFilter can have brought, before. */
  | { readonly type: 'foreign'; readonly anchor: string; readonly source: FilterPatch | undefined }
  /** Relative to what is always there; its place among other EnvoyFilters is open. */
  | { readonly type: 'position' }
  /** Another patch brings the same filter for proxies of some versions; `twice`: some proxies get both. */
  | {
      readonly type: 'versioned';
      readonly name: string;
      readonly source: FilterPatch;
      readonly version: string;
      readonly twice: boolean;
    };

export interface JudgedPatch extends FilterPatch {
  readonly verdict: PatchVerdict;
}

/** What may be replaced (`patchListenerFilters` and others in pilot/pkg/networking/core/envoyfilter). */
const replaceable: ReadonlySet<string> = new Set([
  'NETWORK_FILTER',
  'HTTP_FILTER',
  'LISTENER_FILTER',
  'VIRTUAL_HOST',
]);
const relative: ReadonlySet<string> = new Set(['INSERT_BEFORE', 'INSERT_AFTER', 'REPLACE', 'REMOVE']);

/** Kinds of filters, in lists that patches change one after the other. */
const filterKinds: ReadonlySet<string> = new Set(['NETWORK_FILTER', 'HTTP_FILTER', 'LISTENER_FILTER']);

/**
 * Patches whose operation does nothing, or not surely the same, in a fixed order. Patches are applied by priority,
 * those of the root namespace first, then by age and name (`EnvoyFilters` in pilot/pkg/model/push_context.go).
 */
export const judgedPatches = view({ EnvoyFilter: 'some' }, (graph): readonly JudgedPatch[] => {
  const patches = graph
    .list('EnvoyFilter')
    .filter((filter) => graph.changedBy(filter) === undefined && !isInstalledByIstio(graph, filter))
    .flatMap(patchesOf);
  const bringing = new Map<string, FilterPatch[]>();
  for (const patch of patches) {
    const name = broughtName(patch);
    if (name !== undefined && filterKinds.has(patch.applyTo)) {
      pushTo(bringing, `${patch.filter.namespace} ${patch.applyTo} ${name}`, patch);
    }
  }
  // Those met so far, of proxies of some versions only.
  const versioned = new Map<string, FilterPatch[]>();
  const judged: JudgedPatch[] = [];
  for (const patch of patches) {
    const verdict =
      verdictByKind(patch) ??
      (isRelative(patch)
        ? (byVersion(graph, patch, versioned) ?? byAnchor(graph, patch, bringing))
        : undefined);
    if (verdict !== undefined) judged.push({ ...patch, verdict });
    const name = versionOf(patch) === undefined ? undefined : broughtName(patch);
    if (name !== undefined) pushTo(versioned, `${patch.filter.namespace} ${name}`, patch);
  }
  return judged;
});

function patchesOf(filter: EnvoyFilter): FilterPatch[] {
  return (filter.spec.configPatches ?? []).flatMap((whole, index) => {
    const { patch, applyTo = 'INVALID' } = whole;
    const operation = patch?.operation ?? 'INVALID';
    return patch === undefined || applyTo === 'INVALID'
      ? []
      : [{ filter, index, whole, patch, operation, applyTo }];
  });
}

/** Names of those that Istio installed for its own metrics, up to 1.23. */
const installed = /^(?:tcp-)?(?:stats-filter|metadata-exchange)-|^stackdriver-filter-/;

/** Filters that come with Istio are ordered by its own charts. */
function isInstalledByIstio(graph: Graph, filter: EnvoyFilter): boolean {
  const labels = filter.metadata.labels ?? {};
  return (
    isControlPlaneObject(filter) ||
    labels['app.kubernetes.io/part-of'] === 'istio' ||
    Object.keys(labels).some((key) => key.includes('operator.istio.io/')) ||
    (filter.namespace === graph.mesh.rootNamespace && installed.test(filter.name))
  );
}

function verdictByKind({ operation, applyTo, whole }: FilterPatch): PatchVerdict | undefined {
  if (operation === 'REPLACE') return replaceable.has(applyTo) ? undefined : { type: 'skipped' };
  if (operation !== 'ADD' && operation !== 'REMOVE') return undefined;
  if (applyTo === 'ROUTE_CONFIGURATION') return { type: 'skipped' };
  if (applyTo !== 'HTTP_ROUTE') return undefined;
  const namesRoute = whole.match?.routeConfiguration?.vhost?.route !== undefined;
  return operation === 'REMOVE' && !namesRoute ? { type: 'all-routes' } : { type: 'undocumented' };
}

function isRelative({ operation, filter }: FilterPatch): boolean {
  return relative.has(operation) && (filter.spec.priority ?? 0) === 0;
}

/** The name of the filter (or other object) that a patch brings. */
function broughtName({ patch }: FilterPatch): string | undefined {
  const name = patch.value?.name;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function versionOf({ whole }: FilterPatch): string | undefined {
  const version = whole.match?.proxy?.proxyVersion;
  return version === '' ? undefined : version;
}

function byVersion(
  graph: Graph,
  patch: FilterPatch,
  versioned: ReadonlyMap<string, readonly FilterPatch[]>,
): PatchVerdict | undefined {
  const name = broughtName(patch);
  if (name === undefined) return undefined;
  const source = [patch.filter.namespace, graph.mesh.rootNamespace]
    .flatMap((namespace) => versioned.get(`${namespace} ${name}`) ?? [])
    .find((earlier) => graph.coexist(earlier.filter, patch.filter));
  const version = source && versionOf(source);
  if (source === undefined || version === undefined) return undefined;
  const own = versionOf(patch);
  const twice =
    source.applyTo === patch.applyTo && contextsMeet(source, patch) && (own ?? version) === version;
  return { type: 'versioned', name, source, version, twice };
}

function contextsMeet(a: FilterPatch, b: FilterPatch): boolean {
  const [one, other] = [a, b].map(({ whole }) => whole.match?.context ?? 'ANY');
  return one === other || one === 'ANY' || other === 'ANY';
}

function byAnchor(
  graph: Graph,
  patch: FilterPatch,
  bringing: ReadonlyMap<string, readonly FilterPatch[]>,
): PatchVerdict {
  if (!filterKinds.has(patch.applyTo)) return { type: 'position' };
  const anchor = anchorOf(patch);
  if (anchor === undefined) {
    const needsOne = patch.operation === 'REPLACE' || patch.operation === 'REMOVE';
    return { type: needsOne && patch.whole.match?.context !== 'WAYPOINT' ? 'unnamed' : 'position' };
  }
  if (isBuiltByIstiod(anchor)) return { type: 'position' };
  const root = graph.mesh.rootNamespace;
  const sources = [...new Set([patch.filter.namespace, root])]
    .flatMap((namespace) => bringing.get(`${namespace} ${patch.applyTo} ${anchor}`) ?? [])
    .filter(({ filter }) => graph.coexist(filter, patch.filter));
  return sources.some((source) => comesFirst(source, patch, root))
    ? { type: 'position' }
    : { type: 'foreign', anchor, source: sources.find((source) => source !== patch) };
}

/** The filter that the operation is relative to. */
function anchorOf({ applyTo, whole }: FilterPatch): string | undefined {
  const { listener, waypoint } = whole.match ?? {};
  const filter = listener?.filterChain?.filter ?? waypoint?.filter;
  const name =
    applyTo === 'LISTENER_FILTER'
      ? listener?.listenerFilter
      : applyTo === 'HTTP_FILTER'
        ? filter?.subFilter?.name
        : filter?.name;
  return name === '' ? undefined : name;
}

/** Filters that istiod puts in by itself, less what stands before their names, now and in older releases. */
const builtIn: ReadonlySet<string> = new Set([
  ...['http_connection_manager', 'tcp_proxy', 'mongo_proxy', 'mysql_proxy', 'redis_proxy', 'sni_cluster'],
  ...['router', 'cors', 'fault', 'rbac', 'jwt_authn', 'ext_authz', 'grpc_stats', 'grpc_web'],
  ...[
    'stateful_session',
    'tls_inspector',
    'http_inspector',
    'original_dst',
    'original_src',
    'proxy_protocol',
  ],
]);
const prefix = /^envoy\.(?:filters\.)?(?:(?:network|http|listener)\.)?/;

function isBuiltByIstiod(name: string): boolean {
  // `istio.stats`, `istio_authn`; a WasmPlugin becomes a filter called `extenstions.istio.io/…`, spelt like that.
  return /^(?:istio|extenst?ions\.istio\.io)/.test(name) || builtIn.has(name.replace(prefix, ''));
}

/** Whether one patch is surely applied before the other. */
function comesFirst(a: FilterPatch, b: FilterPatch, root: string): boolean {
  if (a.filter === b.filter) return a.index < b.index;
  const priorities = (a.filter.spec.priority ?? 0) - (b.filter.spec.priority ?? 0);
  if (priorities !== 0) return priorities < 0;
  if (a.filter.namespace !== b.filter.namespace) return a.filter.namespace === root;
  const [mine, theirs] = [a, b].map(({ filter }) => filter.metadata.creationTimestamp);
  if (mine === undefined || theirs === undefined) return false;
  return mine === theirs ? a.filter.name < b.filter.name : mine < theirs;
}
