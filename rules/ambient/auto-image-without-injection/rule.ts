import {
  AUTO_IMAGE,
  at,
  defineRule,
  INJECT_KEY,
  INJECTION_LABEL,
  injection,
  injectionReads,
  membership,
  proxyContainer,
  type Workload,
  workloads,
} from '#sdk';

export default defineRule({
  code: 'IST0146',
  severity: 'warning',
  since: '0.1.0',
  summary: 'A workload leaves the image of its proxy to the injector, which will not touch its pods.',
  reads: {
    ...injectionReads,
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
    unselected: {
      what: 'The proxy of {kind} {name} has the image `auto`, and nothing asks for injection into its pods.',
      why: '`auto` is a placeholder that the injector replaces. As it is, Kubernetes looks for an image of that name, and the pods never start.',
      help: 'Label the template `sidecar.istio.io/inject: "true"`, or by the revision that shall inject, as in `istio.io/rev: canary`.',
    },
    refused: {
      what: 'The proxy of {kind} {name} has the image `auto`, and {refusal} keeps the injector away.',
      why: '`auto` is a placeholder that the injector replaces. As it is, Kubernetes looks for an image of that name, and the pods never start.',
      help: 'Remove what keeps the injector away, or name the image of the proxy.',
    },
  },
  check({ graph, report }) {
    const isInjected = injection(graph);
    const members = membership(graph);
    for (const workload of workloads(graph).all) {
      const { resource, namespace, recorded } = workload;
      const container = proxyContainer(workload.pod);
      if (recorded || container?.image !== AUTO_IMAGE || isInjected(workload) !== false) continue;
      const data = { kind: resource.kind, name: resource.name };
      const place = at(container, 'image');
      const label = members.namespaceLabels(namespace, workload)?.[INJECTION_LABEL];
      const refusal = refusalOf(workload, label);
      if (refusal === undefined) report(resource, { at: place, message: 'unselected', data });
      else report(resource, { at: place, message: 'refused', data: { ...data, refusal } });
    }
  },
});

/** What says no, in so many words. */
function refusalOf(
  { labels, annotations, pod }: Workload,
  namespaceLabel: string | undefined,
): string | undefined {
  if (pod?.hostNetwork === true) return '`hostNetwork: true`';
  const wish = labels[INJECT_KEY] ?? annotations[INJECT_KEY];
  if (wish === 'false') return `\`${INJECT_KEY}: "false"\``;
  if (namespaceLabel === undefined || namespaceLabel === 'enabled') return undefined;
  return `\`${INJECTION_LABEL}: ${namespaceLabel}\` of its namespace`;
}
