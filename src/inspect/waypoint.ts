import type { Graph, WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { showFault } from '../mesh/ambient/waypoint-attachment.ts';
import { attachmentListener, isNotReady, serves, trafficType } from '../mesh/ambient/waypoint-gateways.ts';
import {
  type Bindable,
  isManagedService,
  USE_WAYPOINT_LABEL,
  USE_WAYPOINT_NAMESPACE_LABEL,
  type WaypointLabel,
} from '../mesh/ambient/waypoint-labels.ts';
import { type WaypointBinding, type WaypointCanary, waypoints } from '../mesh/ambient/waypoints.ts';
import { targetablePolicies } from '../mesh/policies/policies.ts';
import { isKind } from '../mesh/workloads/workload-sources.ts';
import { showRef } from '../model/names.ts';
import { type Explanation, field, type Place, problem, type Step, step } from './explanation.ts';

/** Which waypoint stands before an object, and why: the steps of istiod's own resolution, each with what decides it. */
export function explainWaypoint(graph: WholeGraph, object: Bindable): Explanation {
  const resource = 'resource' in object ? object.resource : object;
  const name = `${resource.kind} ${showRef(resource)}`;
  const fronts = waypoints(graph);
  const binding = fronts.waypointOf(object);
  const steps = [...labelSteps(graph, object, binding), ...gatewaySteps(graph, object, binding)];
  const canary = isTarget(object) ? fronts.canaryOf(object) : undefined;
  if (canary !== undefined) steps.push(canaryStep(canary));
  if ('resource' in object) steps.push(...serviceSteps(graph, object));
  return {
    title: `Waypoint of ${name}`,
    verdict: verdictOf(binding, name),
    sections: [
      { title: 'How it is found', steps },
      ...(binding.state === 'bound'
        ? [{ title: 'What it enforces for it', steps: policySteps(graph, binding.gateway, object) }]
        : []),
    ],
  };
}

function verdictOf(binding: WaypointBinding, name: string): string {
  switch (binding.state) {
    case 'bound':
      return `${name} is behind waypoint ${showRef(binding.gateway)}.`;
    case 'none':
      return `No waypoint stands before ${name}.`;
    case 'error':
      return `${name} wants waypoint ${showRef(binding.wanted)}, which ${showFault(binding.fault)}: traffic goes past it.`;
    case 'unknown':
      return `Whether a waypoint stands before ${name} is not known: ${binding.why}.`;
  }
}

/** Where the label stands that decides. */
function labelSteps(graph: WholeGraph, object: Bindable, binding: WaypointBinding): Step[] {
  const resource: Resource = 'resource' in object ? object.resource : object;
  const { label } = binding;
  if (label === undefined) return [step(whyNoLabel(graph, object, binding), { resource })];
  const own = label.via === 'own';
  const where = own
    ? `Its own label ${USE_WAYPOINT_LABEL} decides`
    : `It has no label ${USE_WAYPOINT_LABEL}; that of its namespace decides`;
  const steps = [step(`${where}: ${label.value === '' ? 'empty' : label.value}.`, labelPlace(label))];
  const elsewhere = label.labels[USE_WAYPOINT_NAMESPACE_LABEL];
  if (elsewhere !== undefined) {
    steps.push(
      step(
        `${USE_WAYPOINT_NAMESPACE_LABEL} says in which namespace the waypoint is: ${elsewhere}.`,
        field(label.resource, label.labels, USE_WAYPOINT_NAMESPACE_LABEL),
      ),
    );
  }
  if (label.value === 'none') steps.push(step('`none` keeps every waypoint away.'));
  return steps;
}

function whyNoLabel(graph: Graph, object: Bindable, binding: WaypointBinding): string {
  if (binding.state === 'unknown') return `Nothing that is loaded decides: ${binding.why}.`;
  const labels = 'resource' in object ? object.labels : (object.metadata.labels ?? {});
  if (isManagedService(labels))
    return 'It belongs to a waypoint or an east-west gateway, which never have one.';
  return graph.isClosed('Namespace') || binding.state === 'none'
    ? `Neither it nor its namespace has the label ${USE_WAYPOINT_LABEL}.`
    : `It has no label ${USE_WAYPOINT_LABEL}.`;
}

function labelPlace({ resource, labels }: WaypointLabel): Place {
  return field(resource, labels, USE_WAYPOINT_LABEL);
}

/** What is asked of the Gateway that is named. */
function gatewaySteps(graph: WholeGraph, object: Bindable, binding: WaypointBinding): Step[] {
  if (binding.state === 'none') return [];
  const wanted = binding.state === 'bound' ? binding.gateway : binding.wanted;
  if (wanted === undefined) return [];
  const resource: Resource = 'resource' in object ? object.resource : object;
  const [gateway] =
    binding.state === 'bound'
      ? [binding.gateway]
      : graph.nearest(resource, graph.copies('KubernetesGateway', wanted));
  if (gateway === undefined) {
    return binding.state === 'error'
      ? [problem(`Gateway ${showRef(wanted)} does not exist.`)]
      : [step(`Gateway ${showRef(wanted)} is not loaded.`)];
  }
  const fault = binding.state === 'error' ? binding.fault : undefined;
  const what = 'resource' in object || isKind(object, 'WorkloadEntry') ? 'workload' : 'service';
  const className = gateway.spec.gatewayClassName ?? '';
  const [gatewayClass] = graph.copies('GatewayClass', { namespace: '', name: className });
  const type = trafficType(gateway, gatewayClass);
  const listener = attachmentListener(gateway, gatewayClass);
  const allowed = listener?.allowedRoutes?.namespaces?.from ?? 'Same';
  const attached = `${listener === undefined ? 'It has no listener for HBONE, so only objects of its own namespace may attach' : `Its listener ${listener.name ?? ''} lets in namespaces: ${allowed}`}.`;
  const typed = `It serves ${type}; asked for is ${what}.`;
  return [
    step(`Gateway ${showRef(gateway)} is there, of class ${className}.`, {
      resource: gateway,
    }),
    ...(isNotReady(gateway)
      ? [problem('Its status has no address: it is not used yet.', { resource: gateway })]
      : []),
    fault === 'attachment-denied'
      ? problem(
          `${attached} ${resource.namespace} is none of them.`,
          field(gateway, listener, 'allowedRoutes'),
        )
      : step(attached, listener === undefined ? undefined : field(gateway, listener, 'allowedRoutes')),
    serves(type, what) || fault !== 'type-mismatch' ? step(typed) : problem(typed, { resource: gateway }),
    ...(fault === 'cross-namespace-forbidden'
      ? [problem('MeshConfig.serviceEntryVisibility keeps the ServiceEntry in its own namespace.')]
      : []),
  ];
}

function canaryStep(canary: WaypointCanary): Step {
  if (canary.state === 'bound') {
    const { gateway, weight } = canary;
    return step(`Waypoint ${showRef(gateway)} takes ${weight} % of the traffic as its canary.`, {
      resource: gateway,
    });
  }
  if (canary.state === 'unknown')
    return step(`A canary is named; whether it serves is not known: ${canary.why}.`);
  const words = {
    'same-as-primary': 'is the waypoint itself',
    'invalid-weight': 'has a weight that is none',
  };
  const { fault } = canary;
  const why = fault === 'same-as-primary' || fault === 'invalid-weight' ? words[fault] : showFault(fault);
  return problem(`A canary is named that ${why}; it is ignored.`);
}

/** Traffic to a workload that is sent to one of its Services passes the waypoint of that Service. */
function serviceSteps(graph: WholeGraph, object: Extract<Bindable, { resource: unknown }>): Step[] {
  const fronts = waypoints(graph);
  return fronts.servicesOf(object).map((service) => {
    const binding = fronts.waypointOf(service);
    const name = `${service.kind} ${showRef(service)}`;
    return step(`Requests to ${name}, which selects it: ${verdictOf(binding, name)}`, { resource: service });
  });
}

function policySteps(graph: WholeGraph, gateway: Resource<'KubernetesGateway'>, object: Bindable): Step[] {
  const target = isTarget(object) ? object : undefined;
  const point = { type: 'waypoint', gateway, ...(target === undefined ? {} : { target }) } as const;
  const found = Object.values(targetablePolicies(graph)).flatMap((index) => index.at(point));
  if (found.length === 0) return [step('No policy is attached to it.')];
  return found.map((policy) => step(`${policy.kind} ${showRef(policy)}`, { resource: policy }));
}

function isTarget(object: Bindable): object is Resource<'Service' | 'ServiceEntry'> {
  return !('resource' in object) && (object.kind === 'Service' || object.kind === 'ServiceEntry');
}
