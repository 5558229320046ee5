import { view } from '../graph/view.ts';

/** What the sidecar injector of the installation is set to, as far as its ConfigMap is loaded. */
export interface Injector {
  /** `enableNamespacesByDefault`: namespaces without any injection label are injected too. */
  readonly injectsByDefault: boolean;
}

/** Read from `istio-sidecar-injector` (or that of a revision) in the root namespace. */
export const injector = view({ ConfigMap: 'some' }, (graph): Injector => {
  for (const config of graph.list('ConfigMap', graph.mesh.rootNamespace)) {
    if (!/^istio-sidecar-injector(?:-|$)/.test(config.name)) continue;
    if (enablesByDefault(config.body.data?.values)) return { injectsByDefault: true };
  }
  return { injectsByDefault: false };
});

/** The values are JSON that people edit by hand: whatever does not fit means no. */
function enablesByDefault(values: string | undefined): boolean {
  let parsed: unknown;
  try {
    parsed = JSON.parse(values ?? '{}');
  } catch {
    return false;
  }
  return field(field(parsed, 'sidecarInjectorWebhook'), 'enableNamespacesByDefault') === true;
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
