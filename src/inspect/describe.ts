import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { waypoints } from '../mesh/ambient/waypoints.ts';
import { membership } from '../mesh/membership/membership.ts';
import { effectiveMtls, type ServerMode } from '../mesh/mtls/mtls.ts';
import { serviceWorkloads } from '../mesh/workloads/service-workloads.ts';
import { isKind } from '../mesh/workloads/workload-sources.ts';
import { type Workload, workloads } from '../mesh/workloads/workloads.ts';
import { showList, showRef } from '../model/names.ts';
import { explainAuthz } from './authz.ts';
import { enrolmentSteps, namespaceEnrolment, showMode } from './enrolment.ts';
import { type Explanation, field, problem, type Section, type Step, step } from './explanation.ts';
import { destinationRuleSteps, gatewaySteps, portSteps, routeSteps } from './traffic.ts';
import { explainWaypoint } from './waypoint.ts';

/** Workloads behind one Service that are told of one by one. */
const MOST_WORKLOADS = 5;

/** All that applies to a workload, from files alone; what `istioctl x describe` tells of a pod, ambient ones too. */
export function describeWorkload(graph: WholeGraph, workload: Workload): Explanation {
  const { resource } = workload;
  const name = `${resource.kind} ${showRef(resource)}`;
  const mode = membership(graph).modeOf(workload);
  const services = serviceWorkloads(graph).servicesOf(workload);
  const authz = explainAuthz(graph, workload);
  return {
    title: name,
    verdict: `${name} ${showMode(mode)}. ${waypointVerdict(graph, workload)}`.trim(),
    sections: filled([
      { title: 'Mesh', steps: enrolmentSteps(graph, workload) },
      { title: 'Container ports', steps: containerPortSteps(workload) },
      ...services.flatMap((service) => serviceSections(graph, service, [workload])),
      ...(services.length === 0
        ? [{ title: 'Services', steps: [step('No Service of the input selects it.', { resource })] }]
        : []),
      { title: 'Mutual TLS', steps: mtlsSteps(graph, workload) },
      { title: 'Authorization', steps: [step(authz.verdict)] },
      ...authz.sections.map(({ title, steps }) => ({ title: `Authorization: ${title}`, steps })),
      ...(mode === 'ambient'
        ? explainWaypoint(graph, workload).sections.map((one) => ({
            ...one,
            title: `Waypoint: ${one.title}`,
          }))
        : []),
    ]),
  };
}

/** All that applies to a Service, and to the workloads behind it. */
export function describeService(graph: WholeGraph, service: Resource<'Service'>): Explanation {
  const behind = serviceWorkloads(graph).of(service);
  const name = `Service ${showRef(service)}`;
  const waypoint = explainWaypoint(graph, service);
  return {
    title: name,
    verdict: `${name} stands before ${behind.length === 0 ? 'no workload of the input' : showList(behind.map(({ resource }) => `${resource.kind} ${showRef(resource)}`))}. ${waypoint.verdict}`,
    sections: filled([
      { title: 'Workloads', steps: behind.map((one) => modeStep(graph, one)) },
      ...serviceSections(graph, service, behind),
      ...behind.slice(0, MOST_WORKLOADS).flatMap((one) => [
        { title: `Mutual TLS of ${showRef(one.resource)}`, steps: mtlsSteps(graph, one) },
        { title: `Authorization of ${showRef(one.resource)}`, steps: authzSteps(graph, one) },
      ]),
      ...waypoint.sections.map((one) => ({ ...one, title: `Waypoint: ${one.title}` })),
    ]),
  };
}

/** What a namespace says about all that runs there. */
export function describeNamespace(graph: WholeGraph, namespace: Resource<'Namespace'>): Explanation {
  const { name } = namespace;
  const members = membership(graph);
  const all = workloads(graph).in(name);
  const modes = new Map<string, Workload[]>();
  for (const one of all) {
    const mode = showMode(members.modeOf(one));
    modes.set(mode, [...(modes.get(mode) ?? []), one]);
  }
  const [first] = effectiveMtls(graph).namespaceModes(name, namespace);
  return {
    title: `Namespace ${name}`,
    verdict: `Namespace ${name} holds ${all.length} ${all.length === 1 ? 'workload' : 'workloads'}${first === undefined ? '' : `; its mutual TLS is ${first.mode}`}.`,
    sections: filled([
      { title: 'Mesh', steps: namespaceEnrolment(namespace) },
      {
        title: 'Workloads',
        steps: [...modes].map(([mode, list]) =>
          step(
            `${showList(
              list.map(({ resource }) => resource.name),
              10,
            )} ${list.length === 1 ? mode : mode.replace(/^is /, 'are ')}.`,
          ),
        ),
      },
      { title: 'Mutual TLS', steps: modeSteps(effectiveMtls(graph).namespaceModes(name, namespace), '') },
      { title: 'Policies', steps: policySteps(graph, name) },
      { title: 'Waypoints', steps: behindWaypoints(graph, name) },
    ]),
  };
}

