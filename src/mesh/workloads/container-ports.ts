import type { Resource } from '../../graph/resource.ts';
import { isKind } from './workload-sources.ts';
import type { Workload } from './workloads.ts';

/** A port of a Service or ServiceEntry, and where its traffic goes. */
export interface ServedPort {
  readonly number: number;
  readonly name: string;
  /** A port of the containers, or the name of one. */
  readonly target: number | string;
}

/** The TCP ports that clients may dial. */
export function servedPorts(target: Resource<'Service' | 'ServiceEntry'>): readonly ServedPort[] {
  const ports: ServedPort[] = [];
  for (const port of target.spec.ports ?? []) {
    const number = 'number' in port ? port.number : 'port' in port ? port.port : undefined;
    if (number === undefined || port.protocol === 'UDP') continue;
    ports.push({ number, name: port.name ?? '', target: port.targetPort ?? number });
  }
  return ports;
}

/** The port of its containers on which a workload gets the traffic; undefined when it has no port of that name. */
export function containerPort(workload: Workload, port: ServedPort): number | undefined {
  const own = listedPorts(workload)?.[port.name];
  if (own !== undefined) return own;
  if (typeof port.target === 'number') return port.target;
  for (const container of workload.pod?.containers ?? []) {
    for (const { name, containerPort: number } of container.ports ?? [])
      if (name === port.target) return number;
  }
  return undefined;
}

/** Machines say themselves where they listen, by the name of the Service's port. */
function listedPorts({ resource }: Workload): Readonly<Record<string, number>> | undefined {
  if (isKind(resource, 'WorkloadEntry')) return resource.spec.ports;
  return isKind(resource, 'WorkloadGroup') ? resource.spec.template?.ports : undefined;
}
