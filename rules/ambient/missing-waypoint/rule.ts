import {
  at,
  defineRule,
  findWaypoint,
  type Related,
  setValue,
  showClaimants,
  showDependent,
  showRef,
  USE_WAYPOINT_LABEL,
  USE_WAYPOINT_NAMESPACE_LABEL,
  waypointClaims,
  waypointDependentReads,
  waypointDependents,
  workloadKinds,
} from '#sdk';

const why =
  'A waypoint that is not there is passed by: traffic goes straight to the pods, and whatever the waypoint was to enforce or to route is left out without an error. A label on the object itself does not fall back to that of its namespace.';

export default defineRule({
  code: 'IST1010',
  severity: 'error',
  since: '0.1.0',
  summary: 'A label names a waypoint that does not exist, is not ready yet, or is no waypoint at all.',
  reads: waypointDependentReads,
  needs: [['Namespace', 'Service', 'ServiceEntry', ...workloadKinds]],
  fixes: 'unsafe',
  messages: {
    absent: {
      what: 'There is no Gateway {waypoint}, which {claimants} names as its waypoint.',
      why,
      help: 'Deploy the waypoint under this name, name an existing one, or write `none` where there shall be no waypoint.',
    },
    elsewhere: {
      what: 'There is no Gateway {waypoint}, which {claimants} names as its waypoint; the one of this name stands in namespace {namespace}.',
      why,
      help: 'Put `istio.io/use-waypoint-namespace: {namespace}` on the very object that carries `istio.io/use-waypoint`, and let the waypoint admit this namespace by `allowedRoutes`.',
    },
    'not-ready': {
      what: 'Gateway {waypoint}, the waypoint of {claimants}, has no address yet.',
      why: 'Its status has conditions and lists no address. Until one of its pods is ready the waypoint is passed by: traffic goes straight to the workloads, without anything that it was to enforce.',
      help: 'Look at the conditions of the Gateway and at its pods.',
    },
    ingress: {
      what: 'Gateway {waypoint}, the waypoint of {claimants}, is a gateway for traffic from outside.',
      why: 'Istio does not ask for the class of a waypoint. As soon as this Gateway has an address and admits the namespace, ztunnel sends the traffic to its port 15008, where nothing listens, and every connection from the mesh fails.',
      help: 'Name a Gateway of class `istio-waypoint` instead, or deploy one.',
    },
  },
  check({ graph, report }) {
    for (const claim of waypointClaims(graph)) {
      const { label, wanted, attachment, ingress, elsewhere } = claim;
      const { resource } = label;
      const place = at(label.labels, USE_WAYPOINT_LABEL);
      const names = { waypoint: showRef(wanted), claimants: showClaimants(claim) };
      if (ingress !== undefined) {
        const note = 'Its class is for traffic from outside.';
        const related = [{ resource: ingress, at: at(ingress.spec, 'gatewayClassName'), note }];
        report(resource, { at: place, message: 'ingress', data: names, related });
        continue;
      }
      if (attachment.state === 'bound') continue;
      const lost = waypointDependents(graph).of(claim);
      const severity = lost.length > 0 ? 'error' : 'warning';
      const related: Related[] = lost.slice(0, 5).map(showDependent);
      if (attachment.state === 'error' && attachment.fault !== 'missing') {
        if (attachment.fault === 'not-ready')
          report(resource, { at: place, message: 'not-ready', data: names, severity, related });
        continue;
      }
      const lookup = findWaypoint(graph, wanted, resource);
      const common = { at: place, severity, related, lookup } as const;
      if (elsewhere === undefined) report(resource, { ...common, message: 'absent', data: names });
      else
        report(resource, {
          ...common,
          message: 'elsewhere',
          data: { ...names, namespace: elsewhere.namespace },
          related: [{ resource: elsewhere, note: 'The waypoint of this name.' }, ...related],
          fix: () => ({
            title: `Name namespace ${elsewhere.namespace} beside the waypoint`,
            safe: false,
            edits: [setValue(label.labels, USE_WAYPOINT_NAMESPACE_LABEL, elsewhere.namespace)],
          }),
        });
    }
  },
});
