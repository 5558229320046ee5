import type { Lookup } from '../../graph/lookup.ts';
import { ensure } from '../../model/collections.ts';
import type { PeerMtls } from '../../model/kinds.gen.ts';
import { decidingRule, destinationRules } from '../routing/destination-rules.ts';
import type { Workload } from '../workloads/workloads.ts';
import { clientModes } from './client-mtls.ts';
import { droppedMtls } from './dropped-mtls.ts';
import type { PeerPolicy } from './peer-authentications.ts';
import { differentClients, type MeshGraph, servedHosts } from './served-hosts.ts';
import { type RefusedAt, strictServersOf } from './strict-servers.ts';

/** A STRICT policy and clients in the mesh that nothing makes use mutual TLS. */
export interface StrictWithoutMtls {
  readonly policy: PeerPolicy;
  readonly setting: PeerMtls;
  readonly at: readonly RefusedAt[];
  /** One of the clients. */
  readonly client: Workload;
  /** That no DestinationRule asks for it. */
  readonly lookup: Lookup<unknown>;
}

/**
 * With `enableAutoMtls: false` clients only use mutual TLS where a DestinationRule says ISTIO_MUTUAL
 * (`buildAutoMtlsSettings` in pilot/pkg/networking/core/cluster_tls.go).
 */
export function findStrictWithoutMtls(graph: MeshGraph): readonly StrictWithoutMtls[] {
  if (graph.mesh.config.enableAutoMtls !== false) return [];
  const found = new Map<PeerMtls, StrictWithoutMtls & { at: RefusedAt[] }>();
  for (const served of servedHosts(graph)) {
    for (const at of strictServersOf(graph, served)) {
      const { policy, setting } = at.strict;
      if (policy === undefined || setting === undefined) continue;
      const client = plainClient(graph, at);
      if (client === undefined) continue;
      const entry = ensure(found, setting, () => {
        const spaces = [client.namespace, at.target.namespace, graph.mesh.rootNamespace];
        const known = spaces.map((space) => graph.known('DestinationRule', space, policy));
        const knowledge = known.find(({ complete }) => !complete) ?? { complete: true };
        const lookup = graph.missing({ what: 'DestinationRule for', name: at.host, knowledge }, policy);
        return { policy, setting, at: [], client, lookup };
      });
      entry.at.push(at);
    }
  }
  return [...found.values()];
}

/** A client that sends plain text because nothing says otherwise. */
function plainClient(graph: MeshGraph, { target, host, port }: RefusedAt): Workload | undefined {
  for (const client of differentClients(graph, host)) {
    if (!graph.coexist(target, client.resource)) continue;
    const sent = clientModes(graph, { client, target, host, port, from: target });
    if (sent.length === 0 || !sent.every(({ why }) => why === 'off')) continue;
    const owners = [target.namespace];
    const query = { client: client.namespace, host, owners, from: target };
    const entry = decidingRule(destinationRules(graph).forClient(query), client);
    // A rule that stands before one with mutual TLS is reported itself.
    if (entry?.rules.some((rule) => droppedMtls(graph).has(rule)) !== true) return client;
  }
  return undefined;
}
