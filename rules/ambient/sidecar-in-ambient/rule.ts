import { at, defineRule, ineffectiveSidecars, showList, showRef, sidecarReads } from '#sdk';

const why =
  'Only sidecars read this kind. Ztunnel and waypoints know the whole mesh, whatever hosts it lists and however it treats other traffic.';

export default defineRule({
  code: 'IST0167',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A Sidecar is for nothing but workloads in ambient mode, which run none.',
  reads: sidecarReads,
  messages: {
    workloads: {
      what: 'Sidecar {sidecar} has no effect on {workloads}: there are no sidecars in ambient mode.',
      why,
      help: 'Delete it, or select workloads that run with a sidecar.',
    },
    namespace: {
      what: 'Sidecar {sidecar} has no effect: namespace {namespace} is in ambient mode, and no workload of it has a sidecar.',
      why,
      help: 'Delete it. Policies and routes for ambient workloads belong to ztunnel and waypoints.',
    },
  },
  check({ graph, report }) {
    for (const { sidecar, workloads } of ineffectiveSidecars(graph)) {
      const name = showRef(sidecar);
      if (workloads.length === 0) {
        const data = { sidecar: name, namespace: sidecar.namespace };
        report(sidecar, { at: at(sidecar.metadata, 'name'), message: 'namespace', data });
        continue;
      }
      const names = workloads.map(({ resource }) => `${resource.kind} ${showRef(resource)}`);
      report(sidecar, {
        at: at(sidecar.spec, 'workloadSelector', 'key'),
        message: 'workloads',
        data: { sidecar: name, workloads: showList(names, 3) },
        related: workloads.slice(0, 3).map(({ resource }) => ({ resource, note: 'is in ambient mode' })),
      });
    }
  },
});
