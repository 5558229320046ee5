import type { Graph } from '../../graph/graph.ts';
import type { Lookup } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import type { ReadKinds, Reads } from '../../graph/view.ts';
import type { At } from '../../model/paths.ts';
import { gateways } from '../gateways/gateways.ts';
import { hostRegistry } from '../hosts/registry.ts';
import { istiodSettings } from '../installation/istiod.ts';
import { membershipReads } from '../membership/membership.ts';
import { workloadReads } from '../workloads/workloads.ts';

/** What an upgrade is held against: whatever a release of Istio reads in another way than the one before. */
export const upgradeReads = {
  ...istiodSettings.reads,
  ...workloadReads,
  ...membershipReads,
  ...gateways.reads,
  ...hostRegistry.reads,
  AuthorizationPolicy: 'some',
  BackendTLSPolicy: 'some',
  Deployment: 'some',
  DestinationRule: 'some',
  EnvoyFilter: 'some',
  GRPCRoute: 'some',
  Gateway: 'some',
  HTTPRoute: 'some',
  Istio: 'some',
  IstioOperator: 'some',
  KubernetesGateway: 'some',
  MeshConfig: 'some',
  Namespace: 'some',
  PeerAuthentication: 'some',
  Pod: 'some',
  ProxyConfig: 'some',
  RequestAuthentication: 'some',
  Service: 'some',
  ServiceEntry: 'some',
  Sidecar: 'some',
  StatefulSet: 'some',
  Telemetry: 'some',
  VirtualService: 'some',
  WasmPlugin: 'some',
} as const satisfies Reads;

export type UpgradeGraph = Graph<ReadKinds<typeof upgradeReads>>;

/** Something in the input that a change of Istio makes a difference for. */
export interface Concern {
  readonly resource: Resource;
  readonly at: At;
  /** What it is, to begin a sentence with. */
  readonly thing: string;
  /** Another resource without which it would not be concerned, and why. */
  readonly related?: { readonly resource: Resource; readonly at?: At; readonly note: string };
  /** Whether it is only worth knowing, because it may well make no difference here. */
  readonly isMinor?: boolean;
  /** The look-up whose failure makes it a concern. */
  readonly lookup?: Lookup<unknown>;
}

/** Finds what one change makes a difference for. */
export type Finder = (graph: UpgradeGraph) => Iterable<Concern>;
