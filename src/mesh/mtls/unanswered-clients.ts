import type { Resource } from '../../graph/resource.ts';
import { ensure } from '../../model/collections.ts';
import type { ClientTls } from '../../model/kinds.gen.ts';
import { servedPorts } from '../workloads/container-ports.ts';
import { arrivalAt } from './outcome-results.ts';
import { type MtlsServer, mtlsServer } from './outcome-server.ts';
import {
  type MeshGraph,
  modesByRule,
  rulesWithTls,
  type Served,
  type ServedAt,
  servedHosts,
} from './served-hosts.ts';
import { tlsSettings } from './tls-settings.ts';

type Rule = Resource<'DestinationRule'>;

/** Clients that a DestinationRule makes send mutual TLS of the mesh to servers that do not answer it. */
export interface UnansweredClients {
  readonly rule: Rule;
  readonly tls: ClientTls;
  /** What fails, the first found first. */
  readonly at: readonly UnansweredAt[];
  /** Whether other workloads behind the same ports answer, or may. */
  readonly partly: boolean;
}

/** A port of a host, and a workload behind it that does not answer. */
export interface UnansweredAt extends ServedAt {
  readonly side: MtlsServer;
}

/**
 * Mutual TLS of the mesh, asked for by a DestinationRule, where no proxy is there, where its policy is DISABLE or where
 * it does not see the port: clients keep to the rule whatever the endpoint is (`checkMtlsEnabled` in
 * pilot/pkg/xds/endpoints/mtls_checker.go). In ambient mode HBONE takes its place.
 */
export function findUnansweredClients(graph: MeshGraph): readonly UnansweredClients[] {
  if (tlsSettings(graph).size === 0) return [];
  const found = new Map<ClientTls, { rule: Rule; failing: UnansweredAt[]; answering: Set<string> }>();
  for (const served of servedHosts(graph)) {
    const rules = rulesWithTls(graph, served, asksForMtls);
    if (rules.length === 0 || graph.changedBy(served.target) !== undefined) continue;
    const all = serversOf(graph, served);
    for (const rule of rules) {
      for (const { mode, tls, at } of modesByRule(graph, rule, served, all)) {
        if (mode.sends !== 'mtls') continue;
        const entry = ensure(found, tls, () => ({ rule, failing: [], answering: new Set<string>() }));
        if (isUnanswered(at.side)) entry.failing.push(at);
        else entry.answering.add(portOf(at));
      }
    }
  }
  return [...found].flatMap(([tls, { rule, failing, answering }]) => {
    const partly = failing.every((one) => answering.has(portOf(one)));
    return failing.length === 0 ? [] : [{ rule, tls, at: failing, partly }];
  });
}

function portOf({ host, port }: ServedAt): string {
  return `${host}:${port}`;
}

function asksForMtls({ mode }: ClientTls): boolean {
  return mode === 'ISTIO_MUTUAL';
}

function serversOf(graph: MeshGraph, { target, host, servers }: Served): readonly UnansweredAt[] {
  const here = servers().filter(({ resource }) => graph.coexist(target, resource));
  return servedPorts(target).flatMap(({ number: port }) =>
    here.map((server) => ({
      target,
      host,
      port,
      server,
      side: mtlsServer(graph, { to: server, target, port }),
    })),
  );
}

function isUnanswered(side: MtlsServer): boolean {
  return side.modes.every(
    (mode) => arrivalAt('mtls', { ...side, accepts: mode?.mode }) === 'mtls-unanswered',
  );
}
