import {
  at,
  type Container,
  defineRule,
  isControlPlaneObject,
  membership,
  membershipReads,
  type Workload,
  workloadReads,
  workloads,
} from '#sdk';

/** The user that the sidecar runs as. */
const PROXY_UID = 1337;

export default defineRule({
  code: 'IST0144',
  severity: 'warning',
  since: '0.1.0',
  summary: 'An application runs as the user of the sidecar, which lets its traffic pass.',
  reads: {
    ...workloadReads,
    ...membershipReads,
    Deployment: 'some',
    StatefulSet: 'some',
    DaemonSet: 'some',
    ReplicaSet: 'some',
    ReplicationController: 'some',
    Job: 'some',
    CronJob: 'some',
    Rollout: 'some',
    Pod: 'some',
  },
  messages: {
    pod: {
      what: 'The containers of {kind} {name} run as user 1337, which is the user of the sidecar.',
      why: 'The rules that capture traffic leave alone whatever user 1337 sends, so that the sidecar does not capture itself. What the application sends goes out as plain text, past routes, policies and telemetry.',
      help: 'Choose any other `runAsUser`.',
    },
    container: {
      what: 'Container {container} of {kind} {name} runs as user 1337, which is the user of the sidecar.',
      why: 'The rules that capture traffic leave alone whatever user 1337 sends, so that the sidecar does not capture itself. What the application sends goes out as plain text, past routes, policies and telemetry.',
      help: 'Choose any other `runAsUser`.',
    },
  },
  check({ graph, report }) {
    const members = membership(graph);
    for (const workload of workloads(graph).all) {
      const { resource, pod, namespace } = workload;
      if (pod === undefined || !usesProxyUid(workload)) continue;
      if (isControlPlaneObject(resource) || isControlPlaneObject({ metadata: { labels: workload.labels } }))
        continue;
      if (graph.changedBy(resource) !== undefined || isUncaptured(workload)) continue;
      // A namespace that is not loaded may well be injected, also in a closed world.
      const isLoaded = graph.copies('Namespace', { namespace: '', name: namespace }).length > 0;
      const mode = members.modeOf(workload);
      if (mode !== 'sidecar' && mode !== 'unknown' && (isLoaded || mode !== 'none')) continue;
      const data = { kind: resource.kind, name: resource.name };
      const applications = applicationsOf(workload);
      if (
        pod.securityContext?.runAsUser === PROXY_UID &&
        applications.some(({ securityContext }) => securityContext?.runAsUser === undefined)
      ) {
        report(resource, { at: at(pod.securityContext, 'runAsUser'), message: 'pod', data });
      }
      for (const { name = '', securityContext } of applications) {
        if (securityContext?.runAsUser !== PROXY_UID) continue;
        report(resource, {
          at: at(securityContext, 'runAsUser'),
          message: 'container',
          data: { ...data, container: name },
        });
      }
    }
  },
});

/** Init containers are left out: as user 1337 they reach the network before the sidecar is up. */
function applicationsOf({ pod }: Workload): readonly Container[] {
  return (pod?.containers ?? []).filter(({ name }) => name !== 'istio-proxy' && name !== 'istio-operator');
}

function usesProxyUid(workload: Workload): boolean {
  const contexts = [workload.pod, ...applicationsOf(workload)].map((one) => one?.securityContext);
  return contexts.some((context) => context?.runAsUser === PROXY_UID);
}

/** Pods that refuse the sidecar, have no network of their own, or tell it to capture nothing. */
function isUncaptured({ labels, annotations, pod }: Workload): boolean {
  const wish = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  return (
    pod?.hostNetwork === true ||
    wish === 'false' ||
    annotations['sidecar.istio.io/interceptionMode'] === 'NONE'
  );
}
