import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { TrafficPolicy } from '../../model/kinds.gen.ts';
import { scopeOf } from '../hosts/visibility.ts';
import { membership } from '../membership/membership.ts';
import { decidingRule, destinationRules } from '../routing/destination-rules.ts';
import {
  differentClients,
  type MeshGraph,
  refusedClientReads,
  type Served,
  servedHosts,
} from './served-hosts.ts';
import { tlsSettings } from './tls-settings.ts';

type Rule = Resource<'DestinationRule'>;

/** A DestinationRule that takes the place of another which asks for mutual TLS, without asking for it itself. */
export interface DroppedMtls {
  readonly rule: Rule;
  /** The one whose TLS settings count no more. */
  readonly broader: Rule;
  readonly host: string;
  /** A namespace in which it does so. */
  readonly client: string;
}

/**
 * Of all DestinationRules for a host a client follows one (`destinationRule` in pilot/pkg/model/push_context.go):
 * settings of the others are not inherited, those for TLS included. Only for hosts behind which a sidecar is known, of
 * clients with a proxy.
 */
export const droppedMtls = view(refusedClientReads, (graph): ReadonlyMap<Rule, DroppedMtls> => {
  const dropped = new Map<Rule, DroppedMtls>();
  const withTls = [...tlsSettings(graph).keys()];
  if (!withTls.some((rule) => rule.spec.trafficPolicy?.tls?.mode === 'ISTIO_MUTUAL')) return dropped;
  for (const served of servedHosts(graph)) {
    const rules = destinationRules(graph).forHost(served.host);
    const silent = rules.filter(
      (rule) => !tlsSettings(graph).has(rule) && graph.changedBy(rule) === undefined,
    );
    const broader = rules.filter((rule) => rule.spec.trafficPolicy?.tls?.mode === 'ISTIO_MUTUAL');
    if (silent.length === 0 || broader.length === 0 || !hasSidecar(graph, served)) continue;
    for (const found of dropsOf(graph, served, silent, broader))
      if (!dropped.has(found.rule)) dropped.set(found.rule, found);
  }
  return dropped;
});

function* dropsOf(
  graph: MeshGraph,
  { host, target }: Served,
  silent: readonly Rule[],
  broader: readonly Rule[],
): Iterable<DroppedMtls> {
  const owners = [target.namespace];
  for (const client of differentClients(graph, host)) {
    const { namespace } = client;
    const entries = destinationRules(graph).forClient({ client: namespace, host, owners, from: target });
    const entry = decidingRule(entries, client);
    const rule = entry?.rules.find((one) => silent.includes(one));
    if (entry === undefined || rule === undefined || entry.policies.some(({ policy }) => setsTls(policy)))
      continue;
    const hidden = broader.find(
      (one) =>
        !entry.rules.includes(one) &&
        graph.coexist(rule, one) &&
        graph.coexist(target, one) &&
        graph.changedBy(one) === undefined &&
        isFor(graph, one, namespace, owners),
    );
    if (hidden !== undefined) yield { rule, broader: hidden, host, client: namespace };
  }
}

/** Whether the clients of a namespace would be given the rule if there were no other. */
function isFor(graph: Graph, rule: Rule, client: string, owners: readonly string[]): boolean {
  if (rule.spec.workloadSelector !== undefined) return false;
  const { rootNamespace } = graph.mesh;
  const { everywhere, namespaces } = scopeOf(graph, rule);
  if (!everywhere && !namespaces.has(client)) return false;
  return rule.namespace === client || rule.namespace === rootNamespace || owners.includes(rule.namespace);
}

function setsTls({ tls, portLevelSettings = [] }: TrafficPolicy): boolean {
  return tls !== undefined || portLevelSettings.some((entry) => entry.tls !== undefined);
}

function hasSidecar(graph: MeshGraph, { target, servers }: Served): boolean {
  if (graph.changedBy(target) !== undefined) return false;
  const { modeOf } = membership(graph);
  return servers().some((server) => modeOf(server) === 'sidecar' && graph.coexist(target, server.resource));
}
