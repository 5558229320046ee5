import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { ensure } from '../../model/collections.ts';
import type { PeerMtls } from '../../model/kinds.gen.ts';
import { type ModesAbove, refusesPlainText } from '../ambient/ztunnel-mtls.ts';
import { membership, membershipReads } from '../membership/membership.ts';
import { type Workload, workloadReads } from '../workloads/workloads.ts';
import {
  type PeerPolicy,
  peerAuthentications,
  possibleWinners,
  selectsWorkload,
} from './peer-authentications.ts';

/** What a server asks of whoever connects; `UNKNOWN` when the policy that decides is changed before it is applied. */
export type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE' | 'UNKNOWN';

/** A mode and what decided it. */
export interface ServerMode {
  readonly mode: MtlsMode;
  readonly level: 'port' | 'workload' | 'namespace' | 'mesh' | 'default';
  /** Absent for Istio's default. */
  readonly policy?: PeerPolicy;
  /** The object of the policy whose `mode` decided. */
  readonly setting?: PeerMtls;
}

export interface EffectiveMtls {
  /**
   * What the proxy (or ztunnel) before a workload accepts on a port of its containers. More than one answer when
   * several policies compete and nothing tells which is the oldest: what is concluded has to hold for all of them.
   * Without a port, every port counts.
   */
  serverModes(workload: Workload, port: number | undefined): readonly ServerMode[];
  /** What the namespace or the mesh says, which is all that clients look at to decide about mutual TLS. */
  namespaceModes(namespace: string, from: Resource): readonly ServerMode[];
}

/** What a declaration of reads needs. */
export const mtlsReads = { PeerAuthentication: 'some', ...membershipReads, ...workloadReads } as const;

const byDefault: ServerMode = { mode: 'PERMISSIVE', level: 'default' };

/**
 * Mutual TLS as servers ask for it: `ComposePeerAuthentication` in pilot/pkg/security/authn/policy_applier.go for
 * proxies, `convertPeerAuthentication` in pilot/pkg/serviceregistry/ambient/authorization.go for ztunnel.
 */
export const effectiveMtls = view(mtlsReads, (graph): EffectiveMtls => {
  const policies = peerAuthentications(graph);
  const { rootNamespace } = graph.mesh;

  function inherited(namespace: string, from: Resource, isAmbient: boolean): readonly ServerMode[] {
    const meshWide = policies
      .wide(rootNamespace)
      // ztunnel only takes a missing selector for "the whole mesh".
      .filter(({ spec }) => !isAmbient || namespace === rootNamespace || spec.selector === undefined);
    const own = namespace === rootNamespace ? [] : policies.wide(namespace);
    return combine(readings(graph, own, 'namespace', from), () =>
      combine(readings(graph, meshWide, 'mesh', from), () => [byDefault]),
    );
  }

  /** What ztunnel's translation sees of a namespace: an empty selector takes its policy out of sight. */
  function sightOf(namespace: string): Sight {
    const own = namespace === rootNamespace ? [] : policies.wide(namespace);
    return { hasPolicy: own.some(({ spec }) => spec.selector === undefined) };
  }

  const answers = new Map<Workload, Map<number | undefined, readonly ServerMode[]>>();
  return {
    serverModes: (workload, port) =>
      graph.keep(
        ensure(answers, workload, () => new Map()),
        port,
        () => serverModes(workload, port),
      ),
    namespaceModes: (namespace, from) => distinct(inherited(namespace, from, false)),
  };

  function serverModes(workload: Workload, port: number | undefined): readonly ServerMode[] {
    const { namespace, resource } = workload;
    const isAmbient = membership(graph).modeOf(workload) === 'ambient';
    const above = inherited(namespace, resource, isAmbient);
    const own = policies.selecting(namespace).filter((policy) => selectsWorkload(policy, workload));
    const winners = possibleWinners(graph, own, resource);
    const modes =
      winners.length === 0
        ? above
        : winners.flatMap((policy) =>
            withPorts(graph, policy, above, port, isAmbient ? sightOf(namespace) : undefined),
          );
    return distinct(isAmbient ? modes.map(asZtunnel) : modes);
  }
});

