import { at, defineRule, isDryRun, type Resource, selectorLabels, showLabels, targetRefsOf } from '#sdk';

export default defineRule({
  code: 'IST1128',
  severity: 'info',
  since: '0.1.0',
  summary: 'An ALLOW policy without rules denies everything that no other policy allows.',
  reads: { AuthorizationPolicy: 'some' },
  optIn: true,
  messages: {
    nobody: {
      what: 'This policy allows nobody, and with that denies all requests to {scope}.',
      why: 'Where an ALLOW policy applies, only what some ALLOW policy admits gets in, and this one has no rules.',
      help: 'Keep it to deny by default, with other policies that say who may call; remove it to let everybody in.',
    },
  },
  check({ graph, report }) {
    for (const policy of graph.list('AuthorizationPolicy')) {
      const { spec } = policy;
      if ((spec.action ?? 'ALLOW') !== 'ALLOW' || (spec.rules ?? []).length > 0) continue;
      if (isDryRun(policy) || graph.changedBy(policy) !== undefined) continue;
      const scope = scopeOf(policy, graph.mesh.rootNamespace);
      report(policy, { at: placeOf(policy), message: 'nobody', data: { scope } });
    }
  },
});

function placeOf({ spec, body }: Resource<'AuthorizationPolicy'>): ReturnType<typeof at> {
  if (spec.rules !== undefined) return at(spec, 'rules', 'key');
  if (spec.targetRefs !== undefined) return at(spec, 'targetRefs', 'key');
  if (spec.targetRef !== undefined) return at(spec, 'targetRef', 'key');
  return spec.selector === undefined ? at(body, 'spec') : at(spec, 'selector', 'key');
}

function scopeOf(policy: Resource<'AuthorizationPolicy'>, root: string): string {
  const targets = targetRefsOf(policy);
  if (targets.length > 0) {
    return targets.map(({ kind = '', name = '' }) => `${kind} ${name}`).join(' and ');
  }
  const labels = selectorLabels(policy);
  const where = policy.namespace === root ? 'the mesh' : 'its namespace';
  return Object.keys(labels).length === 0
    ? where
    : `the workloads with ${showLabels(labels)} in ${where === 'the mesh' ? 'any namespace' : where}`;
}
