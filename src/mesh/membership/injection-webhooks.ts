import { view } from '../../graph/view.ts';
import { type Labels, matchesSelector } from '../../model/labels.ts';
import { type Workload, workloadReads } from '../workloads/workloads.ts';
import { membership, membershipReads } from './membership.ts';

export const injectionReads = {
  ...workloadReads,
  ...membershipReads,
  MutatingWebhookConfiguration: 'some',
} as const;

/**
 * Whether the pods of a workload get a sidecar: by the webhooks of Istio that are loaded
 * (pkg/config/analysis/analyzers/injection/image-auto.go), else by those that Istio installs. Undefined when unknown.
 */
export const injection = view(injectionReads, (graph): ((workload: Workload) => boolean | undefined) => {
  const members = membership(graph);
  const webhooks = graph
    .list('MutatingWebhookConfiguration')
    .flatMap(({ body }) => body.webhooks ?? [])
    .filter(({ name }) => name?.endsWith('istio.io'));
  return (workload) => {
    const { namespace, labels, resource } = workload;
    const usual = graph.changedBy(resource) === undefined ? members.injects(workload) : undefined;
    const own = members.namespaceLabels(namespace, workload);
    if (webhooks.length === 0 || own === undefined || usual === undefined) return usual;
    // Kubernetes labels every namespace with its name.
    const namespaceLabels: Labels = { ...own, 'kubernetes.io/metadata.name': namespace };
    const isCalled = webhooks.some(
      ({ namespaceSelector = {}, objectSelector = {} }) =>
        matchesSelector(namespaceSelector, namespaceLabels) && matchesSelector(objectSelector, labels),
    );
    // Further webhooks may be kept elsewhere.
    return graph.isClosed('MutatingWebhookConfiguration') ? isCalled : isCalled || usual;
  };
});
