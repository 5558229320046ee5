import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import type { TelemetrySpec } from '../../model/kinds.gen.ts';
import { matchesLabels } from '../../model/labels.ts';
import { FLOATING } from '../../model/names.ts';
import { type Overlap, overlapsOf, type Rivalry, rivalries } from '../conflicts/rivals.ts';
import { membership, membershipReads } from '../membership/membership.ts';
import { GATEWAY_NAME_LABEL, type Workload, workloadReads } from '../workloads/workloads.ts';
import { aimsAt, selectorLabels, targetRefsOf } from './policies.ts';

type Telemetry = Resource<'Telemetry'>;

const sections = ['metrics', 'tracing', 'accessLogging'] as const;

/** The parts that a Telemetry says something about. */
function sectionsOf({ spec }: Telemetry): readonly (typeof sections)[number][] {
  return sections.filter((section) => (spec[section] ?? []).length > 0);
}

/** Whether it is for its whole namespace (`namespaceWideTelemetryConfig` in pilot/pkg/model/telemetry.go). */
function isWide(telemetry: Telemetry): boolean {
  return Object.keys(selectorLabels(telemetry)).length === 0 && targetRefsOf(telemetry).length === 0;
}

/** Telemetries for a whole namespace (for the mesh, in the root namespace), by namespace. */
const wideTelemetries = view({ Telemetry: 'some' }, (graph): ReadonlyMap<string, readonly Telemetry[]> => {
  const wide = new Map<string, Telemetry[]>();
  for (const telemetry of graph.list('Telemetry')) {
    if (isWide(telemetry)) pushTo(wide, telemetry.namespace, telemetry);
  }
  return wide;
});

/** Telemetries for one and the same namespace, each with its rivals; istiod takes the oldest, whole. */
export function wideTelemetryRivals(graph: Graph<'Telemetry'>): readonly Rivalry<Telemetry>[] {
  return [...wideTelemetries(graph).values()].flatMap((group) => rivalries(graph, group));
}

/** What a declaration of reads needs that looks for Telemetries of the same workloads. */
export const telemetryOverlapReads = {
  Telemetry: 'some',
  ...membershipReads,
  ...workloadReads,
} as const;

/** An overlap of Telemetries. */
export interface TelemetryOverlap extends Overlap<Telemetry> {
  /** Parts that this one and another one both set. */
  readonly shared: readonly string[];
  /** Whether none of the workloads has a proxy that would read them. */
  readonly idle: boolean;
}

/** Telemetries that select the same workloads (`applicableTelemetries` in pilot/pkg/model/telemetry.go). */
export function overlappingTelemetries(
  graph: Graph<keyof typeof telemetryOverlapReads>,
): readonly TelemetryOverlap[] {
  const members = membership(graph);
  const applies = (telemetry: Telemetry, workload: Workload): boolean => {
    const mode = members.modeOf(workload);
    // Ztunnel knows no Telemetry.
    return mode !== 'ambient' && attaches(telemetry, workload, mode === 'waypoint');
  };
  return overlapsOf(graph, graph.list('Telemetry'), selectorLabels, applies).map((overlap) => {
    const theirs = new Set(overlap.others.flatMap(sectionsOf));
    return {
      ...overlap,
      shared: sectionsOf(overlap.one).filter((section) => theirs.has(section)),
      idle: overlap.workloads.every((workload) => members.modeOf(workload) === 'none'),
    };
  });
}

/** Targets go before labels, and waypoints know nothing but targets (`ShouldAttachPolicy`). */
function attaches(telemetry: Telemetry, { labels }: Workload, isWaypoint: boolean): boolean {
  const refs = targetRefsOf(telemetry);
  if (refs.length === 0) return !isWaypoint && matchesLabels(selectorLabels(telemetry), labels);
  const gateway = labels[GATEWAY_NAME_LABEL];
  return gateway !== undefined && refs.some((ref) => aimsAt(ref, 'Gateway') && ref.name === gateway);
}

type AccessLog = NonNullable<TelemetrySpec['accessLogging']>[number];

/** An entry of `accessLogging` without providers, and what becomes of it. */
export interface ProviderlessLog {
  readonly telemetry: Telemetry;
  readonly index: number;
  readonly entry: AccessLog;
  /** `no-logs`: nothing names a provider for it; `no-filter`: it inherits one, but not with its own filter. */
  readonly verdict: 'no-logs' | 'no-filter';
}

/**
 * Access logs without providers. They take those of the entry before, of the Telemetry of the namespace or the mesh,
 * or of MeshConfig; filters only count beside providers (`mergeLogs` in pilot/pkg/model/telemetry.go).
 */
export function* providerlessLogs(graph: Graph<'Telemetry'>): Iterable<ProviderlessLog> {
  for (const telemetry of graph.list('Telemetry')) {
    if (graph.changedBy(telemetry) !== undefined) continue;
    let inherits = false;
    for (const [index, entry] of (telemetry.spec.accessLogging ?? []).entries()) {
      if ((entry.providers ?? []).length > 0) {
        inherits = true;
        continue;
      }
      if (entry.disabled === true) continue;
      if ((entry.filter?.expression ?? '') !== '') {
        const isSure = inherits || inheritsProviders(graph, telemetry) !== false;
        yield { telemetry, index, entry, verdict: isSure ? 'no-filter' : 'no-logs' };
      } else if (!inherits && inheritsProviders(graph, telemetry) === false) {
        yield { telemetry, index, entry, verdict: 'no-logs' };
      }
    }
  }
}

/** Telemetries for whole namespaces that name providers of access logs, or may come to: some change first. */
const loggingTelemetries = view({ Telemetry: 'some' }, (graph) => {
  const all = [...wideTelemetries(graph).values()].flat().filter((telemetry) => {
    const logs = telemetry.spec.accessLogging ?? [];
    return (
      graph.changedBy(telemetry) !== undefined || logs.some(({ providers = [] }) => providers.length > 0)
    );
  });
  const byNamespace = new Map<string, Telemetry[]>();
  for (const telemetry of all) pushTo(byNamespace, telemetry.namespace, telemetry);
  return { all, in: byNamespace };
});

/** Whether what stands above a Telemetry names providers of access logs; undefined when that is not known. */
function inheritsProviders(graph: Graph<'Telemetry'>, telemetry: Telemetry): boolean | undefined {
  const { config, configKnown, rootNamespace } = graph.mesh;
  if ((config.defaultProviders?.accessLogging ?? []).length > 0) return true;
  const { namespace } = telemetry;
  const logging = loggingTelemetries(graph);
  // A namespace that is not known may be any. For its own namespace only one Telemetry counts.
  const scopes = new Set([rootNamespace, namespace, FLOATING]);
  if (isWide(telemetry)) scopes.delete(namespace);
  const above =
    namespace === FLOATING ? logging.all : [...scopes].flatMap((scope) => logging.in.get(scope) ?? []);
  const first = above.find((other) => other !== telemetry);
  if (first !== undefined) return graph.changedBy(first) === undefined ? true : undefined;
  return configKnown || graph.isClosed('ConfigMap', rootNamespace) ? false : undefined;
}
