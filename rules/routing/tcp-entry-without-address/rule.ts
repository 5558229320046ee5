import { at, defineRule, istiodEnvironment, recognitionOf } from '#sdk';

export default defineRule({
  code: 'IST0134',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A ServiceEntry has a TCP port and no address by which to tell its connections.',
  reads: { ServiceEntry: 'some', ...istiodEnvironment.reads },
  messages: {
    nothing: {
      what: 'Nothing tells the connections to {hosts} on port {port} from others: the ServiceEntry has no addresses.',
      why: 'A TCP connection carries no host name, so sidecars listen on port {port} of every address: all connections to that port are sent here, and a second ServiceEntry with it is ignored.',
      help: 'List the addresses under which clients reach the host{allocate}; or name the protocol if it is HTTP or TLS.',
    },
    captured: {
      what: 'Only clients whose DNS the mesh answers can tell the connections to {hosts} on port {port} from others.',
      why: 'istiod gives the host an address of its own, which ambient clients and sidecars with DNS capture use. Other sidecars listen on port {port} of every address and send all connections to it here.',
      help: 'Turn on DNS capture (ISTIO_META_DNS_CAPTURE in `proxyMetadata`), or list the addresses of the host.',
    },
  },
  check({ graph, report }) {
    for (const entry of graph.list('ServiceEntry')) {
      if (graph.changedBy(entry) !== undefined) continue;
      const { hosts = [], ports = [], resolution = 'NONE' } = entry.spec;
      const open = ports.filter(({ protocol = '' }) => protocol === '' || protocol.toUpperCase() === 'TCP');
      if (open.length === 0) continue;
      const recognition = recognitionOf(graph, entry);
      if (recognition === 'address') continue;
      const [host = 'this host'] = hosts;
      const names = hosts.length > 1 ? `${host} and its other hosts` : host;
      const allocate = resolution === 'NONE' ? '' : ', or let istiod give it one';
      for (const one of open) {
        const data = { hosts: names, port: one.number ?? 0, allocate };
        const place = at(one, 'protocol');
        if (recognition === 'nothing') report(entry, { at: place, message: 'nothing', data });
        else report(entry, { at: place, message: 'captured', severity: 'info', data });
      }
    }
  },
});
