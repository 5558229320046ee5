import type { Resource } from '../graph/resource.ts';
import { view } from '../graph/view.ts';
import { type Labels, matchesLabels } from '../model/labels.ts';
import { type Workload, workloadReads, workloads } from './workloads.ts';

export interface ServiceWorkloads {
  /** Workloads of the Service's namespace that its selector matches; none without a selector. */
  of(service: Resource<'Service'>): readonly Workload[];
  /** Services of the workload's namespace whose selector matches it. */
  servicesOf(workload: Workload): readonly Resource<'Service'>[];
}

/** Which Services stand before which workloads. */
export const serviceWorkloads = view({ Service: 'some', ...workloadReads }, (graph): ServiceWorkloads => {
  const set = workloads(graph);
  // Services by the first pair of their selector: a workload only looks at those that share a label with it.
  const byPair = new Map<string, Resource<'Service'>[]>();
  for (const service of graph.list('Service')) {
    const selector = selectorOf(service);
    const [key] = Object.keys(selector);
    if (key === undefined) continue;
    const pair = `${service.namespace} ${key}=${selector[key]}`;
    const list = byPair.get(pair);
    if (list === undefined) byPair.set(pair, [service]);
    else list.push(service);
  }
  return {
    of(service) {
      const selector = selectorOf(service);
      return Object.keys(selector).length === 0 ? [] : set.matching(selector, service.namespace);
    },
    servicesOf(workload) {
      const found: Resource<'Service'>[] = [];
      for (const key of Object.keys(workload.labels)) {
        for (const service of byPair.get(`${workload.namespace} ${key}=${workload.labels[key]}`) ?? []) {
          if (matchesLabels(selectorOf(service), workload.labels)) found.push(service);
        }
      }
      return found;
    },
  };
});

function selectorOf(service: Resource<'Service'>): Labels {
  return service.spec.type === 'ExternalName' ? {} : (service.spec.selector ?? {});
}
