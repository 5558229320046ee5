/**
 * The annotations that Istio knows, as of release 1.31 (annotation/annotations.yaml and label/labels.yaml of
 * istio/api): on which kinds they are read, how mature they are, and what their value may be.
 */

/** A kind as people know it; `Pod` stands for the templates of its controllers too. */
export type AnnotationBearer =
  | 'AuthorizationPolicy'
  | 'Gateway'
  | 'GatewayClass'
  | 'Ingress'
  | 'Namespace'
  | 'Pod'
  | 'Service'
  | 'ServiceEntry'
  | 'WorkloadEntry';

/** What a value has to be; src/model/annotation-values.ts reads it. */
export type AnnotationValue =
  | 'boolean'
  | 'interception mode'
  | 'interface list'
  | 'IP range list'
  | 'percentage'
  | 'port'
  | 'port list'
  | 'proxy configuration'
  | 'quantity'
  | 'traffic distribution'
  | 'true or false'
  | 'uint32'
  | 'IP range list or star'
  | 'port list or star';

export interface AnnotationFacts {
  readonly on: readonly AnnotationBearer[] | 'any';
  readonly alpha: boolean;
  /** What stands in for it, or that nothing does; missing while it is not deprecated. */
  readonly deprecated?: { readonly instead?: string; readonly renamed?: string };
  readonly value?: AnnotationValue;
  /** Whether no pod comes up with a bad value; otherwise Istio goes on as if the annotation were not there. */
  readonly strict?: true;
}

type Extra = Omit<AnnotationFacts, 'on' | 'alpha'>;

function alpha(on: AnnotationFacts['on'], extra: Extra = {}): AnnotationFacts {
  return { on, alpha: true, ...extra };
}
function settled(on: AnnotationFacts['on'], extra: Extra = {}): AnnotationFacts {
  return { on, alpha: false, ...extra };
}
/** A value without which no pod comes up. */
function strict(value: AnnotationValue): Extra {
  return { value, strict: true };
}
function inProxyConfig(field: string): Extra {
  return { deprecated: { instead: `\`${field}\` in the annotation \`proxy.istio.io/config\`` } };
}

const pod: readonly AnnotationBearer[] = ['Pod'];
const service: readonly AnnotationBearer[] = ['Service'];
const gateway: readonly AnnotationBearer[] = ['Gateway'];
const entry: readonly AnnotationBearer[] = ['WorkloadEntry'];
const routed: readonly AnnotationBearer[] = ['Namespace', 'Service', 'ServiceEntry'];

const table: Readonly<Record<string, AnnotationFacts>> = {
  'alpha.istio.io/canonical-serviceaccounts': alpha(service, { deprecated: {} }),
  'alpha.istio.io/kubernetes-serviceaccounts': alpha(service, { deprecated: {} }),
  'ambient.istio.io/bypass-inbound-capture': alpha(pod, { value: 'boolean' }),
  'ambient.istio.io/dns-capture': alpha(pod, { value: 'boolean' }),
  'ambient.istio.io/redirection': settled(pod),
  'ambient.istio.io/waypoint-inbound-binding': alpha(['GatewayClass', 'Gateway']),
  'galley.istio.io/analyze-suppress': alpha('any'),
  'gateway.istio.io/controller-version': alpha('any'),
  'gateway.istio.io/name-override': alpha(gateway),
  'gateway.istio.io/service-account': alpha(gateway),
  'inject.istio.io/templates': alpha(pod),
  'istio.io/autoRegistrationGroup': alpha(entry),
  'istio.io/connectedAt': alpha(entry),
  'istio.io/disconnectedAt': alpha(entry),
  'istio.io/dry-run': alpha(['AuthorizationPolicy']),
  'istio.io/reroute-virtual-interfaces': alpha(pod, strict('interface list')),
  'istio.io/rev': alpha(pod),
  'istio.io/use-waypoint-canary-weight': alpha(routed, { value: 'percentage' }),
  'istio.io/workloadController': alpha(entry),
  'kubernetes.io/ingress.class': settled(['Ingress']),
  'networking.istio.io/exportTo': alpha(service),
  'networking.istio.io/service-type': alpha(gateway),
  'networking.istio.io/traffic-distribution': alpha(routed, { value: 'traffic distribution' }),
  'prometheus.istio.io/merge-metrics': alpha(pod, strict('boolean')),
  'proxy.istio.io/config': settled(pod, strict('proxy configuration')),
  'proxy.istio.io/overrides': alpha(pod),
  'readiness.status.sidecar.istio.io/applicationPorts': alpha(pod),
  'readiness.status.sidecar.istio.io/failureThreshold': alpha(pod, strict('uint32')),
  'readiness.status.sidecar.istio.io/initialDelaySeconds': alpha(pod, strict('uint32')),
  'readiness.status.sidecar.istio.io/periodSeconds': alpha(pod, strict('uint32')),
  'sidecar.istio.io/agentLogLevel': alpha(pod),
  'sidecar.istio.io/bootstrapOverride': alpha(pod),
  'sidecar.istio.io/componentLogLevel': alpha(pod),
  'sidecar.istio.io/discoveryAddress': alpha(pod, inProxyConfig('discoveryAddress')),
  'sidecar.istio.io/extraStatTags': alpha(pod, inProxyConfig('extraStatTags')),
  'sidecar.istio.io/inject': settled(pod, {
    value: 'true or false',
    deprecated: { instead: 'the label `sidecar.istio.io/inject` on the pods' },
  }),
  'sidecar.istio.io/interceptionMode': alpha(pod, strict('interception mode')),
  'sidecar.istio.io/logLevel': alpha(pod),
  'sidecar.istio.io/nativeSidecar': alpha(pod, { value: 'true or false' }),
  'sidecar.istio.io/proxyCPU': alpha(pod, strict('quantity')),
  'sidecar.istio.io/proxyCPULimit': alpha(pod, strict('quantity')),
  'sidecar.istio.io/proxyImage': alpha(pod),
  'sidecar.istio.io/proxyImageType': alpha(pod),
  'sidecar.istio.io/proxyMemory': alpha(pod, strict('quantity')),
  'sidecar.istio.io/proxyMemoryLimit': alpha(pod, strict('quantity')),
  'sidecar.istio.io/rewriteAppHTTPProbers': alpha(pod, { value: 'boolean' }),
  'sidecar.istio.io/statsCompression': alpha(pod, inProxyConfig('statsCompression')),
  'sidecar.istio.io/statsEvictionInterval': alpha(pod),
  'sidecar.istio.io/statsFlushInterval': alpha(pod),
  'sidecar.istio.io/statsHistogramBins': alpha(pod),
  'sidecar.istio.io/statsHistogramBuckets': alpha(pod),
  'sidecar.istio.io/statsInclusionPrefixes': alpha(pod, inProxyConfig('proxyStatsMatcher')),
  'sidecar.istio.io/statsInclusionRegexps': alpha(pod, inProxyConfig('proxyStatsMatcher')),
  'sidecar.istio.io/statsInclusionSuffixes': alpha(pod, inProxyConfig('proxyStatsMatcher')),
  'sidecar.istio.io/status': alpha(pod),
  'sidecar.istio.io/userVolume': alpha(pod),
  'sidecar.istio.io/userVolumeMount': alpha(pod),
  'status.sidecar.istio.io/port': alpha(pod, strict('port')),
  'topology.istio.io/controlPlaneClusters': alpha(['Namespace']),
  'traffic.istio.io/nodeSelector': settled(service),
  'traffic.sidecar.istio.io/excludeInboundPorts': alpha(pod, strict('port list')),
  'traffic.sidecar.istio.io/excludeInterfaces': alpha(pod, strict('interface list')),
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': alpha(pod, strict('IP range list')),
  'traffic.sidecar.istio.io/excludeOutboundPorts': alpha(pod, strict('port list')),
  'traffic.sidecar.istio.io/includeInboundPorts': alpha(pod, strict('port list or star')),
  'traffic.sidecar.istio.io/includeOutboundIPRanges': alpha(pod, strict('IP range list or star')),
  'traffic.sidecar.istio.io/includeOutboundPorts': alpha(pod, strict('port list or star')),
  'traffic.sidecar.istio.io/kubevirtInterfaces': alpha(pod, {
    ...strict('interface list'),
    deprecated: {
      instead: 'the annotation `istio.io/reroute-virtual-interfaces`',
      renamed: 'istio.io/reroute-virtual-interfaces',
    },
  }),
};

