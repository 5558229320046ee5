/** A switch of istiod that a release dropped: it is ignored from then on. */
export interface RemovedSetting {
  readonly name: string;
  /** The first release without it. */
  readonly release: string;
  /** What it was when nobody set it, and what stays in force. */
  readonly fallback: string;
  /** What is set instead. */
  readonly instead?: string;
}

/**
 * Variables of istiod's environment that left `pilot/pkg/features` and are read nowhere else since: the difference
 * between the release branches 1.20 to 1.31, by release and name.
 */
export const removedSettings: readonly RemovedSetting[] = [
  { name: 'PILOT_ENABLE_INBOUND_PASSTHROUGH', release: '1.21', fallback: 'true' },
  { name: 'NATIVE_METADATA_EXCHANGE', release: '1.22', fallback: 'true' },
  {
    name: 'PILOT_ENABLE_AMBIENT_CONTROLLERS',
    release: '1.22',
    fallback: 'false',
    instead: 'PILOT_ENABLE_AMBIENT',
  },
  { name: 'PILOT_ENABLE_HBONE', release: '1.22', fallback: 'false', instead: 'PILOT_ENABLE_AMBIENT' },
  { name: 'PILOT_ENABLE_HEADLESS_SERVICE_POD_LISTENERS', release: '1.22', fallback: 'true' },
  { name: 'PILOT_XDS_SEND_TIMEOUT', release: '1.22', fallback: '0s' },
  { name: 'VERIFY_SDS_CERTIFICATE', release: '1.22', fallback: 'true' },
  { name: 'ENABLE_OPTIMIZED_CONFIG_REBUILD', release: '1.23', fallback: 'true' },
  { name: 'ENABLE_OTEL_BUILTIN_RESOURCE_LABELS', release: '1.23', fallback: 'false' },
  { name: 'ISTIO_ENABLE_OPTIMIZED_SERVICE_PUSH', release: '1.23', fallback: 'true' },
  { name: 'PILOT_DISTRIBUTION_HISTORY_RETENTION', release: '1.23', fallback: '1m' },
  { name: 'PILOT_ENABLE_CONFIG_DISTRIBUTION_TRACKING', release: '1.23', fallback: 'false' },
  { name: 'STACKDRIVER_AUDIT_LOG', release: '1.23', fallback: 'false' },
  { name: 'ENABLE_EXTERNAL_NAME_ALIAS', release: '1.24', fallback: 'true' },
  {
    name: 'PERSIST_OLDEST_FIRST_HEURISTIC_FOR_VIRTUAL_SERVICE_HOST_MATCHING',
    release: '1.24',
    fallback: 'false',
  },
  { name: 'PILOT_ENABLE_STATUS', release: '1.24', fallback: 'false' },
  { name: 'VERIFY_CERTIFICATE_AT_CLIENT', release: '1.24', fallback: 'true' },
  { name: 'ENABLE_ENHANCED_RESOURCE_SCOPING', release: '1.25', fallback: 'true' },
  { name: 'ENABLE_RESOLUTION_NONE_TARGET_PORT', release: '1.25', fallback: 'true' },
  { name: 'ENABLE_AUTO_SNI', release: '1.26', fallback: 'true' },
  { name: 'ENABLE_DEFERRED_CLUSTER_CREATION', release: '1.26', fallback: 'true' },
  { name: 'ENABLE_DELIMITED_STATS_TAG_REGEX', release: '1.26', fallback: 'true' },
  { name: 'BYPASS_OVERLOAD_MANAGER_FOR_STATIC_LISTENERS', release: '1.27', fallback: 'true' },
  { name: 'ENABLE_DEFERRED_STATS_CREATION', release: '1.27', fallback: 'true' },
  { name: 'ENABLE_INBOUND_RETRY_POLICY', release: '1.27', fallback: 'true' },
  { name: 'EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', release: '1.27', fallback: 'true' },
  { name: 'PILOT_STATUS_BURST', release: '1.27', fallback: '500' },
  { name: 'PILOT_STATUS_QPS', release: '1.27', fallback: '100' },
  { name: 'PILOT_STATUS_UPDATE_INTERVAL', release: '1.27', fallback: '500ms' },
  {
    name: 'METRIC_GRACEFUL_DELETION_INTERVAL',
    release: '1.28',
    fallback: '5m',
    instead: 'the annotation sidecar.istio.io/statsEvictionInterval',
  },
  {
    name: 'METRIC_ROTATION_INTERVAL',
    release: '1.28',
    fallback: '0s',
    instead: 'the annotation sidecar.istio.io/statsEvictionInterval',
  },
  { name: 'PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY', release: '1.31', fallback: 'true' },
];
