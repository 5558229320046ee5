import {
  at,
  attachmentListener,
  classOf,
  defineRule,
  type Related,
  type Resource,
  showClaimants,
  showDependent,
  showRef,
  USE_WAYPOINT_LABEL,
  waypointClaims,
  waypointDependentReads,
  waypointDependents,
} from '#sdk';

const why =
  'A waypoint that denies the attachment is passed by: traffic goes straight to the workloads, and nothing that the waypoint was to enforce or to route takes effect.';

export default defineRule({
  code: 'IST1011',
  severity: 'error',
  since: '0.1.0',
  summary: 'A label names a waypoint whose listener does not admit the namespace.',
  reads: waypointDependentReads,
  needs: [['KubernetesGateway']],
  messages: {
    'another-namespace': {
      what: 'Waypoint {waypoint} serves its own namespace only, and {claimants} names it.',
      why,
      help: 'Set `allowedRoutes.namespaces.from` of the listener for HBONE to `All`, or to `Selector` with a selector that matches namespace {namespace}.',
    },
    'without-listener': {
      what: 'Waypoint {waypoint} has no listener for HBONE on port 15008 that could admit other namespaces, and {claimants} names it.',
      why,
      help: 'Give the Gateway a listener for HBONE on port 15008 that admits namespace {namespace} by `allowedRoutes`.',
    },
    'not-selected': {
      what: 'Waypoint {waypoint} selects namespaces by labels that {namespace} does not have, and {claimants} names it.',
      why,
      help: 'Label the Namespace so that the selector of the listener matches it, or widen the selector. A selector is asked even about the namespace of the waypoint itself.',
    },
    'no-selector': {
      what: 'Waypoint {waypoint} admits namespaces by a selector and has none, and {claimants} names it.',
      why: `Without a selector no namespace is selected, not even that of the waypoint. ${why}`,
      help: 'Write the selector, or set `from` to `All` or `Same`.',
    },
  },
  check({ graph, report }) {
    for (const claim of waypointClaims(graph)) {
      const { label, namespace, wanted, attachment } = claim;
      if (attachment.state !== 'error' || attachment.fault !== 'attachment-denied') continue;
      const { gateway } = attachment;
      // That it is no waypoint in the first place is the greater trouble (IST1010).
      if (gateway === undefined || claim.ingress !== undefined) continue;
      const listener = attachmentListener(gateway, classOf(graph, gateway));
      const { from, selector } = listener?.allowedRoutes?.namespaces ?? {};
      const refusal = selector === undefined ? 'no-selector' : 'not-selected';
      const elsewhere = listener === undefined ? 'without-listener' : 'another-namespace';
      report(label.resource, {
        at: at(label.labels, USE_WAYPOINT_LABEL),
        message: from === 'Selector' ? refusal : elsewhere,
        data: { waypoint: showRef(wanted), claimants: showClaimants(claim), namespace },
        related: [
          relateListener(gateway, listener),
          ...waypointDependents(graph).of(claim).slice(0, 5).map(showDependent),
        ],
      });
    }
  },
});

function relateListener(
  gateway: Resource<'KubernetesGateway'>,
  listener: ReturnType<typeof attachmentListener>,
): Related {
  if (listener === undefined)
    return { resource: gateway, at: at(gateway.spec, 'listeners'), note: 'None of these decides.' };
  const note = 'This listener decides who may attach.';
  const { allowedRoutes } = listener;
  if (allowedRoutes === undefined) return { resource: gateway, at: at(listener, 'name'), note };
  return { resource: gateway, at: at(allowedRoutes, 'namespaces'), note };
}
