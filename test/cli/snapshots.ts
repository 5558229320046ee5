// Snapshots of clusters that never were.
import { snapshotLines } from '../../src/load/cluster/snapshot.ts';
import { kinds } from '../../src/model/kinds.gen.ts';
import type { KindOutcome, LiveState } from '../../src/model/live.ts';

export type Values = readonly Readonly<Record<string, unknown>>[];

/** What reading a cluster would give that lets everything be read but what `unread` says. */
export function stateOf(cluster: string, values: Values, unread: readonly KindOutcome[] = []): LiveState {
  const outcomes = Object.entries(kinds).map(([kind, { group, plural: resource }]): KindOutcome => {
    const count = values.filter((value) => value.kind === kind).length;
    return { kind, resource, group, state: 'ok', namespaces: 'all', count };
  });
  return {
    cluster,
    server: `https://${cluster}.example.com:6443`,
    kubernetesVersion: 'v1.33.1',
    objects: values.map((value) => ({ value })),
    outcomes: outcomes.map((outcome) => unread.find(({ kind }) => kind === outcome.kind) ?? outcome),
    requests: [{ resource: 'virtualservices', count: 1, bytes: 1000 }],
    warnings: [],
  };
}

/** The text of a snapshot of such clusters. */
export async function snapshotText(...states: readonly LiveState[]): Promise<string> {
  const lines: string[] = [];
  const options = { redact: false, tool: '1.0.0', taken: '2026-11-21T12:00:00Z', asked: {} };
  for await (const line of snapshotLines(states, options)) lines.push(line);
  return lines.join('');
}

export function namespace(name: string, labels: Readonly<Record<string, string>> = {}) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** A VirtualService of namespace shop; with a gateway that the cluster lacks, it is wrong. */
export function route(name: string, gateway: string) {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'shop' },
    spec: {
      hosts: [`${name}.example.com`],
      gateways: [gateway],
      http: [{ directResponse: { status: 200 } }],
    },
  };
}
