import {
  type AmbientWorkload,
  ambientReach,
  at,
  consequenceAt,
  decisiveFields,
  defineRule,
  isSentToZtunnel,
  type L7Consequence,
  lostParts,
  type Related,
  type Severity,
  showFault,
  showList,
  showRef,
  USE_WAYPOINT_LABEL,
  waypointReads,
  ztunnelPolicy,
} from '#sdk';

const waypointHelp =
  'Deploy a waypoint, label the namespace or the Service `istio.io/use-waypoint`, and attach the policy to the Service by `targetRefs` instead of a selector.';

export default defineRule({
  code: 'IST1020',
  severity: 'error',
  since: '0.1.0',
  summary:
    'An AuthorizationPolicy needs HTTP, and no waypoint stands before the ambient workloads it selects.',
  reads: { ...waypointReads, AuthorizationPolicy: 'some' },
  messages: {
    'denies-nothing': {
      what: 'Nothing enforces this DENY policy: for {fields} a waypoint is needed, and none stands before {workloads}.',
      why: 'Ztunnel knows no HTTP. Without these fields none of the rules can match there, so every request that the policy should deny is let through.',
      help: waypointHelp,
    },
    'denies-less': {
      what: 'Nothing enforces {parts} of this DENY policy: for {fields} a waypoint is needed, and none stands before {workloads}.',
      why: 'Ztunnel knows no HTTP. A part with nothing but HTTP fields never matches there, so what it should deny is let through; the rest of the policy is enforced.',
      help: waypointHelp,
    },
    'denies-more': {
      what: 'This DENY policy denies more than it says: ztunnel leaves out {fields}, and no waypoint stands before {workloads}.',
      why: 'Ztunnel knows no HTTP and enforces what is left of each rule, so connections are refused whatever their path, method, host or token.',
      help: waypointHelp,
    },
    'admits-nothing': {
      what: 'This ALLOW policy admits nobody: for {fields} a waypoint is needed, and none stands before {workloads}.',
      why: 'Ztunnel knows no HTTP and drops ALLOW rules that need it. The policy still counts, and no other ALLOW policy is left to admit anybody, so all traffic is refused.',
      help: waypointHelp,
    },
    'admits-less': {
      what: 'Nobody is admitted by {parts} of this ALLOW policy: for {fields} a waypoint is needed, and none stands before {workloads}.',
      why: 'Ztunnel knows no HTTP and drops ALLOW rules that need it, so whatever only these rules admit is refused.',
      help: waypointHelp,
    },
  },
  check({ graph, report }) {
    const reach = ambientReach(graph);
    for (const policy of graph.list('AuthorizationPolicy')) {
      if (graph.changedBy(policy) !== undefined) continue;
      const { exposed } = isSentToZtunnel(policy) ? reach.of(policy) : { exposed: [] };
      if (exposed.length === 0) continue;
      const sent = ztunnelPolicy(graph, policy);
      if (sent.state === 'skipped' || sent.consequence === undefined) continue;
      const fields = decisiveFields(sent);
      const [first] = fields;
      if (first === undefined) continue;
      const message = consequenceAt(graph, policy, sent.consequence, exposed);
      report(policy, {
        at: first,
        message,
        severity: severities[message],
        data: {
          fields: showList([...new Set(fields.map(({ name }) => `\`${name}\``))]),
          parts: showList(lostParts(sent)),
          workloads: showList(
            exposed.map(({ workload: { resource } }) => `${resource.kind} ${showRef(resource)}`),
            3,
          ),
        },
        related: [...exposed.slice(0, 5).map(relate), ...labelsOf(exposed)],
      });
    }
  },
});

const severities: Readonly<Record<L7Consequence, Severity>> = {
  'denies-nothing': 'error',
  'denies-less': 'error',
  'denies-more': 'warning',
  'admits-nothing': 'error',
  'admits-less': 'warning',
};

function relate({ workload, waypoint }: AmbientWorkload): Related {
  const { resource } = workload;
  if (waypoint.state !== 'error')
    return { resource, note: 'Selected, in ambient mode, and without a waypoint.' };
  const { fault, wanted } = waypoint;
  return {
    resource,
    note: `Selected, in ambient mode; the waypoint ${showRef(wanted)} that is named for it ${showFault(fault)}.`,
  };
}

/** The labels that lead nowhere, which is reported there; a policy that selects would need more than a good one. */
function labelsOf(exposed: readonly AmbientWorkload[]): Related[] {
  const faulty = exposed.flatMap(({ waypoint }) => (waypoint.state === 'error' ? [waypoint.label] : []));
  return [...new Map(faulty.map((label) => [label.labels, label.resource]))]
    .slice(0, 3)
    .map(([labels, resource]) => ({
      resource,
      at: at(labels, USE_WAYPOINT_LABEL),
      note: 'This label leads to no waypoint.',
    }));
}
