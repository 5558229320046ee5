import { type AmbientWorkload, at, defineRule, type Related, showList, showRef, unreadPolicies } from '#sdk';

const help =
  'Deploy a waypoint, label the namespace or the Service `istio.io/use-waypoint`, and name the Service in `targetRefs` instead of a selector.';

export default defineRule({
  code: 'IST1024',
  severity: 'error',
  since: '0.1.0',
  summary: 'A RequestAuthentication selects ambient workloads, and no waypoint is there to check tokens.',
  reads: unreadPolicies.reads,
  needs: [['RequestAuthentication']],
  messages: {
    unread: {
      what: 'Nobody checks tokens for {workloads}: this RequestAuthentication needs a waypoint, and there is none.',
      why: 'Ztunnel sees no requests, so forged and expired tokens get through, and their claims can be neither trusted nor asked for.',
      help,
    },
    partly: {
      what: 'Tokens are not checked for {workloads}: they are in ambient mode, and no waypoint stands before them.',
      why: 'Gateways and sidecars may apply this RequestAuthentication elsewhere. Whoever reaches these workloads from within the mesh is asked for nothing.',
      help,
    },
  },
  check({ graph, report }) {
    for (const { policy, exposed, isReadElsewhere } of unreadPolicies(graph)) {
      if (policy.kind !== 'RequestAuthentication') continue;
      const { spec, body } = policy;
      report(policy, {
        at: spec.selector === undefined ? at(body, 'spec', 'key') : at(spec, 'selector', 'key'),
        message: isReadElsewhere ? 'partly' : 'unread',
        severity: isReadElsewhere ? 'warning' : 'error',
        data: {
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
  return { resource, note: 'In ambient mode and without a waypoint: its requests are not looked into.' };
}
