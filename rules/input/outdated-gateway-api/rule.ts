import { at, BUNDLE_VERSION_ANNOTATION, defineRule, isAtLeast, missedBundle } from '#sdk';

export default defineRule({
  code: 'IST0176',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A CustomResourceDefinition of the Gateway API is older than Istio reads it.',
  reads: { CustomResourceDefinition: 'some' },
  messages: {
    ignored: {
      what: '{name} is of release {installed} of the Gateway API, and Istio reads it from {bundle} on.',
      why: 'istiod passes over a definition that is too old, with a line in its log: no resource of this kind has any effect.',
      help: 'Install the definitions of release {bundle} or later, in the channel that holds this kind.',
    },
    later: {
      what: '{name} is of release {installed} of the Gateway API, and Istio from {istio} on reads it from {bundle} on.',
      why: 'Nothing says which Istio this is for. A later one passes over a definition that is too old: no resource of this kind has any effect.',
      help: 'Install the definitions of release {bundle} or later, or say with `--istio-version` which Istio is used.',
    },
  },
  check({ graph, report, requested }) {
    const used = graph.mesh.istioVersion;
    // Definitions are often kept beside an Istio that is old enough for them.
    if (used === undefined && !graph.isClosed('CustomResourceDefinition') && !requested) return;
    for (const crd of graph.list('CustomResourceDefinition')) {
      const missed = missedBundle(crd);
      if (missed === undefined || graph.changedBy(crd) !== undefined) continue;
      if (used !== undefined && !isAtLeast(used, missed.istio)) continue;
      const data = { name: crd.name, ...missed };
      const place = at(crd.metadata.annotations ?? {}, BUNDLE_VERSION_ANNOTATION);
      if (used === undefined) report(crd, { at: place, message: 'later', severity: 'info', data });
      else report(crd, { at: place, message: 'ignored', data });
    }
  },
});
