import type { Resource } from '../../graph/resource.ts';
import type { Labels } from '../../model/labels.ts';
import { showRef } from '../../model/names.ts';
import { PROXY_CONFIG_ANNOTATION } from '../../model/proxy-reading.ts';
import { gateways } from '../gateways/gateways.ts';
import { installers, isSwitchedOn, istiodEnvironment } from '../installation/istiod.ts';
import { DATAPLANE_LABEL } from '../membership/membership.ts';
import { isKind } from '../workloads/workload-sources.ts';
import { type Workload, workloads } from '../workloads/workloads.ts';
import type { Concern, Finder, UpgradeGraph } from './reads.ts';

/** What the releases change for workloads, gateways and namespaces, by the name of the change. */
export const workloadFinders: Readonly<Record<string, Finder>> = {
  'redirection-opt-out': (graph) =>
    annotated(graph, 'ambient.istio.io/redirection', (value) => value === 'disabled'),
  'core-dump-annotation': (graph) =>
    annotated(graph, 'sidecar.istio.io/enableCoreDump', (value) => value === 'true'),
  'stats-compression-annotation': (graph) =>
    annotated(graph, 'sidecar.istio.io/statsCompression', () => true),
  'dns-exclusion': (graph) =>
    annotated(graph, 'traffic.sidecar.istio.io/excludeOutboundPorts', (value, workload) => {
      return value.split(',').some((port) => port.trim() === '53') && capturesDns(graph, workload);
    }),
  'waypoint-account': function* (graph) {
    for (const gateway of graph.list('KubernetesGateway')) {
      const { annotations } = gateway.metadata;
      const account = annotations?.[ACCOUNT_ANNOTATION];
      if (annotations === undefined || account === undefined) continue;
      if (gateway.spec.gatewayClassName !== 'istio-waypoint') continue;
      yield {
        resource: gateway,
        at: { owner: annotations, key: ACCOUNT_ANNOTATION, part: 'value' },
        thing: `This waypoint is for service account ${account}`,
      };
    }
  },
  'gateway-name-label': gatewayNameLabels,
  'backend-tls-policy': function* (graph) {
    if (isSwitchedOn(istiodEnvironment(graph), 'PILOT_ENABLE_ALPHA_GATEWAY_API', false)) return;
    for (const policy of graph.list('BackendTLSPolicy')) {
      yield {
        resource: policy,
        at: { owner: policy.metadata, key: 'name', part: 'value' },
        thing: `BackendTLSPolicy ${policy.name} was not in force so far`,
      };
    }
  },
  'excluded-namespace': excludedNamespaces,
  'gateway-merging': function* (graph) {
    const { gatewaysOf } = gateways(graph);
    for (const workload of workloads(graph).all) {
      const { resource } = workload;
      if (!isKind(resource, 'KubernetesGateway')) continue;
      for (const gateway of gatewaysOf(workload)) {
        if (gateway.namespace === resource.namespace || !graph.coexist(gateway, resource)) continue;
        yield {
          resource: gateway,
          at: { owner: gateway.spec, key: 'selector', part: 'value' },
          thing: `This Gateway opens on the pods of Gateway ${showRef(resource)}`,
          related: { resource, note: 'the Gateway whose pods it selects' },
        };
      }
    }
  },
};

const ACCOUNT_ANNOTATION = 'istio.io/for-service-account';
const OLD_NAME_LABEL = 'istio.io/gateway-name';

/** Pods that carry an annotation, where it stands. */
function* annotated(
  graph: UpgradeGraph,
  name: string,
  matters: (value: string, workload: Workload) => boolean,
): Iterable<Concern> {
  for (const workload of workloads(graph).all) {
    const value = workload.annotations[name];
    if (value === undefined || !matters(value, workload)) continue;
    yield {
      resource: workload.resource,
      at: { owner: workload.annotations, key: name, part: 'value' },
      thing: `Pods are annotated with ${name}: ${value}`,
    };
  }
}

function capturesDns(graph: UpgradeGraph, { annotations }: Workload): boolean {
  const own = graph.proxyReading(annotations[PROXY_CONFIG_ANNOTATION] ?? '')?.settings.proxyMetadata;
  const wide = graph.mesh.config.defaultConfig?.proxyMetadata;
  return (own?.ISTIO_META_DNS_CAPTURE ?? wide?.ISTIO_META_DNS_CAPTURE) === 'true';
}

const selectingKinds = [
  'AuthorizationPolicy',
  'PeerAuthentication',
  'ProxyConfig',
  'RequestAuthentication',
  'Telemetry',
  'WasmPlugin',
] as const;

/** Selectors by the old label. */
function* gatewayNameLabels(graph: UpgradeGraph): Iterable<Concern> {
  for (const kind of selectingKinds) {
    for (const policy of graph.list(kind)) yield* oldLabel(policy, policy.spec.selector?.matchLabels);
  }
  for (const filter of graph.list('EnvoyFilter'))
    yield* oldLabel(filter, filter.spec.workloadSelector?.labels);
  for (const gateway of graph.list('Gateway')) yield* oldLabel(gateway, gateway.spec.selector);
  for (const service of graph.list('Service')) yield* oldLabel(service, service.spec.selector);
  for (const rule of graph.list('DestinationRule'))
    yield* oldLabel(rule, rule.spec.workloadSelector?.matchLabels);
}

function* oldLabel(resource: Resource, labels: Labels | undefined): Iterable<Concern> {
  if (labels?.[OLD_NAME_LABEL] === undefined) return;
  yield {
    resource,
    at: { owner: labels, key: OLD_NAME_LABEL, part: 'value' },
    thing: `Pods of Gateway ${labels[OLD_NAME_LABEL]} are selected by ${OLD_NAME_LABEL}`,
  };
}

/** Namespaces that are labelled for the ambient mesh and excluded by the values of the CNI. */
function* excludedNamespaces(graph: UpgradeGraph): Iterable<Concern> {
  for (const { resource, values } of installers(graph)) {
    const excluded = values.cni?.excludeNamespaces;
    if (!Array.isArray(excluded)) continue;
    for (const namespace of graph.list('Namespace')) {
      const { labels } = namespace.metadata;
      if (labels?.[DATAPLANE_LABEL] !== 'ambient' || !excluded.includes(namespace.name)) continue;
      yield {
        resource: namespace,
        at: { owner: labels, key: DATAPLANE_LABEL, part: 'value' },
        thing: `Namespace ${namespace.name} is labelled for the ambient mesh`,
        related: { resource, note: 'excludes the namespace' },
      };
    }
  }
}
