import { at, defineRule, policyWorkloads, type Related, showLabels, suspectLabel, type Workload } from '#sdk';

export default defineRule({
  code: 'IST0127',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy applies to no workload.',
  reads: { AuthorizationPolicy: 'some', ...policyWorkloads.reads },
  messages: {
    selector: {
      what: 'No workload carries the labels {labels} that this AuthorizationPolicy selects.',
      why: 'The policy is enforced by the workloads that it selects. There are none {where}, so it allows nothing and denies nothing.',
      help: 'Select labels that the pods carry, all of them, in the namespace of the policy.',
    },
    namespace: {
      what: 'This AuthorizationPolicy covers namespace {namespace}, in which nothing runs.',
      why: 'A policy without selector is enforced by the workloads of its namespace, and there are none.',
      help: 'Move the policy to the namespace of the workloads, or remove it.',
    },
    outside: {
      what: 'No workload that this AuthorizationPolicy applies to is part of the mesh.',
      why: 'A policy is enforced by a sidecar, by ztunnel or by a gateway. These workloads have neither a proxy nor ambient mode, so whoever reaches them gets in.',
      help: 'Label the namespace (`istio.io/dataplane-mode: ambient` or `istio-injection: enabled`), or remove the policy.',
    },
  },
  check({ graph, report }) {
    const { reachOf } = policyWorkloads(graph);
    for (const policy of graph.list('AuthorizationPolicy')) {
      const { selector, targetRef, targetRefs = [] } = policy.spec;
      // Attached to a Service or gateway: other rules look at that.
      if (targetRef !== undefined || targetRefs.length > 0) continue;
      if (graph.changedBy(policy) !== undefined) continue;
      const reach = reachOf(policy);
      if (reach === undefined) continue;
      const { labels, lookup, outside } = reach;
      const isSelecting = Object.keys(labels).length > 0;
      const place = isSelecting
        ? at(selector?.matchLabels ?? labels, suspectLabel(labels, lookup))
        : at(policy.metadata, 'namespace');
      if (outside.length > 0) {
        report(policy, { at: place, message: 'outside', related: outside.slice(0, 5).map(relate) });
      } else if (isSelecting) {
        const where = policy.namespace === graph.mesh.rootNamespace ? 'in any namespace' : 'in its namespace';
        const data = { labels: showLabels(labels), where };
        report(policy, { at: place, message: 'selector', data, lookup });
      } else {
        const data = { namespace: policy.namespace };
        report(policy, { at: place, message: 'namespace', severity: 'info', data, lookup });
      }
    }
  },
});

function relate({ resource }: Workload): Related {
  return { resource, note: 'applies to this workload' };
}
