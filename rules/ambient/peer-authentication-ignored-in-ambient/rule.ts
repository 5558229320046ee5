import {
  ambientPolicyReads,
  at,
  defineRule,
  findIgnoredInAmbient,
  type Related,
  removeField,
  replaceBy,
  showList,
  showRef,
  type Workload,
} from '#sdk';

export default defineRule({
  code: 'IST1039',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A PeerAuthentication says something that ztunnel does not do for ambient workloads.',
  reads: ambientPolicyReads,
  needs: [['PeerAuthentication']],
  fixes: 'both',
  messages: {
    disable: {
      what: 'DISABLE does not switch mutual TLS off for {workloads}: ambient mode does not know it.',
      why: 'ztunnel always takes HBONE, which is mutual TLS. DISABLE means the same as PERMISSIVE there: plain text is accepted as well.',
      help: 'Write PERMISSIVE, or take the workloads out of the mesh with the label `istio.io/dataplane-mode: none`.',
    },
    port: {
      what: 'The exception for port {port} is not made: {workloads} refuse plain text there, too.',
      why: 'Under a STRICT that comes from the namespace or the mesh, exceptions reach ztunnel only when one of the ports is PERMISSIVE. Here the static STRICT policy stays in force for every port.',
      help: 'Write PERMISSIVE for the port.',
    },
    selector: {
      what: 'STRICT of PeerAuthentication {policy} is not enforced for {workloads}: its selector is empty.',
      why: 'Sidecars read an empty selector as the whole mesh. For ambient workloads of other namespaces a policy of the root namespace only counts without any selector, so they accept plain text from everybody.',
      help: 'Remove `selector`.',
    },
  },
  check({ graph, report }) {
    for (const { policy, what, setting, port, workloads } of findIgnoredInAmbient(graph)) {
      const related = workloads
        .slice(0, 5)
        .map(({ resource }): Related => ({ resource, note: 'is in ambient mode' }));
      const names = showList(workloads.map(nameOf), 3);
      if (setting === undefined) {
        const data = { policy: showRef(policy), workloads: names };
        const place = at(policy.spec, 'selector', 'key');
        report(policy, {
          at: place,
          message: 'selector',
          severity: 'error',
          data,
          related,
          fix: () => ({
            title: 'Remove the empty `selector`',
            safe: true,
            edits: [removeField(policy.spec, 'selector')],
          }),
        });
      } else if (what === 'port') {
        const data = { port, workloads: names };
        report(policy, {
          at: at(setting, 'mode'),
          message: 'port',
          data,
          related,
          fix: () => replaceBy(at(setting, 'mode'), 'PERMISSIVE', false),
        });
      } else {
        report(policy, {
          at: at(setting, 'mode'),
          message: 'disable',
          data: { workloads: names },
          related,
          fix: () => replaceBy(at(setting, 'mode'), 'PERMISSIVE', false),
        });
      }
    }
  },
});

function nameOf({ resource }: Workload): string {
  return `${resource.kind} ${showRef(resource)}`;
}
