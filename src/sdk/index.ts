/** The one door for rules: what a rule needs to find, judge and report. */

export type { Graph } from '../graph/graph.ts';
export type { Absent, Found, Knowledge, Lookup, NotFound, Unknown } from '../graph/lookup.ts';
export type { Resource } from '../graph/resource.ts';
export { type Reads, type View, view } from '../graph/view.ts';
export * from '../mesh/ambient/ambient-reach.ts';
export * from '../mesh/ambient/bare-selectors.ts';
export * from '../mesh/ambient/blocked-hbone.ts';
export * from '../mesh/ambient/blocked-probes.ts';
export * from '../mesh/ambient/bypassable-workloads.ts';
export * from '../mesh/ambient/default-denials.ts';
export * from '../mesh/ambient/hidden-clients.ts';
export * from '../mesh/ambient/host-network.ts';
export * from '../mesh/ambient/idle-envoy-filters.ts';
export * from '../mesh/ambient/idle-waypoints.ts';
export * from '../mesh/ambient/inert-entries.ts';
export * from '../mesh/ambient/ingress-bypass.ts';
export * from '../mesh/ambient/mesh-routes.ts';
export * from '../mesh/ambient/misplaced-guards.ts';
export * from '../mesh/ambient/service-standing.ts';
export * from '../mesh/ambient/sidecar-bypass.ts';
export * from '../mesh/ambient/unclaimed-hosts.ts';
export * from '../mesh/ambient/unread-destination-rules.ts';
export * from '../mesh/ambient/unread-policies.ts';
export * from '../mesh/ambient/waypoint-admission.ts';
export { classOf, findWaypoint, showFault, type WaypointFault } from '../mesh/ambient/waypoint-attachment.ts';
export * from '../mesh/ambient/waypoint-claims.ts';
export * from '../mesh/ambient/waypoint-dependents.ts';
export {
  attachmentListener,
  bindingOf,
  HBONE_PORT,
  isIstioWaypoint,
  trafficType,
  WAYPOINT_FOR_LABEL,
} from '../mesh/ambient/waypoint-gateways.ts';
export * from '../mesh/ambient/waypoint-identity.ts';
export {
  type Bindable,
  USE_WAYPOINT_LABEL,
  USE_WAYPOINT_NAMESPACE_LABEL,
  type WaypointLabel,
} from '../mesh/ambient/waypoint-labels.ts';
export * from '../mesh/ambient/waypoint-users.ts';
export * from '../mesh/ambient/waypoints.ts';
export * from '../mesh/ambient/ztunnel.ts';
export * from '../mesh/ambient/ztunnel-actions.ts';
export * from '../mesh/ambient/ztunnel-peers.ts';
export { conflictSeverity } from '../mesh/conflicts/copies.ts';
export { type Overlap, type Rivalry, scopeName } from '../mesh/conflicts/rivals.ts';
export * from '../mesh/edges/edges.ts';
export * from '../mesh/gateways/certificates.ts';
export * from '../mesh/gateways/default-ingress.ts';
export * from '../mesh/gateways/gateway-hosts.ts';
export * from '../mesh/gateways/gateway-ports.ts';
export * from '../mesh/gateways/gateway-routes.ts';
export * from '../mesh/gateways/gateway-servers.ts';
export * from '../mesh/gateways/gateways.ts';
export * from '../mesh/gateways/secrets.ts';
export { completedHost } from '../mesh/hosts/host-suggestions.ts';
export * from '../mesh/hosts/hosts.ts';
export * from '../mesh/hosts/registry.ts';
export * from '../mesh/hosts/visibility.ts';
export * from '../mesh/installation/annotations.ts';
export * from '../mesh/installation/conditions.ts';
export * from '../mesh/installation/crds.ts';
export * from '../mesh/installation/istiod.ts';
export * from '../mesh/installation/kubernetes-versions.ts';
export * from '../mesh/installation/label-bearers.ts';
export * from '../mesh/installation/label-values.ts';
export * from '../mesh/installation/mesh-networks.ts';
export * from '../mesh/installation/misplaced-labels.ts';
export * from '../mesh/installation/releases.ts';
export * from '../mesh/installation/unknown-labels.ts';
export * from '../mesh/membership/double-modes.ts';
export * from '../mesh/membership/injection-webhooks.ts';
export * from '../mesh/membership/injector.ts';
export * from '../mesh/membership/membership.ts';
export * from '../mesh/membership/namespace-patterns.ts';
export * from '../mesh/membership/proxy-images.ts';
export * from '../mesh/membership/sidecar-namespaces.ts';
export * from '../mesh/membership/webhooks.ts';
export * from '../mesh/mtls/ambient-policies.ts';
export * from '../mesh/mtls/client-mtls.ts';
export * from '../mesh/mtls/dropped-mtls.ts';
export * from '../mesh/mtls/mtls.ts';
export * from '../mesh/mtls/mtls-ports.ts';
export * from '../mesh/mtls/outcome.ts';
export * from '../mesh/mtls/peer-authentications.ts';
export * from '../mesh/mtls/refused-key-fetches.ts';
export { refusedClientReads } from '../mesh/mtls/served-hosts.ts';
export * from '../mesh/mtls/server-verification.ts';
export * from '../mesh/mtls/strict-servers.ts';
export * from '../mesh/mtls/strict-without-mtls.ts';
export * from '../mesh/mtls/tls-without-mode.ts';
export * from '../mesh/mtls/unanswered-clients.ts';
export * from '../mesh/mtls/unmeshed-clients.ts';
export * from '../mesh/policies/allow-all.ts';
export { policiesUsing } from '../mesh/policies/authorization-fields.ts';
export * from '../mesh/policies/authorization-hosts.ts';
export * from '../mesh/policies/authorization-ports.ts';
export * from '../mesh/policies/authorization-providers.ts';
export * from '../mesh/policies/authorization-values.ts';
export * from '../mesh/policies/contradictions.ts';
export * from '../mesh/policies/duplicate-issuers.ts';
export * from '../mesh/policies/envoy-filters.ts';
export * from '../mesh/policies/evadable-paths.ts';
export * from '../mesh/policies/http-methods.ts';
export * from '../mesh/policies/identity-checks.ts';
export * from '../mesh/policies/jwt-keys.ts';
export {
  type Isolation,
  type NetworkPolicies,
  type NetworkRule,
  networkPolicies,
} from '../mesh/policies/network-policies.ts';
export * from '../mesh/policies/optional-tokens.ts';
export * from '../mesh/policies/policies.ts';
export * from '../mesh/policies/policy-workloads.ts';
export * from '../mesh/policies/principals.ts';
export * from '../mesh/policies/request-principals.ts';
export * from '../mesh/policies/selectors-at-gateways.ts';
export * from '../mesh/policies/selectors-at-waypoints.ts';
export * from '../mesh/policies/sidecars-behind-targets.ts';
export * from '../mesh/policies/target-lookup.ts';
export * from '../mesh/policies/tcp-denials.ts';
export * from '../mesh/policies/telemetries.ts';
export * from '../mesh/policies/token-conditions.ts';
export * from '../mesh/policies/unchecked-tokens.ts';
export * from '../mesh/policies/unprotected-workloads.ts';
export * from '../mesh/policies/workload-selectors.ts';
export * from '../mesh/routing/claim-routes.ts';
export * from '../mesh/routing/dead-routes.ts';
export * from '../mesh/routing/destination-rules.ts';
export * from '../mesh/routing/destinations.ts';
export * from '../mesh/routing/entry-ports.ts';
export * from '../mesh/routing/protocols.ts';
export * from '../mesh/routing/route-matches.ts';
export * from '../mesh/routing/service-entries.ts';
export * from '../mesh/routing/service-ports.ts';
export * from '../mesh/routing/service-routes.ts';
export * from '../mesh/routing/shared-hosts.ts';
export * from '../mesh/routing/shared-services.ts';
export * from '../mesh/routing/sidecars.ts';
export * from '../mesh/routing/subset-workloads.ts';
export * from '../mesh/routing/subsets.ts';
export * from '../mesh/routing/subsets-at-gateways.ts';
export * from '../mesh/routing/virtual-services.ts';
export { lostCompatibilities, lostSettings, upgradeConcerns } from '../mesh/upgrades/concerns.ts';
export { upgradeReads } from '../mesh/upgrades/reads.ts';
export { postponement, type Upgrade, upgradeOf } from '../mesh/upgrades/upgrade.ts';
export * from '../mesh/workloads/service-workloads.ts';
export { isDeployedByIstio, isKind, templateOf } from '../mesh/workloads/workload-sources.ts';
export * from '../mesh/workloads/workloads.ts';
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
export { isAtLeast } from '../model/releases.ts';
export * from './fix.ts';
export { moveToLabels } from './move-to-labels.ts';
export { matchesName, type OptionValues, type RuleOption, type RuleOptions } from './option.ts';
export { definePlugin, type Plugin, type PluginDefinition, type PluginRule } from './plugin.ts';
export type {
  At,
  Cluster,
  ClustersContext,
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