/** What each policy that may count says; undefined stands for one that leaves it to the level above. */
function readings(
  graph: Graph,
  policies: readonly PeerPolicy[],
  level: ServerMode['level'],
  from: Resource,
): readonly (ServerMode | undefined)[] {
  const winners = possibleWinners(graph, policies, from);
  return winners.length === 0
    ? [undefined]
    : winners.map((policy) => says(graph, policy, policy.spec.mtls, level));
}

function says(
  graph: Graph,
  policy: PeerPolicy,
  setting: PeerMtls | undefined,
  level: ServerMode['level'],
): ServerMode | undefined {
  if (graph.changedBy(policy) !== undefined) return { mode: 'UNKNOWN', level, policy };
  const mode = modeOf(setting);
  return mode === undefined || setting === undefined ? undefined : { mode, level, policy, setting };
}

/** Undefined when it is left unset, or is no mode at all. */
function modeOf(setting: PeerMtls | undefined): MtlsMode | undefined {
  const mode = setting?.mode;
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : undefined;
}

function combine(
  own: readonly (ServerMode | undefined)[],
  above: () => readonly ServerMode[],
): readonly ServerMode[] {
  return own.flatMap((mode) => (mode === undefined ? above() : [mode]));
}

interface Sight {
  readonly hasPolicy: boolean;
}

/** What a policy for chosen workloads makes of the modes above it, on one port or on all. */
function withPorts(
  graph: Graph,
  policy: PeerPolicy,
  above: readonly ServerMode[],
  port: number | undefined,
  ztunnel: Sight | undefined,
): readonly ServerMode[] {
  const own = says(graph, policy, policy.spec.mtls, 'workload');
  const ports = policy.spec.portLevelMtls ?? {};
  const keys =
    port === undefined ? Object.keys(ports) : Object.keys(ports).filter((key) => key === `${port}`);
  return above.flatMap((inherited) => {
    const base = own ?? inherited;
    if (base.mode === 'UNKNOWN') return [base];
    const answer = (key: string | undefined): ServerMode => {
      const exception = key === undefined ? undefined : says(graph, policy, ports[key], 'port');
      if (ztunnel === undefined) return exception ?? base;
      const isStrict = refusesPlainText(
        policy.spec,
        modesAbove(inherited, ztunnel),
        Number(key ?? port ?? 0),
      );
      if (exception !== undefined && (exception.mode === 'STRICT') === isStrict) return exception;
      if ((base.mode === 'STRICT') === isStrict) return base;
      // Two policies that mean to be strict come to less than that.
      return { ...(exception ?? base), mode: isStrict ? 'STRICT' : 'PERMISSIVE' };
    };
    return [...(port === undefined || keys.length === 0 ? [answer(undefined)] : []), ...keys.map(answer)];
  });
}

/** The levels that a mode was inherited through, as ztunnel's translation takes them. */
function modesAbove({ mode, level }: ServerMode, { hasPolicy }: Sight): ModesAbove {
  const said = mode === 'UNKNOWN' ? 'UNSET' : mode;
  return level === 'namespace'
    ? { namespace: said, mesh: undefined, isNamespaceSelecting: !hasPolicy }
    : { namespace: hasPolicy ? 'UNSET' : undefined, mesh: level === 'mesh' ? said : undefined };
}

/** ztunnel takes HBONE whatever the mode: to switch mutual TLS off only means to accept plain text as well. */
function asZtunnel(mode: ServerMode): ServerMode {
  return mode.mode === 'DISABLE' ? { ...mode, mode: 'PERMISSIVE' } : mode;
}

function distinct(modes: readonly ServerMode[]): readonly ServerMode[] {
  return modes.filter(
    (mode, i) => modes.findIndex((other) => other.mode === mode.mode && other.setting === mode.setting) === i,
  );
}
