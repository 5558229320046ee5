import {
  type At,
  aimsAt,
  at,
  defineRule,
  type IdleEnvoyFilter,
  idleEnvoyFilters,
  type Related,
  showList,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST1026',
  severity: 'warning',
  since: '0.1.0',
  summary:
    'An EnvoyFilter is for workloads without an Envoy of their own, or targets what no proxy takes it for.',
  reads: idleEnvoyFilters.reads,
  needs: [['EnvoyFilter']],
  messages: {
    ambient: {
      what: 'No proxy takes this EnvoyFilter: {workloads}, which it is for, have none in ambient mode.',
      why: 'An EnvoyFilter changes Envoys. Before these pods stands ztunnel, which is not an Envoy, and a waypoint passes over every EnvoyFilter without `targetRefs`, so none of the patches is applied.',
      help: 'Attach the filter to the waypoint by `targetRefs` (kind Gateway) in place of a selector, with patches that fit a waypoint, or say what it does by an API that ambient mode knows.',
    },
    waypoint: {
      what: 'No proxy takes this EnvoyFilter: it selects pods of the waypoint {workloads}, and waypoints pass over selectors.',
      why: 'Waypoints only take what names them by `targetRefs`, whatever labels their pods have, so none of the patches is applied.',
      help: 'Replace `workloadSelector` by `targetRefs` that name the Gateway of the waypoint.',
    },
    target: {
      what: 'No proxy takes this EnvoyFilter for {target}: EnvoyFilters attach to Gateways and GatewayClasses only.',
      why: 'Other policies may target a Service and so come to its waypoint. For EnvoyFilters istiod does not look at Services at all; it accepts the reference and never applies the patches.',
      help: 'Target the Gateway of the waypoint, or the GatewayClass istio-waypoint from the root namespace; match the listener or route of the Service in the patches.',
    },
  },
  check({ graph, report }) {
    for (const filter of graph.list('EnvoyFilter')) {
      if (graph.changedBy(filter) !== undefined) continue;
      for (const ref of filter.spec.targetRefs ?? []) {
        if (!aimsAt(ref, 'Service') && !aimsAt(ref, 'ServiceEntry')) continue;
        const target = `${ref.kind} ${ref.name ?? ''}`;
        report(filter, { at: at(ref, 'kind'), message: 'target', severity: 'error', data: { target } });
      }
    }
    for (const found of idleEnvoyFilters(graph)) {
      const { filter, reason, workloads, lookup } = found;
      report(filter, {
        at: placeOf(found),
        message: reason,
        lookup,
        data: { workloads: showList(workloads.map(show), 3) },
        related: workloads.slice(0, 5).map(
          ({ resource }): Related => ({
            resource,
            note: reason === 'ambient' ? 'It is in ambient mode.' : 'It is a waypoint.',
          }),
        ),
      });
    }
  },
});

function placeOf({ filter }: IdleEnvoyFilter): At {
  const { spec } = filter;
  if (Object.keys(spec.workloadSelector?.labels ?? {}).length > 0) return at(spec, 'workloadSelector', 'key');
  const match = (spec.configPatches ?? []).find((one) => one.match?.context?.startsWith('SIDECAR_'))?.match;
  return match === undefined ? at(spec, 'configPatches', 'key') : at(match, 'context');
}

function show({ resource }: IdleEnvoyFilter['workloads'][number]): string {
  return resource.kind === 'KubernetesGateway' ? showRef(resource) : `${resource.kind} ${showRef(resource)}`;
}
