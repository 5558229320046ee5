import type { Graph } from '../../graph/graph.ts';
import { complete, incomplete, type Knowledge } from '../../graph/lookup.ts';
import type { Resource } from '../../graph/resource.ts';
import { ensure } from '../../model/collections.ts';
import { defaultMesh } from '../../model/mesh.ts';
import { FLOATING } from '../../model/names.ts';
import { isNearMiss } from '../../model/near.ts';
import { hasPlaceholderName } from '../../model/placeholder.ts';
import { foldHost, parseForeignHost, parseServiceHost } from './hosts.ts';
import { createCompany, type namingReads } from './named-hosts.ts';

/** Domain of multi-cluster Services (MCS). */
const MULTI_CLUSTER_DOMAIN = 'clusterset.local';

/** World rules 2, 4 and 5 for hosts. */
export function createHostKnowledge(
  graph: Graph<'Service' | 'KubernetesGateway' | keyof typeof namingReads>,
  isRegistered: (host: string) => boolean,
): (host: string, from: Resource) => Knowledge {
  const { clusterDomain } = graph.mesh;
  const managed = managedServices(graph);
  const company = createCompany(graph, isRegistered);
  let owners: Map<string, string> | undefined;

  /** A namespace with a Service of this name. */
  function namespaceWith(name: string): string | undefined {
    owners ??= new Map(graph.list('Service').map((service) => [service.name, service.namespace]));
    return owners.get(name);
  }

  return (host, from) => {
    if (hasVariable(host)) return incomplete('it holds a variable that is filled in later');
    const service = parseServiceHost(host, clusterDomain);
    if (service === undefined) return outsideKnowledge(graph, host, from);
    if (graph.world === 'closed') return complete;
    const { name, namespace } = service;
    if (graph.world === 'live') {
      const services = graph.known('Service', namespace, from);
      // A ServiceEntry may stand in for a Service; hardly ever does one of another namespace.
      return services.complete ? graph.known('ServiceEntry', namespace, from) : services;
    }
    const bringer = bringerOf(graph, name, namespace);
    if (bringer !== undefined) return incomplete(`${bringer} may bring it`);
    const makers = managed.get(name);
    if (makers !== undefined && (namespace === FLOATING || makers.has(namespace) || makers.has(FLOATING))) {
      return incomplete('a Gateway of the Gateway API brings its own Service');
    }
    if (namespace !== FLOATING) {
      const floats = graph.copies('Service', { name, namespace: FLOATING }).length > 0;
      if (floats) return incomplete('only a Service without a namespace has this name');
    } else {
      const elsewhere = namespaceWith(name);
      if (elsewhere !== undefined) {
        return incomplete(
          `it is a Service of namespace ${elsewhere}, and the namespace of the one who asks is not known`,
        );
      }
    }
    const known = graph.known('Service', namespace, from);
    return known.complete ? company(host, from) : known;
  };
}

function hasVariable(host: string): boolean {
  return !/^[-.a-z0-9]*$/.test(host) && (/[${}]/.test(host) || hasPlaceholderName(host));
}

/**
 * A name outside the cluster's domain is a matter of ServiceEntries, which stand anywhere. When it is the name of a
 * loaded Service under another domain, that may be the domain of this cluster, or the one of multi-cluster Services.
 */
function outsideKnowledge(graph: Graph<'Service'>, host: string, from: Resource): Knowledge {
  const foreign = parseForeignHost(host);
  if (foreign !== undefined && graph.copies('Service', foreign).length > 0) {
    if (foreign.domain === MULTI_CLUSTER_DOMAIN) return incomplete('it is a Service of several clusters');
    if (graph.mesh.clusterDomain === defaultMesh.clusterDomain && !isMisspelt(foreign.domain)) {
      return incomplete(`the domain of the cluster may be ${foreign.domain}; say so with --cluster-domain`);
    }
  }
  if (graph.world === 'live') return graph.knownEverywhere('ServiceEntry', from);
  return graph.world === 'closed' ? complete : incomplete("it lies outside the cluster's domain");
}

function isMisspelt(domain: string): boolean {
  const name = foldHost(domain);
  return name === defaultMesh.clusterDomain || isNearMiss(name, defaultMesh.clusterDomain);
}

/** Services that are there without a manifest of anybody's; the installers of Istio and its add-ons fill the root namespace. */
function bringerOf(graph: Graph, name: string, namespace: string): string | undefined {
  if ((namespace === 'default' && name === 'kubernetes') || namespace.startsWith('kube-'))
    return 'Kubernetes';
  return namespace === graph.mesh.rootNamespace ? "Istio's installation" : undefined;
}

/** Services that istiod makes for Gateways: name to namespaces (pilot/pkg/config/kube/gateway/deploymentcontroller.go). */
function managedServices(graph: Graph<'KubernetesGateway'>): ReadonlyMap<string, ReadonlySet<string>> {
  const managed = new Map<string, Set<string>>();
  for (const { name, namespace, spec, metadata } of graph.list('KubernetesGateway')) {
    const override = metadata.annotations?.['gateway.istio.io/name-override'];
    const names = override === undefined ? [name, `${name}-${spec.gatewayClassName ?? ''}`] : [override];
    for (const own of names) ensure(managed, own, () => new Set()).add(namespace);
  }
  return managed;
}
