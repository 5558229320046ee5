import { defineRule, showList, showNamespaces, showRef, sidecarBypasses, sidecarBypassReads } from '#sdk';

export default defineRule({
  code: 'IST1038',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A policy at a waypoint is about clients with sidecars, which go past the waypoint.',
  reads: sidecarBypassReads,
  needs: [['AuthorizationPolicy', 'RequestAuthentication'], ['KubernetesGateway'], ['Namespace']],
  messages: {
    denied: {
      what: 'This DENY policy does not stop {clients}: these clients have sidecars, and only waypoint {waypoint} enforces it.',
      why: 'A sidecar picks a pod of the Service by itself and calls it directly. What it sends never passes the waypoint, and nothing else refuses it.',
      help: 'Deny these clients by a policy that selects the pods as well, without HTTP fields, or move them to ambient mode.',
    },
    named: {
      what: 'What this {kind} demands of {clients} is not enforced: these clients have sidecars, and go past waypoint {waypoint}.',
      why: 'Only ambient clients are led through a waypoint. Sidecars call the pods directly, with any method and path, and no authorizer is asked.',
      help: 'Move these clients to ambient mode, or give the pods a policy with a selector that lets nobody but the waypoint in.',
    },
    open: {
      what: 'This {kind} does not hold for clients with sidecars, which go past waypoint {waypoint}; there are some in namespace {namespaces}.',
      why: 'Only ambient clients are led through a waypoint. Sidecars call the pods behind it, or the host outside, directly, so what is demanded of everybody is not demanded of them.',
      help: 'Move these clients to ambient mode, or give the pods a policy with a selector that lets nobody but the waypoint in, so that the others are at least refused.',
    },
  },
  check({ graph, report, requested }) {
    for (const found of sidecarBypasses(graph, { open: requested })) {
      const { policy, gateway, at, how, sidecars, lookup } = found;
      const { kind } = policy;
      const waypoint = showRef(gateway);
      const clients = showList(
        found.clients.map((client) => `\`${client}\``),
        3,
      );
      const related = [
        { resource: gateway, note: 'Sidecars do not call this waypoint.' },
        ...sidecars.slice(0, 3).map(({ resource }) => ({ resource, note: 'It has a sidecar.' })),
      ];
      if (how === 'denied') {
        const data = { clients, waypoint };
        report(policy, { at, message: how, severity: 'error', data, related, lookup });
      } else if (how === 'named') {
        report(policy, { at, message: how, data: { kind, clients, waypoint }, related, lookup });
      } else {
        const namespaces = showNamespaces(sidecars.map(({ namespace }) => namespace));
        report(policy, { at, message: how, data: { kind, waypoint, namespaces }, related, lookup });
      }
    }
  },
});
