import {
  type AmbientWorkload,
  admitsOthersDirectly,
  ambientReach,
  at,
  defineRule,
  exceptionsAt,
  mayRefuseWaypoints,
  policiesAtWaypoint,
  type Related,
  type Resource,
  showIdentity,
  showList,
  showRef,
  unlistedWaypoints,
  type WaypointAdmission,
  waypointAdmissions,
  waypointPolicyReads,
} from '#sdk';

interface Refused extends WaypointAdmission {
  readonly ambient: AmbientWorkload;
}

export default defineRule({
  code: 'IST1031',
  severity: 'error',
  since: '0.1.0',
  summary:
    'An AuthorizationPolicy at ambient workloads refuses the waypoint before them, and all that comes through it.',
  reads: waypointPolicyReads,
  needs: [['AuthorizationPolicy'], ['KubernetesGateway']],
  messages: {
    'not-admitted': {
      what: 'No ALLOW policy lets waypoint {waypoint} in to {workloads}; this one lists others only.',
      why: 'Requests to a Service behind a waypoint reach its pods from the waypoint: ztunnel sees the identity of the waypoint there, not that of the client. So every request through the waypoint is refused, whoever sends it.',
      help: 'Add the principal `{identity}`, and say who may call the Service by a policy with `targetRefs`, which the waypoint enforces.',
    },
    'default-deny': {
      what: 'This policy without rules also keeps waypoint {waypoint} out of {workloads}.',
      why: 'An ALLOW policy without rules admits nobody, and the waypoint is a client of the pods like any other. No other policy lets it in, so nothing that passes the waypoint arrives.',
      help: 'Add an ALLOW policy for these workloads with the principal `{identity}`.',
    },
    denied: {
      what: 'This DENY policy does not spare waypoint {waypoint}, through which {workloads} get their requests.',
      why: 'A list of exceptions refuses everybody who is not on it. Ztunnel sees the waypoint as the client of these pods, so every request through it is refused, also those of the clients on the list.',
      help: 'Add the waypoint to the exceptions; its principal is `{identity}`.',
    },
  },
  check({ graph, report }) {
    for (const policy of graph.list('AuthorizationPolicy')) {
      if (graph.changedBy(policy) !== undefined || !mayRefuseWaypoints(graph, policy)) continue;
      const { behind } = ambientReach(graph).of(policy);
      checkAllow(policy, behind);
      checkDeny(policy, behind);
    }

    function checkAllow(policy: Resource<'AuthorizationPolicy'>, behind: readonly AmbientWorkload[]): void {
      const refused = behind.flatMap((ambient): Refused[] =>
        waypointAdmissions(graph, ambient.workload)
          .filter(({ verdict, decisive }) => verdict === 'no' && decisive === policy)
          .map((admission) => ({ ...admission, ambient })),
      );
      // Policies of another file may let it in, where those of the namespace are not loaded.
      const knowledge = ({ ambient }: Refused) =>
        graph.known('AuthorizationPolicy', ambient.workload.namespace, policy);
      const sure = refused.filter((one) => knowledge(one).complete);
      const [first] = sure.length > 0 ? sure : refused;
      if (first === undefined) return;
      const { front } = first;
      const name = showIdentity(graph, front.identity);
      const isWanted = policiesAtWaypoint(graph, front).some(({ spec }) => (spec.rules ?? []).length > 0);
      const isPartial = first.isDefaultDeny ? !isWanted : admitsOthersDirectly(graph, first.ambient.workload);
      report(policy, {
        at: first.isDefaultDeny ? at(policy.body, 'spec') : at(policy.spec, 'rules', 'key'),
        message: first.isDefaultDeny ? 'default-deny' : 'not-admitted',
        severity: isPartial ? 'warning' : 'error',
        data: dataOf(front, sure.length > 0 ? sure.map(({ ambient }) => ambient) : [first.ambient]),
        related: relate(front, first.ambient),
        lookup: graph.missing({ what: 'ALLOW policy for', name, knowledge: knowledge(first) }, policy),
      });
    }

    function checkDeny(policy: Resource<'AuthorizationPolicy'>, behind: readonly AmbientWorkload[]): void {
      const refused = behind.flatMap((ambient) =>
        unlistedWaypoints(graph, policy, ambient.workload).map((one) => ({ ...one, ambient })),
      );
      const [first] = refused;
      if (first === undefined) return;
      report(policy, {
        at: exceptionsAt(first),
        message: 'denied',
        data: dataOf(
          first.front,
          refused.map(({ ambient }) => ambient),
        ),
        related: relate(first.front, first.ambient),
      });
    }

    function dataOf(front: WaypointAdmission['front'], all: readonly AmbientWorkload[]) {
      const names = all.map(({ workload: { resource } }) => `${resource.kind} ${showRef(resource)}`);
      return {
        waypoint: showRef(front.gateway),
        identity: showIdentity(graph, front.identity),
        workloads: showList([...new Set(names)], 3),
      };
    }
  },
});

function relate(front: WaypointAdmission['front'], { workload }: AmbientWorkload): Related[] {
  return [
    { resource: front.gateway, note: 'This waypoint sends the requests on.' },
    { resource: workload.resource, note: 'Its ztunnel enforces the policy.' },
  ];
}
