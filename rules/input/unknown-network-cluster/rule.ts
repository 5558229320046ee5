import { at, defineRule, missingRegistry, networkReads, networkSources } from '#sdk';

export default defineRule({
  code: 'IST0126',
  severity: 'error',
  since: '0.1.0',
  summary: 'A network of the mesh takes its endpoints from a cluster that istiod does not read.',
  reads: networkReads,
  messages: {
    unknown: {
      what: 'Cluster "{name}", from which network {network} takes its endpoints, does not exist.',
      why: 'istiod knows its own cluster by the name it was installed with (`Kubernetes` unless set), and others by the keys of their remote Secrets. Endpoints of none of them are put into this network, so its gateways get no traffic from other networks.',
      help: 'Write the name of a cluster exactly as it is registered, upper and lower case included.',
    },
  },
  check({ graph, report }) {
    for (const { resource, networks } of networkSources(graph)) {
      for (const [network, { endpoints = [] }] of Object.entries(networks)) {
        for (const endpoint of endpoints) {
          const name = endpoint.fromRegistry;
          const lookup = name === undefined ? undefined : missingRegistry(graph, name, resource);
          if (name === undefined || lookup === undefined) continue;
          const data = { name, network };
          report(resource, { at: at(endpoint, 'fromRegistry'), message: 'unknown', data, lookup });
        }
      }
    }
  },
});
