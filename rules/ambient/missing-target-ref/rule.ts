import {
  at,
  defineRule,
  findPolicyTarget,
  listTargetable,
  policyTargetReads,
  showRef,
  takeSuggestion,
  targetablePolicies,
  targetRefsOf,
} from '#sdk';

export default defineRule({
  code: 'IST1028',
  severity: 'error',
  since: '0.1.0',
  summary: 'A policy targets a Service, ServiceEntry or Gateway that does not exist in its namespace.',
  reads: { ...targetablePolicies.reads, ...policyTargetReads },
  needs: [['AuthorizationPolicy', 'RequestAuthentication', 'WasmPlugin', 'Telemetry', 'TrafficExtension']],
  fixes: 'unsafe',
  messages: {
    missing: {
      what: 'This {kind} targets {target}, and there is none of that name in its namespace.',
      why: 'A policy with `targetRefs` applies to its targets and to nothing else. Without the target nothing enforces it, and no proxy reports that.',
      help: 'Name a {targetKind} that exists in the namespace of the policy, or remove the reference.',
    },
    elsewhere: {
      what: 'This {kind} targets {target}, which is not in its namespace; {elsewhere} has the name.',
      why: 'References are looked up in the namespace of the policy only: that of the Service, not that of its waypoint. So the policy meets nothing and is not enforced at all.',
      help: 'Move the policy into the namespace of its target; a reference cannot name another namespace.',
    },
    'other-kind': {
      what: 'This {kind} targets {target}, but {elsewhere} is what has this name.',
      why: 'The kind of a reference is taken literally. Nothing of that kind and name exists, so nothing enforces the policy.',
      help: 'Write the kind (and `group`) of the resource that is meant.',
    },
  },
  check({ graph, report }) {
    for (const policy of listTargetable(graph)) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const ref of targetRefsOf(policy)) {
        const found = findPolicyTarget(graph, policy, ref);
        if (found === undefined) continue;
        const { kind: targetKind, lookup, namesakes } = found;
        const { kind, namespace } = policy;
        const [other] = namesakes;
        const target = `${targetKind} ${showRef({ namespace, name: ref.name ?? '' })}`;
        if (other === undefined) {
          report(policy, {
            at: at(ref, 'name'),
            message: 'missing',
            data: { kind, target, targetKind },
            lookup,
            fix: () => takeSuggestion(at(ref, 'name'), lookup, namespace),
          });
          continue;
        }
        const otherKind = other.kind === 'KubernetesGateway' ? 'Gateway' : other.kind;
        report(policy, {
          at: at(ref, 'name'),
          message: otherKind === targetKind ? 'elsewhere' : 'other-kind',
          data: { kind, target, elsewhere: `${otherKind} ${showRef(other)}` },
          related: namesakes.slice(0, 3).map((resource) => ({ resource, note: 'This has the name.' })),
          lookup,
        });
      }
    }
  },
});
