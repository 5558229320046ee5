import { at, DATAPLANE_LABEL, defineRule, INJECTION_LABEL, type Labels, REVISION_LABEL } from '#sdk';

export default defineRule({
  code: 'IST0123',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A Namespace carries two labels that enrol its workloads in the mesh in different ways.',
  reads: { Namespace: 'some' },
  messages: {
    'sidecar-and-ambient': {
      what: 'Namespace {namespace} asks for sidecars by `{injection}` and for ambient mode at the same time.',
      why: 'Sidecars win: pods that get one are left alone by ztunnel, and only pods that refuse the sidecar are ambient. So one namespace ends up in two modes, pod by pod.',
      help: 'Remove `istio.io/dataplane-mode` to keep sidecars, or `{key}` to move to ambient mode and then restart the pods. To mix both on purpose, choose per workload by labels on the pod templates.',
    },
    'two-injection-labels': {
      what: 'Namespace {namespace} names its sidecar injector twice, by `istio-injection=enabled` and by `istio.io/rev={revision}`.',
      why: '`istio-injection` wins: the default revision injects, and revision {revision} never does, whatever the other label says.',
      help: 'Remove `istio.io/rev` to stay with the default revision, or `istio-injection` to be injected by revision {revision}.',
    },
  },
  check({ graph, report }) {
    for (const namespace of graph.list('Namespace')) {
      const { labels = {} } = namespace.metadata;
      if (namespace.name === graph.mesh.rootNamespace || graph.changedBy(namespace) !== undefined) continue;
      const key = injectionKey(labels);
      if (key === undefined) continue;
      if (labels[DATAPLANE_LABEL] === 'ambient') {
        report(namespace, {
          at: at(labels, DATAPLANE_LABEL),
          message: 'sidecar-and-ambient',
          data: { namespace: namespace.name, key, injection: `${key}=${labels[key]}` },
          related: [{ resource: namespace, at: at(labels, key), note: 'This label asks for sidecars.' }],
        });
      }
      const revision = labels[REVISION_LABEL];
      if (key === INJECTION_LABEL && revision !== undefined) {
        report(namespace, {
          at: at(labels, REVISION_LABEL),
          message: 'two-injection-labels',
          data: { namespace: namespace.name, revision },
          related: [{ resource: namespace, at: at(labels, INJECTION_LABEL), note: 'This label wins.' }],
        });
      }
    }
  },
});

/** The label that gets sidecars into the namespace; any other value of `istio-injection` switches them off for good. */
function injectionKey(labels: Labels): string | undefined {
  const injection = labels[INJECTION_LABEL];
  if (injection !== undefined) return injection === 'enabled' ? INJECTION_LABEL : undefined;
  return labels[REVISION_LABEL] === undefined ? undefined : REVISION_LABEL;
}
