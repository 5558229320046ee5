import {
  aimsAt,
  at,
  defineRule,
  isFaultOfLabel,
  isKind,
  listTargetable,
  membership,
  type Related,
  type Resource,
  serviceWorkloads,
  showFault,
  showRef,
  targetablePolicies,
  targetRefsOf,
  USE_WAYPOINT_LABEL,
  type WaypointBinding,
  waypointReads,
  waypoints,
} from '#sdk';

const why =
  'A policy that targets a Service is enforced by the waypoint before it and by nobody else; ztunnel and sidecars pass over every policy with `targetRefs`. Until there is a waypoint, it is as if the policy did not exist.';

export default defineRule({
  code: 'IST1027',
  severity: 'error',
  since: '0.1.0',
  summary: 'A policy targets a Service that no waypoint stands before, so nothing enforces it.',
  reads: { ...waypointReads, ...targetablePolicies.reads },
  messages: {
    unlabelled: {
      what: 'Nothing enforces this {kind} for {target}: no waypoint stands before it.',
      why,
      help: 'Deploy a waypoint and label {target} or its namespace `istio.io/use-waypoint`. For workloads with sidecars, use a selector instead of `targetRefs`.',
    },
    'opted-out': {
      what: 'Nothing enforces this {kind} for {target}: `istio.io/use-waypoint: none` keeps waypoints away from it.',
      why,
      help: 'Name a waypoint by that label, or attach the policy to the workloads by a selector.',
    },
    unusable: {
      what: 'Nothing enforces this {kind} for {target}: its waypoint {waypoint} {fault}.',
      why,
      help: 'Put the waypoint right, or name another one by `istio.io/use-waypoint`.',
    },
  },
  check({ graph, report }) {
    const fronts = waypoints(graph);
    for (const policy of listTargetable(graph)) {
      if (graph.changedBy(policy) !== undefined) continue;
      const { namespace, kind } = policy;
      for (const ref of targetRefsOf(policy)) {
        const wanted = aimsAt(ref, 'Service') ? 'Service' : 'ServiceEntry';
        // A reference into another namespace never matches anything, which is another matter.
        if (!aimsAt(ref, wanted) || ((ref.namespace ?? '') !== '' && ref.namespace !== namespace)) continue;
        const lookup = graph.find(wanted, { namespace, name: ref.name ?? '' }, policy);
        if (lookup.state !== 'found') continue;
        const copies = graph.nearest(policy, lookup.all);
        const bindings = copies.map((copy) => fronts.waypointOf(copy));
        const [first] = bindings;
        if (first === undefined || !bindings.every(isUnbound)) continue;
        // Said at the label, beside which this policy is shown (IST1010 to IST1012).
        if (bindings.some((binding) => isFaultOfLabel(graph, binding))) continue;
        const data = { kind, target: `${wanted} ${showRef(lookup.value)}`, ...faultOf(first) };
        report(policy, {
          at: at(ref, 'name'),
          message:
            first.state === 'error' ? 'unusable' : first.label === undefined ? 'unlabelled' : 'opted-out',
          data,
          related: [...labelOf(first), ...sidecarsOf(copies)],
        });
      }
    }

    /** Those who think that a sidecar will enforce it. */
    function sidecarsOf(copies: readonly Resource<'Service' | 'ServiceEntry'>[]): Related[] {
      const members = membership(graph);
      return copies
        .flatMap((copy) => (isKind(copy, 'Service') ? serviceWorkloads(graph).of(copy) : []))
        .filter((workload) => members.modeOf(workload) === 'sidecar')
        .slice(0, 3)
        .map(({ resource }) => ({ resource, note: 'Its sidecar passes over policies with `targetRefs`.' }));
    }
  },
});

/** Only what is sure: a waypoint that is named and not loaded may be there. */
function isUnbound(binding: WaypointBinding): boolean {
  return binding.state === 'none' || binding.state === 'error';
}

function faultOf(binding: WaypointBinding): { waypoint: string; fault: string } {
  if (binding.state !== 'error') return { waypoint: '', fault: '' };
  return { waypoint: showRef(binding.wanted), fault: showFault(binding.fault) };
}

function labelOf({ label }: WaypointBinding): Related[] {
  if (label === undefined) return [];
  return [
    { resource: label.resource, at: at(label.labels, USE_WAYPOINT_LABEL), note: 'This label decides.' },
  ];
}
