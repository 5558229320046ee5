import { type AmbientWorkload, at, defineRule, type Related, showList, showRef, unreadPolicies } from '#sdk';

const help =
  'Deploy a waypoint, label the namespace or the Service `istio.io/use-waypoint`, and name the Service or the waypoint in `targetRefs`.';

export default defineRule({
  code: 'IST1025',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An extension or Telemetry selects ambient workloads, and no waypoint is there to run it.',
  reads: unreadPolicies.reads,
  needs: [['WasmPlugin', 'Telemetry', 'TrafficExtension']],
  messages: {
    extension: {
      what: '{kind} {name} does not run for {workloads}: no waypoint stands before them.',
      why: 'Ztunnel loads no extensions. Requests reach these workloads as if there were none, also where it is the extension that checks them.',
      help,
    },
    telemetry: {
      what: 'Telemetry {name} changes nothing for {workloads}: no waypoint stands before them.',
      why: 'Ztunnel knows no requests: it writes no spans, and its own metrics and log of connections cannot be set by Telemetry.',
      help,
    },
  },
  check({ graph, report }) {
    for (const { policy, exposed, isReadElsewhere, isWide } of unreadPolicies(graph)) {
      if (policy.kind === 'RequestAuthentication') continue;
      // What is for all of a mixed namespace, or for the mesh, serves those who can run it.
      if (isWide && isReadElsewhere) continue;
      const { spec, body } = policy;
      report(policy, {
        at: spec.selector === undefined ? at(body, 'spec', 'key') : at(spec, 'selector', 'key'),
        message: policy.kind === 'Telemetry' ? 'telemetry' : 'extension',
        data: {
          kind: policy.kind,
          name: showRef(policy),
          workloads: showList(
            exposed.map(({ workload: { resource } }) => `${resource.kind} ${showRef(resource)}`),
            3,
          ),
        },
        related: exposed.slice(0, 5).map(relate),
      });
    }
  },
});

function relate({ workload: { resource } }: AmbientWorkload): Related {
  return { resource, note: 'Selected, in ambient mode, and served by ztunnel alone.' };
}
