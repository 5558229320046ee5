/**
 * The labels by which Istio takes workloads into the mesh and leads them to waypoints (label/labels.yaml of istio/api,
 * release 1.31, and where pilot, the injector and the CNI read them): on which kinds they do something.
 */

import { isIstioAnnotation, labelNames } from './annotations.ts';

/** A kind as people know it; `Pod` stands for the templates of its controllers too, `Gateway` for that of the Gateway API. */
export type LabelBearer =
  | 'Gateway'
  | 'GatewayClass'
  | 'Namespace'
  | 'Pod'
  | 'Service'
  | 'ServiceEntry'
  | 'WorkloadEntry';

export interface MeshLabel {
  /** Where Istio reads it. */
  readonly on: readonly LabelBearer[];
  /** Where it comes to what reads it: a Gateway hands its labels on to its pods and its Service. */
  readonly via?: readonly LabelBearer[];
  /** What does not happen where nobody reads it; ends a sentence. */
  readonly otherwise: string;
}

const meshLabels: Readonly<Record<string, MeshLabel>> = {
  'istio-injection': {
    on: ['Namespace'],
    otherwise: 'it brings no sidecar and keeps none away',
  },
  'istio.io/rev': {
    on: ['Namespace', 'Pod', 'Gateway'],
    via: ['GatewayClass', 'Service', 'ServiceEntry', 'WorkloadEntry'],
    otherwise: 'pods come by their sidecar, or stay without one, as if it were not there',
  },
  'istio.io/dataplane-mode': {
    on: ['Namespace', 'Pod'],
    via: ['Gateway'],
    otherwise: 'it takes no pod into ambient mode and keeps none out of it',
  },
  'sidecar.istio.io/inject': {
    on: ['Pod'],
    via: ['Gateway'],
    otherwise: 'it brings no sidecar and keeps none away',
  },
  'istio.io/use-waypoint': {
    on: ['Namespace', 'Pod', 'Service', 'ServiceEntry', 'WorkloadEntry'],
    via: ['Gateway'],
    otherwise: 'it leads no traffic to the waypoint, and what the waypoint should enforce is passed by',
  },
  'istio.io/use-waypoint-namespace': {
    on: ['Namespace', 'Pod', 'Service', 'ServiceEntry', 'WorkloadEntry'],
    via: ['Gateway'],
    otherwise: 'the waypoint is looked for in the namespace of whoever uses it',
  },
  'istio.io/ingress-use-waypoint': {
    on: ['Namespace', 'Service', 'ServiceEntry'],
    via: ['Gateway'],
    otherwise: 'ingress gateways go on sending past the waypoint',
  },
  'istio.io/waypoint-for': {
    on: ['Gateway', 'GatewayClass'],
    otherwise: 'the waypoint goes on serving what its own label says, or Services without one',
  },
};

/** What is known of a label that enrols something; undefined for every other. */
export function meshLabel(name: string): MeshLabel | undefined {
  return Object.hasOwn(meshLabels, name) ? meshLabels[name] : undefined;
}

/** Their names. */
export const meshLabelNames: readonly string[] = Object.keys(meshLabels);

/** Labels that Istio writes itself, or reads without documenting them, and those that its tools leave behind. */
const otherLabels: readonly string[] = [
  'cni.istio.io/uninitialized',
  'experimental.istio.io/disable-gateway-port-translation',
  'gateway.istio.io/defaults-for-class',
  'istio.io/config',
  'istio.io/deactivated',
  'istio.io/draining',
  'istio.io/enable-inference-extproc',
  'istio.io/gateway-name',
  'istio.io/inferencepool-extension-failure-mode',
  'istio.io/inferencepool-extension-port',
  'istio.io/inferencepool-extension-service',
  'istio.io/inferencepool-name',
  'istio.io/owned-by',
];

const documented: ReadonlySet<string> = new Set([...labelNames, ...meshLabelNames]);
const known: ReadonlySet<string> = new Set([...documented, ...otherLabels]);

/** What the tests of Istio itself mark their workloads with. */
const ofTests = /^test(?:ing)?\.istio\.io\//;

/** The labels that people write, all of which Istio documents. */
export const documentedLabels: readonly string[] = [...documented];

/** Whether a label is called like those of Istio, and Istio does not know it. */
export function isUnknownLabel(name: string): boolean {
  return (
    /^(?:[^/]+\.)?istio\.io\//.test(name) &&
    isIstioAnnotation(name) &&
    !ofTests.test(name) &&
    !known.has(name)
  );
}

/** Whether Istio has a label of this name. */
export function isKnownLabel(name: string): boolean {
  return known.has(name);
}
