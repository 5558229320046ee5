import { at, defineRule, findUnmeshedClients, showRef, unmeshedClientReads } from '#sdk';

export default defineRule({
  code: 'IST1107',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A STRICT workload has clients that are not in the mesh.',
  reads: unmeshedClientReads,
  needs: [['PeerAuthentication']],
  optIn: true,
  messages: {
    published: {
      what: 'Port {port} of {server}{more} is STRICT, and {client} publishes it to clients outside the cluster.',
      why: 'Who comes in from outside has no certificate of the mesh: the connection is reset before a request is read.',
      help: 'Let a gateway take the traffic in, make the Service a ClusterIP, or set PERMISSIVE for the port in `portLevelMtls`.',
    },
    scraped: {
      what: '{client}, which is not in the mesh, is to scrape port {port} of {server}{more}, which is STRICT.',
      why: 'Nothing hands these metrics out in plain text, so Prometheus gets a reset connection and reports the target as down.',
      help: 'Set PERMISSIVE for the port in `portLevelMtls`, bring Prometheus into the mesh, or let sidecars merge the metrics.',
    },
  },
  check({ graph, report }) {
    for (const { policy, setting, how, server, client, port, more } of findUnmeshedClients(graph)) {
      report(policy, {
        at: at(setting, 'mode'),
        message: how,
        data: {
          port,
          server: `${server.resource.kind} ${showRef(server.resource)}`,
          client: `${client.kind} ${showRef(client)}`,
          more: more === 0 ? '' : ` (and of ${more} more)`,
        },
        related: [
          { resource: client, note: how === 'published' ? 'publishes it' : 'is the client' },
          { resource: server.resource, note: 'refuses plain text' },
        ],
      });
    }
  },
});
