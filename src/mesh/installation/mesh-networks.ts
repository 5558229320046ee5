import type { Graph } from '../../graph/graph.ts';
import { incomplete, type NotFound } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { MeshNetwork } from '../../model/kinds.gen.ts';
import { nearestName } from '../../model/near.ts';
import { workloads } from '../workloads/workloads.ts';

type Networks = Readonly<Record<string, MeshNetwork>>;

/** Networks of the mesh as one resource tells them: a file of its own, or what Istio is installed by. */
export interface NetworksSource {
  readonly resource: Resource<'MeshNetworks' | 'IstioOperator' | 'Istio'>;
  readonly networks: Networks;
}

/** Every place that tells the networks of the mesh. */
export const networkSources = view(
  { MeshNetworks: 'some', IstioOperator: 'some', Istio: 'some' },
  (graph): readonly NetworksSource[] => {
    const sources: NetworksSource[] = [];
    const add = (resource: NetworksSource['resource'], networks: Networks | undefined): void => {
      if (networks !== undefined && graph.changedBy(resource) === undefined)
        sources.push({ resource, networks });
    };
    for (const file of graph.list('MeshNetworks')) add(file, file.body.networks);
    for (const operator of graph.list('IstioOperator'))
      add(operator, operator.spec.values?.global?.meshNetworks);
    for (const istio of graph.list('Istio')) add(istio, istio.spec.values?.global?.meshNetworks);
    return sources;
  },
);

/** Registries that istiod knows by itself; the first is the cluster it runs in (pilot/pkg/serviceregistry/provider). */
const ownRegistries = ['Kubernetes', 'External', 'Mock'];
const REMOTE_SECRET_LABEL = 'istio/multiCluster';

interface Registries {
  readonly names: ReadonlySet<string>;
  readonly hasRemoteSecrets: boolean;
}

/**
 * The names of all clusters that istiod reads: its own, as it is installed, and each key of a remote Secret
 * (pkg/kube/multicluster/secretcontroller.go).
 */
const registries = view(
  { Secret: 'all', IstioOperator: 'some', Istio: 'some', ...workloads.reads },
  (graph): Registries => {
    const names = new Set(ownRegistries);
    let hasRemoteSecrets = false;
    for (const { metadata, body } of graph.list('Secret')) {
      if (metadata.labels?.[REMOTE_SECRET_LABEL] !== 'true') continue;
      hasRemoteSecrets = true;
      for (const name of Object.keys({ ...body.data, ...body.stringData })) names.add(name);
    }
    for (const installation of [...graph.list('IstioOperator'), ...graph.list('Istio')]) {
      const name = installation.spec.values?.global?.multiCluster?.clusterName;
      if (name !== undefined && name !== '') names.add(name);
    }
    for (const { pod } of workloads(graph).matching({ app: 'istiod' })) {
      for (const { env = [] } of pod?.containers ?? [])
        for (const { name, value } of env) if (name === 'CLUSTER_ID' && value !== undefined) names.add(value);
    }
    return { names, hasRemoteSecrets };
  },
);

export const networkReads = { ...networkSources.reads, ...registries.reads } as const;

/** Whether a registry that a network names is none that istiod reads; undefined when it is one. */
export function missingRegistry(
  graph: Graph<keyof typeof registries.reads>,
  name: string,
  from: Resource,
): NotFound | undefined {
  const { names, hasRemoteSecrets } = registries(graph);
  if (names.has(name)) return undefined;
  // The Secrets by which istiod reads other clusters are credentials, which people rarely keep in files.
  const knowledge =
    hasRemoteSecrets || graph.world !== 'auto'
      ? graph.known('Secret', graph.mesh.rootNamespace, from)
      : incomplete('no remote Secret (istio/multiCluster) is loaded');
  const suggestion =
    [...names].find((known) => known.toLowerCase() === name.toLowerCase()) ?? nearestName(name, names);
  return graph.missing({ what: 'cluster', name, knowledge, suggestion }, from);
}
