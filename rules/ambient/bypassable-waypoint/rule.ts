import { at, bypassableWorkloads, bypassReads, defineRule, showList, showRef, targetRefsOf } from '#sdk';

export default defineRule({
  code: 'IST1033',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A policy is enforced by a waypoint only, and nothing keeps callers from the pods behind it.',
  reads: bypassReads,
  needs: [['AuthorizationPolicy', 'RequestAuthentication'], ['KubernetesGateway']],
  optIn: true,
  messages: {
    bypassable: {
      what: 'Only waypoint {waypoint} enforces this {kind}, and whoever calls the pods of {workloads} directly goes past it.',
      why: 'Ztunnel takes clients to the waypoint when they call the Service. Calls to the addresses of pods, from sidecars, most gateways and from outside of the mesh go straight to the pods, where no policy refuses them.',
      help: 'Add an AuthorizationPolicy with a selector for the pods that denies everybody but the waypoint (`notPrincipals`), and but those who may go past it.',
    },
  },
  check({ graph, report }) {
    for (const { policy, gateway, workloads } of bypassableWorkloads(graph)) {
      // Policies for the pods may be kept where the others of their namespace are.
      const unsure = workloads.find(
        ({ namespace }) => !graph.known('AuthorizationPolicy', namespace, policy).complete,
      );
      const [ref] = targetRefsOf(policy);
      if (ref === undefined) continue;
      const asked = unsure?.namespace ?? policy.namespace;
      const knowledge = graph.known('AuthorizationPolicy', asked, policy);
      report(policy, {
        at: at(ref, 'name'),
        message: 'bypassable',
        data: {
          kind: policy.kind,
          waypoint: showRef(gateway),
          workloads: showList(
            workloads.map(({ resource }) => `${resource.kind} ${showRef(resource)}`),
            3,
          ),
        },
        related: workloads
          .slice(0, 3)
          .map(({ resource }) => ({ resource, note: 'No policy without `targetRefs` guards it.' })),
        lookup: graph.missing(
          { what: 'AuthorizationPolicy for pods behind', name: showRef(gateway), knowledge },
          policy,
        ),
      });
    }
  },
});
