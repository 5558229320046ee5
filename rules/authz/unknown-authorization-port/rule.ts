import { deafPortReads, deafPorts, defineRule, replaceBy, showList, showRef } from '#sdk';

export default defineRule({
  code: 'IST1126',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy names a port on which none of its workloads listens.',
  reads: deafPortReads,
  needs: [['AuthorizationPolicy']],
  fixes: 'unsafe',
  messages: {
    service: {
      what: 'Port {port} is that of Service {service}; {workload} listens on {target}.',
      why: 'The proxy of a workload compares the port of the container, to which the Service has led the connection already. No connection arrives on {port}, so {consequence}.',
      help: 'Write {target}.',
    },
    nobody: {
      what: 'None of the workloads that the policy applies to listens on port {port}.',
      why: 'The port of the container is compared. {workloads} have others, so {consequence}.',
      help: 'Write a port of the containers; declare it there if it is missing.',
    },
  },
  check({ graph, report }) {
    for (const { policy, value, meant, workloads, lookup } of deafPorts(graph)) {
      const { text: port, at, isNot } = value;
      const consequence = isNot ? 'nothing is left out by this value' : 'this value never fits';
      if (meant === undefined) {
        const names = workloads.map(({ resource }) => `${resource.kind} ${showRef(resource)}`);
        const data = { port, consequence, workloads: showList(names, 3) };
        const related = workloads
          .slice(0, 3)
          .map(({ resource }) => ({ resource, note: 'listens on other ports' }));
        report(policy, { at, message: 'nobody', data, lookup, related });
        continue;
      }
      const { service, target, workload } = meant;
      const { resource } = workload;
      const name = `${resource.kind} ${showRef(resource)}`;
      report(policy, {
        at,
        message: 'service',
        data: { port, consequence, target, service: showRef(service), workload: name },
        lookup,
        fix: () => replaceBy(at, String(target), false),
        related: [{ resource: service, note: `leads port ${port} to ${target}` }],
      });
    }
  },
});
