import { at, defineRule, disagreementOf, sharedPorts, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST0137',
  severity: 'warning',
  since: '0.1.0',
  summary: 'Several ports of Services lead to one port of a workload.',
  reads: sharedPorts.reads,
  messages: {
    protocols: {
      what: 'Port {target} of {workload} is reached through {ports}, which say different protocols.',
      why: 'The sidecar has one listener for a port, and the oldest Service says what it speaks. Requests by way of the others are treated as if they were of that protocol: routes and policies for HTTP do not apply, or connections fail.',
      help: 'Say the same protocol for all of them, or let each have a port of the container to itself.',
    },
    versions: {
      what: 'Port {target} of {workload} is reached through {ports}, which say different versions of HTTP.',
      why: 'The sidecar speaks one version with the container, that of the oldest Service and its first port, and translates all other requests: gRPC breaks when that is HTTP/1.1, and most other applications when it is HTTP/2.',
      help: 'Say the same protocol for all of them: the one that the application speaks.',
    },
    shared: {
      what: 'Port {target} of {workload} is reached through {ports}.',
      why: 'The sidecar has one listener for a port, and counts all its requests for the oldest Service, whichever was called.',
      help: 'Leave it if nobody minds in the metrics; otherwise offer one port only.',
    },
  },
  check({ graph, report }) {
    for (const { workload, target, ports } of sharedPorts(graph)) {
      const disagreement = disagreementOf(ports);
      const isOneService = new Set(ports.map(({ service }) => service)).size === 1;
      if (new Set(ports.map(({ number }) => number)).size < 2 || (isOneService && disagreement === undefined))
        continue;
      const { resource } = workload;
      const finding = {
        at: at(resource.metadata, 'name'),
        data: {
          target,
          workload: `${resource.kind} ${showRef(resource)}`,
          ports: showList(ports.map(({ service, number }) => `port ${number} of Service ${service.name}`)),
        },
        related: ports.slice(0, 5).map(({ service, index, protocol }) => ({
          resource: service,
          at: at(service.spec.ports ?? [], index),
          note: `leads to it and says ${protocol === 'Unsupported' ? 'no protocol' : protocol}`,
        })),
      };
      if (disagreement === undefined) report(resource, { ...finding, message: 'shared', severity: 'info' });
      else report(resource, { ...finding, message: disagreement });
    }
  },
});
