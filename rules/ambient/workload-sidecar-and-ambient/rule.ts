import {
  at,
  type DoubleMode,
  defineRule,
  doubleModes,
  membershipReads,
  podKinds,
  podReads,
  type Related,
  showRef,
  workloadReads,
} from '#sdk';

export default defineRule({
  code: 'IST1001',
  severity: 'error',
  since: '0.1.0',
  summary: 'A label of a pod template asks for a sidecar or for ambient mode where the other is in force.',
  reads: { ...workloadReads, ...membershipReads, ...podReads },
  needs: [podKinds],
  messages: {
    'sidecar-added': {
      what: '{workload} gets a sidecar by `{label}`, and its namespace {namespace} is in ambient mode.',
      why: 'The sidecar wins: ztunnel leaves these pods alone. Calls that they make pass no waypoint, and the sidecar ignores every policy that is attached by `targetRefs`.',
      help: 'For ambient mode remove `{label}`. To keep the sidecar, add `istio.io/dataplane-mode: none` to the labels of the template, which says so.',
    },
    'ambient-added': {
      what: '{workload} asks for ambient mode by `{label}`, and gets a sidecar all the same.',
      why: 'The sidecar wins: ztunnel leaves these pods alone, so the label does nothing, and what relies on it (waypoints, policies with `targetRefs`) does not apply to them.',
      help: 'For ambient mode also keep the sidecar out, by `sidecar.istio.io/inject: "false"` in the labels of the template. To keep the sidecar, remove `{label}`.',
    },
  },
  check({ graph, report }) {
    for (const double of doubleModes(graph)) {
      const { workload, added, by } = double;
      const { resource, namespace } = workload;
      report(resource, {
        at: at(by.labels, by.key),
        message: `${added}-added`,
        data: {
          workload: `${resource.kind} ${showRef(resource)}`,
          namespace,
          label: `${by.key}: ${by.labels[by.key]}`,
        },
        related: relate(double),
      });
    }
  },
});

function relate({ beside, added }: DoubleMode): readonly Related[] {
  if (beside === undefined) return [];
  const note = added === 'sidecar' ? 'This label asks for ambient mode.' : 'This label asks for a sidecar.';
  return [{ resource: beside.resource, at: at(beside.labels, beside.key), note }];
}
