import type { Graph } from '../graph/graph.ts';
import type { Resource } from '../graph/resource.ts';
import {
  DATAPLANE_LABEL,
  INJECT_KEY,
  INJECTION_LABEL,
  type MeshMode,
  membership,
  type membershipReads,
  REVISION_LABEL,
} from '../mesh/membership/membership.ts';
import { proxyContainer } from '../mesh/membership/proxy-images.ts';
import type { Workload } from '../mesh/workloads/workloads.ts';
import type { Labels } from '../model/labels.ts';
import { field, type Step, step } from './explanation.ts';

const words: Readonly<Record<MeshMode, string>> = {
  sidecar: 'is in the mesh by a sidecar',
  ambient: 'is in the mesh in ambient mode',
  gateway: 'is a gateway',
  waypoint: 'is a waypoint',
  none: 'is not in the mesh',
  unknown: 'may be in the mesh or not',
};

/** How a workload takes part in the mesh, as the rest of a sentence that begins with its name. */
export function showMode(mode: MeshMode): string {
  return words[mode];
}

/** How a workload takes part in the mesh, and the labels that make it so. */
export function enrolmentSteps(
  graph: Graph<keyof typeof membershipReads>,
  workload: Workload,
): readonly Step[] {
  const members = membership(graph);
  const mode = members.modeOf(workload);
  const own = keyOn(workload);
  const labels = members.namespaceLabels(workload.namespace, workload);
  const [namespace] = graph.nearest(
    workload,
    graph.copies('Namespace', { namespace: '', name: workload.namespace }),
  );
  const above = (key: string, text: string): Step =>
    step(text, namespace && field(namespace, namespace.metadata.labels, key));
  switch (mode) {
    case 'gateway':
    case 'waypoint':
      return [step(`It ${words[mode]}: its proxy is there by itself.`, { resource: workload.resource })];
    case 'sidecar':
      return [sidecarStep(workload, labels, own, above)];
    case 'ambient':
      return workload.labels[DATAPLANE_LABEL] === 'ambient'
        ? [own(DATAPLANE_LABEL, `Its label ${DATAPLANE_LABEL}=ambient enrols it.`)]
        : [above(DATAPLANE_LABEL, `The label ${DATAPLANE_LABEL}=ambient of its namespace enrols it.`)];
    case 'none':
      return [outsideStep(workload, labels, own, above)];
    case 'unknown':
      return [
        step(
          labels === undefined
            ? `Namespace ${workload.namespace}, whose labels decide, is not in the input.`
            : 'What decides is changed before it is applied, or is not in the input.',
          { resource: workload.resource },
        ),
      ];
  }
}

type Says = (key: string, text: string) => Step;

function keyOn({ resource, labels, annotations }: Workload): Says {
  return (key, text) => step(text, field(resource, key in labels ? labels : annotations, key));
}

function sidecarStep(workload: Workload, namespace: Labels | undefined, own: Says, above: Says): Step {
  const { resource, pod, labels, annotations } = workload;
  if (pod !== undefined && proxyContainer(pod) !== undefined)
    return step('It has the container istio-proxy.', field(resource, pod, 'containers'));
  if (namespace?.[INJECTION_LABEL] === 'enabled')
    return above(INJECTION_LABEL, `The label ${INJECTION_LABEL}=enabled of its namespace has one injected.`);
  if (namespace?.[REVISION_LABEL] !== undefined)
    return above(
      REVISION_LABEL,
      `The label ${REVISION_LABEL}=${namespace[REVISION_LABEL]} of its namespace has one injected.`,
    );
  if (labels[REVISION_LABEL] !== undefined)
    return own(REVISION_LABEL, `Its label ${REVISION_LABEL}=${labels[REVISION_LABEL]} has one injected.`);
  const wish = labels[INJECT_KEY] ?? annotations[INJECT_KEY];
  if (wish !== undefined) return own(INJECT_KEY, `Its ${INJECT_KEY}=${wish} has one injected.`);
  return step('It runs the proxy of the mesh.', { resource });
}

function outsideStep(workload: Workload, namespace: Labels | undefined, own: Says, above: Says): Step {
  const { resource, pod, labels, annotations } = workload;
  if (pod?.hostNetwork === true)
    return step(
      'It uses the network of its host, where nothing is captured.',
      field(resource, pod, 'hostNetwork'),
    );
  const refused = labels[INJECT_KEY] ?? annotations[INJECT_KEY];
  if (refused === 'false') return own(INJECT_KEY, `Its ${INJECT_KEY}=false refuses the sidecar.`);
  if (labels[DATAPLANE_LABEL] === 'none')
    return own(DATAPLANE_LABEL, `Its label ${DATAPLANE_LABEL}=none keeps it out of ambient mode.`);
  if (namespace?.[INJECTION_LABEL] !== undefined)
    return above(
      INJECTION_LABEL,
      `The label ${INJECTION_LABEL}=${namespace[INJECTION_LABEL]} of its namespace has no sidecar injected.`,
    );
  return step('Neither it nor its namespace has a label that enrols it.', { resource });
}

/** The labels of a Namespace that enrol what runs there. */
export function namespaceEnrolment(namespace: Resource<'Namespace'>): readonly Step[] {
  const labels = namespace.metadata.labels ?? {};
  const known: Readonly<Record<string, string>> = {
    [INJECTION_LABEL]: 'decides about sidecars',
    [REVISION_LABEL]: 'has sidecars of that revision injected',
    [DATAPLANE_LABEL]: 'decides about ambient mode',
  };
  const found = Object.entries(known).filter(([key]) => labels[key] !== undefined);
  if (found.length === 0)
    return [step('It has no label that enrols what runs there.', { resource: namespace })];
  return found.map(([key, what]) =>
    step(`Label ${key}=${labels[key]} ${what}.`, field(namespace, labels, key)),
  );
}
