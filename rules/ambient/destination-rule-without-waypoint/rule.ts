import { defineRule, showList, showRef, unreadDestinationRules, unreadRuleReads } from '#sdk';

const help =
  'Deploy a waypoint and label {target} or its namespace `istio.io/use-waypoint`. A waypoint reads the DestinationRules of that namespace, of its own and of the root namespace.';

export default defineRule({
  code: 'IST1041',
  severity: 'warning',
  since: '0.1.0',
  summary:
    'A DestinationRule is for an ambient Service that no waypoint stands before, so nobody applies it.',
  reads: unreadRuleReads,
  needs: [['DestinationRule'], ['Service', 'ServiceEntry'], ['Namespace']],
  messages: {
    ignored: {
      what: 'Nobody applies {settings} to connections with {target}: no waypoint stands before it.',
      why: 'A DestinationRule is for the proxy that opens the connection. For clients in ambient mode that is ztunnel, which reads none: it picks any endpoint for each connection and keeps to no limit.',
      help,
    },
    'no-tls': {
      what: 'Nobody begins TLS with {target}, as `{mode}` asks: no waypoint stands before it.',
      why: 'Ztunnel reads no DestinationRule and passes on what the application writes. Where that leaves TLS to the mesh, plain text arrives at the server, or goes out of the cluster.',
      help,
    },
  },
  check({ graph, report }) {
    for (const { rule, target: resource, settings, lookup } of unreadDestinationRules(graph)) {
      const [first] = settings;
      if (first === undefined) continue;
      const { at, isTls } = first;
      const target = `${resource.kind} ${showRef(resource)}`;
      const related = [{ resource, note: 'No waypoint stands before this.' }];
      if (isTls) {
        const data = { target, mode: first.name };
        report(rule, { at, message: 'no-tls', severity: 'error', data, related, lookup });
      } else {
        const names = [...new Set(settings.map(({ name }) => `\`${name}\``))];
        report(rule, {
          at,
          message: 'ignored',
          data: { target, settings: showList(names) },
          related,
          lookup,
        });
      }
    }
  },
});
