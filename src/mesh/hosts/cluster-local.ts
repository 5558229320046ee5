import { view } from '../../graph/view.ts';
import { hostCovers, isWildcard } from './hosts.ts';

/** Namespaces, and one Service, that every cluster has for itself. */
const KUBE_SYSTEM = '*.kube-system.svc.';
const API_SERVER = 'kubernetes.default.svc.';

/**
 * Whether a cluster keeps the endpoints of a host to itself: its `serviceSettings` say so, or it is one of the hosts
 * that never leave their cluster (pilot/pkg/model/cluster_local.go). The most specific entry decides.
 */
export const isClusterLocal = view({}, (graph) => {
  const { clusterDomain, config, rootNamespace } = graph.mesh;
  const istiod = config.defaultConfig?.discoveryAddress ?? `istiod.${rootNamespace}.svc`;
  const defaults = [KUBE_SYSTEM + clusterDomain, API_SERVER + clusterDomain, full(istiod, clusterDomain)];
  const settings = new Map<string, boolean>();
  const overruled = new Set<string>();
  for (const { hosts = [], settings: { clusterLocal = false } = {} } of config.serviceSettings ?? []) {
    for (const host of hosts) {
      settings.set(host, clusterLocal);
      if (clusterLocal) continue;
      for (const one of defaults) if (hostCovers(one, host)) overruled.add(one);
    }
  }
  for (const host of defaults) if (!overruled.has(host)) settings.set(host, true);
  const wildcards = [...settings.keys()].filter(isWildcard).sort((a, b) => b.length - a.length);

  return (host: string): boolean => {
    const wildcard = wildcards.find((one) => hostCovers(one, host));
    return settings.get(host) ?? (wildcard !== undefined && settings.get(wildcard) === true);
  };
});

/** The host of an address such as `istiod.istio-system.svc:15012`. */
function full(address: string, domain: string): string {
  const host = address.replace(/:[0-9]+$/, '');
  return host.endsWith(domain) ? host : `${host}.${domain}`;
}
