import {
  at,
  defineRule,
  INJECT_KEY,
  INJECTION_LABEL,
  type Labels,
  membership,
  membershipReads,
  REVISION_LABEL,
  type Resource,
  recordedPod,
  workloadReads,
  workloads,
} from '#sdk';

export default defineRule({
  code: 'IST0103',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A Pod runs without the sidecar that its namespace asks for.',
  reads: { ...workloadReads, ...membershipReads, Pod: 'some' },
  messages: {
    unproxied: {
      what: 'Pod {pod} has no sidecar, although `{label}` of its namespace asks for one.',
      why: 'Sidecars are only added while a pod is created: this one came before the label, or the injector was away. It is not in the mesh, and STRICT servers reject what it sends.',
      help: 'Recreate it, for example by `kubectl rollout restart` of its owner. If it shall stay out of the mesh, label its template `sidecar.istio.io/inject: "false"`.',
    },
  },
  check({ graph, report }) {
    const members = membership(graph);
    // Written by hand, not recorded by a cluster: the sidecar will come when they are created.
    const manifests = new Set<Resource>();
    for (const { resource, recorded } of workloads(graph).all) if (!recorded) manifests.add(resource);
    for (const pod of graph.list('Pod')) {
      if (manifests.has(pod) || isEnding(pod) || refuses(pod)) continue;
      const label = injectionLabel(members.namespaceLabels(pod.namespace, pod) ?? {});
      const workload = recordedPod(pod);
      if (label === undefined || members.injects(workload) !== true) continue;
      if (members.modeOf(workload) !== 'none') continue;
      report(pod, { at: at(pod.metadata, 'name'), message: 'unproxied', data: { pod: pod.name, label } });
    }
  },
});

/** The label of a namespace that asks for sidecars. */
function injectionLabel(labels: Labels): string | undefined {
  const injection = labels[INJECTION_LABEL];
  if (injection !== undefined) return injection === 'enabled' ? `${INJECTION_LABEL}=${injection}` : undefined;
  const revision = labels[REVISION_LABEL];
  return revision === undefined ? undefined : `${REVISION_LABEL}=${revision}`;
}

/** Pods of Jobs that are through, and those that are about to go. */
function isEnding({ metadata, body }: Resource<'Pod'>): boolean {
  const phase = body.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed' || metadata.deletionTimestamp !== undefined;
}

/** The injector only knows `false`, but whoever writes `False` means it. */
function refuses({ metadata }: Resource<'Pod'>): boolean {
  const wish = metadata.labels?.[INJECT_KEY] ?? metadata.annotations?.[INJECT_KEY];
  return wish?.toLowerCase() === 'false';
}
