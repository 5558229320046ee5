import { at, bareSelectors, defineRule, showList, showRef } from '#sdk';

const help =
  'Remove `selector`: without one the policy is for the same workloads, in sidecars and in ztunnel alike.';

export default defineRule({
  code: 'IST1136',
  severity: 'error',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy with an empty selector is enforced for no ambient workload.',
  reads: bareSelectors.reads,
  needs: [['AuthorizationPolicy']],
  messages: {
    deny: {
      what: 'This DENY policy is not enforced for {workloads}: ztunnel takes an empty `selector` for no workload at all.',
      why: 'Sidecars read an empty selector as everything in {scope}. Ambient workloads there get nothing of the policy, and what it should deny is let through.',
      help,
    },
    allow: {
      what: 'This ALLOW policy does not protect {workloads}: ztunnel takes an empty `selector` for no workload at all.',
      why: 'Sidecars read an empty selector as everything in {scope}. Ambient workloads there are not restricted by the policy, and without another one they admit everybody.',
      help,
    },
  },
  check({ graph, report }) {
    for (const { policy, action, workloads } of bareSelectors(graph)) {
      const isMeshWide = policy.namespace === graph.mesh.rootNamespace;
      report(policy, {
        at: at(policy.spec, 'selector', 'key'),
        message: action === 'DENY' ? 'deny' : 'allow',
        data: {
          scope: isMeshWide ? 'the mesh' : 'the namespace',
          workloads: showList(
            workloads.map(({ workload: { resource } }) => `${resource.kind} ${showRef(resource)}`),
            3,
          ),
        },
        related: workloads.slice(0, 5).map(({ workload: { resource } }) => ({
          resource,
          note: 'In ambient mode: its ztunnel is not given the policy.',
        })),
      });
    }
  },
});
