import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import type { Labels } from '../../model/labels.ts';
import { type Workload, workloadReads, workloads } from './workloads.ts';

export interface ServiceWorkloads {
  /** Workloads of the Service's namespace that its selector matches; none without a selector. */
  of(service: Resource<'Service'>): readonly Workload[];
  /** Services of the workload's namespace whose selector matches it. */
  servicesOf(workload: Workload): readonly Resource<'Service'>[];
}

/**
 * Which Services stand before which workloads. Variants of each other, of which only one is ever applied, are
 * not brought together.
 */
export const serviceWorkloads = view({ Service: 'some', ...workloadReads }, (graph): ServiceWorkloads => {
  const set = workloads(graph);
  const known = new Map<Resource<'Service'>, readonly Workload[]>();
  const of = (service: Resource<'Service'>): readonly Workload[] =>
    ensure(known, service, () => find(service));
  function find(service: Resource<'Service'>): readonly Workload[] {
    const selector = selectorOf(service);
    if (Object.keys(selector).length === 0) return [];
    return set
      .matching(selector, service.namespace)
      .filter((workload) => graph.coexist(service, workload.resource));
  }

  let inverse: ReadonlyMap<Workload, readonly Resource<'Service'>[]> | undefined;
  function turnRound(): ReadonlyMap<Workload, readonly Resource<'Service'>[]> {
    const services = new Map<Workload, Resource<'Service'>[]>();
    for (const service of graph.list('Service'))
      for (const workload of of(service)) pushTo(services, workload, service);
    return services;
  }
  return {
    of,
    servicesOf(workload) {
      inverse ??= turnRound();
      return inverse.get(workload) ?? none;
    },
  };
});

const none: readonly Resource<'Service'>[] = [];

function selectorOf(service: Resource<'Service'>): Labels {
  return service.spec.type === 'ExternalName' ? {} : (service.spec.selector ?? {});
}
