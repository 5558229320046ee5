import { contradictingFields, contradictions, defineRule, policiesUsing } from '#sdk';

export default defineRule({
  code: 'IST1127',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A part of an AuthorizationPolicy asks for what it excludes, and so never matches.',
  reads: { AuthorizationPolicy: 'some' },
  messages: {
    excluded: {
      what: 'Every value of `{is}` is excluded by `{isNot}` beside it.',
      why: 'Both lists must fit one and the same request, and none can fit both: this part of the policy never matches.',
      help: 'Remove from one of the lists what stands in the other, or write two entries.',
    },
    everything: {
      what: 'The `*` in `{isNot}` excludes every request.',
      why: 'Every HTTP request has one of these, and `*` stands for any: this part of the policy never matches.',
      help: 'Name what is to be excluded, or remove the list.',
    },
    disjoint: {
      what: 'The conditions on `{key}` have no value in common.',
      why: 'All conditions of a rule must hold for one and the same request, which has one value only: the rule never matches.',
      help: 'Write the values into one condition, where any of them will do, or write two rules.',
    },
  },
  check({ graph, report }) {
    for (const policy of policiesUsing(graph, contradictingFields)) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const found of contradictions(policy)) {
        const { at } = found;
        if (found.kind === 'excluded') {
          const { is, isNot, notAt } = found;
          const related = [{ resource: policy, at: notAt, note: 'excludes all of it' }];
          report(policy, { at, message: 'excluded', data: { is, isNot }, related });
        } else if (found.kind === 'everything') {
          report(policy, { at, message: 'everything', data: { isNot: found.isNot } });
        } else {
          const related = [{ resource: policy, at: found.other, note: 'asks for other values' }];
          report(policy, { at, message: 'disjoint', data: { key: found.key }, related });
        }
      }
    }
  },
});
