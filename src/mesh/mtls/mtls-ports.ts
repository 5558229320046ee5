import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import type { PeerMtls } from '../../model/kinds.gen.ts';
import { membership } from '../membership/membership.ts';
import { containerPort, type ServedPort, servedPorts } from '../workloads/container-ports.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { mtlsReads } from './mtls.ts';
import { type PeerPolicy, peerAuthentications, selectsWorkload } from './peer-authentications.ts';

export const mtlsPortReads = { ...mtlsReads, ...serviceWorkloads.reads, Service: 'all' } as const;
type MtlsGraph = Graph<keyof typeof mtlsPortReads>;

/** A port of `portLevelMtls` on which none of the selected workloads listens, as far as they say. */
export interface UnknownMtlsPort {
  readonly policy: PeerPolicy;
  readonly ports: Readonly<Record<string, PeerMtls>>;
  readonly port: string;
  readonly workloads: readonly Workload[];
  /** The Service that has the number for another port of the containers. */
  readonly mapped: { readonly service: Resource<'Service'>; readonly target: number } | undefined;
  /** Ports that the workloads declare. */
  readonly declared: readonly number[];
  readonly lookup: Lookup<unknown>;
}

/**
 * Ports of PeerAuthentications are those of the containers: proxies and ztunnel match the port at which a connection
 * arrives (`buildInboundChainConfigs` in pilot/pkg/networking/core/listener_inbound.go), never that of a Service.
 */
export function findUnknownMtlsPorts(graph: MtlsGraph): readonly UnknownMtlsPort[] {
  const policies = peerAuthentications(graph);
  const found: UnknownMtlsPort[] = [];
  for (const namespace of policies.namespaces) {
    for (const policy of policies.selecting(namespace)) {
      const { portLevelMtls: ports = {} } = policy.spec;
      const keys = Object.keys(ports);
      if (keys.length === 0 || graph.changedBy(policy) !== undefined) continue;
      const selected = selectedBy(graph, policy);
      const known = selected?.map((workload) => listening(graph, workload));
      if (selected === undefined || known === undefined) continue;
      for (const port of keys) {
        const one = unknownPort(graph, policy, Number(port), known);
        if (one !== undefined) found.push({ ...one, policy, ports, port, workloads: selected });
      }
    }
  }
  return found;
}

/** Workloads in the mesh that the policy selects; undefined where something may be among them that nothing is known of. */
function selectedBy(graph: MtlsGraph, policy: PeerPolicy): readonly Workload[] | undefined {
  const { modeOf } = membership(graph);
  const all = workloads(graph)
    .matching(policy.spec.selector?.matchLabels ?? {}, policy.namespace)
    .filter((workload) => selectsWorkload(policy, workload) && graph.coexist(policy, workload.resource));
  const inMesh = all.filter((workload) => modeOf(workload) !== 'none');
  const isKnown = ({ pod, resource }: Workload): boolean =>
    pod !== undefined && graph.changedBy(resource) === undefined;
  return inMesh.length > 0 && inMesh.every(isKnown) ? inMesh : undefined;
}

/** Where a workload listens, as far as its manifest and the Services before it say. */
interface Listening {
  readonly declared: ReadonlySet<number>;
  readonly services: readonly {
    readonly service: Resource<'Service'>;
    readonly port: ServedPort;
    readonly target: number;
  }[];
  /** Whether there is a Service port of which nobody knows where it leads. */
  readonly open: boolean;
}

function listening(graph: MtlsGraph, workload: Workload): Listening {
  const declared = new Set<number>();
  const { containers = [], initContainers = [] } = workload.pod ?? {};
  for (const { ports = [], livenessProbe, readinessProbe, startupProbe } of [
    ...containers,
    ...initContainers,
  ]) {
    for (const { containerPort: number } of ports) if (number !== undefined) declared.add(number);
    for (const probe of [livenessProbe, readinessProbe, startupProbe]) {
      for (const action of [probe?.httpGet, probe?.tcpSocket, probe?.grpc])
        if (typeof action?.port === 'number') declared.add(action.port);
    }
  }
  const scraped = Number(workload.annotations['prometheus.io/port']);
  if (scraped > 0) declared.add(scraped);
  const services: Listening['services'][number][] = [];
  let open = false;
  for (const service of serviceWorkloads(graph).servicesOf(workload)) {
    if (graph.changedBy(service) !== undefined) open = true;
    for (const port of servedPorts(service)) {
      const target = containerPort(workload, port);
      if (target === undefined) open = true;
      else services.push({ service, port, target });
    }
  }
  return { declared, services, open };
}

function unknownPort(
  graph: MtlsGraph,
  policy: PeerPolicy,
  port: number,
  all: readonly Listening[],
): Pick<UnknownMtlsPort, 'mapped' | 'declared' | 'lookup'> | undefined {
  const isNamed = ({ declared, services, open }: Listening): boolean =>
    open || declared.has(port) || services.some(({ target }) => target === port);
  if (all.some(isNamed)) return undefined;
  const [mapped] = all.flatMap(({ services }) => services.filter((one) => one.port.number === port));
  const declared = [...new Set(all.flatMap((one) => [...one.declared]))].sort((a, b) => a - b);
  if (mapped !== undefined) return { mapped, declared, lookup: { state: 'absent' } };
  // Who declares no port at all may listen anywhere.
  if (all.some((one) => one.declared.size === 0)) return undefined;
  const name = `${policy.namespace}/${policy.name}: ${port}`;
  const knowledge = graph.known('Service', policy.namespace, policy);
  return { mapped, declared, lookup: graph.missing({ what: 'port', name, knowledge }, policy) };
}
