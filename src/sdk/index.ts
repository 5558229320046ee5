/** The one door for rules: what a rule needs to find, judge and report. */

export type { Graph } from '../graph/graph.ts';
export type { Absent, Found, Knowledge, Lookup, NotFound, Unknown } from '../graph/lookup.ts';
export type { Resource } from '../graph/resource.ts';
export { type Reads, type View, view } from '../graph/view.ts';
export * from '../mesh/ambient-reach.ts';
export * from '../mesh/annotations.ts';
export * from '../mesh/certificates.ts';
export * from '../mesh/claim-routes.ts';
export * from '../mesh/client-mtls.ts';
export * from '../mesh/conditions.ts';
export { conflictSeverity } from '../mesh/copies.ts';
export * from '../mesh/crds.ts';
export * from '../mesh/dead-routes.ts';
export * from '../mesh/default-ingress.ts';
export * from '../mesh/destination-rules.ts';
export * from '../mesh/destinations.ts';
export * from '../mesh/edges.ts';
export * from '../mesh/entry-ports.ts';
export * from '../mesh/envoy-filters.ts';
export * from '../mesh/gateway-hosts.ts';
export * from '../mesh/gateway-ports.ts';
export * from '../mesh/gateway-servers.ts';
export * from '../mesh/gateways.ts';
export { completedHost } from '../mesh/host-suggestions.ts';
export * from '../mesh/hosts.ts';
export * from '../mesh/injection-webhooks.ts';
export * from '../mesh/injector.ts';
export * from '../mesh/istiod.ts';
export * from '../mesh/membership.ts';
export * from '../mesh/mesh-networks.ts';
export * from '../mesh/mtls.ts';
export * from '../mesh/namespace-patterns.ts';
export * from '../mesh/peer-authentications.ts';
export * from '../mesh/policies.ts';
export * from '../mesh/policy-workloads.ts';
export * from '../mesh/protocols.ts';
export * from '../mesh/proxy-images.ts';
export * from '../mesh/registry.ts';
export * from '../mesh/releases.ts';
export { type Overlap, type Rivalry, scopeName } from '../mesh/rivals.ts';
export * from '../mesh/route-matches.ts';
export * from '../mesh/secrets.ts';
export * from '../mesh/selectors-at-gateways.ts';
export * from '../mesh/selectors-at-waypoints.ts';
export * from '../mesh/server-verification.ts';
export * from '../mesh/service-entries.ts';
export * from '../mesh/service-ports.ts';
export * from '../mesh/service-workloads.ts';
export * from '../mesh/shared-hosts.ts';
export * from '../mesh/sidecars.ts';
export * from '../mesh/strict-servers.ts';
export * from '../mesh/subset-workloads.ts';
export * from '../mesh/subsets.ts';
export * from '../mesh/subsets-at-gateways.ts';
export * from '../mesh/tcp-denials.ts';
export * from '../mesh/telemetries.ts';
export * from '../mesh/virtual-services.ts';
export * from '../mesh/visibility.ts';
export { showFault, type WaypointFault } from '../mesh/waypoint-attachment.ts';
export { type Bindable, USE_WAYPOINT_LABEL, type WaypointLabel } from '../mesh/waypoint-labels.ts';
export * from '../mesh/waypoints.ts';
export * from '../mesh/webhooks.ts';
export { isKind, templateOf } from '../mesh/workload-sources.ts';
export * from '../mesh/workloads.ts';
export * from '../mesh/ztunnel.ts';
export * from '../model/kinds.gen.ts';
export {
  type LabelSelector,
  type Labels,
  matchesLabels,
  matchesSelector,
  showLabels,
} from '../model/labels.ts';
export { FLOATING, type Ref, showList, showRef } from '../model/names.ts';
export { nearestName } from '../model/near.ts';
export type {
  At,
  Finding,
  Message,
  Messages,
  NamedRule,
  Related,
  Report,
  Rule,
  RuleContext,
  RuleDefinition,
  Severity,
} from './rule.ts';
export { at, defineRule } from './rule.ts';
