import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import type { Labels } from '../../model/labels.ts';
import { labelPairs, mayCarry, templateLabels } from './pod-labels.ts';
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
  // Services by the first pair of their selector: a workload only looks at those that share a label with it.
  const byPair = new Map<string, Resource<'Service'>[]>();
  const known = new Map<Workload, readonly Resource<'Service'>[]>();
  for (const service of graph.list('Service')) {
    const selector = selectorOf(service);
    if (Object.keys(selector).length === 0) continue;
    const [pair] = Object.entries(templateLabels(selector));
    pushTo(byPair, pairKey(service.namespace, pair), service);
  }
  return {
    of(service) {
      const selector = selectorOf(service);
      if (Object.keys(selector).length === 0) return [];
      return set
        .matching(selector, service.namespace)
        .filter((workload) => graph.coexist(service, workload.resource));
    },
    servicesOf: (workload) => ensure(known, workload, () => servicesOf(workload)),
  };

  function servicesOf(workload: Workload): readonly Resource<'Service'>[] {
    const found: Resource<'Service'>[] = [];
    for (const pair of [undefined, ...labelPairs(workload)]) {
      for (const service of byPair.get(pairKey(workload.namespace, pair)) ?? []) {
        if (mayCarry(workload, selectorOf(service)) && graph.coexist(service, workload.resource))
          found.push(service);
      }
    }
    return found;
  }
});

/** `undefined` for selectors of labels alone that no template shows. */
function pairKey(namespace: string, pair: readonly [string, string] | undefined): string {
  return pair === undefined ? namespace : `${namespace} ${pair[0]} ${pair[1]}`;
}

function selectorOf(service: Resource<'Service'>): Labels {
  return service.spec.type === 'ExternalName' ? {} : (service.spec.selector ?? {});
}
