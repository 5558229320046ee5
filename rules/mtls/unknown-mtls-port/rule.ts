import {
  at,
  defineRule,
  findUnknownMtlsPorts,
  mtlsPortReads,
  type Related,
  renameKey,
  showList,
  showRef,
} from '#sdk';

export default defineRule({
  code: 'IST1108',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A PeerAuthentication makes an exception for a port on which its workloads do not listen.',
  reads: mtlsPortReads,
  needs: [['PeerAuthentication']],
  fixes: 'unsafe',
  messages: {
    service: {
      what: 'Port {port} of `portLevelMtls` is that of {service}; the containers of {workload} listen on {target}.',
      why: 'A PeerAuthentication counts by the port at which connections arrive inside the pod. This exception is never used, and port {target} is treated like all others.',
      help: 'Write {target} instead of {port}.',
    },
    unknown: {
      what: 'No container of {workload} listens on port {port}, for which `portLevelMtls` sets a mode.',
      why: 'A PeerAuthentication counts by the ports of the containers, here {declared}. A mode for another port changes nothing.',
      help: 'Name the port of the container that is meant, or remove the entry.',
    },
  },
  check({ graph, report }) {
    for (const { policy, ports, port, workloads, mapped, declared, lookup } of findUnknownMtlsPorts(graph)) {
      const related: Related[] = workloads
        .slice(0, 5)
        .map(({ resource }) => ({ resource, note: 'is selected by it' }));
      const [first] = workloads;
      if (first === undefined) continue;
      const workload = `${first.resource.kind} ${showRef(first.resource)}`;
      const place = { at: at(ports, port, 'key'), related, lookup };
      if (mapped === undefined) {
        const data = { port, workload, declared: showList(declared.map(String)) };
        report(policy, { ...place, message: 'unknown', data });
      } else {
        const { service, target } = mapped;
        related.push({ resource: service, note: 'has this port for its clients' });
        const data = { port, workload, target, service: `Service ${showRef(service)}` };
        report(policy, {
          ...place,
          message: 'service',
          severity: 'error',
          data,
          fix: () => ({
            title: `Write ${target} instead of ${port}`,
            safe: false,
            edits: [renameKey(ports, port, String(target))],
          }),
        });
      }
    }
  },
});
