import {
  at,
  DATAPLANE_LABEL,
  defineRule,
  INJECTION_LABEL,
  injector,
  isOutsideInjection,
  type Labels,
  REVISION_LABEL,
} from '#sdk';

export default defineRule({
  code: 'IST0148',
  severity: 'info',
  since: '0.1.0',
  optIn: true,
  summary: 'A Namespace without any label is injected because the injector takes all namespaces.',
  reads: { Namespace: 'some', ConfigMap: 'some' },
  messages: {
    default: {
      what: 'Namespace {namespace} is injected without asking for it.',
      why: 'The injector is set to take every namespace that says nothing (`enableNamespacesByDefault`), so its pods get sidecars, and no label here shows it.',
      help: 'Label it `istio-injection: enabled` to say so, or `istio-injection: disabled` to keep it out.',
    },
  },
  check({ graph, report }) {
    if (!injector(graph).injectsByDefault) return;
    for (const namespace of graph.list('Namespace')) {
      const { name, metadata } = namespace;
      if (name === graph.mesh.rootNamespace || isOutsideInjection(name)) continue;
      if (graph.changedBy(namespace) !== undefined || speaks(metadata.labels ?? {})) continue;
      report(namespace, { at: at(metadata, 'name'), message: 'default', data: { namespace: name } });
    }
  },
});

/** Whether a label settles how the namespace is in the mesh. */
function speaks(labels: Labels): boolean {
  return (
    labels[DATAPLANE_LABEL] === 'ambient' ||
    labels[INJECTION_LABEL] !== undefined ||
    labels[REVISION_LABEL] !== undefined
  );
}
