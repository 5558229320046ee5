import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { type MeshMode, membership } from '../membership/membership.ts';
import { containerPort, servedPorts } from '../workloads/container-ports.ts';
import type { Workload } from '../workloads/workloads.ts';
import { capturesInbound } from './capture.ts';
import { effectiveMtls, type mtlsReads, type ServerMode } from './mtls.ts';
import type { Arrival } from './outcome-results.ts';

/** The server's side of a connection. */
export interface MtlsServer extends Omit<Arrival, 'accepts'> {
  readonly workload: Workload | undefined;
  /** Of its containers, where it is known. */
  readonly port: number | undefined;
  /** What may decide there; `undefined` where no proxy reads policies. */
  readonly modes: readonly (ServerMode | undefined)[];
}

/** Which workload is reached by which name and port. */
export interface Reached {
  /** Undefined for hosts outside the cluster, behind which there is no workload. */
  readonly to: Workload | undefined;
  /** Whose name is dialed; absent for the address of a pod. */
  readonly target?: Resource<'Service'> | Resource<'ServiceEntry'>;
  /** Of the target; without a target that of the containers. */
  readonly port: number;
}

/** Who answers there, and under which policies. */
export function mtlsServer(graph: Graph<keyof typeof mtlsReads>, { to, target, port }: Reached): MtlsServer {
  const nobody = { isCaptured: false, speaksMtls: false, modes: [undefined] };
  if (to === undefined) return { ...nobody, workload: to, mode: 'none', port: undefined };
  const mode = membership(graph).modeOf(to);
  const served = target && servedPorts(target).find(({ number }) => number === port);
  const number = target === undefined ? port : served && containerPort(to, served);
  const known = { workload: to, mode, port: number, speaksMtls: mode === 'none' && announcesMtls(to, mode) };
  const isCaptured =
    mode === 'ambient' || (mode === 'sidecar' && (number === undefined || capturesInbound(to, number)));
  if (!isCaptured) return { ...nobody, ...known };
  return { ...known, isCaptured, modes: effectiveMtls(graph).serverModes(to, number) };
}

const TLS_MODE_LABEL = 'security.istio.io/tlsMode';

/** Whether endpoints of the workload say that they take mutual TLS of the mesh: what the injector adds, or a label. */
export function announcesMtls({ labels }: Workload, mode: MeshMode): boolean {
  const own = labels[TLS_MODE_LABEL];
  return own === undefined ? mode === 'sidecar' : own === 'istio';
}
