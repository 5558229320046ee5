import type { Kind } from '../model/kinds.gen.ts';
import type { ValueCheck } from './value-check.ts';

type Checks = { readonly [K in Kind]?: () => Promise<ValueCheck<K>> };

/** The value checks by kind, each loaded when a manifest of its kind is there. */
const loaders: Checks = {
  AuthorizationPolicy: async () => (await import('./istio/authorization-policy.ts')).checkAuthorizationPolicy,
  DestinationRule: async () => (await import('./istio/destination-rule.ts')).checkDestinationRule,
  EnvoyFilter: async () => (await import('./istio/envoy-filter.ts')).checkEnvoyFilter,
  Gateway: async () => (await import('./istio/gateway.ts')).checkGateway,
  PeerAuthentication: async () => (await import('./istio/peer-authentication.ts')).checkPeerAuthentication,
  ProxyConfig: async () => (await import('./istio/proxy-config.ts')).checkProxyConfig,
  RequestAuthentication: async () =>
    (await import('./istio/request-authentication.ts')).checkRequestAuthentication,
  ServiceEntry: async () => (await import('./istio/service-entry.ts')).checkServiceEntry,
  Sidecar: async () => (await import('./istio/sidecar.ts')).checkSidecar,
  Telemetry: async () => (await import('./istio/telemetry.ts')).checkTelemetry,
  TrafficExtension: async () => (await import('./istio/traffic-extension.ts')).checkTrafficExtension,
  VirtualService: async () => (await import('./istio/virtual-service.ts')).checkVirtualService,
  WasmPlugin: async () => (await import('./istio/wasm-plugin.ts')).checkWasmPlugin,
  WorkloadEntry: async () => (await import('./istio/workload-entry.ts')).checkWorkloadEntry,
  WorkloadGroup: async () => (await import('./istio/workload-group.ts')).checkWorkloadGroup,
};

/** Loads the checks of the given kinds. */
export async function loadValueChecks(kinds: Iterable<Kind>): Promise<ReadonlyMap<Kind, ValueCheck<Kind>>> {
  const checks = new Map<Kind, ValueCheck<Kind>>();
  for (const kind of kinds) {
    const load = loaders[kind];
    // Each check is only ever called with its own kind.
    if (load !== undefined) checks.set(kind, (await load()) as ValueCheck<Kind>);
  }
  return checks;
}
