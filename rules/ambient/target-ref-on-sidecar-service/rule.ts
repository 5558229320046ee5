import {
  at,
  defineRule,
  showList,
  showRef,
  sidecarsBehindTargets,
  targetablePolicies,
  waypointReads,
} from '#sdk';

const help =
  'Give the pods a policy of their own that selects them by `selector`; keep this one for what passes the waypoint.';

export default defineRule({
  code: 'IST1030',
  severity: 'error',
  since: '0.1.0',
  summary: 'A policy targets a Service behind a waypoint whose pods have sidecars, which pass over it.',
  reads: { ...waypointReads, ...targetablePolicies.reads },
  needs: [
    ['AuthorizationPolicy', 'RequestAuthentication', 'WasmPlugin', 'Telemetry', 'TrafficExtension'],
    ['KubernetesGateway'],
  ],
  messages: {
    sidecars: {
      what: 'The pods of {target} have sidecars, and sidecars pass over this {kind}: {workloads}.',
      why: 'Only waypoint {waypoint} applies a policy with `targetRefs`, and only clients in ambient mode call through it. For clients with sidecars, most gateways and whoever calls the pods directly it is as if the policy did not exist.',
      help,
    },
    mixed: {
      what: 'Some pods of {target} have sidecars, and sidecars pass over this {kind}: {workloads}.',
      why: 'Waypoint {waypoint} applies the policy to what passes it. Clients with sidecars and gateways call these pods past it, and no sidecar makes up for that.',
      help,
    },
  },
  check({ graph, report }) {
    for (const found of sidecarsBehindTargets(graph)) {
      const { policy, ref, target, gateway, sidecars, isMixed } = found;
      const names = sidecars.map(({ resource }) => `${resource.kind} ${showRef(resource)}`);
      report(policy, {
        at: at(ref, 'name'),
        message: isMixed ? 'mixed' : 'sidecars',
        severity: isMixed ? 'warning' : 'error',
        data: {
          kind: policy.kind,
          target: `${target.kind} ${showRef(target)}`,
          waypoint: showRef(gateway),
          workloads: showList(names, 3),
        },
        related: sidecars
          .slice(0, 3)
          .map(({ resource }) => ({ resource, note: 'Its sidecar ignores policies with `targetRefs`.' })),
      });
    }
  },
});
