import { authorizationHostReads, defineRule, namedHosts, policiesUsing } from '#sdk';

export default defineRule({
  code: 'IST1124',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy compares the host of requests with a Service that does not exist.',
  reads: authorizationHostReads,
  needs: [['AuthorizationPolicy']],
  messages: {
    unknown: {
      what: 'Nothing in the mesh is called {host}.',
      why: 'The value is compared with the Host header of the request, and no client sends this name: it never fits.{more}',
      help: 'Name a host that clients send, or end it with `*`, as in `orders*`.',
    },
    excluded: {
      what: 'Nothing in the mesh is called {host}, so nothing is left out by it.',
      why: 'The value is compared with the Host header of the request, and no client sends this name.{more}',
      help: 'Name a host that clients send, or remove the value.',
    },
  },
  check({ graph, report }) {
    for (const policy of policiesUsing(graph, ['hosts', 'notHosts'])) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const { value, host, isShort, lookup } of namedHosts(graph, policy)) {
        const more = isShort ? ' A name without a dot fits exactly that header, never the full name.' : '';
        report(policy, {
          at: value.at,
          message: value.isNot ? 'excluded' : 'unknown',
          ...(value.isNot ? { severity: 'info' } : {}),
          data: { host, more },
          lookup,
        });
      }
    }
  },
});
