import type { Graph } from '../../graph/graph.ts';
import { type ReadKinds, view } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';
import { type MeshMode, membership } from '../membership/membership.ts';
import {
  admitsPort,
  type Direction,
  isTcp,
  type NetworkRule,
  networkPolicies,
} from '../policies/network-policies.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { HBONE_PORT } from './waypoint-gateways.ts';

/** A rule that admits traffic between pods of the mesh, which never gets through. */
export interface BlockedHbone {
  readonly rule: NetworkRule;
  /** Those of its ports that are for applications. */
  readonly ports: NetworkRule['ports'];
  readonly direction: Direction;
  /** Pods that the rule is for, and an example of the mesh's pods at the other end. */
  readonly workloads: readonly Workload[];
  readonly peer: Workload;
}

type Judging = Graph<ReadKinds<typeof networkPolicies.reads>>;

/**
 * Rules of NetworkPolicies that admit a port of applications, for pods that no rule admits port 15008 for: whatever
 * the port, ztunnel carries it there (`inbound_addr` in src/config.rs of istio/ztunnel). Of the rules
 * for a workload the first; rules that admit nobody of the mesh are what they seem.
 */
export const blockedHbone = view(networkPolicies.reads, (graph): readonly BlockedHbone[] => {
  const isolations = networkPolicies(graph);
  const members = membership(graph);
  const found = new Map<object, BlockedHbone & { readonly workloads: Workload[] }>();
  for (const workload of workloads(graph).all) {
    const mode = members.modeOf(workload);
    if (mode !== 'ambient' && mode !== 'waypoint') continue;
    for (const direction of ['ingress', 'egress'] as const) {
      const rules = isolations.isolationOf(workload, direction)?.rules ?? [];
      if (rules.some((rule) => admitsPort(rule, HBONE_PORT, direction === 'ingress' ? [workload] : [])))
        continue;
      for (const rule of rules) {
        const ports = rule.ports.filter(isForApplications);
        if (ports.length === 0) continue;
        const peer = meshPeer(graph, rule, direction, workload);
        if (peer === undefined) continue;
        ensure(found, rule.rule, () => ({ rule, ports, direction, workloads: [], peer })).workloads.push(
          workload,
        );
        break;
      }
    }
  }
  return [...found.values()];
});

/** Gateways do, where ambient mode is installed; sidecars only if they are told to. */
const speaksHbone: ReadonlySet<MeshMode> = new Set(['ambient', 'waypoint', 'gateway']);

/** Ports of Istio's own, for metrics, health and debugging, are served without HBONE. */
function isForApplications(port: Parameters<typeof isTcp>[0]): boolean {
  if (!isTcp(port)) return false;
  return typeof port.port !== 'number' || port.port < 15_000 || port.port > 15_099;
}

/** Somebody whom the rule lets talk to (or be called by) the workload, and who does so by HBONE. */
function meshPeer(
  graph: Judging,
  rule: NetworkRule,
  direction: Direction,
  workload: Workload,
): Workload | undefined {
  // Who lets everybody in means the mesh, too; who may call everybody may mean the world outside.
  if (rule.peers.length === 0) return direction === 'ingress' ? workload : undefined;
  const members = membership(graph);
  for (const peer of rule.peers) {
    for (const other of networkPolicies(graph).meant(rule, peer)) {
      if (speaksHbone.has(members.modeOf(other)) && graph.coexist(rule.policy, other.resource)) return other;
    }
  }
  return undefined;
}
