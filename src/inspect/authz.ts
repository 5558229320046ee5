import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { waypoints } from '../mesh/ambient/waypoints.ts';
import { isDryRun, lostParts, survives, type ZtunnelPolicy, ztunnelPolicy } from '../mesh/ambient/ztunnel.ts';
import { membership } from '../mesh/membership/membership.ts';
import {
  aimsAt,
  authorizationPolicies,
  type EnforcementPoint,
  hasBareSelector,
  policyReach,
  targetablePolicies,
  targetRefsOf,
} from '../mesh/policies/policies.ts';
import type { Workload } from '../mesh/workloads/workloads.ts';
import type { AuthorizationRule } from '../model/kinds.gen.ts';
import { showList, showRef } from '../model/names.ts';
import { type Explanation, field, problem, type Section, type Step, step } from './explanation.ts';

type Policy = Resource<'AuthorizationPolicy'>;

/**
 * Which AuthorizationPolicies decide about requests to a workload, and where each of them is enforced. With a port (of
 * the container) rules that name other ports only are left aside.
 */
export function explainAuthz(graph: WholeGraph, workload: Workload, port?: number): Explanation {
  const { resource } = workload;
  const name = `${resource.kind} ${showRef(resource)}`;
  const points = pointsBefore(graph, workload);
  const sections = points.map(({ title, point }) => sectionOf(graph, title, point, port));
  const ignored = ignoredSteps(graph, workload, points);
  return {
    title: `Authorization of requests to ${name}${port === undefined ? '' : `, port ${port}`}`,
    verdict:
      points.length === 0
        ? `${outsideWords[modeOf(graph, workload)] ?? 'It has no proxy'}: no AuthorizationPolicy is enforced for ${name}.`
        : points
            .map(({ point, where }) => `${where}: ${verdictAt(policiesFor(graph, point, port))}.`)
            .join(' '),
    sections: [...sections, ...(ignored.length === 0 ? [] : [{ title: 'Not enforced', steps: ignored }])],
  };
}

const outsideWords: Readonly<Record<string, string>> = {
  none: 'It is not in the mesh',
  unknown: 'Whether it is in the mesh is not known',
};

function modeOf(graph: WholeGraph, workload: Workload): string {
  return membership(graph).modeOf(workload);
}

interface NamedPoint {
  readonly title: string;
  /** The same for a sentence. */
  readonly where: string;
  readonly point: EnforcementPoint;
}

/** What requests pass on their way to a workload, the waypoint first. */
function pointsBefore(graph: WholeGraph, workload: Workload): readonly NamedPoint[] {
  const mode = modeOf(graph, workload);
  if (mode === 'sidecar' || mode === 'gateway') {
    const what = mode === 'sidecar' ? 'Its sidecar' : 'The gateway itself';
    return [{ title: what, where: what, point: { type: 'proxy', workload } }];
  }
  if (mode === 'waypoint' && workload.resource.kind === 'KubernetesGateway') {
    const [gateway] = graph.copies('KubernetesGateway', workload.resource);
    if (gateway !== undefined)
      return [
        { title: 'The waypoint itself', where: 'The waypoint itself', point: { type: 'waypoint', gateway } },
      ];
  }
  if (mode !== 'ambient') return [];
  const fronts = waypoints(graph);
  const behind = fronts.servicesOf(workload).flatMap((target): NamedPoint[] => {
    const binding = fronts.waypointOf(target);
    if (binding.state !== 'bound') return [];
    const { gateway } = binding;
    const where = `Waypoint ${showRef(gateway)}, for requests to ${target.kind} ${showRef(target)}`;
    return [{ title: where, where, point: { type: 'waypoint', gateway, target } }];
  });
  const ztunnel = 'The ztunnel before its pods';
  return [...behind, { title: ztunnel, where: ztunnel, point: { type: 'ztunnel', workload } }];
}

