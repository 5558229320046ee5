import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import type { HelmValues } from '../../model/kinds.gen.ts';
import { workloadReads, workloads } from '../workloads/workloads.ts';

/**
 * Environment variables of istiod, which switch features on and off, as far as its Deployment or what installs it
 * is loaded.
 */
export const istiodEnvironment = view(
  { IstioOperator: 'all', Istio: 'all', ...workloadReads },
  (graph): ReadonlyMap<string, string> => {
    const environment = new Map<string, string>();
    const addValues = (values: HelmValues | undefined): void => {
      for (const [name, value] of Object.entries(values?.pilot?.env ?? {}))
        environment.set(name, String(value));
    };
    for (const operator of graph.list('IstioOperator')) addValues(operator.spec.values);
    for (const istio of graph.list('Istio')) addValues(istio.spec.values);
    // What runs wins over what was asked for.
    for (const { pod } of workloads(graph).matching({ app: 'istiod' })) {
      for (const container of pod?.containers ?? []) {
        for (const { name, value } of container.env ?? []) {
          if (name !== undefined && value !== undefined) environment.set(name, value);
        }
      }
    }
    return environment;
  },
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
