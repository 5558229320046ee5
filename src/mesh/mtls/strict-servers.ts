import type { Resource } from '../../graph/resource.ts';
import { ensure } from '../../model/collections.ts';
import type { ClientTls, PeerMtls } from '../../model/kinds.gen.ts';
import { membership } from '../membership/membership.ts';
import { containerPort, type ServedPort, servedPorts } from '../workloads/container-ports.ts';
import type { Workload } from '../workloads/workloads.ts';
import { capturesInbound } from './capture.ts';
import { clientModes } from './client-mtls.ts';
import { effectiveMtls, type ServerMode } from './mtls.ts';
import type { PeerPolicy } from './peer-authentications.ts';
import {
  clientsByNamespace,
  type MeshGraph,
  modesByRule,
  rulesWithTls,
  type Served,
  type ServedAt,
  servedHosts,
} from './served-hosts.ts';
import { tlsSettings } from './tls-settings.ts';

type Rule = Resource<'DestinationRule'>;

/** Clients that send what their server refuses, because of one setting. */
export type RefusedClients = RefusedByRule | RefusedByPolicy;

interface Refused {
  /** Who is refused where, the first found first. */
  readonly at: readonly RefusedAt[];
}

/** TLS settings of a DestinationRule make clients send it. */
export interface RefusedByRule extends Refused {
  readonly rule: Rule;
  readonly tls: ClientTls;
  readonly sends: 'plaintext' | 'simple' | 'mutual';
  /** Whether sidecars drop the settings and send plain text instead. */
  readonly dropped: boolean;
}

/** A policy for the namespace or the mesh makes clients expect a server without mutual TLS. */
export interface RefusedByPolicy extends Refused {
  readonly policy: PeerPolicy;
  readonly setting: PeerMtls;
}

/** A port of a host and a workload behind it that takes nothing but mutual TLS. */
export interface RefusedAt extends ServedAt {
  readonly strict: ServerMode;
}

/**
 * Clients with a proxy that a server with a sidecar refuses: it takes nothing but mutual TLS of the mesh, and they
 * send something else. Only what is certain for every reading of the input is returned.
 */
export function findRefusedClients(graph: MeshGraph): readonly RefusedClients[] {
  const byRule = new Map<ClientTls, RefusedByRule & Draft>();
  const byPolicy = new Map<PeerMtls, RefusedByPolicy & Draft>();
  const isOffSomewhere = graph.list('PeerAuthentication').some(({ spec }) => spec.mtls?.mode === 'DISABLE');
  if (!isOffSomewhere && tlsSettings(graph).size === 0) return [];
  for (const served of servedHosts(graph)) {
    // Settings that can do harm are rarer than servers, and sooner found.
    const rules = rulesWithTls(graph, served, asksForOther);
    const expected = expectedPlaintext(graph, served);
    if (rules.length === 0 && expected === undefined) continue;
    const strict = strictServersOf(graph, served);
    for (const rule of rules) {
      for (const { mode, tls, at } of modesByRule(graph, rule, served, strict)) {
        const { sends } = mode;
        if (sends !== 'plaintext' && sends !== 'simple' && sends !== 'mutual') continue;
        const found = { rule, tls, sends, dropped: mode.why === 'dropped' };
        ensure(byRule, tls, () => ({ ...found, at: [] })).at.push(at);
      }
    }
    const at = expected === undefined ? [] : strict.filter((one) => isSentPlaintext(graph, one));
    if (expected === undefined || at.length === 0) continue;
    ensure(byPolicy, expected.setting, () => ({ ...expected, at: [] })).at.push(...at);
  }
  return [...byRule.values(), ...byPolicy.values()];
}

interface Draft {
  readonly at: RefusedAt[];
}

/** Ports of the host, and servers with a sidecar that takes nothing but mutual TLS on them. */
export function strictServersOf(graph: MeshGraph, served: Served): readonly RefusedAt[] {
  const servers = withSidecar(graph, served);
  return servedPorts(served.target).flatMap((port) => strictServers(graph, served, servers, port));
}

function withSidecar(graph: MeshGraph, { target, servers }: Served): readonly Workload[] {
  if (graph.changedBy(target) !== undefined) return [];
  return servers().filter(
    (server) => graph.coexist(target, server.resource) && membership(graph).modeOf(server) === 'sidecar',
  );
}

function strictServers(
  graph: MeshGraph,
  { target, host }: Served,
  servers: readonly Workload[],
  port: ServedPort,
): readonly RefusedAt[] {
  const found: RefusedAt[] = [];
  for (const server of servers) {
    const number = containerPort(server, port);
    if (number !== undefined && !capturesInbound(server, number)) continue;
    const modes = effectiveMtls(graph).serverModes(server, number);
    const [strict] = modes;
    if (strict === undefined || modes.some(({ mode }) => mode !== 'STRICT')) continue;
    if (strict.policy !== undefined && !graph.coexist(target, strict.policy)) continue;
    found.push({ target, host, port: port.number, server, strict });
  }
  return found;
}

/** Anything but mutual TLS of the mesh. */
function asksForOther({ mode }: ClientTls): boolean {
  return mode !== 'ISTIO_MUTUAL';
}

/** The policy that makes clients without TLS settings send plain text. */
function expectedPlaintext(graph: MeshGraph, { target }: Served): Omit<RefusedByPolicy, 'at'> | undefined {
  const [mode, ...others] = effectiveMtls(graph).namespaceModes(target.namespace, target);
  const { policy, setting } = mode ?? {};
  if (policy === undefined || setting === undefined || others.length > 0) return undefined;
  return mode?.mode === 'DISABLE' && graph.coexist(target, policy) ? { policy, setting } : undefined;
}

/** Whether there are clients that a policy for the namespace or the mesh makes send plain text there. */
function isSentPlaintext(graph: MeshGraph, { target, host, port }: RefusedAt): boolean {
  for (const [client] of clientsByNamespace(graph).values()) {
    if (client === undefined) continue;
    const sent = clientModes(graph, { client, target, host, port, from: target });
    if (sent.length > 0 && sent.every(({ why }) => why === 'policy')) return true;
  }
  return false;
}
