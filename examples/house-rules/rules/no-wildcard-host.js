// @ts-check
import { at, defineRule } from 'meshlint/sdk';

export default defineRule({
  name: 'no-wildcard-host',
  code: 'ACME0001',
  severity: 'warning',
  since: '1.0.0',
  summary: 'A VirtualService is for hosts that nobody lists.',
  reads: { VirtualService: 'some' },
  messages: {
    wildcard: {
      what: 'Host {host} is a wildcard.',
      why: 'Whoever adds a name to DNS gets these routes, and nobody sees it in a review.',
      help: 'List the hosts that are meant.',
    },
  },
  check({ graph, report }) {
    for (const service of graph.list('VirtualService')) {
      const hosts = service.spec.hosts ?? [];
      for (const [i, host] of hosts.entries()) {
        if (!host.startsWith('*')) continue;
        report(service, { at: at(hosts, i), message: 'wildcard', data: { host } });
      }
    }
  },
});
