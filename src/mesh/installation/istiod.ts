import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { HelmValues } from '../../model/kinds.gen.ts';
import type { At } from '../../model/paths.ts';
import { workloadReads, workloads } from '../workloads/workloads.ts';

/** A variable of istiod's environment, where it is set. */
export interface IstiodSetting {
  readonly name: string;
  readonly value: string;
  readonly resource: Resource;
  readonly at: At;
}

const installationReads = { IstioOperator: 'all', Istio: 'all' } as const;

/**
 * Every place that sets a variable of istiod's environment: what installs it, then its Deployment, as far as they are
 * loaded.
 */
export const istiodSettings = view(
  { ...installationReads, ...workloadReads },
  (graph): readonly IstiodSetting[] => [...settingsOfInstallers(graph), ...settingsOfDeployments(graph)],
);

/**
 * Environment variables of istiod, which switch features on and off, as far as its Deployment or what installs it
 * is loaded.
 */
export const istiodEnvironment = view(istiodSettings.reads, (graph): ReadonlyMap<string, string> => {
  // What runs comes last, and wins over what was asked for.
  const known = new Map(istiodSettings(graph).map(({ name, value }) => [name, value]));
  const { assume } = graph;
  if (assume === undefined || workloads(graph).matching({ app: 'istiod' }).length > 0) return known;
  const note = (name: string): string => {
    if (!known.has(name)) assume('istiod', name);
    return name;
  };
  return Object.assign(new Map(known), {
    get: (name: string) => known.get(note(name)),
    has: (name: string) => known.has(note(name)),
  });
});

function* settingsOfInstallers(graph: Graph<'IstioOperator' | 'Istio'>): Iterable<IstiodSetting> {
  for (const operator of graph.list('IstioOperator')) {
    yield* settingsOfValues(operator, operator.spec.values);
    yield* settingsOfComponent(operator, operator.spec.components?.pilot?.k8s);
  }
  for (const istio of graph.list('Istio')) yield* settingsOfValues(istio, istio.spec.values);
}

function* settingsOfValues(resource: Resource, values: HelmValues | undefined): Iterable<IstiodSetting> {
  const env = values?.pilot?.env;
  if (env === undefined) return;
  for (const [name, value] of Object.entries(env)) {
    yield { name, value: String(value), resource, at: { owner: env, key: name, part: 'value' } };
  }
}

/** `components.pilot.k8s` holds whatever belongs into a Deployment, so nothing of it has been checked. */
function* settingsOfComponent(
  resource: Resource,
  k8s: Readonly<Record<string, unknown>> | undefined,
): Iterable<IstiodSetting> {
  if (!Array.isArray(k8s?.env)) return;
  for (const entry of k8s.env as readonly unknown[]) {
    if (typeof entry !== 'object' || entry === null || !('name' in entry) || !('value' in entry)) continue;
    const { name, value } = entry;
    if (typeof name !== 'string' || typeof value === 'object') continue;
    yield { name, value: String(value), resource, at: { owner: entry, key: 'value', part: 'value' } };
  }
}

function* settingsOfDeployments(graph: Graph<keyof typeof workloadReads>): Iterable<IstiodSetting> {
  for (const { resource, pod } of workloads(graph).matching({ app: 'istiod' })) {
    for (const container of pod?.containers ?? []) {
      for (const entry of container.env ?? []) {
        const { name, value } = entry;
        if (name === undefined || value === undefined) continue;
        yield { name, value, resource, at: { owner: entry, key: 'value', part: 'value' } };
      }
    }
  }
}

/** What installs Istio, with the values that it hands to the charts. */
export const installers = view(
  installationReads,
  (graph): readonly { readonly resource: Resource; readonly values: HelmValues }[] =>
    [...graph.list('IstioOperator'), ...graph.list('Istio')].flatMap((resource) =>
      resource.spec.values === undefined ? [] : [{ resource, values: resource.spec.values }],
    ),
);

/** Whether a switch of istiod is on; `fallback` is what Istio takes when nobody sets it. */
export function isSwitchedOn(
  environment: ReadonlyMap<string, string>,
  name: string,
  fallback: boolean,
): boolean {
  const value = environment.get(name);
  return value === undefined ? fallback : /^(?:1|t|true)$/i.test(value);
}

/** Whether an object belongs to the control plane or its gateways, as the reference tells it: by its labels. */
export function isControlPlaneObject({ metadata }: Pick<Resource, 'metadata'>): boolean {
  const labels = metadata.labels ?? {};
  return Object.hasOwn(labels, 'istio') || labels.release === 'istio';
}
