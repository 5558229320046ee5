import { defineRule, type Related, showList, uncheckedTokens } from '#sdk';

const help =
  'Add a RequestAuthentication for the issuer of the tokens that applies to {points}: with a selector for sidecars and gateways, with the same `targetRefs` as this policy for a waypoint.';

export default defineRule({
  code: 'IST1150',
  severity: 'error',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy is about tokens, and nothing checks tokens where it is in force.',
  reads: uncheckedTokens.reads,
  needs: [['AuthorizationPolicy']],
  messages: {
    'admits-nothing': {
      what: 'This ALLOW policy asks for {fields}, and no RequestAuthentication checks tokens at {points}.',
      why: 'What a token says counts only after its signature was checked, so here no request has any claims. The policy admits nobody, and as no other ALLOW policy does, every request is refused, with a good token too.',
      help,
    },
    'admits-less': {
      what: 'A part of this ALLOW policy asks for {fields}, and no RequestAuthentication checks tokens at {points}.',
      why: 'What a token says counts only after its signature was checked, so here no request has any claims. Whoever only this part would admit is refused, with a good token too.',
      help,
    },
    'admits-anybody': {
      what: 'This ALLOW policy shuts out by {fields}, and no RequestAuthentication checks tokens at {points}.',
      why: 'Without a checked token nothing is known that could be excluded, so the condition holds for every request: those that it should shut out are admitted.',
      help,
    },
    'denies-nothing': {
      what: 'This DENY policy looks for {fields}, and no RequestAuthentication checks tokens at {points}.',
      why: 'What a token says counts only after its signature was checked, so here no request has any claims, and whatever should be denied because of them is let through.',
      help,
    },
    'denies-everything': {
      what: 'This DENY policy makes an exception by {fields}, and no RequestAuthentication checks tokens at {points}.',
      why: 'Without a checked token nobody comes under the exception, so everything else that the rule says is denied for all, with a good token too.',
      help,
    },
  },
  check({ graph, report }) {
    for (const found of uncheckedTokens(graph)) {
      const { policy, consequence, fields, points, everywhere, others, lookup } = found;
      const [first] = fields;
      if (first === undefined) continue;
      report(policy, {
        at: first.at,
        message: consequence,
        severity: everywhere ? 'error' : 'warning',
        lookup,
        data: {
          fields: showList([...new Set(fields.map(({ name }) => `\`${name}\``))]),
          points: showList([...new Set(points)], 3),
        },
        related: others
          .slice(0, 5)
          .map((resource): Related => ({ resource, note: 'Checks tokens, but not there.' })),
      });
    }
  },
});
