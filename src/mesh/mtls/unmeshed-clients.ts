import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { ensure } from '../../model/collections.ts';
import type { PeerMtls } from '../../model/kinds.gen.ts';
import { membership } from '../membership/membership.ts';
import { servedPorts } from '../workloads/container-ports.ts';
import { serviceWorkloads } from '../workloads/service-workloads.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { mtlsReads } from './mtls.ts';
import { mtlsServer, type Reached } from './outcome-server.ts';
import type { PeerPolicy } from './peer-authentications.ts';

export const unmeshedClientReads = { ...mtlsReads, ...serviceWorkloads.reads } as const;
type MeshGraph = Graph<keyof typeof unmeshedClientReads>;

/** A STRICT policy before a workload that clients outside the mesh are meant to reach. */
export interface UnmeshedClients {
  readonly policy: PeerPolicy;
  readonly setting: PeerMtls;
  /** `published`: a Service takes connections from outside the cluster; `scraped`: Prometheus is not in the mesh. */
  readonly how: 'published' | 'scraped';
  readonly server: Workload;
  /** The Service that publishes it, or the Prometheus that asks. */
  readonly client: Resource;
  /** Of the containers. */
  readonly port: number;
  /** How many more workloads the same is true of. */
  readonly more: number;
}

/** Who sends plain text to STRICT workloads because it has no proxy, as far as the input shows it. */
export function findUnmeshedClients(graph: MeshGraph): readonly UnmeshedClients[] {
  const found = new Map<string, UnmeshedClients & { more: number }>();
  const ids = new Map<PeerMtls, number>();
  for (const one of [...published(graph), ...scraped(graph)]) {
    const side = mtlsServer(graph, one.reached);
    const [strict, ...others] = side.modes;
    const { policy, setting } = strict ?? {};
    if (policy === undefined || setting === undefined || strict?.mode !== 'STRICT') continue;
    // Where policies compete, who is refused is not known.
    if (others.length > 0 || side.port === undefined || !graph.coexist(policy, one.client)) continue;
    const key = `${ensure(ids, setting, () => ids.size)} ${one.how}`;
    const { how, server, client } = one;
    const known = found.get(key);
    if (known === undefined)
      found.set(key, { policy, setting, how, server, client, port: side.port, more: 0 });
    else if (known.server !== server) known.more++;
  }
  return [...found.values()];
}

interface Candidate extends Pick<UnmeshedClients, 'how' | 'server' | 'client'> {
  readonly reached: Reached;
}

function* published(graph: MeshGraph): Iterable<Candidate> {
  const { modeOf } = membership(graph);
  for (const service of graph.list('Service')) {
    if (service.spec.type !== 'NodePort' && service.spec.type !== 'LoadBalancer') continue;
    if (graph.changedBy(service) !== undefined) continue;
    for (const server of serviceWorkloads(graph).of(service)) {
      if (modeOf(server) !== 'sidecar' && modeOf(server) !== 'ambient') continue;
      for (const { number: port } of servedPorts(service))
        yield { how: 'published', server, client: service, reached: { to: server, target: service, port } };
    }
  }
}

function* scraped(graph: MeshGraph): Iterable<Candidate> {
  const { modeOf } = membership(graph);
  const all = workloads(graph).all;
  const scrapers = all.filter(({ labels }) => isPrometheus(labels));
  const [client] = scrapers;
  if (client === undefined || scrapers.some((one) => modeOf(one) !== 'none')) return;
  for (const server of all) {
    const { annotations } = server;
    const port = Number(annotations['prometheus.io/port']);
    if (annotations['prometheus.io/scrape'] !== 'true' || !(port > 0)) continue;
    const mode = modeOf(server);
    // A sidecar hands the metrics of its application out itself, in plain text, unless it is told not to.
    const isMerged =
      annotations['prometheus.istio.io/merge-metrics'] !== 'false' &&
      graph.mesh.config.enablePrometheusMerge !== false;
    if (mode !== 'ambient' && (mode !== 'sidecar' || isMerged)) continue;
    yield { how: 'scraped', server, client: client.resource, reached: { to: server, port } };
  }
}

function isPrometheus(labels: Workload['labels']): boolean {
  return labels.app === 'prometheus' || labels['app.kubernetes.io/name'] === 'prometheus';
}
