import {
  at,
  completedHost,
  defineRule,
  expandHost,
  hostRegistry,
  isWildcard,
  parseServiceHost,
  replaceBy,
  takeSuggestion,
  virtualHosts,
} from '#sdk';

export default defineRule({
  code: 'IST0174',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A DestinationRule is for a host that does not exist.',
  reads: { ...virtualHosts.reads, ...hostRegistry.reads },
  needs: [['DestinationRule']],
  fixes: 'both',
  messages: {
    unknown: {
      what: 'No Service and no ServiceEntry has the host {host}.',
      why: 'A DestinationRule says how to reach an existing host; this one says it of nothing, so its subsets, load balancing and TLS settings never apply.',
      help: 'Name a Service or a ServiceEntry host that exists. A name without a dot means a Service in the namespace of the DestinationRule; any other Service is named in full, as `name.namespace.svc.{domain}`.',
    },
    unqualified: {
      what: 'The host {host} is not a full name, and nothing is called like that.',
      why: 'Istio completes only names without a dot, by the namespace of the DestinationRule; one with a dot is taken as it stands, so this rule is for nothing although the Service exists.',
      help: 'Write {fqdn}.',
    },
    virtual: {
      what: 'Only VirtualServices have the host {host}; no Service and no ServiceEntry has it.',
      why: 'A DestinationRule applies to the destinations that routes end at, not to the hosts that they start from, so this one never applies.',
      help: 'Name the host of the destination that is meant, as the routes of the VirtualService do.',
    },
  },
  check({ graph, report }) {
    const registry = hostRegistry(graph);
    const domain = graph.mesh.clusterDomain;
    for (const rule of graph.list('DestinationRule')) {
      const { host = '' } = rule.spec;
      // A wildcard is for whatever comes.
      if (host === '' || isWildcard(host)) continue;
      const lookup = registry.resolve(host, rule.namespace, rule);
      if (lookup.state === 'found') continue;
      const place = at(rule.spec, 'host');
      const fqdn = completedHost(host, lookup, domain);
      const full = expandHost(host, rule.namespace, domain);
      // The host of a Service that is missing is often one of a VirtualService as well.
      const isService = parseServiceHost(full, domain) !== undefined;
      const [virtual] = isService ? [] : (virtualHosts(graph).get(full) ?? []);
      if (fqdn !== undefined) {
        report(rule, {
          at: place,
          message: 'unqualified',
          data: { host, fqdn },
          lookup,
          fix: () => replaceBy(place, fqdn, lookup.state === 'absent'),
        });
      } else if (virtual !== undefined) {
        const { service, index } = virtual;
        const related = [
          { resource: service, at: at(service.spec.hosts ?? [], index), note: 'has this host' },
        ];
        report(rule, { at: place, message: 'virtual', data: { host }, related, lookup });
      } else {
        report(rule, {
          at: place,
          message: 'unknown',
          data: { host, domain },
          lookup,
          fix: () => takeSuggestion(place, lookup),
        });
      }
    }
  },
});
