import type { Graph } from '../../graph/graph.ts';
import type { Resource } from '../../graph/resource.ts';
import { view } from '../../graph/view.ts';
import { hasPlaceholderName } from '../../model/placeholder.ts';
import { isAtLeast } from '../../model/releases.ts';
import { INGRESS_USE_WAYPOINT_LABEL, isIngressUse } from '../ambient/ingress-bypass.ts';
import { waypointClaims } from '../ambient/waypoint-claims.ts';
import { WAYPOINT_FOR_LABEL } from '../ambient/waypoint-gateways.ts';
import { USE_WAYPOINT_LABEL } from '../ambient/waypoint-labels.ts';
import { waypointReads } from '../ambient/waypoints.ts';
import { DATAPLANE_LABEL, INJECT_KEY, INJECTION_LABEL } from '../membership/membership.ts';
import { type LabelBearing, labelBearers, labelReads } from './label-bearers.ts';

/** What a value is that Istio does not understand, by what it decides. */
export type LabelFault =
  | 'no-mode'
  | 'no-injection'
  | 'no-wish'
  | 'no-traffic-type'
  | 'no-boolean'
  | 'no-name'
  | 'old-reference';

export interface InvalidLabel {
  readonly bearing: LabelBearing;
  readonly key: string;
  readonly value: string;
  readonly fault: LabelFault;
}

export const labelValueReads = { ...waypointReads, ...labelReads } as const;

/** Values of labels that enrol, inject or lead to a waypoint and that Istio does not understand, where it reads them. */
export const invalidLabels = view(labelValueReads, (graph): readonly InvalidLabel[] =>
  labelBearers(graph).flatMap((bearing) => {
    // What is patched or filled in later may get its value then.
    if (graph.changedBy(bearing.resource) !== undefined) return [];
    return Object.entries(bearing.labels).flatMap(([key, value]) => {
      const check = checks.get(key);
      if (check === undefined || !check.on.has(bearing.bearer) || hasPlaceholderName(value)) return [];
      const fault = check.judge(value, graph);
      if (fault === undefined || (fault === 'no-traffic-type' && isNamed(graph, bearing.resource))) return [];
      return [{ bearing, key, value, fault }];
    });
  }),
);

/** Whether a label names a waypoint of this type, where it is said that it serves nothing. */
function isNamed(graph: Graph<keyof typeof labelValueReads>, { kind, name, namespace }: Resource): boolean {
  return waypointClaims(graph).some(({ attachment, unserved, ingress }) => {
    if (unserved.length === 0 || attachment.state === 'unknown' || ingress !== undefined) return false;
    const { gateway } = attachment;
    if (gateway === undefined) return false;
    if (kind === 'GatewayClass') return gateway.spec.gatewayClassName === name;
    return gateway.name === name && gateway.namespace === namespace;
  });
}

interface Check {
  readonly on: ReadonlySet<string>;
  judge(value: string, graph: Graph): LabelFault | undefined;
}

/** An empty value is how charts leave a label out; only as a name it is judged. */
function oneOf(fault: LabelFault, ...known: readonly string[]): Check['judge'] {
  return (value) => (value === '' || known.includes(value) ? undefined : fault);
}

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  // cni/pkg/util/enablement_selector.go and the selectors that the charts install it with.
  [DATAPLANE_LABEL, { on: new Set(['Namespace', 'Pod']), judge: oneOf('no-mode', 'ambient', 'none') }],
  // manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml
  [INJECTION_LABEL, { on: new Set(['Namespace']), judge: oneOf('no-injection', 'enabled', 'disabled') }],
  [
    INJECT_KEY,
    {
      on: new Set(['Pod']),
      judge: (value, graph) => (readsAsWish(value, graph) ? undefined : 'no-wish'),
    },
  ],
  // pilot/pkg/serviceregistry/ambient/waypoints.go
  [
    WAYPOINT_FOR_LABEL,
    {
      on: new Set(['Gateway', 'GatewayClass']),
      judge: oneOf('no-traffic-type', 'service', 'workload', 'all', 'none'),
    },
  ],
  [
    INGRESS_USE_WAYPOINT_LABEL,
    {
      on: new Set(['Namespace', 'Service', 'ServiceEntry']),
      judge: (value, graph) => (isIngressUse(value, graph) ? undefined : 'no-boolean'),
    },
  ],
  [
    USE_WAYPOINT_LABEL,
    {
      on: new Set(['Namespace', 'Pod', 'Service', 'ServiceEntry', 'WorkloadEntry']),
      judge: waypointNameFault,
    },
  ],
]);

/** `injectRequired` in pkg/kube/inject/inject.go; until 1.26 it understood every boolean of YAML. */
function readsAsWish(value: string, graph: Graph): boolean {
  if (value === '' || value === 'true' || value === 'false') return true;
  const { istioVersion } = graph.mesh;
  const isOld = istioVersion !== undefined && !isAtLeast(istioVersion, '1.27');
  return isOld && /^(?:y|yes|true|on|n|no|false|off)$/i.test(value);
}

/** Why no Gateway can have this name; undefined for names that one could have. */
export function waypointNameFault(value: string): 'no-name' | 'old-reference' | undefined {
  if (value.includes('/') || value.includes('#')) return 'old-reference';
  return /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(value) ? undefined : 'no-name';
}
