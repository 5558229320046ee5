import type { Labels } from '../../model/labels.ts';
import type { Workload, WorkloadKind } from './workload.ts';
import { isKind } from './workload-sources.ts';

/**
 * Labels that pods have and their templates lack: those that controllers put on each pod, and those that the
 * sidecar injector adds (manifests/charts/istio-control/istio-discovery/files/injection-template.yaml).
 */

type Test = (workload: Workload, value: string) => boolean;

const isOneOf =
  (...kinds: readonly WorkloadKind[]): Test =>
  ({ resource }) =>
    kinds.some((kind) => kind === resource.kind);

/** Pods called `owner-something`. */
const isCalledAfter =
  (...kinds: readonly WorkloadKind[]): Test =>
  ({ resource }, value) =>
    kinds.some((kind) => kind === resource.kind) && value.startsWith(`${resource.name}-`);

const isOfJob: Test = ({ resource }, value) =>
  resource.kind === 'Job'
    ? value === resource.name
    : resource.kind === 'CronJob' && value.startsWith(`${resource.name}-`);

const isPod: Test = ({ pod }) => pod !== undefined;

const addedLater: ReadonlyMap<string, Test> = new Map([
  ['pod-template-hash', isOneOf('Deployment', 'ReplicaSet')],
  ['rollouts-pod-template-hash', isOneOf('Rollout', 'ReplicaSet')],
  ['controller-revision-hash', isOneOf('DaemonSet', 'StatefulSet')],
  ['pod-template-generation', isOneOf('DaemonSet')],
  ['statefulset.kubernetes.io/pod-name', isCalledAfter('StatefulSet')],
  ['apps.kubernetes.io/pod-index', isOneOf('StatefulSet')],
  ['job-name', isOfJob],
  ['batch.kubernetes.io/job-name', isOfJob],
  ['controller-uid', isOneOf('Job', 'CronJob')],
  ['batch.kubernetes.io/controller-uid', isOneOf('Job', 'CronJob')],
  ['batch.kubernetes.io/job-completion-index', isOneOf('Job', 'CronJob')],
  ['istio.io/rev', isPod],
  ['security.istio.io/tlsMode', isPod],
  ['service.istio.io/canonical-name', isPod],
  ['service.istio.io/canonical-revision', isPod],
  ['topology.istio.io/network', isPod],
  ['topology.kubernetes.io/region', isPod],
  ['topology.kubernetes.io/zone', isPod],
]);

/** The labels of a selector that templates show. */
export function templateLabels(selector: Labels): Labels {
  const keys = Object.keys(selector);
  if (!keys.some((key) => addedLater.has(key))) return selector;
  return Object.fromEntries(Object.entries(selector).filter(([key]) => !addedLater.has(key)));
}

/** Whether pods of this workload carry, or may come to carry, every label of the selector. */
export function mayCarry(workload: Workload, selector: Labels): boolean {
  for (const key of Object.keys(selector)) {
    const value = selector[key] ?? '';
    if (Object.hasOwn(workload.labels, key)) {
      if (workload.labels[key] !== value && !isPassing(workload, key, value)) return false;
    } else if (
      !isPassing(workload, key, value) &&
      (workload.recorded || addedLater.get(key)?.(workload, value) !== true)
    ) {
      return false;
    }
  }
  return true;
}

/** Every pair that pods of the workload may carry, as far as it can be named. */
export function labelPairs(workload: Workload): readonly (readonly [string, string])[] {
  const own = Object.entries(workload.labels);
  const passing = passingLabels(workload).flatMap((labels) => Object.entries(labels));
  return passing.length === 0
    ? own
    : [...own, ...passing.filter(([key, value]) => workload.labels[key] !== value)];
}

/** Labels that an Argo Rollout puts on the pods of one side while it shifts traffic. */
function passingLabels(workload: Workload): readonly Labels[] {
  const { resource } = workload;
  if (!isKind(resource, 'Rollout')) return [];
  const { canary } = resource.spec.strategy ?? {};
  return [canary?.canaryMetadata?.labels ?? {}, canary?.stableMetadata?.labels ?? {}];
}

function isPassing(workload: Workload, key: string, value: string): boolean {
  return passingLabels(workload).some((labels) => Object.hasOwn(labels, key) && labels[key] === value);
}
