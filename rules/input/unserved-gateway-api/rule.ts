import { at, defineRule, showList, unservedVersions } from '#sdk';

export default defineRule({
  code: 'IST0156',
  severity: 'error',
  since: '0.1.0',
  summary: 'A CustomResourceDefinition of the Gateway API does not serve a version that Istio reads.',
  reads: { CustomResourceDefinition: 'some' },
  messages: {
    unserved: {
      what: '{kind} is served as {served}, but not as {version}.',
      why: 'That is what {istio} asks Kubernetes for. istiod waits for an answer that never comes, and does not become ready.',
      help: 'Install the definitions of a release of the Gateway API that serves {version}.',
    },
  },
  check({ graph, report }) {
    for (const crd of graph.list('CustomResourceDefinition')) {
      if (graph.changedBy(crd) !== undefined) continue;
      const needed = unservedVersions(crd, graph.mesh.istioVersion).filter(({ isNeeded }) => isNeeded);
      const [first] = needed;
      if (first === undefined) continue;
      const { kind, served } = first;
      report(crd, {
        at: at(crd.spec, 'versions'),
        message: 'unserved',
        data: {
          kind,
          served: served.length === 0 ? 'nothing' : showList(served),
          version: needed.map(({ version }) => version).join(' or '),
          istio: needed.length > 1 ? 'every release of Istio, each one of them,' : first.istio,
        },
      });
    }
  },
});
