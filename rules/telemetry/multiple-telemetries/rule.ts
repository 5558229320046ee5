import { at, conflictSeverity, defineRule, scopeName, showList, showRef, wideTelemetryRivals } from '#sdk';

const oldest =
  'Of several Telemetries for all workloads of a place only the oldest counts, whole, on a tie the first by name';
const help = 'Keep one Telemetry for {scope}, and move metrics, tracing and access logs into it.';

export default defineRule({
  code: 'IST0160',
  severity: 'error',
  since: '0.1.0',
  summary: 'A namespace, or the mesh, has more than one Telemetry for all of its workloads.',
  reads: { Telemetry: 'some' },
  messages: {
    ignored: {
      what: 'Telemetry {telemetry} is ignored: {winner} is for {scope} too, and older.',
      why: `${oldest}; nothing of the others is merged into it.`,
      help,
    },
    shadows: {
      what: 'Telemetry {telemetry} keeps {others} from counting: each is for {scope}, and it is the oldest.',
      why: `${oldest}; nothing of the others is merged into it.`,
      help,
    },
    competing: {
      what: 'Telemetry {telemetry} competes with {others}: each is for {scope}.',
      why: `${oldest}; which of them that is hangs on the order in which they were applied, and the others change nothing.`,
      help,
    },
  },
  check({ graph, report }) {
    for (const { one, others, winner } of wideTelemetryRivals(graph)) {
      const finding = {
        at: at(one.metadata, 'name'),
        severity: conflictSeverity(graph, one, others),
        related: others.map((other) => ({ resource: other, note: 'is for the same workloads' })),
      };
      const scope = scopeName(one, graph.mesh.rootNamespace);
      const data = { telemetry: showRef(one), scope };
      const names = showList(others.map(showRef));
      if (winner === undefined)
        report(one, { ...finding, message: 'competing', data: { ...data, others: names } });
      else if (winner === one)
        report(one, { ...finding, message: 'shadows', data: { ...data, others: names } });
      else report(one, { ...finding, message: 'ignored', data: { ...data, winner: showRef(winner) } });
    }
  },
});
