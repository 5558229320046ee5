import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { viewOf } from '../../graph/view.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { membership } from '../membership/membership.ts';
import { containerPort, servedPorts } from '../workloads/container-ports.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { anyWorkload, type Workload } from '../workloads/workloads.ts';
import { policiesUsing } from './authorization-fields.ts';
import { type ComparedValue, comparedValues } from './authorization-values.ts';
import { policyReach, targetRefsOf } from './policies.ts';

type Policy = Resource<'AuthorizationPolicy'>;

/** A port that a policy names, and on which none of its workloads listens as far as they tell. */
export interface DeafPort {
  readonly policy: Policy;
  readonly value: ComparedValue;
  /** The port of a Service that is meant, by the looks of it, and where it leads. */
  readonly meant:
    | { readonly service: Resource<'Service'>; readonly target: number; readonly workload: Workload }
    | undefined;
  readonly workloads: readonly Workload[];
  readonly lookup: Lookup<unknown>;
}

interface Listening {
  /** Ports of its containers, and those that Services send to. */
  readonly ports: ReadonlySet<number>;
  /** Ports of Services that lead to another port of the workload. */
  readonly served: ReadonlyMap<number, { readonly service: Resource<'Service'>; readonly target: number }>;
  /** Whether its containers declare nothing. */
  readonly isSilent: boolean;
  /** Whether it is not known where it listens: machines, names of ports that no container has, patches. */
  readonly isUnclear: boolean;
}

const reads = { ...waypointReads } as const;

/** Where a workload listens, as far as its containers and its Services tell. */
const listening = viewOf(reads, (graph, workload: Workload): Listening => {
  const ports = new Set<number>();
  for (const { ports: list = [], ...container } of workload.pod?.containers ?? []) {
    for (const { containerPort: number } of list) if (number !== undefined) ports.add(number);
    for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
      if (typeof port === 'number') ports.add(port);
    }
  }
  const served = new Map<number, { service: Resource<'Service'>; target: number }>();
  const isSilent = ports.size === 0;
  let isUnclear = workload.pod === undefined || isChanged(graph, workload.resource);
  for (const service of serviceWorkloads(graph).servicesOf(workload)) {
    if (graph.changedBy(service) !== undefined) isUnclear = true;
    for (const port of servedPorts(service)) {
      const target = containerPort(workload, port);
      if (target === undefined) isUnclear = true;
      else {
        ports.add(target);
        // Straight to its pods a headless Service leads on the port that the client dials.
        if (service.spec.clusterIP === 'None') ports.add(port.number);
        else if (target !== port.number) served.set(port.number, { service, target });
      }
    }
  }
  return { ports, served, isSilent, isUnclear };
});

function isChanged(graph: Graph, resource: Resource): boolean {
  return graph.changedBy(resource) !== undefined;
}

/**
 * Ports that a policy names where a port of containers is compared: the inbound listener of a sidecar, a ztunnel or a
 * gateway (`destPortGenerator` in pilot/pkg/security/authz/model/generator.go matches the local address of the
 * connection). Policies with targets are left out: before a Service the port of the Service counts.
 */
export function deafPorts(graph: Graph<keyof typeof reads | 'AuthorizationPolicy'>): readonly DeafPort[] {
  const reach = policyReach(graph);
  const { modeOf } = membership(graph);
  return policiesUsing(graph, ['ports', 'notPorts', 'destination.port']).flatMap(
    (policy): readonly DeafPort[] => {
      if (targetRefsOf(policy).length > 0 || graph.changedBy(policy) !== undefined) return [];
      const values = [...comparedValues(policy, 'ports')].filter(({ text }) => /^\d+$/.test(text));
      if (values.length === 0) return [];
      const selected = reach
        .selected(policy)
        .filter((workload) => !['none', 'waypoint'].includes(modeOf(workload)));
      if (selected.length === 0) return [];
      return values.flatMap((value) => deafPort(graph, policy, value, selected) ?? []);
    },
  );
}

/** Ports of the proxy itself, which no container declares. */
function isOfProxy(port: number): boolean {
  return port >= 15_000 && port < 15_100;
}

function deafPort(
  graph: Graph<keyof typeof reads>,
  policy: Policy,
  value: ComparedValue,
  selected: readonly Workload[],
): DeafPort | undefined {
  const port = Number(value.text);
  const all = selected.map((workload) => ({ workload, ...listening(graph, workload) }));
  if (isOfProxy(port) || all.some(({ ports }) => ports.has(port))) return undefined;
  const found = all.find(({ served }) => served.has(port));
  const served = found?.served.get(port);
  const meant =
    found === undefined || served === undefined ? undefined : { ...served, workload: found.workload };
  const { modeOf } = membership(graph);
  if (all.some(({ isUnclear }) => isUnclear)) return undefined;
  if (meant === undefined) {
    // What gateways listen on is said by other resources.
    if (all.some(({ isSilent, workload }) => isSilent || modeOf(workload) === 'gateway')) return undefined;
  } else if (Array.isArray(value.at.owner) && value.at.owner.includes(`${meant.target}`)) {
    // Both are named, to be on the safe side.
    return undefined;
  }
  const { namespace } = policy;
  const knowledge =
    namespace === graph.mesh.rootNamespace
      ? graph.knownEverywhere(anyWorkload, policy)
      : graph.known(anyWorkload, namespace, policy);
  const lookup = graph.missing({ what: 'port', name: value.text, knowledge }, policy);
  return { policy, value, meant, workloads: selected, lookup };
}

export const deafPortReads = { ...reads, AuthorizationPolicy: 'some' } as const;
