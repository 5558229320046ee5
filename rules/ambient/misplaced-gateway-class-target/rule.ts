import {
  aimsAt,
  at,
  defineRule,
  FLOATING,
  listTargetable,
  targetablePolicies,
  targetRefsOf,
  WAYPOINT_CLASS,
} from '#sdk';

export default defineRule({
  code: 'IST1029',
  severity: 'error',
  since: '0.1.0',
  summary:
    'A policy targets a GatewayClass from outside the root namespace, or one that is not istio-waypoint.',
  reads: targetablePolicies.reads,
  messages: {
    'outside-root': {
      what: 'This {kind} targets a GatewayClass from namespace {namespace}, where that has no effect.',
      why: 'A policy for a whole class concerns waypoints of every namespace, so waypoints take it from the root namespace only. Anywhere else nothing enforces it.',
      help: 'Move the policy to namespace {root}, or target a Gateway or Service of its own namespace.',
    },
    'other-class': {
      what: 'This {kind} targets GatewayClass {name}; only `istio-waypoint` can be a target.',
      why: 'Waypoints ask for the name of that one class, whatever class they have themselves, and other Gateways for none. So nothing enforces the policy, although istiod may report it as accepted.',
      help: 'Target GatewayClass `istio-waypoint` for all waypoints, and each other Gateway by its own name.',
    },
  },
  check({ graph, report }) {
    const root = graph.mesh.rootNamespace;
    for (const policy of listTargetable(graph)) {
      if (graph.changedBy(policy) !== undefined) continue;
      const { kind, namespace } = policy;
      for (const ref of targetRefsOf(policy)) {
        const { name = '', namespace: written = '' } = ref;
        // A reference without a name, or with a namespace, is refused anyhow.
        if (!aimsAt(ref, 'GatewayClass') || name === '' || written !== '') continue;
        if (name !== WAYPOINT_CLASS) {
          report(policy, { at: at(ref, 'name'), message: 'other-class', data: { kind, name } });
        } else if (namespace !== root && namespace !== FLOATING) {
          // Only the mesh configuration tells of another root.
          graph.assume?.('mesh', 'rootNamespace');
          report(policy, { at: at(ref, 'kind'), message: 'outside-root', data: { kind, namespace, root } });
        }
      }
    }
  },
});
