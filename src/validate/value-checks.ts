import type { Kind } from '../model/kinds.gen.ts';
import { checkVirtualService } from './istio/virtual-service.ts';
import type { ValueCheck } from './value-check.ts';

/** The checks of the kinds of an input. */
export type ValueChecks = { readonly [K in Kind]?: ValueCheck<K> };

/**
 * Where the checks are: few inputs hold many of these kinds, and code that is not loaded costs nothing. That of the
 * commonest kind is there from the start.
 */
const loaders: { readonly [K in Kind]?: () => Promise<ValueChecks> } = {
  AuthorizationPolicy: async () => ({
    AuthorizationPolicy: (await import('./istio/authorization-policy.ts')).checkAuthorizationPolicy,
  }),
  DestinationRule: async () => ({
    DestinationRule: (await import('./istio/destination-rule.ts')).checkDestinationRule,
  }),
  EnvoyFilter: async () => ({ EnvoyFilter: (await import('./istio/envoy-filter.ts')).checkEnvoyFilter }),
  Gateway: async () => ({ Gateway: (await import('./istio/gateway.ts')).checkGateway }),
  PeerAuthentication: async () => ({
    PeerAuthentication: (await import('./istio/peer-authentication.ts')).checkPeerAuthentication,
  }),
  ProxyConfig: async () => ({ ProxyConfig: (await import('./istio/proxy-config.ts')).checkProxyConfig }),
  RequestAuthentication: async () => ({
    RequestAuthentication: (await import('./istio/request-authentication.ts')).checkRequestAuthentication,
  }),
  ServiceEntry: async () => ({ ServiceEntry: (await import('./istio/service-entry.ts')).checkServiceEntry }),
  Sidecar: async () => ({ Sidecar: (await import('./istio/sidecar.ts')).checkSidecar }),
  Telemetry: async () => ({ Telemetry: (await import('./istio/telemetry.ts')).checkTelemetry }),
  TrafficExtension: async () => ({
    TrafficExtension: (await import('./istio/traffic-extension.ts')).checkTrafficExtension,
  }),
  VirtualService: async () => ({ VirtualService: checkVirtualService }),
  WasmPlugin: async () => ({ WasmPlugin: (await import('./istio/wasm-plugin.ts')).checkWasmPlugin }),
  WorkloadEntry: async () => ({
    WorkloadEntry: (await import('./istio/workload-entry.ts')).checkWorkloadEntry,
  }),
  WorkloadGroup: async () => ({
    WorkloadGroup: (await import('./istio/workload-group.ts')).checkWorkloadGroup,
  }),
};

/** Loads the checks of the kinds that have one. */
export async function loadValueChecks(kinds: ReadonlySet<Kind>): Promise<ValueChecks> {
  return Object.assign({}, ...(await Promise.all([...kinds].map((kind) => loaders[kind]?.()))));
}

/** The check of a kind, if it has one. */
export function checkOf<K extends Kind>(checks: ValueChecks, kind: K): ValueCheck<K> | undefined {
  return checks[kind];
}
