import type { Graph } from '../../graph/graph.ts';
import { complete, incomplete, type Knowledge } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { containerPort, servedPorts } from '../workloads/container-ports.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { anyWorkload, type Workload } from '../workloads/workloads.ts';
import { defaultIngress } from './default-ingress.ts';
import { gateways } from './gateways.ts';

type Service = Resource<'Service'>;

export const gatewayPortReads = { ...gateways.reads, ...serviceWorkloads.reads } as const;

/** A Service of this label keeps istiod from taking its ports for those of a Gateway. */
const NO_TRANSLATION_LABEL = 'experimental.istio.io/disable-gateway-port-translation';

/**
 * The port on which pods open a server that names a port of their Services: that to which the first of them sends it
 * (`resolvePorts` in pilot/pkg/model/gateway.go). A number that no Service has is opened as it is.
 */
export function targetPorts(workload: Workload, services: readonly Service[]): ReadonlyMap<number, number> {
  const targets = new Map<number, number>();
  for (const service of services) {
    if (isUntranslated(service)) continue;
    for (const served of servedPorts(service)) {
      const target = containerPort(workload, served);
      if (target !== undefined && !targets.has(served.number)) targets.set(served.number, target);
    }
  }
  return targets;
}

function isUntranslated({ metadata }: Service): boolean {
  return Object.hasOwn(metadata.labels ?? {}, NO_TRANSLATION_LABEL);
}

/** Ports of a Gateway's pods that traffic from elsewhere can get to. */
export interface ReachablePorts {
  /** Ports that a server may name. */
  readonly ports: ReadonlySet<number>;
  /** The Services that bring traffic to the pods. */
  readonly services: readonly Service[];
  /** What is offered, for people to choose from. */
  readonly offered: readonly number[];
  /** Whether these are all. */
  readonly knowledge: Knowledge;
}

/**
 * The ports on which servers of a Gateway can be reached: those of the Services before its pods, and those to which
 * these send traffic. Undefined when nobody can tell, or without pods, which is a finding of its own.
 */
export function reachablePorts(
  graph: Graph<keyof typeof gatewayPortReads>,
  gateway: Resource<'Gateway'>,
): ReachablePorts | undefined {
  const all = gateways(graph);
  const ingress = ingressPorts(graph);
  const isForIngress = all.selectsDefaultIngress(gateway);
  const pods = all.podsOf(gateway);
  if (pods.length === 0) return isForIngress ? ingress : undefined;
  // It may run beside the pods that are loaded.
  const ports = new Set(isForIngress ? ingress?.ports : []);
  const offered = new Set<number>();
  const services = new Set<Service>();
  for (const workload of pods) {
    const { pod } = workload;
    if (pod === undefined || pod.hostNetwork === true) return undefined;
    if (graph.changedBy(workload.resource) !== undefined) return undefined;
    for (const container of pod.containers ?? []) {
      for (const { hostPort, containerPort: number } of container.ports ?? [])
        if (hostPort !== undefined && number !== undefined) ports.add(number);
    }
    for (const service of serviceWorkloads(graph).servicesOf(workload)) {
      // A name that leads to the pods themselves leads to all of their ports.
      if (service.spec.clusterIP === 'None' || graph.changedBy(service) !== undefined) return undefined;
      services.add(service);
      addPorts(workload, service, ports, offered);
    }
    if (isBehindIngress(graph, workload)) for (const port of ingress?.ports ?? []) ports.add(port);
  }
  // In an open world the Service may be made elsewhere, or the pods reached in some other way.
  if (services.size === 0 && !graph.isClosed('Service')) return undefined;
  return {
    ports,
    services: [...services],
    offered: [...offered].sort((a, b) => a - b),
    knowledge: knowledgeOf(graph, isForIngress),
  };
}

function addPorts(
  workload: Workload | undefined,
  service: Service,
  ports: Set<number>,
  offered: Set<number>,
): void {
  for (const served of servedPorts(service)) {
    const target =
      workload === undefined
        ? typeof served.target === 'number'
          ? served.target
          : undefined
        : containerPort(workload, served);
    offered.add(served.number);
    if (target !== undefined) ports.add(target);
    if (!isUntranslated(service)) ports.add(served.number);
  }
}

function knowledgeOf(graph: Graph, isForIngress: boolean): Knowledge {
  if (graph.isClosed('Service') && graph.isClosed(anyWorkload)) return complete;
  if (graph.world === 'live') return incomplete('not all Services and workloads of the cluster were read');
  if (graph.world === 'open') return incomplete('the world is open (--world open)');
  return isForIngress
    ? incomplete(
        'the gateway that Istio brings may be installed with other ports than those it opens by default',
      )
    : complete;
}

/** Whether pods carry the label by which the Service of the gateway that Istio brings selects its own. */
function isBehindIngress(graph: Graph, { namespace, labels }: Workload): boolean {
  const ingress = defaultIngress(graph);
  return ingress !== undefined && namespace === ingress.namespace && labels.istio === ingress.labels.istio;
}

/** The gateway that Istio brings: as its Service says, where that is loaded, else as Istio installs it. */
function ingressPorts(graph: Graph<'Service'>): ReachablePorts | undefined {
  const ingress = defaultIngress(graph);
  if (ingress === undefined) return undefined;
  const services = graph.copies('Service', { namespace: ingress.namespace, name: ingress.service });
  if (services.some((service) => graph.changedBy(service) !== undefined)) return undefined;
  const ports = new Set(services.length === 0 ? ingress.ports : []);
  const offered = new Set(ports);
  for (const service of services) addPorts(undefined, service, ports, offered);
  const knowledge = knowledgeOf(graph, true);
  return { ports, services, offered: [...offered].sort((a, b) => a - b), knowledge };
}
