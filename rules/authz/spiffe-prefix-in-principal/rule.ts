import { comparedValues, defineRule, replaceBy } from '#sdk';

const PREFIX = 'spiffe://';

export default defineRule({
  code: 'IST1122',
  severity: 'error',
  since: '0.1.0',
  summary: 'A principal of an AuthorizationPolicy begins with `spiffe://`, and so matches nobody.',
  reads: { AuthorizationPolicy: 'some' },
  fixes: 'safe',
  messages: {
    matched: {
      what: 'The principal {principal} begins with `spiffe://`, which no caller matches.',
      why: 'Principals are compared with what follows `spiffe://` in the certificate of the caller. An ALLOW rule lets nobody in by this value, and a DENY rule stops nobody.',
      help: 'Write {stripped}.',
    },
    excluded: {
      what: 'The principal {principal} begins with `spiffe://`, so it leaves nobody out.',
      why: 'Principals are compared with what follows `spiffe://` in the certificate of the caller. The rule applies to the very caller that was to be an exception.',
      help: 'Write {stripped}.',
    },
  },
  check({ graph, report }) {
    for (const policy of graph.list('AuthorizationPolicy')) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const { text, at, isNot } of comparedValues(policy, 'principals', hasPrefix)) {
        const data = { principal: text, stripped: text.slice(PREFIX.length) || '`*` for any identity' };
        report(policy, {
          at,
          message: isNot ? 'excluded' : 'matched',
          data,
          fix: () => replaceBy(at, text.slice(PREFIX.length) || '*', text !== PREFIX),
        });
      }
    }
  },
});

function hasPrefix(text: string): boolean {
  return text.startsWith(PREFIX);
}
