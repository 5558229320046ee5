import type { Resource } from '../../graph/resource.ts';
import { type Labels, matchesSelector } from '../../model/labels.ts';
import { FLOATING } from '../../model/names.ts';
import { membership } from '../membership/membership.ts';
import type { Concern, Finder, UpgradeGraph } from './reads.ts';

/** What the releases change for the mesh as a whole, by the name of the change. */
export const meshFinders: Readonly<Record<string, Finder>> = {
  'default-tracing': function* (graph) {
    const { defaultConfig, enableTracing, defaultProviders } = graph.mesh.config;
    if (enableTracing === false || (defaultProviders?.tracing ?? []).length > 0) return;
    const { zipkin, lightstep, datadog } = defaultConfig?.tracing ?? {};
    if ((zipkin ?? lightstep ?? datadog) !== undefined || tracesElsewhere(graph)) return;
    for (const service of graph.list('Service', 'istio-system')) {
      if (service.name !== 'zipkin') continue;
      yield {
        resource: service,
        at: { owner: service.metadata, key: 'name', part: 'value' },
        thing: 'Service zipkin is where proxies report to by default',
      };
    }
  },
  'discovery-scope': discoveryScope,
  'removed-stackdriver': (graph) => providers(graph, 'stackdriver'),
  'removed-opencensus': (graph) => providers(graph, 'opencensus'),
  'removed-lightstep': (graph) => providers(graph, 'lightstep'),
  'telemetry-attributes': telemetryAttributes,
  'gateway-spans': function* (graph) {
    for (const telemetry of graph.list('Telemetry')) {
      const { selector, targetRef, targetRefs = [] } = telemetry.spec;
      const isWide = telemetry.namespace === graph.mesh.rootNamespace && selector === undefined;
      const targets = targetRef === undefined ? targetRefs : [targetRef];
      const isForGateways = targets.length === 0 ? isWide : targets.some(({ kind }) => kind === 'Gateway');
      if (!isForGateways) continue;
      for (const tracing of telemetry.spec.tracing ?? []) {
        if (tracing.disableSpanReporting === true || (tracing.providers ?? []).length === 0) continue;
        yield {
          resource: telemetry,
          at: { owner: tracing, key: 'providers', part: 'value' },
          thing: 'Tracing is turned on for gateways here',
        };
      }
    }
  },
  'breaker-metrics': function* (graph) {
    for (const mesh of graph.list('MeshConfig')) {
      const matcher = mesh.body.defaultConfig?.proxyStatsMatcher ?? {};
      for (const names of [matcher.inclusionPrefixes, matcher.inclusionRegexps, matcher.inclusionSuffixes]) {
        for (const [i, name] of (names ?? []).entries()) {
          if (!/remaining_/.test(name)) continue;
          yield {
            resource: mesh,
            at: { owner: names ?? [], key: i, part: 'value' },
            thing: `Metrics by the name of ${name} are asked for`,
          };
        }
      }
    }
  },
};

/** Whether a Telemetry for the whole mesh says where traces go, or that there are none. */
function tracesElsewhere(graph: UpgradeGraph): boolean {
  return graph
    .list('Telemetry', graph.mesh.rootNamespace)
    .some(({ spec }) => spec.selector === undefined && (spec.tracing ?? []).length > 0);
}

function* providers(graph: UpgradeGraph, key: 'lightstep' | 'opencensus' | 'stackdriver'): Iterable<Concern> {
  for (const mesh of graph.list('MeshConfig')) {
    for (const provider of mesh.body.extensionProviders ?? []) {
      if (provider[key] === undefined) continue;
      yield {
        resource: mesh,
        at: { owner: provider, key, part: 'key' },
        thing: `Extension provider ${provider.name ?? ''} is of type ${key}`,
      };
    }
  }
}

const scopedKinds = [
  'AuthorizationPolicy',
  'DestinationRule',
  'EnvoyFilter',
  'Gateway',
  'PeerAuthentication',
  'ProxyConfig',
  'RequestAuthentication',
  'ServiceEntry',
  'Sidecar',
  'Telemetry',
  'VirtualService',
  'WasmPlugin',
] as const;

/** Namespaces that hold Istio resources and are not selected: one concern each, at the first of them. */
function* discoveryScope(graph: UpgradeGraph): Iterable<Concern> {
  const { discoverySelectors = [] } = graph.mesh.config;
  if (discoverySelectors.length === 0) return;
  const { namespaceLabels } = membership(graph);
  const judged = new Set<string>(['', FLOATING, graph.mesh.rootNamespace]);
  for (const kind of scopedKinds) {
    for (const resource of graph.list(kind) as readonly Resource[]) {
      const { namespace } = resource;
      if (judged.has(namespace)) continue;
      const labels = namespaceLabels(namespace, resource);
      if (labels === undefined) continue;
      judged.add(namespace);
      // Kubernetes labels every namespace with its name.
      const all: Labels = { 'kubernetes.io/metadata.name': namespace, ...labels };
      if (discoverySelectors.some((selector) => matchesSelector(selector, all))) continue;
      yield {
        resource,
        at: { owner: resource.metadata, key: 'namespace', part: 'value' },
        thing: `Namespace ${namespace} is selected by no discovery selector`,
      };
    }
  }
}

/** Names that Istio's own extension gave to what Envoy now names itself. */
const OLD_ATTRIBUTES =
  /\bwasm\.(?:down|up)stream_peer\b|(?<![\w.])node\.(?:id|metadata)\b|(?<![\w.])istio_responseClass\b/;

/** CEL expressions of Telemetries. */
function* telemetryAttributes(graph: UpgradeGraph): Iterable<Concern> {
  for (const telemetry of graph.list('Telemetry')) {
    for (const { filter } of telemetry.spec.accessLogging ?? []) {
      if (filter !== undefined) yield* expression(telemetry, filter, 'expression', filter.expression);
    }
    for (const { overrides } of telemetry.spec.metrics ?? []) {
      for (const { tagOverrides } of overrides ?? []) {
        for (const override of Object.values(tagOverrides ?? {})) {
          yield* expression(telemetry, override, 'value', override.value);
        }
      }
    }
  }
}

function* expression(
  resource: Resource,
  owner: object,
  key: string,
  text: string | undefined,
): Iterable<Concern> {
  const [name] = OLD_ATTRIBUTES.exec(text ?? '') ?? [];
  // Who asks whether the new name is there has taken care of both.
  if (name === undefined || /\bhas\(\s*filter_state\./.test(text ?? '')) return;
  yield { resource, at: { owner, key, part: 'value' }, thing: `The expression uses ${name}` };
}
