import type { SoughtKind } from '../../graph/evidence.ts';
import type { Resource } from '../../graph/resource.ts';
import type { PodSpec } from '../../model/kinds.gen.ts';
import type { Labels } from '../../model/labels.ts';

/** Kinds that run, or stand for, pods or machines. */
export const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Rollout',
  'Pod',
  'WorkloadEntry',
  'WorkloadGroup',
] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** Kinds with pods of their own, as those declare them that judge these kinds and need not know them all. */
export const podReads = {
  Deployment: 'some',
  StatefulSet: 'some',
  DaemonSet: 'some',
  ReplicaSet: 'some',
  ReplicationController: 'some',
  Job: 'some',
  CronJob: 'some',
  Rollout: 'some',
  Pod: 'some',
} as const;

/** The same, for rules that find nothing without one of them. */
export const podKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Rollout',
  'Pod',
] as const;

/** One of them loaded in a namespace is evidence that its workloads are. */
export const anyWorkload: SoughtKind<WorkloadKind> = { name: 'workload', kinds: workloadKinds };

/** One set of pods (or machines) that are alike: what its owner's template says. */
export interface Workload {
  /** Who runs it; a Gateway of the Gateway API for the pods that Istio deploys for it. */
  readonly resource: Resource<WorkloadKind> | Resource<'KubernetesGateway'>;
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly serviceAccount: string;
  /** Absent for WorkloadEntry, WorkloadGroup and Gateways. */
  readonly pod?: PodSpec;
  /** A Pod that exists in a cluster (or in a closed world), so that what it lacks will not be added on creation. */
  readonly recorded: boolean;
  readonly origin: Resource['origin'];
}

/** Label that ties pods, Services and policies to a Gateway of the Gateway API. */
export const GATEWAY_NAME_LABEL = 'gateway.networking.k8s.io/gateway-name';

/** What istiod deploys for a Gateway carries this label; its value is the controller, with a dash for the slash. */
export const MANAGED_LABEL = 'gateway.istio.io/managed';

/** Whether istiod made it for a Gateway, with a copy of the labels and annotations of that. */
export function isManaged(labels: Labels = {}): boolean {
  return Object.hasOwn(labels, MANAGED_LABEL);
}