/** A policy and those of its rules that are about the port. */
interface Applied {
  readonly policy: Policy;
  readonly action: string;
  readonly rules: readonly AuthorizationRule[];
  /** What ztunnel makes of it, where ztunnel enforces it. */
  readonly sent?: ZtunnelPolicy;
}

const order = ['CUSTOM', 'DENY', 'ALLOW', 'AUDIT'];

function policiesFor(
  graph: WholeGraph,
  point: EnforcementPoint,
  port: number | undefined,
): readonly Applied[] {
  return authorizationPolicies(graph)
    .at(point)
    .filter((policy) => !isDryRun(policy))
    .map((policy): Applied => {
      const { action = 'ALLOW', rules = [] } = policy.spec;
      const translated = point.type === 'ztunnel' ? ztunnelPolicy(graph, policy) : undefined;
      return {
        policy,
        action,
        rules: rules.filter((rule) => isAboutPort(rule, port)),
        ...(translated?.state === 'sent' ? { sent: translated } : {}),
      };
    })
    .sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
}

/** Whether a rule may match on the port: one of its operations names it, or none names any. */
function isAboutPort({ to = [] }: AuthorizationRule, port: number | undefined): boolean {
  if (port === undefined || to.length === 0) return true;
  return to.some(({ operation: { ports = [], notPorts = [] } = {} }) => {
    const text = `${port}`;
    return (ports.length === 0 || ports.includes(text)) && !notPorts.includes(text);
  });
}

/** The outcome in words, as istiod orders the actions: CUSTOM, DENY, ALLOW. */
function verdictAt(applied: readonly Applied[]): string {
  const of = (action: string): readonly Applied[] => applied.filter((one) => one.action === action);
  const alive = (one: Applied): boolean =>
    one.sent === undefined ? one.rules.length > 0 : one.sent.rules.some(survives);
  const custom = of('CUSTOM').length > 0 ? ['an external authorizer is asked first'] : [];
  const denials = of('DENY').filter(alive);
  const denied =
    denials.length > 0
      ? [
          `what ${denials.length === 1 ? 'a DENY policy matches' : `${denials.length} DENY policies match`} is refused`,
        ]
      : [];
  const allows = of('ALLOW');
  const admitting = allows.filter(alive);
  const admitted =
    allows.length === 0
      ? denied.length > 0
        ? 'everything else is allowed'
        : 'everything is allowed'
      : admitting.length === 0
        ? 'everything is refused, because no ALLOW policy can match'
        : `only what ${admitting.length === 1 ? 'an ALLOW policy matches' : `one of ${admitting.length} ALLOW policies matches`} is allowed`;
  return [...custom, ...denied, admitted].join(', ');
}

function sectionOf(
  graph: WholeGraph,
  title: string,
  point: EnforcementPoint,
  port: number | undefined,
): Section {
  const applied = policiesFor(graph, point, port);
  const steps = applied.flatMap((one) => policySteps(one, port));
  const tokens = point.type === 'ztunnel' ? [] : targetablePolicies(graph).RequestAuthentication.at(point);
  return {
    title,
    steps: [
      ...(steps.length === 0 ? [step('No AuthorizationPolicy applies.')] : steps),
      ...tokens.map((policy) =>
        step(`${policy.kind} ${showRef(policy)} checks tokens.`, { resource: policy }),
      ),
    ],
  };
}

