import {
  type AmbientWorkload,
  at,
  DRY_RUN_ANNOTATION,
  defineRule,
  type Related,
  type Severity,
  showList,
  showRef,
  type UnsupportedAction,
  unsupportedActions,
} from '#sdk';

const help =
  'Attach the policy by `targetRefs` to the Service or to its waypoint, which know this action; deploy a waypoint first if there is none.';

export default defineRule({
  code: 'IST1022',
  severity: 'error',
  since: '0.1.0',
  summary: 'An AuthorizationPolicy for ambient workloads has an action that ztunnel does not know.',
  reads: unsupportedActions.reads,
  needs: [['AuthorizationPolicy']],
  messages: {
    custom: {
      what: 'Nobody is asked before requests reach {workloads}: ztunnel does not know the action CUSTOM and drops the policy.',
      why: 'The external authorizer never hears of these requests. They all pass, logged in or not, unless another policy refuses them.',
      help,
    },
    audit: {
      what: 'Nothing is audited at {workloads}: ztunnel does not know the action AUDIT and drops the policy.',
      why: 'Requests that the policy should mark for the audit log pass without a trace.',
      help,
    },
    'trial-ignored': {
      what: 'The dry run of this AuthorizationPolicy tries nothing at {workloads}: istiod does not send such policies to ztunnel.',
      why: 'No log tells what the policy would refuse, and silence looks as if it refused nothing.',
      help: 'Try the policy at a waypoint, by `targetRefs`, or start istiod with `AMBIENT_ENABLE_DRY_RUN_AUTHORIZATION_POLICY=true`, once every ztunnel runs Istio 1.29 or later.',
    },
    'trial-enforced': {
      what: 'This AuthorizationPolicy is meant as a dry run, and ztunnel enforces it at {workloads}.',
      why: 'Before Istio 1.29 the annotation means nothing in ambient mode: connections are refused in earnest.',
      help: 'Take the policy away until it may be enforced, or try it at a waypoint by `targetRefs`.',
    },
  },
  check({ graph, report }) {
    for (const { policy, verdict, workloads } of unsupportedActions(graph)) {
      const { annotations } = policy.metadata;
      const isTrial = verdict === 'trial-ignored' || verdict === 'trial-enforced';
      report(policy, {
        at: isTrial && annotations ? at(annotations, DRY_RUN_ANNOTATION) : at(policy.spec, 'action'),
        message: verdict,
        severity: severities[verdict],
        data: {
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

const severities: Readonly<Record<UnsupportedAction['verdict'], Severity>> = {
  custom: 'error',
  audit: 'warning',
  'trial-ignored': 'warning',
  'trial-enforced': 'error',
};

function relate({ workload: { resource }, waypoint }: AmbientWorkload): Related {
  const note =
    waypoint.state === 'bound'
      ? `Selected and in ambient mode; its waypoint ${showRef(waypoint.gateway)} takes policies by targetRefs only.`
      : 'Selected and in ambient mode, served by ztunnel.';
  return { resource, note };
}
