import { at, conflictSeverity, defineRule, openRules, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST1129',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A rule of an ALLOW policy admits everybody, so that other ALLOW policies decide nothing.',
  reads: openRules.reads,
  needs: [['AuthorizationPolicy']],
  messages: {
    void: {
      what: 'This rule has no `from`, no `to` and no `when`: it admits every request, whatever {others} say.',
      why: 'A request is let in as soon as one rule of any ALLOW policy fits, and this one always does. What the other policies were to keep out comes in; only DENY and CUSTOM policies still count.',
      help: 'Say in this rule who may do what, or remove it; if everybody is welcome, remove the other ALLOW policies.',
    },
    own: {
      what: 'This rule has no `from`, no `to` and no `when`: it admits every request, and the other rules of the policy decide nothing.',
      why: 'A request is let in as soon as one rule fits, and this one always does.',
      help: 'Remove the rule, or merge it with the one whose `from`, `to` or `when` it was to have: each `-` begins a rule of its own.',
    },
    open: {
      what: 'This policy admits every request, as if there were none.',
      why: 'Without an ALLOW policy everybody is let in, too. DENY and CUSTOM policies count either way.',
      help: 'Say who may do what, or remove the policy.',
    },
  },
  check({ graph, report }) {
    for (const { policy, rules, index, voided, wider } of openRules(graph)) {
      const place = at(rules, index);
      if (voided.length > 0) {
        const others = showList(
          voided.map((other) => `AuthorizationPolicy ${showRef(other)}`),
          3,
        );
        report(policy, {
          at: place,
          message: 'void',
          // What stands in a file of its own may be an exercise, or a step on the way.
          severity: conflictSeverity(graph, policy, voided) === 'info' ? 'info' : 'warning',
          data: { others },
          related: voided.slice(0, 5).map((resource) => ({ resource, note: 'decides nothing any more' })),
        });
      } else if (rules.length > 1) {
        report(policy, { at: place, message: 'own' });
      } else {
        report(policy, { at: place, message: 'open', severity: 'info', lookup: wider });
      }
    }
  },
});
