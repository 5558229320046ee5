import { at, defineRule, isAtLeast, minimumKubernetes, newestNodes } from '#sdk';

export default defineRule({
  code: 'IST0142',
  severity: 'error',
  since: '0.1.0',
  summary: 'A cluster runs a Kubernetes that is older than Istio asks for.',
  reads: newestNodes.reads,
  messages: {
    tooOld: {
      what: 'Node {node} runs Kubernetes {version}, and Istio {istio} asks for {minimum} or later.',
      why: 'No API server that this node can belong to is new enough. Istio is not tested there, and may use what this Kubernetes does not have.',
      help: 'Upgrade Kubernetes to {minimum} or later first, or stay with a release of Istio that supports {version}.',
    },
    maybeTooOld: {
      what: 'Node {node}, the newest of its cluster, runs Kubernetes {version}, and Istio {istio} asks for {minimum} or later.',
      why: 'The API server may be newer than its nodes, but most are of one release: then Istio is not tested there, and may use what this Kubernetes does not have.',
      help: 'Make sure that `kubectl version` names a server of {minimum} or later, and upgrade Kubernetes first if it does not.',
    },
  },
  check({ graph, report, requested }) {
    // A Node among the files of a repository is mostly somebody's sample, and no part of the cluster.
    if (graph.world === 'auto' && graph.mesh.upgradeTo === undefined && !requested) return;
    const istio = graph.mesh.upgradeTo ?? graph.mesh.istioVersion;
    const minimum = istio === undefined ? undefined : minimumKubernetes(istio);
    if (istio === undefined || minimum === undefined) return;
    for (const { node, version, newestServer } of newestNodes(graph)) {
      if (isAtLeast(version, minimum)) continue;
      const place = at(node.body.status?.nodeInfo ?? node.body, 'kubeletVersion');
      const data = { node: node.name, version, istio, minimum };
      if (isAtLeast(newestServer, minimum)) {
        report(node, { at: place, message: 'maybeTooOld', severity: 'warning', data });
      } else report(node, { at: place, message: 'tooOld', data });
    }
  },
});