function policySteps({ policy, action, rules, sent }: Applied, port: number | undefined): Step[] {
  const all = policy.spec.rules ?? [];
  const name = `${action} policy ${showRef(policy)}`;
  const place = { resource: policy };
  if (all.length === 0) {
    return [
      action === 'ALLOW'
        ? step(`${name} has no rules: it allows nothing.`, place)
        : step(`${name} has no rules: it matches nothing.`, place),
    ];
  }
  const steps = [
    rules.length === 0 && port !== undefined
      ? step(`${name}: none of its rules is about port ${port}.`, place)
      : step(
          `${name}: ${showList(
            rules.map((rule) => ruleWords(rule)),
            4,
          )}.`,
          place,
        ),
  ];
  if (sent === undefined) return steps;
  const lost = lostParts(sent);
  if (lost.length > 0) {
    steps.push(
      problem(
        `ztunnel reads no HTTP: ${showList(lost)} of it ${lost.length === 1 ? 'does' : 'do'} not count there.`,
        field(policy, policy.spec, 'rules'),
      ),
    );
  } else if (sent.consequence === 'denies-more') {
    steps.push(
      problem('ztunnel reads no HTTP: it denies more than is written.', field(policy, policy.spec, 'rules')),
    );
  }
  return steps;
}

/** A rule in few words: what it asks of the caller, of the request, and of the rest. */
function ruleWords({ from = [], to = [], when = [] }: AuthorizationRule): string {
  if (from.length === 0 && to.length === 0 && when.length === 0) return 'everything';
  const sources = from.map(({ source = {} }) => fieldsOf(source)).filter((text) => text !== '');
  const operations = to.map(({ operation = {} }) => fieldsOf(operation)).filter((text) => text !== '');
  const conditions = when.map(({ key = '', values = [], notValues = [] }) =>
    [
      key,
      ...(values.length > 0 ? [values.join(' or ')] : []),
      ...(notValues.length > 0 ? [`not ${notValues.join(', ')}`] : []),
    ].join(' '),
  );
  return [
    ...(sources.length > 0 ? [`from ${sources.join(' or ')}`] : []),
    ...(operations.length > 0 ? [`to ${operations.join(' or ')}`] : []),
    ...(conditions.length > 0 ? [`when ${conditions.join(' and ')}`] : []),
  ].join(' ');
}

function fieldsOf(owner: object): string {
  return Object.entries(owner)
    .filter(([, values]) => Array.isArray(values) && values.length > 0)
    .map(([key, values]) => `${key} ${showList(values, 3)}`)
    .join(', ');
}

/** Policies that somebody may think apply to the workload, and why they do not. */
function ignoredSteps(graph: WholeGraph, workload: Workload, points: readonly NamedPoint[]): Step[] {
  const applied = new Set(points.flatMap(({ point }) => authorizationPolicies(graph).at(point)));
  const reach = policyReach(graph);
  const targets = waypoints(graph).servicesOf(workload);
  return graph.list('AuthorizationPolicy').flatMap((policy) => {
    const refs = targetRefsOf(policy);
    const name = `AuthorizationPolicy ${showRef(policy)}`;
    const place = { resource: policy };
    if (isDryRun(policy) && applied.has(policy))
      return [step(`${name} only tries out what it would do.`, place)];
    if (applied.has(policy)) return [];
    if (refs.length === 0) {
      if (!reach.selected(policy).includes(workload)) return [];
      return [problem(`${name} selects the workload, but ${whyNotHere(policy, points)}.`, place)];
    }
    const aimed = refs.some((ref) =>
      targets.some(
        (one) => aimsAt(ref, one.kind) && one.name === ref.name && one.namespace === policy.namespace,
      ),
    );
    if (!aimed) return [];
    return [
      problem(
        `${name} targets a Service of the workload, and only a waypoint enforces that: none stands before it, or its pods have sidecars.`,
        field(policy, policy.spec, 'targetRefs'),
      ),
    ];
  });
}

function whyNotHere(policy: Policy, points: readonly NamedPoint[]): string {
  if (points.length === 0) return 'nothing enforces it there';
  const { action = 'ALLOW' } = policy.spec;
  if (action !== 'ALLOW' && action !== 'DENY') return `ztunnel knows no action ${action}`;
  return hasBareSelector(policy)
    ? 'ztunnel takes its empty selector for one that selects nothing'
    : 'it is not sent to ztunnel';
}
