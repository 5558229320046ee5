import type { Graph } from '../../graph/graph.ts';
import { ensure, pushTo } from '../../model/collections.ts';
import type { PeerMtls } from '../../model/kinds.gen.ts';
import { membership } from '../membership/membership.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import { effectiveMtls, mtlsReads, type ServerMode } from './mtls.ts';
import { type PeerPolicy, peerAuthentications, selectsWorkload } from './peer-authentications.ts';

export const ambientPolicyReads = mtlsReads;
type MtlsGraph = Graph<keyof typeof mtlsReads>;

/** Something that a PeerAuthentication says and that ztunnel does not do. */
export interface IgnoredSetting {
  readonly policy: PeerPolicy;
  /**
   * `disable`: mutual TLS stays on, plain text is only accepted beside it; `port`: the exception for a port is
   * refused like all others; `selector`: STRICT for the mesh reaches no other namespace.
   */
  readonly what: 'disable' | 'port' | 'selector';
  /** The settings of which the mode counts for nothing; undefined for `selector`. */
  readonly setting: PeerMtls | undefined;
  readonly port: string;
  /** Ambient workloads that are concerned. */
  readonly workloads: readonly Workload[];
}

/**
 * What ambient workloads do not take from PeerAuthentications (`convertedSelectorPeerAuthentications` and
 * `convertPeerAuthentication` in pilot/pkg/serviceregistry/ambient/authorization.go, `fetchPeerAuthentications` in
 * workloads.go beside it). Only what holds whichever of several policies counts.
 */
export function findIgnoredInAmbient(graph: MtlsGraph): readonly IgnoredSetting[] {
  if (!graph.list('PeerAuthentication').some(mayBeIgnored)) return [];
  const members = membership(graph);
  const ambient = workloads(graph).all.filter((workload) => members.modeOf(workload) === 'ambient');
  return [...disabled(graph, ambient), ...refusedPorts(graph, ambient), ...bareSelectors(graph, ambient)];
}

/** Whether it holds one of the settings that ambient mode does without. */
function mayBeIgnored({ spec }: PeerPolicy): boolean {
  if (spec.selector !== undefined && spec.mtls?.mode === 'STRICT') return true;
  return [spec.mtls, ...Object.values(spec.portLevelMtls ?? {})].some(
    (setting) => setting?.mode === 'DISABLE',
  );
}

function* disabled(graph: MtlsGraph, ambient: readonly Workload[]): Iterable<IgnoredSetting> {
  const found = new Map<PeerMtls, { policy: PeerPolicy; workloads: Workload[] }>();
  for (const workload of ambient) {
    const modes = effectiveMtls(graph)
      .serverModes(workload, undefined)
      .filter(({ level }) => level !== 'port');
    const [first, ...others] = modes;
    if (first?.policy === undefined || first.setting?.mode !== 'DISABLE' || others.length > 0) continue;
    if (!graph.coexist(first.policy, workload.resource)) continue;
    const { policy } = first;
    ensure(found, first.setting, () => ({ policy, workloads: [] })).workloads.push(workload);
  }
  for (const [setting, { policy, workloads: all }] of found)
    yield { policy, what: 'disable', setting, port: '', workloads: all };
}

function* refusedPorts(graph: MtlsGraph, ambient: readonly Workload[]): Iterable<IgnoredSetting> {
  const byNamespace = new Map<string, Workload[]>();
  for (const workload of ambient) pushTo(byNamespace, workload.namespace, workload);
  const policies = peerAuthentications(graph);
  for (const [namespace, here] of byNamespace) {
    for (const policy of policies.selecting(namespace)) {
      if (graph.changedBy(policy) !== undefined) continue;
      for (const [port, setting] of Object.entries(policy.spec.portLevelMtls ?? {})) {
        if (setting.mode !== 'DISABLE') continue;
        const refused = here.filter(
          (workload) =>
            selectsWorkload(policy, workload) &&
            graph.coexist(policy, workload.resource) &&
            effectiveMtls(graph).serverModes(workload, Number(port)).every(isInheritedStrict),
        );
        if (refused.length > 0) yield { policy, what: 'port', setting, port, workloads: refused };
      }
    }
  }
}

function isInheritedStrict({ mode, level }: ServerMode): boolean {
  return mode === 'STRICT' && (level === 'namespace' || level === 'mesh');
}

function* bareSelectors(graph: MtlsGraph, ambient: readonly Workload[]): Iterable<IgnoredSetting> {
  const { rootNamespace } = graph.mesh;
  const bare = peerAuthentications(graph)
    .wide(rootNamespace)
    .filter((policy) => policy.spec.selector !== undefined && graph.changedBy(policy) === undefined);
  for (const policy of bare) {
    if (policy.spec.mtls?.mode !== 'STRICT') continue;
    const open = ambient.filter(
      (workload) =>
        workload.namespace !== rootNamespace &&
        graph.coexist(policy, workload.resource) &&
        effectiveMtls(graph)
          .serverModes(workload, undefined)
          .every(({ level }) => level === 'default'),
    );
    if (open.length > 0) yield { policy, what: 'selector', setting: undefined, port: '', workloads: open };
  }
}
