import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { pushTo } from '../../model/collections.ts';
import { folderOf } from '../../model/layout.ts';
import { FLOATING } from '../../model/names.ts';
import { relevantCopies } from '../conflicts/copies.ts';
import { membership, membershipReads } from '../membership/membership.ts';
import { containerPort } from '../workloads/container-ports.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { type Protocol, protocolOf } from './protocols.ts';

type Service = Resource<'Service'>;

/** A port of a Service that leads to a port of a workload. */
export interface LeadingPort {
  readonly service: Service;
  /** Where it stands in `spec.ports`. */
  readonly index: number;
  readonly number: number;
  readonly protocol: Protocol;
  /**
   * What the sidecar of the workload makes of the protocol: `http`, `http2` and `tcp` exclude each other, `sniffed`
   * goes with all.
   */
  readonly treatment: Treatment;
}

export type Treatment = 'http' | 'http2' | 'tcp' | 'sniffed';

/** A port of a workload with a sidecar, and the ports of Services that lead to it. */
export interface SharedPort {
  readonly workload: Workload;
  /** Number of the container's port, or its name where no container has it. */
  readonly target: string;
  /** At least two. */
  readonly ports: readonly LeadingPort[];
}

/** More Services before one workload are not compared. */
const MOST_SERVICES = 20;

/**
 * Ports of workloads to which several ports of Services lead. A sidecar has one listener for each port of its
 * workload, which the oldest Service shapes (`getFilterChainsByServicePort` in
 * pilot/pkg/networking/core/listener_inbound.go); UDP and SCTP are none of its business.
 */
export const sharedPorts = view(
  { ...membershipReads, ...serviceWorkloads.reads },
  (graph): readonly SharedPort[] => {
    const { servicesOf } = serviceWorkloads(graph);
    const { modeOf } = membership(graph);
    const shared: SharedPort[] = [];
    for (const workload of workloads(graph).all) {
      const services = servicesOf(workload);
      // Most workloads stand behind a single port, which nothing can contradict.
      const isShared = services.length > 1 || (services[0]?.spec.ports ?? []).length > 1;
      if (!isShared || modeOf(workload) !== 'sidecar') continue;
      const byTarget = new Map<string, LeadingPort[]>();
      for (const service of together(graph, services, workload)) {
        for (const { target, ...port } of portsTo(service, workload)) pushTo(byTarget, target, port);
      }
      for (const [target, ports] of byTarget) if (ports.length > 1) shared.push({ workload, target, ports });
    }
    return shared;
  },
);

/** Those of the Services that are applied together, as far as that is known. */
function together(graph: Graph, services: readonly Service[], { resource }: Workload): readonly Service[] {
  const near = relevantCopies(graph, services, resource).filter(
    (service) => graph.changedBy(service) === undefined && isBeside(service, resource),
  );
  const kept: Service[] = [];
  for (const service of near) {
    const isOnly = near.every((other) => other === service || other.name !== service.name);
    if (isOnly && kept.every((other) => graph.coexist(service, other))) kept.push(service);
    if (kept.length >= MOST_SERVICES) break;
  }
  return kept;
}

/** What floats in another folder may belong to another application of the same name. */
function isBeside(service: Service, { namespace, origin }: Workload['resource']): boolean {
  return namespace !== FLOATING || folderOf(service.origin.source.path) === folderOf(origin.source.path);
}

function* portsTo(service: Service, workload: Workload): Iterable<LeadingPort & { readonly target: string }> {
  for (const [index, port] of (service.spec.ports ?? []).entries()) {
    const { port: number, name = '', protocol, targetPort } = port;
    if (number === undefined || protocol === 'UDP' || protocol === 'SCTP') continue;
    const target = targetPort === undefined || targetPort === 0 || targetPort === '' ? number : targetPort;
    const spoken = protocolOf(port);
    yield {
      service,
      index,
      number,
      protocol: spoken,
      treatment: treatments[spoken],
      target: String(containerPort(workload, { number, name, target }) ?? target),
    };
  }
}

const treatments: Readonly<Record<Protocol, Treatment>> = {
  UDP: 'sniffed',
  TCP: 'tcp',
  HTTP: 'http',
  HTTP_PROXY: 'http',
  HTTP2: 'http2',
  HTTPS: 'tcp',
  GRPC: 'http2',
  'GRPC-Web': 'http2',
  TLS: 'tcp',
  Mongo: 'tcp',
  Redis: 'tcp',
  MySQL: 'tcp',
  Unsupported: 'sniffed',
};

/**
 * What the ports disagree about: whether HTTP is spoken at all (`protocols`), or which version of it the sidecar
 * speaks with the container (`versions`, of which HTTP/2 comes with gRPC). Undefined when they agree.
 */
export function disagreementOf(ports: readonly LeadingPort[]): 'protocols' | 'versions' | undefined {
  const treatments = new Set(ports.map(({ treatment }) => treatment));
  treatments.delete('sniffed');
  if (treatments.size < 2) return undefined;
  return treatments.has('tcp') ? 'protocols' : 'versions';
}
