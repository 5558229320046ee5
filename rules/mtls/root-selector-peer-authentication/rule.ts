import { at, defineRule, FLOATING, type Related, showLabels, showList, workloadReads, workloads } from '#sdk';

export default defineRule({
  code: 'IST1103',
  severity: 'error',
  since: '0.1.0',
  summary: 'A PeerAuthentication with a selector stands in the root namespace, where it applies to nothing.',
  reads: { PeerAuthentication: 'some', ...workloadReads },
  needs: [['PeerAuthentication']],
  messages: {
    elsewhere: {
      what: 'PeerAuthentication {name} selects {labels} from the root namespace {root}, which no PeerAuthentication can.',
      why: 'In the root namespace only policies without a selector count, for the whole mesh. Neither sidecars nor ztunnel ever apply this one: its mode is not enforced at all.',
      help: 'Move it to {where}.',
    },
    own: {
      what: 'PeerAuthentication {name} selects {labels}, but policies of the root namespace {root} cannot select workloads, not even its own.',
      why: 'Only policies without a selector count there, for the whole mesh. This one is not enforced at all.',
      help: 'Run the workload in a namespace of its own and put the policy beside it, or set the mode for the whole mesh.',
    },
  },
  check({ graph, report }) {
    const root = graph.mesh.rootNamespace;
    for (const policy of graph.list('PeerAuthentication', root)) {
      const { selector } = policy.spec;
      const chosen = selector?.matchLabels ?? {};
      if (Object.keys(chosen).length === 0 || graph.changedBy(policy) !== undefined) continue;
      const meant = workloads(graph)
        .matching(chosen)
        .filter(({ resource, namespace }) => namespace !== FLOATING && graph.coexist(policy, resource));
      const spaces = [...new Set(meant.map(({ namespace }) => namespace))];
      const others = spaces.filter((namespace) => namespace !== root);
      const related = meant
        .slice(0, 5)
        .map(({ resource }): Related => ({ resource, note: 'carries the labels, and is not reached' }));
      const place = { at: at(policy.spec, 'selector', 'key'), related };
      const data = { name: policy.name, labels: showLabels(chosen), root };
      if (spaces.length > others.length && others.length === 0) {
        report(policy, { ...place, message: 'own', data });
      } else {
        const known = `namespace ${showList(others)}, where the workloads are`;
        const where = others.length > 0 ? known : 'the namespace of the workloads';
        report(policy, { ...place, message: 'elsewhere', data: { ...data, where } });
      }
    }
  },
});
