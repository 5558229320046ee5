import { at, defineRule, type SelectorAtWaypoint, selectorsAtWaypoints, showList, showRef } from '#sdk';

const ignores =
  'Waypoints only apply policies with `targetRefs`; by a selector, or by standing in the same namespace, none reaches them.';
const help = 'Replace the selector by `targetRefs` that name {target}.';

export default defineRule({
  code: 'IST1021',
  severity: 'error',
  since: '0.1.0',
  summary: 'A policy selects workloads behind a waypoint, or its pods, and waypoints never use selectors.',
  reads: selectorsAtWaypoints.reads,
  messages: {
    'denies-nothing': {
      what: 'Nothing enforces this DENY policy: waypoint {waypoint} ignores it, and ztunnel cannot read {fields}.',
      why: `${ignores} Ztunnel takes it, but none of its rules can match there, so every request that it should deny is let through.`,
      help,
    },
    'denies-less': {
      what: 'Nothing enforces {parts} of this DENY policy: waypoint {waypoint} ignores it, and ztunnel cannot read {fields}.',
      why: `${ignores} Ztunnel takes it without these parts, so what they should deny is let through.`,
      help,
    },
    'denies-more': {
      what: 'This DENY policy denies more than it says: waypoint {waypoint} ignores it, and ztunnel leaves out {fields}.',
      why: `${ignores} Ztunnel enforces what is left of each rule, also against what the waypoint passes on.`,
      help,
    },
    'admits-nothing': {
      what: 'This ALLOW policy admits nobody: waypoint {waypoint} ignores it, and ztunnel cannot read {fields}.',
      why: `${ignores} Ztunnel drops its rules, and as no other ALLOW policy admits anybody, it refuses even what the waypoint passes on.`,
      help,
    },
    'admits-less': {
      what: 'Nobody is admitted by {parts} of this ALLOW policy: waypoint {waypoint} ignores it, and ztunnel cannot read {fields}.',
      why: `${ignores} Ztunnel drops the rules that need HTTP, so whatever only these admit is refused.`,
      help,
    },
    ignored: {
      what: '{kind} {policy} has no effect on {workloads}: waypoint {waypoint} ignores it, and ztunnel does not know its kind.',
      why: `${ignores} Ztunnel takes nothing but AuthorizationPolicies and PeerAuthentications.`,
      help,
    },
    'waypoint-pods': {
      what: '{kind} {policy} selects nothing but the pods of waypoint {waypoint}, which never look at selectors.',
      why: `${ignores} So it is enforced nowhere.`,
      help: 'Replace the selector by `targetRefs` that name {target}, or single Services behind it.',
    },
  },
  check({ graph, report }) {
    for (const found of selectorsAtWaypoints(graph)) {
      const { policy, verdict, waypoint, target, workloads, fields, parts } = found;
      const { spec, body } = policy;
      report(policy, {
        at: spec.selector === undefined ? at(body, 'spec', 'key') : at(spec, 'selector', 'key'),
        message: verdict,
        severity: isError(found) ? 'error' : 'warning',
        data: {
          kind: policy.kind,
          policy: showRef(policy),
          waypoint,
          target,
          workloads: showList(
            workloads.map(({ resource }) => `${resource.kind} ${showRef(resource)}`),
            3,
          ),
          fields: showList(fields.map((name) => `\`${name}\``)),
          parts: showList(parts),
        },
        related: workloads.slice(0, 5).map(({ resource }) => ({ resource, note: noteFor(verdict) })),
      });
    }
  },
});

/** Errors let through what should be denied, or refuse what should be served. */
function isError({ policy, verdict }: SelectorAtWaypoint): boolean {
  if (verdict === 'ignored' || verdict === 'waypoint-pods')
    return policy.kind === 'AuthorizationPolicy' || policy.kind === 'RequestAuthentication';
  return verdict !== 'denies-more' && verdict !== 'admits-less';
}

function noteFor(verdict: SelectorAtWaypoint['verdict']): string {
  return verdict === 'waypoint-pods'
    ? 'The waypoint that is selected.'
    : 'Selected, in ambient mode, and behind the waypoint.';
}