const labels: ReadonlySet<string> = new Set([
  'gateway.istio.io/managed',
  'gateway.networking.k8s.io/gateway-class-name',
  'gateway.networking.k8s.io/gateway-name',
  'istio.io/dataplane-mode',
  'istio.io/ingress-use-waypoint',
  'istio.io/persistent-session',
  'istio.io/persistent-session-header',
  'istio.io/tag',
  'istio.io/use-waypoint',
  'istio.io/use-waypoint-canary',
  'istio.io/use-waypoint-canary-namespace',
  'istio.io/use-waypoint-namespace',
  'istio.io/waypoint-for',
  'networking.istio.io/enable-autoallocate-ip',
  'networking.istio.io/gatewayPort',
  'networking.istio.io/tunnel',
  'security.istio.io/tlsMode',
  'service.istio.io/canonical-name',
  'service.istio.io/canonical-revision',
  'service.istio.io/workload-name',
  'topology.istio.io/cluster',
  'topology.istio.io/locality',
  'topology.istio.io/network',
  'topology.istio.io/subzone',
]);

/** Written by Istio itself, or read by it without being documented. */
const passedOver: ReadonlySet<string> = new Set([
  'ambient.istio.io/xfcc-include-client-identity',
  'gateway.istio.io/agentgatewayImage',
  'gateway.istio.io/controller-version',
  'istio.io/connect-strategy',
  'istio.io/rev',
  'networking.istio.io/address-type',
  'networking.istio.io/cluster',
  'prometheus.istio.io/scrape-targets',
  'prometheus.istio.io/secure-port',
  'proxy.istio.io/health-checks-enabled',
  'sidecar.istio.io/status',
]);
/** What installers note down for themselves. */
const installers = /^(?:install\.operator|operator|internal)\.istio\.io\//;

/** Whether an annotation is Istio's by its name, and there to be judged. */
export function isIstioAnnotation(name: string): boolean {
  if (name === 'kubernetes.io/ingress.class') return true;
  const slash = name.indexOf('/');
  const prefix = slash < 0 ? name : name.slice(0, slash);
  if (prefix !== 'istio.io' && !prefix.endsWith('.istio.io')) return false;
  return !passedOver.has(name) && !installers.test(name);
}

/** What is known about an annotation; undefined when Istio does not know it. */
export function annotationFacts(name: string): AnnotationFacts | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** Whether Istio reads a label of this name. */
export function isIstioLabel(name: string): boolean {
  return labels.has(name);
}

/** All annotations, and all labels, that Istio knows. */
export const annotationNames: readonly string[] = Object.keys(table);
export const labelNames: readonly string[] = [...labels];
