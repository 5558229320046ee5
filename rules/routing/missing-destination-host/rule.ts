import {
  at,
  completedHost,
  defineRule,
  destinationReads,
  findDestination,
  replaceBy,
  routeTargets,
  showRef,
  takeSuggestion,
} from '#sdk';

export default defineRule({
  code: 'IST0101',
  severity: 'error',
  since: '0.1.0',
  summary: 'A VirtualService sends or mirrors traffic to a host that does not exist.',
  reads: destinationReads,
  fixes: 'both',
  messages: {
    route: {
      what: 'Destination host {host} does not exist.',
      why: 'Neither a Service nor a ServiceEntry has that name, so every request that this route takes fails with 503.',
      help: 'Name a Service or a ServiceEntry host that exists. A name without a dot means a Service in the namespace of the VirtualService; any other Service is named in full, as `name.namespace.svc.{domain}`.',
    },
    mirror: {
      what: 'Mirror host {host} does not exist.',
      why: 'Neither a Service nor a ServiceEntry has that name, so the copies of the requests go nowhere, and nobody is told.',
      help: 'Name a Service or a ServiceEntry host that exists. A name without a dot means a Service in the namespace of the VirtualService; any other Service is named in full, as `name.namespace.svc.{domain}`.',
    },
    unqualified: {
      what: 'The {role} host {host} is not a full name, and nothing is called like that.',
      why: 'Istio completes only names without a dot, by the namespace of the VirtualService; one with a dot is taken as it stands, so the requests fail with 503 although the Service exists.',
      help: 'Write {fqdn}.',
    },
    hidden: {
      what: 'The {role} host {host} is hidden from {whom} by its exportTo.',
      why: 'Proxies that do not see a host know no way to it: they take the route and answer with 503.',
      help: 'Export {owner} to the namespaces that use this VirtualService, or export the VirtualService only to those that see the host.',
    },
  },
  check({ graph, report }) {
    const domain = graph.mesh.clusterDomain;
    for (const service of graph.list('VirtualService')) {
      for (const target of routeTargets(graph, service)) {
        const found = findDestination(graph, target);
        if (found === undefined || found.state === 'found') continue;
        const { lookup } = found;
        const host = target.destination.host ?? '';
        const place = at(target.destination, 'host');
        const role = target.role === 'route' ? 'destination' : 'mirror';
        if (found.state === 'hidden') {
          const { from, owner } = found;
          const data = {
            role,
            host,
            whom:
              from === 'home'
                ? `clients in namespace ${service.namespace}`
                : 'everyone who gets this VirtualService',
            owner: `${owner.kind} ${showRef(owner)}`,
          };
          const severity = from === 'home' ? 'warning' : 'error';
          const related = [{ resource: owner, note: `${host} stands for this ${owner.kind}` }];
          report(service, { at: place, message: 'hidden', severity, data, related, lookup });
          continue;
        }
        const fqdn = completedHost(host, lookup, domain);
        if (fqdn === undefined) {
          report(service, {
            at: place,
            message: target.role,
            data: { host, domain },
            lookup,
            fix: () => takeSuggestion(place, lookup),
          });
        } else {
          report(service, {
            at: place,
            message: 'unqualified',
            data: { role, host, fqdn },
            lookup,
            fix: () => replaceBy(place, fqdn, lookup.state === 'absent'),
          });
        }
      }
    }
  },
});