/** The verdict, and below it every policy, wherever it is enforced. */
function authzSteps(graph: WholeGraph, workload: Workload): readonly Step[] {
  const { verdict, sections } = explainAuthz(graph, workload);
  return [step(verdict), ...sections.flatMap(({ steps }) => steps.filter(({ places }) => places.length > 0))];
}

function filled(sections: readonly Section[]): readonly Section[] {
  return sections.filter(({ steps }) => steps.length > 0);
}

function waypointVerdict(graph: WholeGraph, workload: Workload): string {
  if (membership(graph).modeOf(workload) !== 'ambient') return '';
  const front = waypoints(graph).before(workload);
  if (front.state === 'bound') return `Requests to it pass waypoint ${showRef(front.gateway)}.`;
  return front.state === 'none' ? 'No waypoint stands before it.' : '';
}

function modeStep(graph: WholeGraph, workload: Workload): Step {
  const { resource } = workload;
  return step(`${resource.kind} ${showRef(resource)} ${showMode(membership(graph).modeOf(workload))}.`, {
    resource,
  });
}

function serviceSections(
  graph: WholeGraph,
  service: Resource<'Service'>,
  behind: readonly Workload[],
): readonly Section[] {
  const of = `Service ${showRef(service)}`;
  return [
    { title: `Ports of ${of}`, steps: portSteps(service, behind) },
    { title: `Routes to ${of}`, steps: routeSteps(graph, service) },
    { title: `DestinationRules of ${of}`, steps: destinationRuleSteps(graph, service, behind) },
    { title: `Gateways before ${of}`, steps: gatewaySteps(graph, service) },
  ];
}

function containerPortSteps({ resource, pod }: Workload): readonly Step[] {
  return (pod?.containers ?? []).flatMap((container) =>
    (container.ports ?? []).map((port) =>
      step(
        `Container ${container.name ?? ''} declares port ${port.containerPort ?? '?'}${port.name === undefined ? '' : ` (${port.name})`}.`,
        field(resource, port),
      ),
    ),
  );
}

function mtlsSteps(graph: WholeGraph, workload: Workload): readonly Step[] {
  const mode = membership(graph).modeOf(workload);
  if (mode === 'none') return [step('It has no proxy, so it accepts plain text only.')];
  if (mode === 'unknown') return [];
  const ports = (workload.pod?.containers ?? []).flatMap(({ ports = [] }) =>
    ports.map(({ containerPort }) => containerPort).filter((port) => port !== undefined),
  );
  const mtls = effectiveMtls(graph);
  if (ports.length === 0) return modeSteps(mtls.serverModes(workload, undefined), '');
  return [...new Set(ports)].flatMap((port) =>
    modeSteps(mtls.serverModes(workload, port), ` on port ${port}`),
  );
}

const levels: Readonly<Record<ServerMode['level'], string>> = {
  port: 'for the port',
  workload: 'for the workload',
  namespace: 'for the namespace',
  mesh: 'for the mesh',
  default: 'which is what Istio does unless told otherwise',
};

function modeSteps(modes: readonly ServerMode[], where: string): readonly Step[] {
  const all = modes.map(({ mode, level, policy, setting }) =>
    step(
      policy === undefined
        ? `${mode}${where}, ${levels[level]}.`
        : `${mode}${where}: PeerAuthentication ${showRef(policy)} says so ${levels[level]}.`,
      policy && field(policy, setting, 'mode'),
    ),
  );
  return modes.length < 2
    ? all
    : [problem(`Several policies compete${where}, and nothing tells which is the oldest.`), ...all];
}

function policySteps(graph: WholeGraph, namespace: string): readonly Step[] {
  const kinds = [
    'PeerAuthentication',
    'AuthorizationPolicy',
    'RequestAuthentication',
    'Sidecar',
    'Telemetry',
    'WasmPlugin',
    'EnvoyFilter',
  ] as const;
  return kinds.flatMap((kind) =>
    graph.list(kind, namespace).map((resource) => step(`${kind} ${resource.name}`, { resource })),
  );
}

/** The Services of a namespace that a waypoint stands before, by waypoint. */
function behindWaypoints(graph: WholeGraph, namespace: string): readonly Step[] {
  const fronts = waypoints(graph);
  return graph.list('Service', namespace).flatMap((service) => {
    if (!isKind(service, 'Service')) return [];
    const binding = fronts.waypointOf(service);
    if (binding.state !== 'bound') return [];
    return [
      step(`Service ${service.name} is behind ${showRef(binding.gateway)}.`, { resource: binding.gateway }),
    ];
  });
}
