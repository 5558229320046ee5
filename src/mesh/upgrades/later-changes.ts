import type { ReleaseChange } from './change.ts';

const note = (name: string): string => `releasenotes/notes/${name}.yaml`;

/** What the releases from 1.25 on changed, in their order. */
export const laterChanges: readonly ReleaseChange[] = [
  {
    id: 'allocated-address',
    release: '1.25',
    change: 'gives an address of its own to each host of a ServiceEntry without `addresses`',
    effect:
      'Clients whose DNS the mesh answers get an address of 240.240.0.0/16 for it instead of the real one; who compares or stores addresses sees the difference.',
    remedy: 'Set the label `networking.istio.io/enable-autoallocate-ip: "false"` where this is not wanted.',
    isMinor: true,
    setting: { name: 'PILOT_ENABLE_IP_AUTOALLOCATE', old: 'false' },
    compatibility: ['1.24'],
    sources: [
      note('ip-allocation-v2-default'),
      note('ambient-dns-on'),
      'pilot/pkg/networking/serviceentry/ip_autoallocation.go',
    ],
  },
  {
    id: 'removed-lightstep',
    release: '1.27',
    change: 'has no Lightstep tracer any more',
    effect: 'Traces that are sent through this provider stop.',
    remedy: 'Use the OpenTelemetry provider.',
    sources: [note('54002'), 'pilot/pkg/networking/core/tracing.go'],
  },
  {
    id: 'backend-tls-policy',
    release: '1.28',
    change: 'obeys BackendTLSPolicies without being asked to',
    effect:
      'Before, it ignored them unless `PILOT_ENABLE_ALPHA_GATEWAY_API` was on. TLS to the backend begins, and fails where the backend speaks plain text or has another certificate.',
    remedy: 'Make sure that the policy says what the backend needs.',
    sources: [note('gtw-140'), 'pilot/pkg/config/kube/gateway/controller.go'],
  },
  {
    id: 'gateway-spans',
    release: '1.28',
    change: 'makes gateways report a span of their own for each request that they send on',
    effect: 'Traces get one more span a request, and more of them are stored.',
    remedy: 'Check dashboards and quotas that count spans.',
    isMinor: true,
    setting: { name: 'PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY', old: 'false', gone: '1.31' },
    compatibility: 'all',
    sources: ['pilot/pkg/features/telemetry.go', 'manifests/helm-profiles/compatibility-version-1.27.yaml'],
  },
  {
    id: 'inference-pool',
    release: '1.28',
    change: 'reads InferencePools of `inference.networking.k8s.io` only',
    effect: 'A route to a pool of the old group finds no backend, and requests get 500.',
    remedy: 'Create the pool in version `v1` of `inference.networking.k8s.io`, and name that group.',
    sources: [note('57219'), 'pkg/config/schema/gvk/resources.gen.go'],
  },
  {
    id: 'mirror-host',
    release: '1.28',
    change: 'sends mirrored requests with their host as it is, without `-shadow`',
    effect:
      'A server that tells mirrored requests by that ending, in routes, metrics or logs, takes them for real ones.',
    remedy: 'Tell mirrored requests in another way, or make sure that nothing depends on the ending.',
    setting: { name: 'DISABLE_SHADOW_HOST_SUFFIX', old: 'false' },
    compatibility: 'all',
    sources: [
      'pilot/pkg/networking/core/route/route.go',
      'manifests/helm-profiles/compatibility-version-1.27.yaml',
    ],
  },
  {
    id: 'breaker-metrics',
    release: '1.29',
    change: 'does not count what circuit breakers have left',
    effect: 'The `remaining_*` gauges that are asked for here stay at zero.',
    remedy: 'Watch the active and overflow counters instead.',
    setting: { name: 'DISABLE_TRACK_REMAINING_CB_METRICS', old: 'false' },
    compatibility: 'all',
    sources: [
      note('disable-track-remaining-cb-metrics'),
      'pilot/pkg/networking/core/cluster_traffic_policy.go',
    ],
  },
  {
    id: 'stats-compression-annotation',
    release: '1.29',
    change: 'ignores the annotation `sidecar.istio.io/statsCompression`',
    effect: 'Metrics are compressed whenever the scraper accepts it.',
    remedy:
      'Set `statsCompression` in the proxy configuration: `true` or `false`, mesh-wide or by annotation.',
    isMinor: true,
    sources: [note('48051'), 'pkg/bootstrap/config.go'],
  },
  {
    id: 'excluded-namespace',
    release: '1.30',
    change: 'keeps pods of namespaces in `cni.excludeNamespaces` out of the ambient mesh',
    effect:
      'This namespace is excluded, and its pods were enrolled all the same. They leave the mesh: no mTLS, and no policies enforced.',
    remedy: 'Take the namespace out of the list, or the label off the namespace.',
    sources: [note('59295')],
  },
  {
    id: 'service-namespace',
    release: '1.30',
    change:
      'prefers a Kubernetes Service, else the oldest ServiceEntry, among namesakes that a Sidecar has to choose from',
    effect: 'Before, the first namespace of the alphabet won. Requests may go to another server.',
    remedy: 'Define the host once, or narrow `exportTo` so that each client sees one definition.',
    setting: { name: 'PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE', old: 'false' },
    compatibility: 'all',
    sources: [note('sidecar-pick-best-service-namespace'), 'pilot/pkg/model/sidecar.go'],
  },
  {
    id: 'gateway-merging',
    release: '1.31',
    change: 'does not open a Gateway of another namespace on the pods of a Gateway API Gateway',
    effect: 'The servers of this Gateway disappear from those pods, and connections to them are refused.',
    remedy: 'Move the Gateway to the namespace of those pods, or make listeners of its servers.',
    setting: { name: 'PILOT_ENABLE_STRICT_GATEWAY_MERGING', old: 'false' },
    compatibility: 'all',
    sources: ['pilot/pkg/model/push_context.go', 'manifests/helm-profiles/compatibility-version-1.30.yaml'],
  },
];
