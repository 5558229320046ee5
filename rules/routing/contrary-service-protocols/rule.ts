import { at, defineRule, disagreementOf, type LeadingPort, sharedPorts, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST0116',
  severity: 'warning',
  since: '0.1.0',
  summary: 'Services before one workload say different protocols for the same port.',
  reads: sharedPorts.reads,
  messages: {
    protocols: {
      what: 'Port {port} of {workload} is {protocols}.',
      why: 'The sidecar has one listener for a port, and the oldest Service says what it speaks. Requests by way of the others are treated as if they were of that protocol: routes and policies for HTTP do not apply, or connections fail.',
      help: 'Name the port after one protocol in all Services, or let each protocol have a port of the container to itself.',
    },
    versions: {
      what: 'Port {port} of {workload} is {protocols}.',
      why: 'The sidecar speaks one version of HTTP with the container, that of the oldest Service, and translates all other requests: gRPC breaks when that is HTTP/1.1, and most other applications when it is HTTP/2.',
      help: 'Name the port after one protocol in all Services: the one that the application speaks.',
    },
  },
  check({ graph, report }) {
    for (const { workload, ports } of sharedPorts(graph)) {
      for (const [port, same] of byNumber(ports)) {
        const disagreement = disagreementOf(same);
        if (disagreement === undefined) continue;
        const { resource } = workload;
        const said = same.map(({ protocol, service }) => `${protocol} for Service ${service.name}`);
        report(resource, {
          at: at(resource.metadata, 'name'),
          message: disagreement,
          data: { port, workload: `${resource.kind} ${showRef(resource)}`, protocols: showList(said) },
          related: same.slice(0, 5).map(({ service, index, protocol }) => ({
            resource: service,
            at: at(service.spec.ports ?? [], index),
            note: `says ${protocol}`,
          })),
        });
      }
    }
  },
});

function byNumber(ports: readonly LeadingPort[]): ReadonlyMap<number, readonly LeadingPort[]> {
  const groups = new Map<number, LeadingPort[]>();
  for (const port of ports) groups.set(port.number, [...(groups.get(port.number) ?? []), port]);
  return groups;
}
