import type { Graph } from '../../graph/graph.ts';
import type { Labels } from '../../model/labels.ts';

/** The gateway that the default installation brings along, known without being loaded. */
export interface DefaultIngress {
  readonly namespace: string;
  /** Labels of its pods. */
  readonly labels: Labels;
  /** The Service before them. */
  readonly service: string;
  /** Ports of that Service, each forwarded to the same port of the pods. */
  readonly ports: readonly number[];
}

/**
 * Istio's own ingress gateway, unless the mesh configuration says that there is none. Mirrors what the reference
 * assumes of every input (pkg/config/analysis/local/defaults.go).
 */
export function defaultIngress(graph: Graph): DefaultIngress | undefined {
  const { config, rootNamespace } = graph.mesh;
  if (config.ingressControllerMode === 'OFF') return undefined;
  return {
    namespace: rootNamespace,
    labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
    service: config.ingressService ?? 'istio-ingressgateway',
    ports: [80, 443, 31400, 15443],
  };
}

/** Labels of the gateways that Istio's installers bring, if they are asked to. */
export const installedGateways: readonly Labels[] = ['ingress', 'egress', 'eastwest'].map((name) => ({
  app: `istio-${name}gateway`,
  istio: `${name}gateway`,
}));
