import { at, defineRule, showList, showRef, tcpDenials } from '#sdk';

export default defineRule({
  code: 'IST0133',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A DENY rule that needs HTTP denies every connection to a TCP port.',
  reads: tcpDenials.reads,
  messages: {
    tcp: {
      what: 'The rule denies by what only HTTP has, and so denies every connection{callers} to {ports}.',
      why: 'A proxy sees no HTTP in a TCP connection. It compares only what is left of the rule, and that fits.',
      help: '{help}.',
    },
  },
  check({ graph, report }) {
    for (const { policy, rule, field, isBounded, help, ports } of tcpDenials(graph)) {
      const names = ports.map(({ service, port }) => `port ${port.port} of Service ${showRef(service)}`);
      report(policy, {
        at: at(rule, field),
        message: 'tcp',
        data: { callers: isBounded ? ' from its sources' : '', ports: showList(names, 3), help },
        related: ports.slice(0, 5).map(({ service, port }) => ({
          resource: service,
          at: at(port),
          note: 'no HTTP is seen on this port',
        })),
      });
    }
  },
});
