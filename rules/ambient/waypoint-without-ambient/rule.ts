import { at, defineRule, idleWaypoints, showList, showRef, USE_WAYPOINT_LABEL, waypointReads } from '#sdk';

export default defineRule({
  code: 'IST1015',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A label names a waypoint for pods of which none is in ambient mode.',
  reads: {
    ...waypointReads,
    Deployment: 'some',
    StatefulSet: 'some',
    DaemonSet: 'some',
    Pod: 'some',
  },
  needs: [['Namespace', 'Service', 'Deployment', 'StatefulSet', 'DaemonSet', 'Pod']],
  messages: {
    namespace: {
      what: 'Namespace {namespace} is to use waypoint {waypoint}, and neither it nor any of its pods ({workloads}) is in ambient mode.',
      why: 'Only ztunnel sends to a waypoint, so sidecars and pods outside the mesh call these pods past it, and none of its policies and routes applies to them.',
      help: 'Label the Namespace `istio.io/dataplane-mode: ambient` too, or remove `istio.io/use-waypoint`.',
    },
    service: {
      what: 'Service {name} is to use waypoint {waypoint}, and none of the pods behind it ({workloads}) is in ambient mode.',
      why: 'Callers without ztunnel reach these pods past the waypoint, and the pods do not mind: what the waypoint enforces protects them from callers in ambient mode only.',
      help: 'Label the Namespace or the templates of the pods `istio.io/dataplane-mode: ambient`. Where ingress gateways are the callers, label the Service `istio.io/ingress-use-waypoint: "true"`.',
    },
    workload: {
      what: 'Pods of {workloads} are to use waypoint {waypoint}, and are not in ambient mode themselves.',
      why: 'Whoever calls them without ztunnel goes past the waypoint, and nothing at the pods asks for it.',
      help: 'Add the label `istio.io/dataplane-mode: ambient` to the template, or remove `istio.io/use-waypoint`.',
    },
  },
  check({ graph, report }) {
    for (const { label, namespace, workloads, knowledge } of idleWaypoints(graph)) {
      const { resource, labels, value } = label;
      const names = workloads.map(({ resource: owner }) => `${owner.kind} ${showRef(owner)}`);
      const data = { namespace, waypoint: value, workloads: showList(names, 3), name: showRef(resource) };
      const lookup = graph.missing({ what: 'ambient workload', name: namespace, knowledge }, resource);
      const message =
        resource.kind === 'Namespace' ? 'namespace' : resource.kind === 'Service' ? 'service' : 'workload';
      report(resource, {
        at: at(labels, USE_WAYPOINT_LABEL),
        message,
        data,
        lookup,
        related:
          message === 'workload'
            ? []
            : workloads.slice(0, 3).map(({ resource: owner }) => ({
                resource: owner,
                note: 'Not in ambient mode.',
              })),
      });
    }
  },
});
