import {
  at,
  DATAPLANE_LABEL,
  defineRule,
  INJECTION_LABEL,
  injector,
  type Labels,
  membership,
  membershipReads,
  REVISION_LABEL,
  workloadReads,
  workloads,
} from '#sdk';

export default defineRule({
  code: 'IST0102',
  severity: 'info',
  since: '0.1.0',
  summary: 'A Namespace outside the mesh stands beside others that are in it.',
  reads: { ...workloadReads, ...membershipReads },
  messages: {
    outside: {
      what: 'Namespace {namespace} is not in the mesh: no label asks for sidecars or for ambient mode.',
      why: 'Its pods send and accept plain text, have no identity, and no policy, route or metric of Istio applies to them.',
      help: 'Label it `istio.io/dataplane-mode: ambient`, or `istio-injection: enabled` for sidecars. To leave it out on purpose, say so by `istio-injection: disabled`.',
    },
  },
  check({ graph, report, requested }) {
    // Where every namespace is injected unless it says no, none is forgotten.
    if (injector(graph).injectsByDefault) return;
    const namespaces = graph.list('Namespace');
    if (!requested && !namespaces.some(({ metadata }) => isEnrolled(metadata.labels ?? {}))) return;
    const all = workloads(graph);
    const members = membership(graph);
    for (const namespace of namespaces) {
      if (namespace.name === graph.mesh.rootNamespace || graph.changedBy(namespace) !== undefined) continue;
      if (!isForgotten(namespace.metadata.labels ?? {}, requested)) continue;
      const isNoticed =
        requested ||
        all
          .in(namespace.name)
          .some(
            (one) => members.modeOf(one) === 'none' && one.pod?.hostNetwork !== true && !optsOut(one.labels),
          );
      if (!isNoticed) continue;
      report(namespace, {
        at: at(namespace.metadata, 'name'),
        message: 'outside',
        data: { namespace: namespace.name },
      });
    }
  },
});

function isEnrolled(labels: Labels): boolean {
  if (labels[DATAPLANE_LABEL] === 'ambient') return true;
  const injection = labels[INJECTION_LABEL];
  return injection === undefined ? labels[REVISION_LABEL] !== undefined : injection === 'enabled';
}

/** Neither in the mesh nor kept out of it in so many words. */
function isForgotten(labels: Labels, requested: boolean): boolean {
  const mode = labels[DATAPLANE_LABEL];
  if (mode === 'ambient' || (mode === 'none' && !requested)) return false;
  return (labels[INJECTION_LABEL] ?? '') === '' && labels[REVISION_LABEL] === undefined;
}

function optsOut(labels: Labels): boolean {
  return labels['sidecar.istio.io/inject'] === 'false' || labels[DATAPLANE_LABEL] === 'none';
}
