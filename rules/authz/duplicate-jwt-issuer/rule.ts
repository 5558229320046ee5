import { at, defineRule, showList, showRef, voidAudiences } from '#sdk';

export default defineRule({
  code: 'IST1154',
  severity: 'warning',
  since: '0.1.0',
  summary: 'Another rule for the same issuer accepts tokens for other audiences.',
  reads: voidAudiences.reads,
  needs: [['RequestAuthentication']],
  messages: {
    void: {
      what: 'Tokens of {issuer} need not be for {audiences}: RequestAuthentication {other} accepts them for {others} at the same proxy.',
      why: 'Where several rules are for one issuer, a token is good if any of them accepts it. The audiences that this rule asks for keep nobody out.',
      help: 'Write one rule for the issuer, with the audiences that shall be accepted, or let the policies apply to different workloads.',
    },
  },
  check({ graph, report }) {
    for (const { check, rule, laxer } of voidAudiences(graph)) {
      const others = laxer.rule.audiences ?? [];
      report(check, {
        at: at(rule, 'audiences', 'key'),
        message: 'void',
        data: {
          issuer: rule.issuer ?? '',
          audiences: showList(rule.audiences ?? [], 3),
          other: showRef(laxer.check),
          others: others.length === 0 ? 'anybody' : showList(others, 3),
        },
        related: [
          { resource: laxer.check, at: at(laxer.rule, 'issuer'), note: 'Accepts tokens of the same issuer.' },
        ],
      });
    }
  },
});
