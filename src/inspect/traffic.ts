// What routes, exposes and configures a Service.
import type { WholeGraph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import { type Edge, edges } from '../mesh/edges/edges.ts';
import { serviceHost } from '../mesh/hosts/hosts.ts';
import { destinationRules } from '../mesh/routing/destination-rules.ts';
import { protocolOf } from '../mesh/routing/protocols.ts';
import { containerPort, servedPorts } from '../mesh/workloads/container-ports.ts';
import { mayCarry } from '../mesh/workloads/pod-labels.ts';
import type { Workload } from '../mesh/workloads/workloads.ts';
import { kinds } from '../model/kinds.gen.ts';
import { showLabels } from '../model/labels.ts';
import { showList, showRef } from '../model/names.ts';
import { type Place, problem, type Step, step } from './explanation.ts';

type Service = Resource<'Service'>;

/** The ports of a Service: what Istio takes them for, and where they lead in the workloads behind it. */
export function portSteps(service: Service, behind: readonly Workload[]): readonly Step[] {
  const served = servedPorts(service);
  return (service.spec.ports ?? []).map((port) => {
    const protocol = protocolOf(port);
    const target = served.find(({ number }) => number === port.port);
    const numbers = target === undefined ? [] : behind.map((workload) => containerPort(workload, target));
    const missing = numbers.some((number) => number === undefined);
    const places: Place = { resource: service, at: { owner: port, key: undefined, part: 'value' } };
    const leads = [...new Set(numbers)].filter((number) => number !== undefined);
    const to = leads.length === 0 ? '' : `, to container port ${showList(leads.map(String))}`;
    const text = `Port ${port.port ?? '?'}${port.name === undefined ? '' : ` (${port.name})`} speaks ${protocol === 'Unsupported' ? 'a protocol that is sniffed' : protocol}${to}.`;
    return missing
      ? problem(`${text} Not every workload has the port that it names.`, places)
      : step(text, places);
  });
}

/** Routes of VirtualServices and of the Gateway API that lead to a Service. */
export function routeSteps(graph: WholeGraph, service: Service): readonly Step[] {
  return edgesTo(graph, service, ['routes-to', 'mirrors-to']).map((edge) => {
    const subset = subsetOf(edge.at.owner);
    const what = edge.relation === 'mirrors-to' ? 'sends it copies' : 'sends requests to it';
    return step(
      `${nameOf(edge.from)} ${what}${subset === undefined ? '' : `, subset ${subset}`}.`,
      placeOf(edge),
    );
  });
}

/** Gateways through which requests from outside reach a Service. */
export function gatewaySteps(graph: WholeGraph, service: Service): readonly Step[] {
  const routes = new Set(edgesTo(graph, service, ['routes-to']).map(({ from }) => from));
  return edges(graph)
    .filter(
      ({ from, relation }) => routes.has(from) && (relation === 'binds-to' || relation === 'attaches-to'),
    )
    .map((edge) => {
      const { kind, namespace, name } = edge.to;
      const gateway = `${kind} ${namespace === undefined || namespace === '' ? name : `${namespace}/${name}`}`;
      const text = `${gateway}, by ${nameOf(edge.from)}`;
      return edge.state === 'absent'
        ? problem(`${text}: it does not exist.`, placeOf(edge))
        : step(`${text}.`, placeOf(edge));
    });
}

/** DestinationRules about a Service: their subsets, and which of these the workloads behind it belong to. */
export function destinationRuleSteps(
  graph: WholeGraph,
  service: Service,
  behind: readonly Workload[],
): readonly Step[] {
  const host = serviceHost(service.name, service.namespace, graph.mesh.clusterDomain);
  return destinationRules(graph)
    .forHost(host)
    .filter((rule) => graph.coexist(rule, service))
    .flatMap((rule) => [
      step(`DestinationRule ${showRef(rule)} for host ${rule.spec.host ?? ''}.`, { resource: rule }),
      ...(rule.spec.subsets ?? []).map((subset) => {
        const { name = '', labels = {} } = subset;
        const fitting = behind.filter((workload) => mayCarry(workload, labels));
        const place: Place = { resource: rule, at: { owner: subset, key: undefined, part: 'value' } };
        const shown = Object.keys(labels).length === 0 ? 'no labels' : showLabels(labels);
        return fitting.length === 0 && behind.length > 0
          ? problem(`Subset ${name} (${shown}) fits none of the workloads.`, place)
          : step(
              `Subset ${name} (${shown})${fitting.length === 0 ? '' : ` fits ${showList(fitting.map(({ resource }) => showRef(resource)))}`}.`,
              place,
            );
      }),
    ]);
}

function edgesTo(
  graph: WholeGraph,
  target: Resource,
  relations: readonly Edge['relation'][],
): readonly Edge[] {
  return edges(graph).filter((edge) => edge.target === target && relations.includes(edge.relation));
}

function subsetOf(owner: object): string | undefined {
  return 'subset' in owner && typeof owner.subset === 'string' && owner.subset !== ''
    ? owner.subset
    : undefined;
}

function nameOf(resource: Resource): string {
  return `${kinds[resource.kind].kind} ${showRef(resource)}`;
}

function placeOf({ from, at }: Edge): Place {
  return { resource: from, at: { owner: at.owner, key: at.key, part: 'value' } };
}
