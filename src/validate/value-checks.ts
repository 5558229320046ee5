import type { Kind } from '../model/kinds.gen.ts';
import { checkAuthorizationPolicy } from './istio/authorization-policy.ts';
import { checkDestinationRule } from './istio/destination-rule.ts';
import { checkEnvoyFilter } from './istio/envoy-filter.ts';
import { checkGateway } from './istio/gateway.ts';
import { checkPeerAuthentication } from './istio/peer-authentication.ts';
import { checkProxyConfig } from './istio/proxy-config.ts';
import { checkRequestAuthentication } from './istio/request-authentication.ts';
import { checkServiceEntry } from './istio/service-entry.ts';
import { checkSidecar } from './istio/sidecar.ts';
import { checkTelemetry } from './istio/telemetry.ts';
import { checkTrafficExtension } from './istio/traffic-extension.ts';
import { checkVirtualService } from './istio/virtual-service.ts';
import { checkWasmPlugin } from './istio/wasm-plugin.ts';
import { checkWorkloadEntry } from './istio/workload-entry.ts';
import { checkWorkloadGroup } from './istio/workload-group.ts';
import type { ValueCheck } from './value-check.ts';

type Checks = { readonly [K in Kind]?: ValueCheck<K> };

/** The value checks by kind. */
const checks: Checks = {
  AuthorizationPolicy: checkAuthorizationPolicy,
  DestinationRule: checkDestinationRule,
  EnvoyFilter: checkEnvoyFilter,
  Gateway: checkGateway,
  PeerAuthentication: checkPeerAuthentication,
  ProxyConfig: checkProxyConfig,
  RequestAuthentication: checkRequestAuthentication,
  ServiceEntry: checkServiceEntry,
  Sidecar: checkSidecar,
  Telemetry: checkTelemetry,
  TrafficExtension: checkTrafficExtension,
  VirtualService: checkVirtualService,
  WasmPlugin: checkWasmPlugin,
  WorkloadEntry: checkWorkloadEntry,
  WorkloadGroup: checkWorkloadGroup,
};

/** The check of a kind, if it has one. */
export function valueCheckOf<K extends Kind>(kind: K): ValueCheck<K> | undefined {
  return checks[kind];
}
