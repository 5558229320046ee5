import {
  type AmbientWorkload,
  defineRule,
  type Related,
  type Severity,
  showList,
  showRef,
  type UnsentField,
  unsentFields,
} from '#sdk';

const help =
  'Say it with `principals` (`cluster.local/ns/shop/sa/front`, `cluster.local/*`), `namespaces` or `serviceAccounts` in `from`, or attach the policy to a waypoint by `targetRefs`.';

export default defineRule({
  code: 'IST1023',
  severity: 'error',
  since: '0.1.0',
  summary:
    'An AuthorizationPolicy for ambient workloads tells peers apart by a field that ztunnel is not sent.',
  reads: unsentFields.reads,
  needs: [['AuthorizationPolicy']],
  messages: {
    'admits-nothing': {
      what: 'Nobody may reach {workloads}: `{field}` is not sent to ztunnel, and with it goes {part}.',
      why: 'The ALLOW policy itself stays, and without a rule that can match it refuses every connection.',
      help,
    },
    'admits-less': {
      what: 'Whoever is admitted by {part} alone is refused at {workloads}: `{field}` is not sent to ztunnel.',
      why: 'Nothing that could match is left of it; only what the rest of the policies admits gets in.',
      help,
    },
    'admits-others': {
      what: '{part} lets in more than it says at {workloads}: ztunnel is not sent `{field}`.',
      why: 'The other fields are enforced without it, so peers that it should keep out are admitted.',
      help,
    },
    'denies-less': {
      what: '{part} denies nothing at {workloads}: `{field}` is not sent to ztunnel.',
      why: 'Nothing that could match is left of it, so the peers that it should turn away get in.',
      help,
    },
    'denies-more': {
      what: '{part} turns away more than it says at {workloads}: ztunnel is not sent `{field}`.',
      why: 'The other fields are enforced without it, so peers that should get in are refused.',
      help,
    },
  },
  check({ graph, report }) {
    for (const { policy, field, part, verdict, workloads } of unsentFields(graph)) {
      report(policy, {
        at: field,
        message: verdict,
        severity: severities[verdict],
        data: {
          field: field.name,
          part,
          workloads: showList(
            workloads.map(({ workload: { resource } }) => `${resource.kind} ${showRef(resource)}`),
            3,
          ),
        },
        related: workloads.slice(0, 5).map(relate),
      });
    }
  },
});

const severities: Readonly<Record<UnsentField['verdict'], Severity>> = {
  'admits-nothing': 'error',
  'admits-less': 'warning',
  'admits-others': 'error',
  'denies-less': 'error',
  'denies-more': 'warning',
};

function relate({ workload: { resource } }: AmbientWorkload): Related {
  return { resource, note: 'In ambient mode: its ztunnel enforces what is left of the policy.' };
}
