import { view } from '../../graph/view.ts';
import type { Labels } from '../../model/labels.ts';
import { workloadReads, workloads } from '../workloads/workloads.ts';
import { DATAPLANE_LABEL, REDIRECTION_ANNOTATION } from './membership.ts';

/**
 * Namespaces in which something may be in ambient mode: a copy of the Namespace asks for it, or a workload does. Most
 * meshes are ambient in some namespaces only, and what is in none of them need not be looked at any closer.
 */
export const ambientNamespaces = view(
  { ...workloadReads, Namespace: 'some' },
  (graph): ReadonlySet<string> => {
    const asks = (labels: Labels | undefined): boolean => labels?.[DATAPLANE_LABEL] === 'ambient';
    const found = new Set<string>();
    for (const { name, metadata } of graph.list('Namespace')) if (asks(metadata.labels)) found.add(name);
    for (const { namespace, labels, annotations } of workloads(graph).all) {
      if (asks(labels) || annotations[REDIRECTION_ANNOTATION] === 'enabled') found.add(namespace);
    }
    return found;
  },
);
