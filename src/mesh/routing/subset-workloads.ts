import type { Graph } from '../../graph/graph.ts';
import { incomplete, type Lookup, type NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import type { Subset } from '../../model/kinds.gen.ts';
import { type Labels, matchesLabels, showLabels } from '../../model/labels.ts';
import { relevantCopies } from '../conflicts/copies.ts';
import { expandHost, isWildcard } from '../hosts/hosts.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { anyWorkload, workloadReads, workloads } from '../workloads/workloads.ts';

/** What the look-up of the workloads of a subset reads. */
export const subsetWorkloadReads = {
  ...hostRegistry.reads,
  ...workloadReads,
  Endpoints: 'all',
  EndpointSlice: 'all',
} as const;
type ReadKind = keyof typeof subsetWorkloadReads;

/** Why a subset stands for nothing. */
export interface EmptySubset {
  /**
   * `workload`: no workload carries the labels; `contradiction`: none ever can, the Service selects another value;
   * `endpoint`: no endpoint of the ServiceEntry carries them.
   */
  readonly reason: 'workload' | 'contradiction' | 'endpoint';
  readonly lookup: NotFound;
  readonly target: Resource<'Service'> | Resource<'ServiceEntry'>;
  /** The labels that are missing, as text. */
  readonly labels: string;
}

/**
 * Looks up the workloads that a subset of a DestinationRule stands for: those of the host that carry its labels
 * (`FromServiceEndpoints` in pilot/pkg/xds/endpoints/endpoint_builder.go). Undefined when there is one, and when the
 * host is a wildcard, unknown, or of a kind that does not choose by labels.
 */
export function findEmptySubset(
  graph: Graph<ReadKind>,
  subset: Subset,
  rule: Resource<'DestinationRule'>,
): EmptySubset | undefined {
  const host = expandHost(rule.spec.host ?? '', rule.namespace, graph.mesh.clusterDomain);
  const labels = knownBeforehand(subset.labels ?? {});
  if (isWildcard(host) || Object.keys(labels).length === 0) return undefined;
  const targets = hostRegistry(graph)
    .targets(host)
    .filter((target) => target.host === host)
    .map(({ resource }) => resource);
  let empty: EmptySubset | undefined;
  for (const target of relevantCopies<Resource<'Service'> | Resource<'ServiceEntry'>>(graph, targets, rule)) {
    const answer = isService(target)
      ? lookBehindService(graph, labels, target, rule)
      : lookBehindEntry(graph, labels, target, rule);
    if (answer === undefined) return undefined;
    // Only what is certain for every target is certain.
    if (empty === undefined || answer.lookup.state === 'unknown') empty = answer;
  }
  return empty;
}

function isService(target: Resource<'Service'> | Resource<'ServiceEntry'>): target is Resource<'Service'> {
  return target.kind === 'Service';
}

function lookBehindService(
  graph: Graph<ReadKind>,
  labels: Labels,
  service: Resource<'Service'>,
  rule: Resource<'DestinationRule'>,
): EmptySubset | undefined {
  const { type, clusterIP, selector = {} } = service.spec;
  // Traffic to a headless Service goes to the address that was asked for, whatever the subset says.
  if (type === 'ExternalName' || clusterIP === 'None') return undefined;
  const answer = (): Pick<EmptySubset, 'target' | 'labels'> => ({
    target: service,
    labels: showLabels(labels),
  });
  if (Object.keys(selector).length === 0) {
    const lookup = findEndpoints(graph, service, rule);
    return lookup.state === 'found' ? undefined : { ...answer(), reason: 'workload', lookup };
  }
  const clash = Object.keys(labels).find(
    (key) => Object.hasOwn(selector, key) && selector[key] !== labels[key],
  );
  if (clash !== undefined) {
    const knowledge = graph.known('Service', service.namespace, rule);
    const lookup = graph.missing({ what: 'workload', name: showLabels(labels), knowledge }, rule);
    return { ...answer(), reason: 'contradiction', lookup, labels: `${clash}=${labels[clash] ?? ''}` };
  }
  const lookup = missingBehind(graph, selector, labels, service, rule);
  return lookup && { ...answer(), reason: 'workload', lookup };
}

function lookBehindEntry(
  graph: Graph<ReadKind>,
  labels: Labels,
  entry: Resource<'ServiceEntry'>,
  rule: Resource<'DestinationRule'>,
): EmptySubset | undefined {
  const { resolution, endpoints = [], workloadSelector } = entry.spec;
  // These are reached at the address that the client has, there are no endpoints to choose from.
  if (resolution === undefined || resolution === 'NONE' || resolution === 'DYNAMIC_DNS') return undefined;
  const answer = { target: entry, labels: showLabels(labels) };
  if (workloadSelector !== undefined) {
    const lookup = missingBehind(graph, workloadSelector.labels ?? {}, labels, entry, rule);
    return lookup && { ...answer, reason: 'workload', lookup };
  }
  if (endpoints.some((endpoint) => matchesLabels(labels, endpoint.labels))) return undefined;
  const knowledge = graph.known('ServiceEntry', entry.namespace, rule);
  const lookup = graph.missing({ what: 'endpoint', name: answer.labels, knowledge }, rule);
  return { ...answer, reason: 'endpoint', lookup };
}

/**
 * The look-up of what a selector and further labels select, when they select nothing: unknown unless the selector by
 * itself finds something.
 */
function missingBehind(
  graph: Graph<ReadKind>,
  selector: Labels,
  labels: Labels,
  target: Resource<'Service'> | Resource<'ServiceEntry'>,
  rule: Resource<'DestinationRule'>,
): NotFound | undefined {
  const both = { ...selector, ...labels };
  const set = workloads(graph);
  if (set.matching(both, target.namespace).length > 0) return undefined;
  const why = graph.isClosed(anyWorkload) ? undefined : whyNotJudged(graph, selector, target, rule);
  const lookup =
    why === undefined
      ? set.select(both, target.namespace, rule)
      : graph.missing({ what: 'workload', name: showLabels(both), knowledge: incomplete(why) }, rule);
  return lookup.state === 'found' ? undefined : lookup;
}

function whyNotJudged(
  graph: Graph<ReadKind>,
  selector: Labels,
  target: Resource<'Service'> | Resource<'ServiceEntry'>,
  rule: Resource<'DestinationRule'>,
): string | undefined {
  const { kind, name, namespace } = target;
  const changed = graph.changedBy(target);
  if (changed !== undefined) return `${changed} changes ${kind} ${name}`;
  // Without a namespace, what stands in other folders may be another application of the same name.
  const here = graph.known(kind, namespace, rule);
  if (!here.complete) return here.why;
  return workloads(graph).matching(selector, namespace).length === 0
    ? `no workload of ${kind} ${name} is loaded`
    : undefined;
}

/** Endpoints that stand behind a Service without a selector; they may be of pods, with any labels. */
function findEndpoints(
  graph: Graph<ReadKind>,
  service: Resource<'Service'>,
  rule: Resource<'DestinationRule'>,
): Lookup<unknown> {
  const slice = graph
    .list('EndpointSlice', service.namespace)
    .find(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service.name);
  return slice === undefined
    ? graph.find('Endpoints', service, rule)
    : { state: 'found', value: slice, all: [slice] };
}

/** Labels that say where an endpoint runs: nodes and the mesh add them, whatever templates and pods say. */
const whereItRuns =
  /^(?:(?:topology|failure-domain\.beta)\.kubernetes\.io\/|topology\.istio\.io\/|kubernetes\.io\/hostname$|istio-locality$)/;

/** The labels that do not hang on the node; an empty one is never added, so it has to be there. */
function knownBeforehand(labels: Labels): Labels {
  const isLater = (key: string): boolean => labels[key] !== '' && whereItRuns.test(key);
  if (!Object.keys(labels).some(isLater)) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !isLater(key)));
}
