import { at, defineRule, showList, unservedVersions } from '#sdk';

export default defineRule({
  code: 'IST0172',
  severity: 'warning',
  since: '0.1.0',
  optIn: true,
  summary:
    'A CustomResourceDefinition of the Gateway API does not serve the version that the next Istio reads.',
  reads: { CustomResourceDefinition: 'some' },
  messages: {
    upgrade: {
      what: '{kind} is served as {served}, but not as v1.',
      why: 'That is what {istio} asks Kubernetes for: after the upgrade istiod would wait for an answer that never comes.',
      help: 'Upgrade the definitions of the Gateway API before Istio.',
    },
  },
  check({ graph, report }) {
    for (const crd of graph.list('CustomResourceDefinition')) {
      if (graph.changedBy(crd) !== undefined) continue;
      for (const unserved of unservedVersions(crd, graph.mesh.istioVersion)) {
        const { kind, served, istio, isNeeded, version } = unserved;
        // What is needed now is an error of its own; nobody upgrades to an older Istio.
        if (isNeeded || version !== 'v1') continue;
        const data = { kind, served: showList(served), istio };
        report(crd, { at: at(crd.spec, 'versions'), message: 'upgrade', data });
      }
    }
  },
});
