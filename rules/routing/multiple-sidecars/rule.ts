import {
  at,
  conflictSeverity,
  defineRule,
  scopeName,
  showList,
  showRef,
  sidecarReads,
  wideSidecarRivals,
} from '#sdk';

const first =
  'Of several Sidecars for all workloads of a place istiod takes one with an empty `workloadSelector` before one without, and then the oldest';
const help = 'Keep one Sidecar for {scope}, and move what is needed of the others into it.';

export default defineRule({
  code: 'IST0111',
  severity: 'error',
  since: '0.1.0',
  summary: 'A namespace, or the mesh, has more than one Sidecar for all of its workloads.',
  reads: sidecarReads,
  messages: {
    ignored: {
      what: 'Sidecar {sidecar} is ignored: {winner} is for {scope} too, and goes before it.',
      why: `${first}; nothing is merged.`,
      help,
    },
    shadows: {
      what: 'Sidecar {sidecar} keeps {others} from counting: each is for {scope}, and it goes before.',
      why: `${first}; nothing is merged.`,
      help,
    },
    competing: {
      what: 'Sidecar {sidecar} competes with {others}: each is for {scope}.',
      why: `${first}; which of them that is hangs on the order in which they were applied, and the others change nothing.`,
      help,
    },
  },
  check({ graph, report }) {
    for (const { one, others, winner } of wideSidecarRivals(graph)) {
      const finding = {
        at: at(one.metadata, 'name'),
        severity: conflictSeverity(graph, one, others),
        related: others.map((other) => ({ resource: other, note: 'is for the same workloads' })),
      };
      // An empty selector keeps also one in the root namespace to its own namespace.
      const isOfMesh = one.spec.workloadSelector === undefined;
      const scope = scopeName(one, isOfMesh ? graph.mesh.rootNamespace : '');
      const data = { sidecar: showRef(one), scope };
      const names = showList(others.map(showRef));
      if (winner === undefined)
        report(one, { ...finding, message: 'competing', data: { ...data, others: names } });
      else if (winner === one)
        report(one, { ...finding, message: 'shadows', data: { ...data, others: names } });
      else report(one, { ...finding, message: 'ignored', data: { ...data, winner: showRef(winner) } });
    }
  },
});
