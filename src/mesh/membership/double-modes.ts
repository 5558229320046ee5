import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { Labels } from '../../model/labels.ts';
import { type Workload, workloadReads, workloads } from '../workloads/workloads.ts';
import {
  DATAPLANE_LABEL,
  INJECT_KEY,
  INJECTION_LABEL,
  membership,
  membershipReads,
  REVISION_LABEL,
} from './membership.ts';

/** A label that brings pods into the mesh, where it stands. */
export interface ModeLabel {
  readonly resource: Resource;
  readonly labels: Labels;
  readonly key: string;
}

/** A workload whose labels ask for a sidecar and for ambient mode. */
export interface DoubleMode {
  readonly workload: Workload;
  /** Which mode the template adds to what its namespace asks for. */
  readonly added: 'sidecar' | 'ambient';
  /** The label of the template that adds it. */
  readonly by: ModeLabel;
  /** The label that asks for the other mode; absent where the installation injects by default. */
  readonly beside?: ModeLabel;
}

const TEMPLATES_ANNOTATION = 'inject.istio.io/templates';

/**
 * Workloads that a label of their template puts into two modes. The injector does not look at ambient mode
 * (pkg/kube/inject/inject.go), and the CNI passes over whatever was injected (cni/pkg/util/enablement_selector.go), so
 * the sidecar wins. A namespace that asks for both is another matter: there no template decides.
 */
export const doubleModes = view({ ...workloadReads, ...membershipReads }, (graph): readonly DoubleMode[] => {
  const members = membership(graph);
  return workloads(graph).all.flatMap((workload) => {
    if (workload.pod === undefined || workload.recorded || !hasSidecarTemplate(workload)) return [];
    if (members.modeOf(workload) !== 'sidecar') return [];
    if (members.injects(workload) !== true || members.enrols(workload) !== true) return [];
    const { resource } = workload;
    const labels = members.namespaceLabels(workload.namespace, workload) ?? {};
    const [space] = graph.nearest(
      workload,
      graph.copies('Namespace', { namespace: '', name: workload.namespace }),
    );
    const here = (key: string): ModeLabel => ({ resource, labels: workload.labels, key });
    const there = (key: string): ModeLabel | undefined =>
      space && { resource: space, labels: space.metadata.labels ?? {}, key };
    const spaceKey = injectionKey(labels);
    const ownKey = ownInjectionKey(workload.labels);
    if (labels[DATAPLANE_LABEL] === 'ambient') {
      if (spaceKey !== undefined || ownKey === undefined) return [];
      return [doubled(workload, 'sidecar', here(ownKey), there(DATAPLANE_LABEL))];
    }
    const beside = ownKey !== undefined ? here(ownKey) : spaceKey === undefined ? undefined : there(spaceKey);
    return [doubled(workload, 'ambient', here(DATAPLANE_LABEL), beside)];
  });
});

function doubled(
  workload: Workload,
  added: DoubleMode['added'],
  by: ModeLabel,
  beside: ModeLabel | undefined,
): DoubleMode {
  return { workload, added, by, ...(beside === undefined ? {} : { beside }) };
}

/** The label of a namespace that gets sidecars into it. */
function injectionKey(labels: Labels): string | undefined {
  if (labels[INJECTION_LABEL] === 'enabled') return INJECTION_LABEL;
  return labels[REVISION_LABEL] === undefined ? undefined : REVISION_LABEL;
}

function ownInjectionKey(labels: Labels): string | undefined {
  if (labels[INJECT_KEY] === 'true') return INJECT_KEY;
  return labels[REVISION_LABEL] === undefined ? undefined : REVISION_LABEL;
}

/** Whether a sidecar is what the injector adds: other templates make gateways or agents. */
function hasSidecarTemplate({ annotations }: Workload): boolean {
  const names = annotations[TEMPLATES_ANNOTATION];
  return names === undefined || names.split(',').some((name) => name.trim() === 'sidecar');
}
